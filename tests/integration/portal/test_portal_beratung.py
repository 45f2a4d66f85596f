"""What a clerk of the chat gets from the portal: by release, logged, never a protected address; Vermerke for the file."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from pypdf import PdfReader

from portal.client import By, ConsoleClient, NoteLine
from portal.client.errors import NotFoundError, PortalError
from portal.errors import ConflictError
from portal.errors import NotFoundError as NotFoundInPortal
from portal.schema.entwurf import EntwurfZeile
from portal.schema.vorgang import VorgangZeile
from portal.services import akte, einwilligung, protokoll, stammdaten, vertretung, zustellung
from portal.services.views import LogEntry
from tests.support.portal_world import ANDERES_KONTO, KONTO, PortalWorld, portal_world

BERTA = By("berta-id", "Bürgerservice", "BÜRGERcenter")
DORA = By("dora-id", "Sachbearbeitung", "Abteilung Steuern")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[PortalWorld]:
    async with portal_world(tmp_path) as running:
        yield running


@pytest.fixture
async def client(world: PortalWorld) -> AsyncIterator[ConsoleClient]:
    """The gateway's door, with a conversation c1 of a citizen who is logged in."""
    one = ConsoleClient("http://portal", "handoff-token", transport=world.transport())
    await one.bind("c1", account=KONTO, sid=await world.log_in(KONTO, "hoch"))
    yield one
    await one.close()


async def log(world: PortalWorld) -> list[LogEntry]:
    async with world.context.transaction() as session:
        return await protokoll.liste(session, KONTO)


async def released_draft(client: ConsoleClient, fields: list[str]) -> str:
    draft = await client.open_draft("c1", "probe_hund", key="start")
    view = await client.release(
        "c1", draft.id, freigeben=fields, aendern={}, version=draft.version, key="frei"
    )
    return view.id


async def lock_address(world: PortalWorld) -> None:
    async with world.context.transaction() as session:
        await stammdaten.store(session, KONTO, {"auskunftssperre": "ja"}, "angabe", world.context.today())


async def test_the_overview_shows_released_values_and_is_logged_once_a_day(world, client):
    draft = await client.open_draft("c1", "probe_hund", key="start")
    before = await client.console_draft("c1", BERTA)
    assert [f.display for f in before.fields] == [None, None, None, None]
    assert await log(world) == []  # nothing of hers was to be seen

    await client.release(
        "c1", draft.id, freigeben=["familienname"], aendern={}, version=draft.version, key="f"
    )
    shown = await client.console_draft("c1", BERTA)
    assert [f.display for f in shown.fields][:2] == ["Yıldız", None]
    await client.console_draft("c1", BERTA)
    look, release = await log(world)
    assert (look.kind, look.actor_label, look.office) == ("einsicht", "Bürgerservice", "BÜRGERcenter")
    assert look.fields == ["Familienname"]
    assert release.kind == "freigabe"

    await client.console_draft("c1", DORA)
    world.clock.forward(days=1)
    await client.bind("c1", account=KONTO, sid=await world.log_in(KONTO, "hoch"))
    await client.console_draft("c1", BERTA)
    assert [e.kind for e in await log(world)] == ["einsicht", "einsicht", "einsicht", "freigabe"]


async def test_a_clerk_reads_who_acts_for_whom_and_both_logs_have_the_look(world, client):
    draft = await client.open_draft("c1", "probe_hund", key="start")
    async with world.context.transaction() as session:
        code = await vertretung.vollmacht_geben(
            world.context, session, ANDERES_KONTO, ["*"], world.context.today()
        )
    async with world.context.transaction() as session:
        await vertretung.einloesen(world.context, session, KONTO, code)
        power = (await vertretung.liste(world.context, session, KONTO))[0]
        await vertretung.waehlen(
            world.context, session, KONTO, draft.id, power.id, version=draft.version, vertrauen="hoch"
        )
    draft = await client.current_draft("c1")
    await client.put_field("c1", draft.id, "familienname", "Muster", version=draft.version, key="a")
    shown = await client.console_draft("c1", BERTA)
    assert "handelt mit Vollmacht" in shown.acting
    assert "fuer_wen" not in [f.id for f in shown.fields]
    for account in (KONTO, ANDERES_KONTO):
        async with world.context.transaction() as session:
            look = (await protokoll.liste(session, account))[0]
        assert (look.kind, look.fields) == ("einsicht", ["Familienname"])


