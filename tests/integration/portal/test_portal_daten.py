"""Consent, disclosure log and keys through the use cases: what is withdrawn stops, what is removed is noticed, who is erased stays so."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import func, select, text

from portal.context import create_database_engine
from portal.domain.einwilligung import KOMFORT, WORTLAUTE
from portal.errors import ConflictError, NotFoundError
from portal.schema.base import KEYRING
from portal.schema.bescheid import RueckfrageZeile
from portal.schema.dokument import DokumentfreigabeZeile, DokumentZeile
from portal.schema.entwurf import EntwurfZeile
from portal.schema.migrate import configuration, migrate
from portal.schema.schluessel import SchluesselZeile
from portal.schema.vorgang import PosteingangZeile
from portal.services import (
    abgabe,
    datenuebersicht,
    datenwunsch,
    dokument,
    einwilligung,
    entwurf,
    komforteinwilligung,
    postfach,
    protokoll,
    schluessel,
    schluesselwechsel,
    vorgang,
    zustellung,
)
from portal.services.fehler import IncompleteError
from portal.services.views import DraftView
from tests.support.portal_world import ANDERES_KONTO, KONTO, PDF, PortalWorld, portal_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[PortalWorld]:
    async with portal_world(tmp_path) as running:
        yield running


async def released(world: PortalWorld) -> DraftView:
    """A dog's draft with the master data released and everything answered."""
    async with world.context.transaction() as session:
        draft = await entwurf.oeffnen(world.context, session, KONTO, "probe_hund", "niedrig")
        draft = await entwurf.freigeben(
            world.context,
            session,
            KONTO,
            draft.id,
            ["familienname", "anschrift"],
            {},
            version=draft.version,
            vertrauen="niedrig",
        )
        return await entwurf.antworten(
            world.context,
            session,
            KONTO,
            draft.id,
            "seit",
            "2026-11-20",
            version=draft.version,
            vertrauen="niedrig",
        )


async def handed_in(world: PortalWorld, draft: DraftView) -> str:
    async with world.context.transaction() as session:
        done = await abgabe.abgeben(
            world.context, session, KONTO, draft.id, version=draft.version, vertrauen="niedrig"
        )
    return done.case.id


async def consents(world: PortalWorld):  # type: ignore[no-untyped-def]
    async with world.context.transaction() as session:
        return await einwilligung.liste(world.context, session, KONTO)


async def withdraw(world: PortalWorld, konto: str = KONTO):  # type: ignore[no-untyped-def]
    consent = (await consents(world))[0]
    async with world.context.transaction() as session:
        return await einwilligung.widerrufen(world.context, session, konto, consent.id)


async def test_a_consent_says_to_whom_for_what_which_fields_and_in_which_words(world: PortalWorld) -> None:
    await released(world)
    (consent,) = await consents(world)
    assert (consent.state, consent.office, consent.fields) == (
        "gueltig",
        "Probeamt",
        ["Familienname", "Anschrift"],
    )
    assert consent.text_version in ("2026-11-2",)
    assert consent.language == "de"
    assert "widerrufen" in consent.text
    assert (consent.valid_until - consent.given_at).days == 180


async def test_every_disclosure_names_its_basis_and_the_words_that_were_read(world: PortalWorld) -> None:
    await handed_in(world, await released(world))
    async with world.context.transaction() as session:
        entries = {e.kind: e for e in await protokoll.liste(session, KONTO)}
    given, sent = entries["freigabe"], entries["uebermittlung"]
    assert given.legal_basis == "Art. 6 Abs. 1 Buchst. a DSGVO"
    assert sent.legal_basis == "Art. 6 Abs. 1 Buchst. c oder e DSGVO mit Probesatzung"
    for entry, act in ((given, "freigabe"), (sent, "abgabe")):
        words = WORTLAUTE[act]
        assert (entry.text, entry.text_version, entry.language) == (words.text, words.version, "de")


def test_every_text_that_is_read_before_data_flow_has_a_version_and_a_language() -> None:
    for words in (*WORTLAUTE.values(), *(one.wortlaut for one in KOMFORT.values())):
        assert words.text == words.texte[words.version, "de"]
        assert all(re.fullmatch(r"20\d\d-\d\d-\d+", version) for version, _ in words.texte)


