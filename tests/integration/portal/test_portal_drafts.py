"""Drafts from opening to handing in, through the use cases, on a real database."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import func, select, text

from portal.errors import NotFoundError
from portal.schema.entwurf import EntwurfZeile, FreigabeZeile
from portal.schema.protokoll import ProtokollZeile
from portal.schema.vorgang import PosteingangZeile, VorgangZeile, ZustellungZeile
from portal.services import (
    abgabe,
    dokument,
    entwurf,
    fristen,
    komforteinwilligung,
    postfach,
    protokoll,
    vorgang,
    zustellung,
)
from portal.services.fehler import DraftChangedError, DraftClosedError, IncompleteError, TooEarlyError
from portal.services.feldpruefung import InvalidValueError
from portal.services.views import DraftView
from tests.support.portal_world import ANDERES_KONTO, KONTO, PDF, PortalWorld, portal_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[PortalWorld]:
    async with portal_world(tmp_path) as running:
        yield running


async def opened(world: PortalWorld, service: str, trust: str = "niedrig") -> DraftView:
    async with world.context.transaction() as session:
        return await entwurf.oeffnen(world.context, session, KONTO, service, trust)


async def answered(
    world: PortalWorld, draft: DraftView, field: str, value: object, trust: str = "niedrig"
) -> DraftView:
    async with world.context.transaction() as session:
        return await entwurf.antworten(
            world.context, session, KONTO, draft.id, field, value, version=draft.version, vertrauen=trust
        )


async def released(world: PortalWorld, draft: DraftView, trust: str = "niedrig", **changes: str) -> DraftView:
    offered = [f.id for f in draft.fields if f.state == "vorgeschlagen" and f.id not in changes]
    async with world.context.transaction() as session:
        return await entwurf.freigeben(
            world.context, session, KONTO, draft.id, offered, changes, version=draft.version, vertrauen=trust
        )


async def handed_in(world: PortalWorld, draft: DraftView, trust: str = "niedrig"):
    async with world.context.transaction() as session:
        return await abgabe.abgeben(
            world.context, session, KONTO, draft.id, version=draft.version, vertrauen=trust
        )


async def complete_move(world: PortalWorld, trust: str, moved: str = "2026-11-20") -> DraftView:
    draft = await released(world, await opened(world, "probe_umzug", trust), trust)
    for field, value in (
        ("geburtsname", None),
        ("einzugsdatum", moved),
        ("neue_anschrift", "Neuweg 5, 45879 Gelsenkirchen"),
        ("zweitwohnung", "nein"),
    ):
        draft = await answered(world, draft, field, value, trust)
    checked = await dokument.annehmen(world.context, "../böse/bestätigung.pdf", PDF)
    async with world.context.transaction() as session:
        file = await dokument.hochladen(
            world.context,
            session,
            KONTO,
            entwurf_id=draft.id,
            nachweis_id="bestaetigung",
            datei=checked,
        )
        return await entwurf.nachweisen(
            world.context,
            session,
            KONTO,
            draft.id,
            "bestaetigung",
            file.id,
            version=draft.version,
            vertrauen=trust,
        )


async def test_a_new_draft_offers_master_data_with_source_and_date(world: PortalWorld) -> None:
    draft = await opened(world, "probe_umzug")
    name = next(f for f in draft.fields if f.id == "familienname")
    assert (name.value, name.state, name.source, name.date) == (
        "Yıldız",
        "vorgeschlagen",
        "stammdaten",
        "2025-03-01",
    )
    assert name.source_label == "Ihre Stammdaten, bestätigt mit Online-Ausweis"
    assert draft.next.kind == "release"


async def test_opening_twice_gives_the_same_draft(world: PortalWorld) -> None:
    assert (await opened(world, "probe_hund")).id == (await opened(world, "probe_hund")).id


async def test_what_is_not_released_is_asked_for_and_never_part_of_the_draft(world: PortalWorld) -> None:
    draft = await opened(world, "probe_hund")
    async with world.context.transaction() as session:
        after = await entwurf.freigeben(
            world.context, session, KONTO, draft.id, ["familienname"], {}, version=1, vertrauen="niedrig"
        )
        record = await session.scalar(select(FreigabeZeile))
    states = {f.id: f.state for f in after.fields}
    assert states["familienname"] == "beantwortet"
    assert states["anschrift"] == "offen"
    assert record is not None
    assert record.felder == ["familienname"]
    assert record.textversion == after.release_text.version


async def test_a_corrected_value_is_the_citizens_own_statement(world: PortalWorld) -> None:
    draft = await released(world, await opened(world, "probe_hund"), familienname="Öztürk-Müller")
    name = next(f for f in draft.fields if f.id == "familienname")
    assert (name.value, name.source, name.source_label) == (
        "Öztürk-Müller",
        "angabe",
        "Ihre Angabe vom 24.11.2026",
    )


async def test_a_wrong_correction_releases_nothing(world: PortalWorld) -> None:
    draft = await opened(world, "probe_hund")
    with pytest.raises(InvalidValueError):
        await released(world, draft, anschrift="irgendwo")
    async with world.context.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(FreigabeZeile)) == 0
    assert (await opened(world, "probe_hund")).version == draft.version


async def test_an_old_version_is_refused_with_the_present_draft(world: PortalWorld) -> None:
    draft = await released(world, await opened(world, "probe_hund"))
    await answered(world, draft, "seit", "2026-11-20")
    with pytest.raises(DraftChangedError) as caught:
        await answered(world, draft, "seit", "2026-11-21")
    assert caught.value.extra["draft"]["version"] == draft.version + 1


async def test_a_foreign_draft_looks_like_an_unknown_one(world: PortalWorld) -> None:
    draft = await opened(world, "probe_hund")
    async with world.context.transaction() as session:
        with pytest.raises(NotFoundError):
            await entwurf.laden(world.context, session, ANDERES_KONTO, draft.id, "hoch")


async def test_sensitive_values_are_masked_at_the_door(world: PortalWorld) -> None:
    draft = await opened(world, "probe_umzug")
    async with world.context.transaction() as session:
        seen = await entwurf.laden(world.context, session, KONTO, draft.id, "niedrig", masked=True)
    number = next(f for f in seen.fields if f.id == "ausweisnummer")
    assert "L01X00" not in str(number.value) + str(number.display)
    assert number.masked


async def test_a_condition_brings_its_question_and_takes_it_away_again(world: PortalWorld) -> None:
    draft = await released(world, await opened(world, "probe_umzug"))
    draft = await answered(world, draft, "zweitwohnung", "ja")
    assert {f.id: f.state for f in draft.fields}["zweite_anschrift"] == "offen"
    draft = await answered(world, draft, "zweitwohnung", "nein")
    assert {f.id: f.state for f in draft.fields}["zweite_anschrift"] == "entfaellt"


async def test_incomplete_is_refused_and_names_what_is_missing(world: PortalWorld) -> None:
    draft = await released(world, await opened(world, "probe_hund"))
    with pytest.raises(IncompleteError) as caught:
        await handed_in(world, draft)
    assert caught.value.field == "seit"
    assert "Gehalten seit" in caught.value.message


async def test_full_trust_makes_a_case_with_package_receipt_log_and_kept_deadline(world: PortalWorld) -> None:
    draft = await complete_move(world, "hoch")
    assert draft.next.kind == "confirm"
    assert draft.deadline is not None
    assert draft.deadline.date == "2026-12-04"
    result = await handed_in(world, draft, "hoch")
    assert result.case.effect == "anzeige"
    assert await zustellung.zustellen_faellige(world.context) == 1
    async with world.context.transaction() as session:
        inbox = await vorgang.posteingang(session, "probeamt")
        case = await vorgang.laden(session, KONTO, result.case.id)
        pdf = await vorgang.pdf(session, KONTO, result.case.id)
        receipt = (await postfach.liste(session, KONTO))[0]
        log = await protokoll.liste(session, KONTO)
        deadline = (await fristen.liste(session, KONTO))[0]
    assert [e.reference for e in inbox] == [result.case.reference]
    assert {f["id"] for f in case.package["felder"]} >= {"familienname", "einzugsdatum", "ausweisnummer"}
    assert case.package["anlagen"][0]["dateiname"] == "bestätigung.pdf"
    assert str(result.case.reference) in receipt.text
    sent = next(entry for entry in log if entry.kind == "uebermittlung")
    assert sent.sha256 == case.package_sha256
    assert "Geburtsname" not in sent.fields
    assert "Tag des Einzugs" in sent.fields
    assert deadline.settled_at is not None
    page = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "Yıldız" in page
    assert "Demonstration, keine Behörde" in page
    assert case.package["anlagen"][0]["sha256"] in page.replace("\n", "")


async def test_low_trust_stays_a_preparation_and_reaches_no_office(world: PortalWorld) -> None:
    draft = await complete_move(world, "niedrig")
    assert draft.next.kind == "identity"
    result = await handed_in(world, draft)
    assert (result.case.effect, result.case.reference, result.draft.status) == (
        "vorbereitung",
        None,
        "vorbereitet",
    )
    assert result.draft.next.kind == "done"
    assert await zustellung.zustellen_faellige(world.context) == 0
    async with world.context.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(VorgangZeile)) == 0
        message = (await postfach.liste(session, KONTO))[0]
        deadline = (await fristen.liste(session, KONTO))[0]
        log = await protokoll.liste(session, KONTO)
    assert "angemeldet" not in (message.subject + message.text).lower()
    assert "Probeamt" in message.text
    assert deadline.settled_at is None
    assert not [entry for entry in log if entry.kind == "uebermittlung"]


async def test_a_preparation_can_be_handed_in_fully_after_the_identity_is_proved(world: PortalWorld) -> None:
    prepared = (await handed_in(world, await complete_move(world, "niedrig"))).draft
    async with world.context.transaction() as session:
        now = await entwurf.laden(world.context, session, KONTO, prepared.id, "hoch")
    assert now.next.kind == "confirm"
    assert (await handed_in(world, now, "hoch")).case.effect == "anzeige"


async def test_what_lies_in_the_future_waits_for_its_day(world: PortalWorld) -> None:
    draft = await complete_move(world, "hoch", moved="2026-12-11")
    assert (draft.next.kind, draft.next.from_) == ("wait", "2026-12-11")
    with pytest.raises(TooEarlyError) as caught:
        await handed_in(world, draft, "hoch")
    assert caught.value.extra == {"from": "2026-12-11"}
    async with world.context.transaction() as session:
        deadline = (await fristen.liste(session, KONTO))[0]
    assert str(deadline.possible_from) == "2026-12-11"
    assert str(deadline.end) == "2026-12-28"
    world.clock.forward(days=17)
    assert (await handed_in(world, draft, "hoch")).case.effect == "anzeige"


async def test_what_was_said_in_one_draft_is_offered_in_the_next(world: PortalWorld) -> None:
    await complete_move(world, "niedrig")
    async with world.context.transaction() as session:
        await komforteinwilligung.erteilen(world.context, session, KONTO, "vorausfuellen")
    dog = await opened(world, "probe_hund")
    fields = {f.id: f for f in dog.fields}
    assert fields["anschrift"].value == "Neuweg 5, 45879 Gelsenkirchen"
    assert fields["seit"].value == "2026-11-20"
    assert fields["seit"].source_label == "Ihre Angabe vom 24.11.2026"
    assert fields["seit"].state == "vorgeschlagen"


async def test_a_closed_draft_cannot_be_changed_or_handed_in_again(world: PortalWorld) -> None:
    result = await handed_in(world, await complete_move(world, "hoch"), "hoch")
    with pytest.raises(DraftClosedError):
        await handed_in(world, result.draft, "hoch")
    with pytest.raises(DraftClosedError):
        await answered(world, result.draft, "zweitwohnung", "ja", "hoch")


async def test_a_crash_between_delivery_and_note_delivers_once(world: PortalWorld) -> None:
    await handed_in(world, await complete_move(world, "hoch"), "hoch")

    class Crashing(zustellung.Posteingang):
        async def zustellen(self, context, sendung) -> None:
            await super().zustellen(context, sendung)
            raise ConnectionError

    assert await zustellung.zustellen_faellige(world.context, {"posteingang": Crashing()}) == 0
    world.clock.forward(minutes=2)
    assert await zustellung.zustellen_faellige(world.context) == 1
    async with world.context.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(PosteingangZeile)) == 1
        row = await session.scalar(select(ZustellungZeile))
    assert row is not None
    assert (row.status, row.versuche) == ("zugestellt", 2)


async def test_looks_of_staff_are_logged_by_function(world: PortalWorld) -> None:
    result = await handed_in(world, await complete_move(world, "hoch"), "hoch")
    await zustellung.zustellen_faellige(world.context)
    async with world.context.transaction() as session:
        await vorgang.oeffnen_fuer_stelle(
            world.context, session, "probeamt", result.case.id, "Sachbearbeitung"
        )
        with pytest.raises(NotFoundError):
            await vorgang.oeffnen_fuer_stelle(world.context, session, "steuern", result.case.id, "Neugier")
    async with world.context.transaction() as session:
        looks = [e for e in await protokoll.liste(session, KONTO) if e.kind == "einsicht"]
    assert [(e.actor_label, e.office) for e in looks] == [("Sachbearbeitung", "Probeamt")]


async def test_the_log_cannot_be_changed(world: PortalWorld) -> None:
    await released(world, await opened(world, "probe_hund"))
    async with world.context.sessions() as session:
        entry = await session.scalar(select(ProtokollZeile))
        assert entry is not None
        entry.inhalt = b"anders"
        with pytest.raises(RuntimeError, match="append-only"):
            await session.flush()


async def test_a_status_reaches_the_citizen_and_an_end_is_final(world: PortalWorld) -> None:
    result = await handed_in(world, await complete_move(world, "hoch"), "hoch")
    await zustellung.zustellen_faellige(world.context)
    async with world.context.transaction() as session:
        await vorgang.status_setzen(
            world.context,
            session,
            "probeamt",
            result.case.id,
            "erledigt",
            text="Alles da.",
            funktion="Sachbearbeitung",
        )
    async with world.context.transaction() as session:
        assert (
            "Alles da."
            in (await postfach.liste(session, KONTO))[0].text + (await postfach.liste(session, KONTO))[1].text
        )
        with pytest.raises(Exception, match="schon den Status"):
            await vorgang.status_setzen(
                world.context,
                session,
                "probeamt",
                result.case.id,
                "rueckfrage",
                text="",
                funktion="Sachbearbeitung",
            )


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "eingabe_ungueltig"),
        (b"<html>hallo</html>", "dateityp_unzulaessig"),
        (b"MZ" + b"\0" * 300, "dateityp_unzulaessig"),
        (b"%PDF-1.4" + b"0" * (25 * 1024 * 1024), "datei_zu_gross"),
    ],
)
async def test_bad_files_are_refused_and_nothing_is_kept(
    world: PortalWorld, content: bytes, error: str
) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        await dokument.annehmen(world.context, "x.pdf", content)
    assert caught.value.code == error


async def test_personal_data_are_encrypted_at_rest(world: PortalWorld) -> None:
    await handed_in(world, await complete_move(world, "hoch"), "hoch")
    async with world.context.transaction() as session:
        raw = (await session.execute(text("SELECT felder FROM entwurf"))).scalar_one()
        package = (await session.execute(text("SELECT paket FROM vorgang"))).scalar_one()
        count = await session.scalar(select(func.count()).select_from(EntwurfZeile))
    assert count == 1
    assert b"Neuweg" not in bytes(raw)
    assert b"Neuweg" not in bytes(package)


async def test_the_package_is_canonical_json(world: PortalWorld) -> None:
    result = await handed_in(world, await complete_move(world, "hoch"), "hoch")
    async with world.context.transaction() as session:
        row = await session.get_one(VorgangZeile, result.case.id)
    content = json.loads(row.paket)
    again = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert again == row.paket