async def test_a_data_set_is_shown_after_its_release_to_its_office_and_until_its_withdrawal(world, client):
    citizen = await client.console_citizen("c1", BERTA)
    assert (citizen.trust, citizen.address_locked) == ("hoch", False)
    assert {s.id: s.fields for s in citizen.data_sets} == {
        "person": ["Familienname"],
        "anschrift": ["Anschrift"],
        "ausweis": ["Ausweisnummer"],
    }
    release = await client.release_to_office(
        "c1", kind="daten", id="ausweis", office="BÜRGERcenter", purpose="Prüfung Ihres Ausweises", key="r1"
    )
    again = await client.release_to_office(
        "c1", kind="daten", id="ausweis", office="BÜRGERcenter", purpose="Prüfung Ihres Ausweises", key="r1"
    )
    assert again == release
    values = await client.released_values("c1", release.id, BERTA)
    assert [(v.label, v.value) for v in values] == [("Ausweisnummer", "L01X00T47")]
    with pytest.raises(PortalError) as refused:
        await client.released_values("c1", release.id, DORA)
    assert refused.value.status == 403
    look, given, read = await log(world)
    assert (read.channel, read.fields) == ("Beratung im Chat, Gespräch", ["Gesprächsverlauf"])
    await client.console_citizen("c1", BERTA)
    assert len(await log(world)) == 3  # once a day
    await client.console_citizen("c1", DORA)
    assert len(await log(world)) == 4
    assert (look.kind, look.fields, look.purpose) == (
        "einsicht",
        ["Ausweisnummer"],
        "Prüfung Ihres Ausweises",
    )
    assert "Art. 6 Abs. 1 Buchstabe a DSGVO" in given.legal_basis
    await client.withdraw_release("c1", release.id, key="w")
    with pytest.raises(PortalError) as gone:
        await client.released_values("c1", release.id, BERTA)
    assert gone.value.status == 409


async def test_a_release_of_the_chat_is_withdrawn_on_the_page_of_consents_too(world, client):
    release = await client.release_to_office(
        "c1", kind="daten", id="ausweis", office="BÜRGERcenter", purpose="Prüfung", key="r1"
    )
    context = world.context
    async with context.transaction() as session:
        (shown,) = await einwilligung.liste(context, session, KONTO)
        assert (shown.state, shown.office, shown.fields) == ("gueltig", "BÜRGERcenter", ["Ausweisnummer"])
        with pytest.raises(NotFoundInPortal):
            await einwilligung.widerrufen(context, session, ANDERES_KONTO, release.id)
        await einwilligung.widerrufen(context, session, KONTO, release.id)
    async with context.transaction() as session:
        (shown,) = await einwilligung.liste(context, session, KONTO)
        assert (shown.state, shown.consequence) == ("widerrufen", None)
        with pytest.raises(ConflictError):
            await einwilligung.widerrufen(context, session, KONTO, release.id)
    assert [e.kind for e in await log(world)] == ["widerruf", "freigabe"]
    with pytest.raises(PortalError):
        await client.released_values("c1", release.id, BERTA)


async def test_a_release_of_another_citizen_or_conversation_is_unknown(world, client):
    release = await client.release_to_office(
        "c1", kind="daten", id="person", office="BÜRGERcenter", purpose="Zweck", key="r"
    )
    await client.bind("c2", account=ANDERES_KONTO, sid=await world.log_in(ANDERES_KONTO))
    with pytest.raises(NotFoundError):
        await client.released_values("c2", release.id, BERTA)
    with pytest.raises(NotFoundError):
        await client.withdraw_release("c2", release.id, key="w")


@pytest.mark.parametrize(
    ("kind", "id", "status"),
    [("daten", "kontakt", 404), ("daten", "alles", 404), ("dokument", "fremd", 404), ("werte", "x", 422)],
)
async def test_what_is_not_there_is_not_released(world, client, kind, id, status):
    with pytest.raises(PortalError) as refused:
        await client.release_to_office("c1", kind=kind, id=id, office="A", purpose="B", key="k")
    assert refused.value.status == status
    assert await log(world) == []


async def test_a_protected_address_is_shown_by_no_way(world, client):
    draft = await released_draft(client, ["familienname", "anschrift"])
    early = await client.release_to_office(
        "c1", kind="daten", id="anschrift", office="BÜRGERcenter", purpose="Zweck", key="r0"
    )
    assert (await client.console_draft("c1", BERTA)).fields[1].display == "Altweg 3, 44787 Bochum"
    await lock_address(world)
    shown = await client.console_draft("c1", BERTA)
    assert (shown.fields[0].display, shown.fields[1].display) == ("Yıldız", None)
    assert (shown.fields[1].withheld, shown.fields[1].value) == ("auskunftssperre", None)
    citizen = await client.console_citizen("c1", BERTA)
    assert citizen.address_locked
    assert "anschrift" not in {s.id for s in citizen.data_sets}
    for refused in (
        client.reveal("c1", draft, "anschrift", staff="b", function="f", office="o"),
        client.released_values("c1", early.id, BERTA),
        client.release_to_office("c1", kind="daten", id="anschrift", office="A", purpose="B", key="r1"),
    ):
        with pytest.raises(PortalError) as error:
            await refused
        assert error.value.code == "auskunftssperre"