async def test_withdrawing_takes_the_data_out_of_the_draft(world: PortalWorld) -> None:
    draft = await released(world)
    assert (await withdraw(world)).outcome == "entwurf"
    async with world.context.transaction() as session:
        now = await entwurf.laden(world.context, session, KONTO, draft.id, "niedrig")
    states = {f.id: f.state for f in now.fields}
    assert (states["familienname"], states["anschrift"], states["seit"]) == (
        "vorgeschlagen",
        "vorgeschlagen",
        "beantwortet",
    )
    with pytest.raises(IncompleteError):
        await handed_in(world, now)
    assert (await consents(world))[0].state == "widerrufen"


async def test_a_release_that_ran_out_releases_nothing(world: PortalWorld) -> None:
    draft = await released(world)
    world.clock.forward(days=181)
    assert (await consents(world))[0].state == "abgelaufen"
    with pytest.raises(IncompleteError):
        await handed_in(world, draft)


async def test_withdrawing_before_delivery_stops_the_case(world: PortalWorld) -> None:
    draft = await released(world)
    case = await handed_in(world, draft)
    assert (await consents(world))[0].state == "unterwegs"
    assert (await withdraw(world)).outcome == "angehalten"
    assert await zustellung.zustellen_faellige(world.context) == 0
    world.clock.forward(days=1)
    assert await zustellung.zustellen_faellige(world.context) == 0
    async with world.context.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(PosteingangZeile)) == 0
        assert (await vorgang.laden(session, KONTO, case)).case.status == "zurueckgezogen"
        again = await entwurf.laden(world.context, session, KONTO, draft.id, "niedrig")
    assert again.status == "offen"
    assert next(f for f in again.fields if f.id == "familienname").state == "vorgeschlagen"


async def test_an_adapter_that_wakes_up_late_finds_the_case_stopped(world: PortalWorld) -> None:
    case = await handed_in(world, await released(world))
    async with world.context.transaction() as session:
        row = (await session.execute(select(zustellung.VorgangZeile))).scalar_one()
        parcel = zustellung.Sendung(
            case, row.aktenzeichen, row.stelle_id, row.paket, row.paket_sha256, row.pdf
        )
    await withdraw(world)
    await zustellung.Posteingang().zustellen(world.context, parcel)
    async with world.context.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(PosteingangZeile)) == 0


async def test_withdrawing_after_delivery_says_that_the_case_remains(world: PortalWorld) -> None:
    await handed_in(world, await released(world))
    await zustellung.zustellen_faellige(world.context)
    assert (await consents(world))[0].state == "verwendet"
    done = await withdraw(world)
    assert (done.outcome, "bleibt dort" in done.text) == ("bleibt", True)
    with pytest.raises(ConflictError):
        await withdraw(world)


async def test_nobody_withdraws_for_another(world: PortalWorld) -> None:
    await released(world)
    with pytest.raises(NotFoundError):
        await withdraw(world, ANDERES_KONTO)


@pytest.mark.parametrize(
    ("agreed", "withdrawn", "offered"),
    [(False, False, None), (True, False, "2026-11-20"), (True, True, None)],
)
async def test_earlier_answers_are_offered_only_while_she_agrees(
    world: PortalWorld, agreed: bool, withdrawn: bool, offered: str | None
) -> None:
    async with world.context.transaction() as session:
        if agreed:
            await komforteinwilligung.erteilen(world.context, session, KONTO, "vorausfuellen")
        if withdrawn:
            (given,) = await einwilligung.liste(world.context, session, KONTO)
            done = await einwilligung.widerrufen(world.context, session, KONTO, given.id)
            assert done.outcome == "komfort"
        move = await entwurf.oeffnen(world.context, session, KONTO, "probe_umzug", "niedrig")
        await entwurf.antworten(
            world.context,
            session,
            KONTO,
            move.id,
            "einzugsdatum",
            "2026-11-20",
            version=move.version,
            vertrauen="niedrig",
        )
        dog = await entwurf.oeffnen(world.context, session, KONTO, "probe_hund", "niedrig")
    assert next(f for f in dog.fields if f.id == "seit").value == offered


async def tamper(world: PortalWorld, statement: str) -> None:
    async with world.context.engine.begin() as connection:
        await connection.execute(text(statement))


async def report(world: PortalWorld) -> protokoll.Pruefbericht:
    async with world.context.transaction() as session:
        return await protokoll.pruefen(session)


