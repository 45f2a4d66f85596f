"""A draft whose place lies in another town is prepared for that town and reaches nobody here."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from portal.schema.ort import OrtZeile
from portal.schema.vorgang import VorgangZeile
from portal.services import abgabe, entwurf, orte, ortsliste, postfach, zustaendigkeit
from portal.services.views import DraftView, SubmitView
from tests.support.portal_world import KONTO, PortalWorld, portal_world

KOPF = b"plz\tort\tags8\tars12\tdestatis_name_2017\tkreis\n"
BOCHUM = b"44787\tBochum\t05911000\t059110000000\tBochum, Stadt\tBochum, Stadt\n"
STADT = "quelle: Test\nmarke: geprueft\ngueltig_ab: 2025-01-01\n"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[PortalWorld]:
    """The small catalogue; the town itself receives the dog, with a fee by its own Satzung."""
    folder = tmp_path / "katalog/kommune/05513000"
    (folder / "leistungen").mkdir(parents=True)
    (folder / "stellen.yml").write_text(
        "- {id: hundestelle, name: Hundestelle, behoerde: Stadt Gelsenkirchen, kontakt: Hunde, "
        "quelle: Test, marke: stand_pruefen, gueltig_ab: 2025-01-01}\n"
    )
    (folder / "leistungen/probe_hund.yml").write_text(f"id: probe_hund\n{STADT}stelle: hundestelle\n")
    herne = tmp_path / "katalog/kommune/05916000/leistungen"
    herne.mkdir(parents=True)
    (herne / "probe_hund.yml").write_text(f"id: probe_hund\n{STADT}stelle: stadtverwaltung\n")
    async with portal_world(tmp_path) as running:
        yield running


async def complete(world: PortalWorld, address: str) -> DraftView:
    async with world.context.transaction() as session:
        draft = await entwurf.oeffnen(world.context, session, KONTO, "probe_hund", "niedrig")
        draft = await entwurf.freigeben(
            world.context,
            session,
            KONTO,
            draft.id,
            ["familienname"],
            {"anschrift": address},
            version=draft.version,
            vertrauen="niedrig",
        )
    for field, value in (("seit", "2026-11-20"), ("chip", None)):
        draft = await put(world, draft, field, value)
    return draft


async def put(world: PortalWorld, draft: DraftView, field: str, value: str | None) -> DraftView:
    async with world.context.transaction() as session:
        return await entwurf.antworten(
            world.context, session, KONTO, draft.id, field, value, version=draft.version, vertrauen="niedrig"
        )


async def hand_in(world: PortalWorld, draft: DraftView) -> SubmitView:
    async with world.context.transaction() as session:
        return await abgabe.abgeben(
            world.context, session, KONTO, draft.id, version=draft.version, vertrauen="niedrig"
        )


async def import_places(world: PortalWorld, *rows: bytes) -> orte.Bericht:
    async with world.context.transaction() as session:
        return await orte.importieren(session, ortsliste.lesen([KOPF, *rows]))


async def test_a_draft_for_herne_is_prepared_for_herne(world: PortalWorld) -> None:
    draft = await complete(world, "Neuweg 5, 44623 Herne")
    assert (draft.elsewhere, draft.recipient.authority) == ("Stadt Herne", "Stadt Herne")
    assert (draft.effect_now, draft.next.kind) == ("vorbereitung", "confirm")
    result = await hand_in(world, draft)
    assert (result.case.effect, result.case.reference) == ("vorbereitung", None)
    async with world.context.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(VorgangZeile)) == 0
        (message,) = await postfach.liste(session, KONTO)
    assert "Zuständig ist Stadt Herne." in message.text
    assert "Vertrauensniveau" not in message.text


async def test_a_corrected_address_brings_it_back(world: PortalWorld) -> None:
    draft = await put(
        world, await complete(world, "Neuweg 5, 44623 Herne"), "anschrift", "Neuweg 5, 45879 Gelsenkirchen"
    )
    assert (draft.elsewhere, draft.recipient.office, draft.effect_now) == (None, "Hundestelle", "anzeige")
    result = await hand_in(world, draft)
    assert result.case.reference is not None


@pytest.mark.parametrize(
    ("address", "elsewhere"),
    [
        ("Altweg 3, 44787 Bochum", "44787 Bochum"),
        ("Neuweg 5, 45801 Gelsenkirchen", None),
        ("Neuweg 5, 45899 Gelsenkirchen", None),
    ],
)
async def test_a_place_that_no_table_names_is_ours_only_by_its_name(
    world: PortalWorld, address: str, elsewhere: str | None
) -> None:
    assert (await complete(world, address)).elsewhere == elsewhere


async def test_an_imported_town_is_called_by_its_name_and_what_is_delivered_stays(world: PortalWorld) -> None:
    given = await complete(world, "Neuweg 5, 45801 Gelsenkirchen")
    await hand_in(world, given)
    report = await import_places(world, BOCHUM, b"45801\tBochum\t05911000\t059110000000\tBochum, Stadt\n")
    assert (report.neu, report.gemeinden) == (2, 1)
    async with world.context.transaction() as session:
        after = await entwurf.laden(world.context, session, KONTO, given.id, "niedrig")
    assert (after.status, after.elsewhere) == ("abgegeben", None)
    new = await complete(world, "Altweg 3, 44787 Bochum")
    assert new.elsewhere == "Stadt Bochum"


async def test_a_second_import_changes_nothing(world: PortalWorld) -> None:
    await import_places(world, BOCHUM)
    again = await import_places(world, BOCHUM, b"44787\tx\t1\n")
    assert (again.neu, again.geaendert, again.unveraendert, len(again.maengel)) == (0, 0, 1, 1)
    changed = await import_places(world, BOCHUM.replace(b"Bochum, Stadt", b"Bochum, Hansestadt", 1))
    assert (changed.neu, changed.unveraendert) == (0, 1)
    async with world.context.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(OrtZeile)) == 1


async def test_what_one_body_receives_for_all_never_goes_elsewhere(world: PortalWorld) -> None:
    async with world.context.transaction() as session:
        found = await zustaendigkeit.ermitteln(world.context, session, "probe_umzug", plz="44623")
        town = await zustaendigkeit.ermitteln(world.context, session, "probe_hund", ort="herne")
        nowhere = await zustaendigkeit.ermitteln(world.context, session, "probe_hund", ort="Atlantis")
    assert (found.here, found.question) == (True, None)
    assert (town.here, town.place.ags if town.place else None) == (False, "05916000")
    assert nowhere.question is not None
    assert nowhere.question.ask == "plz"


async def test_the_dialogue_knows_where_she_lives(world: PortalWorld) -> None:
    sid = await world.log_in()
    headers = {"Authorization": "Bearer handoff-token", "X-Conversation": "c"}
    query = {"service": "probe_hund"}
    async with httpx.AsyncClient(transport=world.transport(), base_url="http://portal") as http:
        await http.put("/api/dialog/bindings", json={"account": KONTO, "sid": sid}, headers=headers)
        known = (await http.get("/api/dialog/responsibility", params=query, headers=headers)).json()
        herne = query | {"ort": "Herne"}
        other = (await http.get("/api/dialog/responsibility", params=herne, headers=headers)).json()
        stranger = headers | {"X-Conversation": "d"}
        asked = (await http.get("/api/dialog/responsibility", params=query, headers=stranger)).json()
    assert (known["here"], known["plz"], known["basis"]) == (False, "44787", "stammdaten")
    assert (other["place"]["ags"], other["basis"]) == ("05916000", "angabe")
    assert (asked["question"]["ask"], asked["plz"]) == ("plz", None)