async def test_who_asks_for_protection_has_it_from_the_first_word_on(world, client):
    async with world.context.transaction() as session:
        now = world.clock()
        session.add(
            EntwurfZeile(
                id="e1",
                konto_id=KONTO,
                leistung="auskunftssperre",
                version=1,
                status="offen",
                felder={},
                nachweise={},
                erstellt_utc=now,
                geaendert_utc=now,
            )
        )
    assert (await client.console_citizen("c1", BERTA)).address_locked


async def test_a_transfer_is_in_the_citizens_log(world, client):
    await client.log_transfer(
        "c1",
        BERTA,
        to="Abteilung Steuern",
        legal_basis="",
        content=["Gesprächsverlauf"],
        service=None,
        key="t",
    )
    (entry,) = await log(world)
    assert (entry.kind, entry.office, entry.actor_label) == (
        "uebermittlung",
        "Abteilung Steuern",
        "Bürgerservice, BÜRGERcenter",
    )
    assert entry.fields == ["Gesprächsverlauf"]
    assert "Einwilligung" in entry.legal_basis


async def test_a_vermerk_goes_to_the_office_with_the_case(world, client):
    draft = await released_draft(client, ["familienname", "anschrift"])
    lines = [NoteLine(at=world.clock(), author="Bürgerin oder Bürger", text="Der Hund ist\x0b <neu> & klein")]
    filed = await client.file_note("c1", BERTA, draft=draft, text="Hund seit Montag.", lines=lines, key="v")
    assert (filed.office, filed.reference) == ("Probeamt", None)
    view = await client.current_draft("c1")
    for field, value in (("seit", "2026-11-20"), ("chip", None)):
        view = await client.put_field("c1", draft, field, value, version=view.version, key=f"f{field}")
    case = (await client.submit("c1", draft, version=view.version, key="s")).case
    await zustellung.zustellen_faellige(world.context)

    world.clock.forward(minutes=1)
    late = await client.file_note("c1", BERTA, draft=draft, text="Nachtrag.", lines=[], key="v2")
    assert late.reference == case.reference
    async with world.context.transaction() as session:
        row = await session.get_one(VorgangZeile, case.id)
        package, pdf = json.loads(row.paket), row.pdf
        _reference, records = await akte.ausgeben(
            world.context, session, "probeamt", case.id, "Sachbearbeitung"
        )
    assert [(v["id"], v["sha256"]) for v in package["vermerke"]] == [(filed.id, filed.sha256)]
    assert "Hund seit Montag." in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    archive = zipfile.ZipFile(io.BytesIO(records))
    assert set(archive.namelist()) == {
        "antrag.json", "antrag.pdf", "SHA256SUMS",
        *(f"vermerke/{n}-vermerk.{art}" for n in ("01", "02") for art in ("json", "xml", "pdf")),
    }  # fmt: skip
    note = json.loads(archive.read("vermerke/01-vermerk.json"))
    assert note["verfasst"] == {
        "am": "2026-11-24T10:00:00+01:00",
        "funktion": "Bürgerservice",
        "stelle": "BÜRGERcenter",
    }
    xml = ET.fromstring(archive.read("vermerke/01-vermerk.xml"))  # our own bytes
    assert xml.findtext("text") == "Hund seit Montag."
    assert xml.findtext("verlauf/nachricht") == "Der Hund ist <neu> & klein"
    printed = PdfReader(io.BytesIO(archive.read("vermerke/01-vermerk.pdf"))).pages[0].extract_text()
    assert "Hund seit Montag." in printed
    assert "<neu> & klein" in printed
    entries = await log(world)
    assert entries[0].channel == "Ausgabe an die E-Akte"
    assert any(title.startswith("Vermerk vom") for title in entries[0].fields)
    assert [e.channel for e in entries[1:3]] == ["Posteingang der Stelle", "Vermerk zum Vorgang"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
async def test_an_empty_or_endless_vermerk_is_refused(world, client, text):
    draft = await released_draft(client, [])
    with pytest.raises(PortalError) as refused:
        await client.file_note("c1", BERTA, draft=draft, text=text, lines=[], key="v")
    assert refused.value.status == 422


async def test_a_foreign_draft_takes_no_vermerk(world, client):
    draft = await released_draft(client, [])
    await client.bind("c2", account=ANDERES_KONTO, sid=await world.log_in(ANDERES_KONTO))
    with pytest.raises(NotFoundError):
        await client.file_note("c2", BERTA, draft=draft, text="x", lines=[], key="v")


async def test_only_the_gateway_may(world, client):
    headers = {"Authorization": "Bearer actions-token", "X-Conversation": "c1"}
    async with httpx.AsyncClient(
        transport=world.transport(), base_url="http://portal", headers=headers
    ) as actions:
        assert (await actions.get("/api/dialog/console/citizen")).status_code == 403