@pytest.mark.parametrize(
    ("statement", "break_at"),
    [
        ("DELETE FROM protokoll WHERE nummer = 1", (1, "fehlt")),
        ("DELETE FROM protokoll WHERE nummer = 2", (2, "abgeschnitten")),
        ("UPDATE protokoll SET inhalt = x'00' WHERE nummer = 1", (1, "veraendert")),
        ("UPDATE protokoll SET inhaber = 'anderer' WHERE nummer = 2", (2, "veraendert")),
        ("DELETE FROM protokoll_kopf", (1, "veraendert")),
    ],
)
async def test_a_removed_or_changed_entry_is_noticed(
    world: PortalWorld, statement: str, break_at: tuple[int, str]
) -> None:
    await handed_in(world, await released(world))
    before = await report(world)
    assert (before.eintraege, before.bruch) == (2, None)
    await tamper(world, statement)
    found = (await report(world)).bruch
    assert found is not None
    assert (found.nummer, found.art) == break_at


async def test_who_is_erased_stays_erased_and_the_chain_whole(world: PortalWorld) -> None:
    await released(world)
    raw_before = await world_bytes(world)
    async with world.context.transaction() as session:
        key = await schluessel.vorhanden(session, KONTO)
        assert key is not None
        await protokoll.loeschung_vermerken(session, key.inhaber)
        await schluessel.vernichten(session, KONTO)
    found = await report(world)
    assert (found.bruch, found.geloescht, found.ohne_schluessel) == (None, 1, 0)
    async with world.context.transaction() as session:
        assert await protokoll.liste(session, KONTO) == []
        fresh = await schluessel.fuer(world.context, session, KONTO)
        sealed = raw_before[0]
        with pytest.raises(InvalidTag):
            fresh.entschluesseln(sealed, "protokoll:1")


async def test_an_erased_person_whose_key_came_back_from_a_backup_is_noticed(world: PortalWorld) -> None:
    await handed_in(world, await released(world))
    async with world.context.transaction() as session:
        row = await session.get_one(SchluesselZeile, KONTO)
        holder, key, made = row.inhaber, row.schluessel, row.angelegt_utc
        await protokoll.loeschung_vermerken(session, holder)
        await schluessel.vernichten(session, KONTO)
    assert (await report(world)).wieder_lesbar == 0
    async with world.context.transaction() as session:
        session.add(SchluesselZeile(konto_id=KONTO, inhaber=holder, schluessel=key, angelegt_utc=made))
    found = await report(world)
    assert (found.bruch, found.geloescht, found.wieder_lesbar) == (None, 1, 1)


async def test_a_key_that_vanishes_without_a_note_is_noticed(world: PortalWorld) -> None:
    await released(world)
    await tamper(world, "DELETE FROM schluessel")
    assert (await report(world)).ohne_schluessel == 1


async def world_bytes(world: PortalWorld) -> list[bytes]:
    async with world.context.engine.connect() as connection:
        return list(
            (await connection.execute(text("SELECT inhalt FROM protokoll ORDER BY nummer"))).scalars()
        )


async def test_the_log_names_no_field_in_the_clear(world: PortalWorld) -> None:
    await released(world)
    assert all(b"Familienname" not in content for content in await world_bytes(world))


async def test_after_a_change_of_keys_the_old_one_opens_nothing(world: PortalWorld) -> None:
    await handed_in(world, await released(world))
    old, new = Fernet(world.settings.keys[0]), Fernet(Fernet.generate_key())
    KEYRING.load(MultiFernet([new, old]))
    async with world.context.transaction() as session:
        assert await schluesselwechsel.neu_verschluesseln(session) > 5
    KEYRING.load(MultiFernet([new]))
    async with world.context.transaction() as session:
        assert len(await protokoll.liste(session, KONTO)) == 2
        assert len(await einwilligung.liste(world.context, session, KONTO)) == 1
        assert (await protokoll.pruefen(session)).bruch is None
    KEYRING.load(MultiFernet([old]))
    async with world.context.sessions() as session:
        with pytest.raises(InvalidToken):
            await session.scalar(select(EntwurfZeile))


