"""A life situation as one's own checklist: progress, legal order, ticks; what others used; whom services are for."""

import re

import pytest

from portal.schema.buendel import BuendelZeile, MitnutzungZeile
from portal.schema.entwurf import EntwurfZeile
from portal.schema.vorgang import VorgangZeile
from portal.services import buendel, entwurf, katalog, mitnutzung
from tests.support.portal_town import Browser, Town

ANNA = "00000000-0000-4000-8000-000000000001"
LISTE = "/mein/lebenslagen/umzug"


async def tick(browser: Browser, service: str, stand: str) -> None:
    answer = await browser.post(f"{LISTE}/schritte/{service}", LISTE, stand=stand)
    assert answer.status_code == 303


async def state(town: Town, lage: str = "umzug") -> buendel.Buendel:
    async with town.context.transaction() as session:
        return await buendel.laden(town.context, session, ANNA, lage)


async def hand_in(town: Town, service: str) -> None:
    async with town.context.transaction() as session:
        draft = await entwurf.oeffnen(town.context, session, ANNA, service, "niedrig")
        (await session.get_one(EntwurfZeile, draft.id)).status = "abgegeben"
        session.add(
            VorgangZeile(
                id=f"fall-{service}", aktenzeichen=f"AL-{service}"[:20], konto_id=ANNA, entwurf_id=draft.id, entwurf_version=1,
                leistung=service, leistung_name=service, stelle_id="steuern", stelle="Stelle", behoerde="Stadt", wirkung="anzeige",
                status="eingegangen", eingegangen_utc=town.clock(), paket=b"{}", paket_sha256="0" * 64, pdf=b"%PDF", pdf_sha256="0" * 64,
            )
        )  # fmt: skip


def stand_of(liste: buendel.Buendel, service: str) -> str:
    return next(s.stand for s in liste.schritte if s.leistung == service)


async def test_only_a_legal_dependency_blocks(town: Town) -> None:
    fresh = await state(town)
    assert fresh.naechster is not None
    assert fresh.naechster.leistung == "wohnsitz_anmelden"
    assert stand_of(fresh, "personalausweis_adresse") == "gesperrt"
    dog = next(s for s in fresh.schritte if s.leistung == "hundesteuer_anmelden")
    assert (dog.stand, dog.erst_nach) == ("offen", [])
    assert dog.besser_nach == [town.context.katalog.leistungen["wohnsitz_anmelden"].name]


async def test_a_tick_opens_what_waited_for_it_and_can_be_taken_back(town: Town) -> None:
    anna = await town.anna()
    await tick(anna, "wohnsitz_anmelden", "erledigt")
    done = await state(town)
    assert (stand_of(done, "wohnsitz_anmelden"), stand_of(done, "personalausweis_adresse")) == (
        "erledigt",
        "offen",
    )
    assert done.erledigt == 1
    await tick(anna, "wohnsitz_anmelden", "offen")
    assert stand_of(await state(town), "personalausweis_adresse") == "gesperrt"


async def test_what_does_not_concern_her_leaves_the_count_and_the_chats_list(town: Town) -> None:
    anna = await town.anna()
    before = await state(town)
    await tick(anna, "hundesteuer_anmelden", "entfaellt")
    await tick(anna, "wohnsitz_anmelden", "erledigt")
    after = await state(town)
    assert after.gesamt == before.gesamt - 1
    async with town.context.transaction() as session:
        chat = await katalog.checkliste(town.context, session, "umzug", konto_id=ANNA)
        dog = await katalog.checkliste(
            town.context, session, "umzug", konto_id=ANNA, merkmale=frozenset({"hund"})
        )
        foreign = await katalog.checkliste(town.context, session, "umzug", konto_id="jemand")
    assert "hundesteuer_anmelden" not in [s.service for s in chat.steps]
    assert [s.service for s in chat.steps if s.done] == ["wohnsitz_anmelden"]
    assert "hundesteuer_anmelden" in [s.service for s in dog.steps]
    assert not any(s.done for s in foreign.steps)


async def test_a_case_handed_in_is_done_until_she_begins_anew(town: Town) -> None:
    anna = await town.anna()
    await hand_in(town, "hundesteuer_anmelden")
    assert stand_of(await state(town), "hundesteuer_anmelden") == "abgegeben"
    assert "Vorgang ansehen" in (await anna.get(LISTE)).text
    town.clock.forward(minutes=1)
    assert (await anna.post(f"{LISTE}/neu", LISTE)).status_code == 303
    anew = await state(town)
    assert anew.erledigt == 0
    assert stand_of(anew, "hundesteuer_anmelden") == "offen"