async def test_a_wrong_key_leaves_everything_as_it_was(world: PortalWorld) -> None:
    await released(world)
    KEYRING.load(MultiFernet([Fernet(Fernet.generate_key())]))
    with pytest.raises(InvalidToken):
        async with world.context.transaction() as session:
            await schluesselwechsel.neu_verschluesseln(session)
    KEYRING.load(MultiFernet([Fernet(world.settings.keys[0])]))
    assert (await consents(world))[0].state == "gueltig"


async def look(world: PortalWorld, case: str) -> None:
    async with world.context.transaction() as session:
        await vorgang.oeffnen_fuer_stelle(world.context, session, "probeamt", case, "Sachbearbeitung")


async def notices(world: PortalWorld) -> list[str]:
    async with world.context.transaction() as session:
        return [m.text for m in await postfach.liste(session, KONTO) if m.kind == "datenhinweis"]


async def test_looks_are_told_collected_and_only_once(world: PortalWorld) -> None:
    case = await handed_in(world, await released(world))
    await zustellung.zustellen_faellige(world.context)
    await look(world, case)
    assert await notices(world) == []
    assert await datenuebersicht.sammelhinweise(world.context) == 1
    assert await datenuebersicht.sammelhinweise(world.context) == 0
    (message,) = await notices(world)
    assert "Sachbearbeitung, Probeamt hat angesehen" in message
    assert "Yıldız" not in message


async def test_looks_are_told_at_once_if_she_wants_it(world: PortalWorld) -> None:
    async with world.context.transaction() as session:
        await datenwunsch.setzen(session, KONTO, hinweise="sofort")
    case = await handed_in(world, await released(world))
    await zustellung.zustellen_faellige(world.context)
    await look(world, case)
    await look(world, case)
    assert len(await notices(world)) == 3
    assert await datenuebersicht.sammelhinweise(world.context) == 0


async def test_who_changes_to_at_once_is_told_first_what_waited(world: PortalWorld) -> None:
    case = await handed_in(world, await released(world))
    await zustellung.zustellen_faellige(world.context)
    await look(world, case)
    async with world.context.transaction() as session:
        await datenuebersicht.hinweise_waehlen(world.context, session, KONTO, "sofort")
    (waited,) = await notices(world)
    assert "Sachbearbeitung, Probeamt hat angesehen" in waited
    await look(world, case)
    assert len(await notices(world)) == 2
    assert await datenuebersicht.sammelhinweise(world.context) == 0
    async with world.context.transaction() as session:
        await datenuebersicht.hinweise_waehlen(world.context, session, KONTO, "sofort")
    assert len(await notices(world)) == 2, "choosing the same again tells nothing twice"


async def test_the_yearly_overview_comes_to_an_account_that_nothing_was_logged_of(
    world: PortalWorld,
) -> None:
    world.clock.forward(days=366)
    assert await datenuebersicht.jahresuebersichten(world.context) == 2, "both accounts"
    (overview,) = await notices(world)
    assert "Keine Stelle hat über dieses Portal Daten" in overview
    assert "• Stammdaten: " in overview
    assert "Familienname" in overview
    assert "Yıldız" not in overview, "kinds and counts, no values"


async def test_the_yearly_overview_comes_unasked_once_a_year(world: PortalWorld) -> None:
    case = await handed_in(world, await released(world))
    await zustellung.zustellen_faellige(world.context)
    await look(world, case)
    assert await datenuebersicht.jahresuebersichten(world.context) == 0
    world.clock.forward(days=365)
    assert await datenuebersicht.jahresuebersichten(world.context) == 2, "both accounts"
    assert await datenuebersicht.jahresuebersichten(world.context) == 0
    overview = (await notices(world))[0]
    assert "Probeamt: 1-mal bekommen, 1-mal angesehen: " in overview
    assert "Familienname" in overview.split("Probeamt")[1], "which fields it got"
    assert "• abgegebene Vorgänge: 1" in overview
    assert "Yıldız" not in overview


async def test_entries_and_files_from_before_are_taken_into_chain_and_keys(tmp_path: Path) -> None:
    keys = Fernet(Fernet.generate_key())
    KEYRING.load(MultiFernet([keys]))
    engine = create_database_engine(f"sqlite+aiosqlite:///{tmp_path / 'alt.db'}")
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(configuration(c), "0004"))
        await connection.execute(
            text(
                "INSERT INTO protokoll (konto_id, art, am_utc, akteur, akteur_label, stelle, behoerde, zweck, rechtsgrundlage, felder, kanal)"
                " VALUES (:k, 'einsicht', '2026-11-01 10:00:00', 'mensch', 'Sachbearbeitung', 'Amt', 'Stadt', 'Zweck', 'Recht', :f, 'Weg')"
            ),
            {"k": KONTO, "f": json.dumps(["Name"])},
        )
        await connection.execute(
            text(
                "INSERT INTO entwurf (id, konto_id, leistung, version, status, felder, nachweise, erstellt_utc, geaendert_utc)"
                " VALUES ('e', :k, 'x', 1, 'offen', :j, :j, '2026-11-01', '2026-11-01')"
            ),
            {"k": KONTO, "j": keys.encrypt(b"{}")},
        )
        await connection.execute(
            text(
                "INSERT INTO dokument (id, konto_id, entwurf_id, nachweis, dateiname, medientyp, groesse, sha256, inhalt, hochgeladen_utc)"
                " VALUES ('d', :k, 'e', 'n', :j, 'application/pdf', 1, 's', :i, '2026-11-01 10:00:00')"
            ),
            {"k": KONTO, "j": keys.encrypt(b'"a.pdf"'), "i": keys.encrypt(PDF)},
        )
    await migrate(engine)
    sessions = sa.ext.asyncio.async_sessionmaker(engine)
    async with sessions() as session:
        (entry,) = await protokoll.liste(session, KONTO)
        assert (entry.kind, entry.fields, entry.at.isoformat()) == (
            "einsicht",
            ["Name"],
            "2026-11-01T10:00:00+00:00",
        )
        assert (await protokoll.pruefen(session)).bruch is None
        assert (await dokument.laden(session, "d", konto_id=KONTO))[1] == PDF
        assert await session.scalar(select(func.count()).select_from(DokumentZeile)) == 1
    await engine.dispose()


async def test_a_file_of_an_answer_from_before_becomes_a_document_under_her_key(tmp_path: Path) -> None:
    master = Fernet(Fernet.generate_key())
    KEYRING.load(MultiFernet([master]))
    engine = create_database_engine(f"sqlite+aiosqlite:///{tmp_path / 'alt.db'}")
    moment = "2026-11-01 10:00:00"
    sealed = {
        name: master.encrypt(content) for name, content in (("j", b"{}"), ("n", b'"hund.pdf"'), ("f", PDF))
    }
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(configuration(c), "0018"))
        for statement in (
            "INSERT INTO konto (id, anmeldename, passwort_hash, angelegt_at) VALUES (:k, 'alt', '-', :m)",
            "INSERT INTO entwurf (id, konto_id, leistung, version, status, felder, nachweise, erstellt_utc, geaendert_utc)"
            " VALUES ('e', :k, 'x', 1, 'abgegeben', :j, :j, :m, :m)",
            "INSERT INTO vorgang (id, aktenzeichen, konto_id, entwurf_id, entwurf_version, leistung, leistung_name, stelle_id, stelle,"
            " behoerde, wirkung, status, eingegangen_utc, paket, paket_sha256, pdf, pdf_sha256)"
            " VALUES ('v', 'AL-1', :k, 'e', 1, 'x', 'X', 's', 'S', 'B', 'antrag', 'eingegangen', :m, :j, 's', :j, 's')",
            "INSERT INTO rueckfrage (id, konto_id, vorgang_id, frage, von, gestellt_utc, dateiname, medientyp, datei, beantwortet_utc)"
            " VALUES ('r', :k, 'v', :n, 'Amt', :m, :n, 'application/pdf', :f, :m)",
        ):
            await connection.execute(text(statement), {"k": KONTO, "m": moment, **sealed})
    await migrate(engine)
    sessions = sa.ext.asyncio.async_sessionmaker(engine)
    async with sessions() as session:
        (kept,) = await session.scalars(select(DokumentZeile))
        assert (kept.dateiname, kept.art) == ("hund.pdf", "sonstiges")
        assert (await dokument.laden(session, kept.id, konto_id=KONTO))[1] == PDF
        (release,) = await session.scalars(select(DokumentfreigabeZeile))
        assert (release.vorgang_id, release.dokument_id) == ("v", kept.id)
        assert await session.scalar(select(RueckfrageZeile.dokument_id)) == kept.id
    await engine.dispose()