async def test_a_draft_is_taken_up_from_the_list_and_the_start_page_shows_progress(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft("wohnsitz_anmelden")
    text = (await anna.get(LISTE)).text
    assert draft in text
    assert "Weiter im Entwurf" in text
    await tick(anna, "rundfunkbeitrag", "erledigt")
    start = (await anna.get("/")).text
    assert "Ihre Lebenslagen" in start
    assert "1 von " in start


async def test_every_step_ruled_out_or_done_says_so(town: Town) -> None:
    anna = await town.anna()
    for step in (await state(town, "haustier")).schritte:
        path = "/mein/lebenslagen/haustier"
        await anna.post(f"{path}/schritte/{step.leistung}", path, stand="erledigt")
    assert "Alles geschafft" in (await anna.get("/mein/lebenslagen/haustier")).text


@pytest.mark.parametrize("path", ["/mein/lebenslagen/unbekannt", "/mein/lebenslagen/unbekannt/schritte/x"])
async def test_unknown_situations_and_steps_are_not_found(town: Town, path: str) -> None:
    anna = await town.anna()
    csrf = await anna.csrf("/mein")
    answer = (
        await anna.http.post(path, data={"csrf": csrf, "stand": "erledigt"})
        if "schritte" in path
        else await anna.get(path)
    )
    assert answer.status_code == 404
    foreign_step = await anna.http.post(
        f"{LISTE}/schritte/kindergeld", data={"csrf": csrf, "stand": "erledigt"}
    )
    assert foreign_step.status_code == 404


async def test_ticks_are_encrypted_at_rest(town: Town) -> None:
    await tick(await town.anna(), "wohnsitz_anmelden", "erledigt")
    async with town.context.transaction() as session:
        raw = await session.connection()
        [(content,)] = (await raw.exec_driver_sql(f"SELECT haken FROM {BuendelZeile.__tablename__}")).all()
    assert b"wohnsitz" not in bytes(content)


async def begin(town: Town, konto: str, *services: str) -> None:
    for service in services:
        async with town.context.transaction() as session:
            await entwurf.oeffnen(town.context, session, konto, service, "niedrig")


async def related(town: Town, service: str) -> dict[str, str]:
    answer = await town.browser().get(f"/api/services/{service}/related")
    return {one["id"]: one["reason"] for one in answer.json()["services"]}


async def test_small_counts_never_appear(town: Town) -> None:
    for number in range(mitnutzung.MINDESTENS - 1):
        await begin(town, f"konto-{number}", "elterngeld", "haltverbot")
    assert "haltverbot" not in await related(town, "elterngeld")
    await begin(town, "konto-9", "haltverbot", "elterngeld")
    assert (await related(town, "elterngeld"))["haltverbot"] == "genutzt"
    assert (await related(town, "haltverbot"))["elterngeld"] == "genutzt"
    assert "Andere suchten auch" in (await town.browser().get("/leistungen/elterngeld")).text
    town.clock.forward(days=400)
    assert "haltverbot" not in await related(town, "elterngeld")


async def test_one_person_alone_does_not_make_a_count(town: Town) -> None:
    for _ in range(mitnutzung.MINDESTENS + 1):
        await begin(town, ANNA, "elterngeld", "haltverbot")
        async with town.context.transaction() as session:
            for draft in await entwurf.liste(town.context, session, ANNA, "niedrig"):
                await entwurf.verwerfen(
                    town.context, session, ANNA, draft.id, version=draft.version, vertrauen="niedrig"
                )
    assert "haltverbot" not in await related(town, "elterngeld")


@pytest.mark.parametrize("delicate", ["auskunftssperre", "geschlechtseintrag", "schwerbehinderung"])
async def test_delicate_services_are_neither_counted_nor_suggested(town: Town, delicate: str) -> None:
    for number in range(mitnutzung.MINDESTENS + 1):
        await begin(town, f"konto-{number}", "wohngeld", delicate)
    async with town.context.transaction() as session:
        stored = (await session.execute(MitnutzungZeile.__table__.select())).all()
    assert stored == []
    assert await related(town, delicate) == {}
    everywhere = [await related(town, service) for service in town.context.katalog.leistungen]
    assert not any(delicate in found for found in everywhere)


async def test_the_counts_know_no_account(town: Town) -> None:
    assert set(MitnutzungZeile.__table__.columns.keys()) == {"tag", "leistung_a", "leistung_b", "anzahl"}
    assert (await town.browser().get("/api/services/unbekannt/related")).status_code == 404


async def test_services_for_companies(town: Town) -> None:
    browser = town.browser()
    text = (await browser.get("/leistungen?zielgruppe=unternehmen")).text
    assert "/leistungen/gewerbe_anmelden" in text
    assert "/leistungen/kindergeld" not in text
    start = (await browser.get("/")).text
    assert "/leistungen?zielgruppe=unternehmen" in start
    assert "/leistungen?zielgruppe=person" in start
    everything = (await browser.get("/leistungen?zielgruppe=quatsch")).text
    assert len(set(re.findall(r"/leistungen/(\w+)", everything))) == len(town.context.katalog.leistungen)
