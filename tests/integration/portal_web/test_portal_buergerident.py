"""BürgerIdent at both sides of the counter, and opening a locked account there."""

import re

import httpx
import pytest

from portal.services import stammdaten
from tests.support.portal_town import Browser, Town

BERND = "00000000-0000-4000-8000-000000000002"
CLARA = "00000000-0000-4000-8000-000000000003"
SEITE = "/amt/identitaet"
KARTE = {
    "dokumentart": "Personalausweis",
    "familienname": "Beispielmann",
    "vornamen": "Bernd",
    "geburtsdatum": "1981-02-03",
    "geburtsort": "Herne",
    "anschrift": "Probeweg 4, 45879 Gelsenkirchen",
    "ausweis_gueltig_bis": "2030-01-01",
    "lichtbild": "ja",
    "einwilligung": "ja",
}


async def code_of(citizen: Browser) -> str:
    page = await citizen.post("/mein/buergerident", "/mein/buergerident")
    found = re.search(r">([A-Z2-7]{4}-[A-Z2-7]{4})<", page.text)
    assert found, page.text
    return found[1]


async def check(office: Browser, code: str, **changes: str) -> httpx.Response:
    return await office.post(SEITE, SEITE, code=code, **(KARTE | changes))


async def values(town: Town, konto_id: str = BERND) -> dict[str, stammdaten.Stammdatum]:
    async with town.context.transaction() as session:
        return await stammdaten.load(session, konto_id)


@pytest.fixture
async def bernd(town: Town) -> Browser:
    browser = await town.bernd()
    await browser.confirm()
    return browser


async def test_the_citizen_agrees_to_each_value_before_it_becomes_master_data(
    town: Town, bernd: Browser
) -> None:
    office = await town.office("amt-buergercenter")
    done = await check(office, await code_of(bernd))
    assert "Geprüft und verbunden" in done.text
    assert set(await values(town)) == {"email"}
    found = re.search(r"/mein/vorschlaege/[0-9a-f-]{36}", (await bernd.get("/mein/vorschlaege")).text)
    assert found
    assert "Beispielmann" in (await bernd.get(found[0])).text
    await bernd.post(found[0], found[0], uebernehmen=["familienname", "geburtsort"])
    known = await values(town)
    assert set(known) == {"familienname", "geburtsort", "email"}
    assert (known["familienname"].vertrauen, known["familienname"].quelle) == ("buergerident", "buergerident")
    assert (await bernd.get(found[0])).status_code == 404


@pytest.mark.parametrize(
    ("kind", "taken", "named", "link"),
    [
        ("Reisepass", ["ausweisart", "ausweis_gueltig_bis"], "Reisepass erneuern", "/leistungen/reisepass"),
        (
            "Elektronischer Aufenthaltstitel",
            ["ausweisart", "ausweis_gueltig_bis"],
            "Elektronischer Aufenthaltstitel erneuern",
            "/leistungen/aufenthaltserlaubnis",
        ),
        (
            "eID-Karte",
            ["ausweisart", "ausweis_gueltig_bis"],
            "eID-Karte erneuern",
            "/leistungen/personalausweis",
        ),
        ("Reisepass", ["ausweis_gueltig_bis"], "Ausweis erneuern", "/mein/daten"),
    ],
)
async def test_the_deadline_names_the_document_that_was_checked(
    town: Town, bernd: Browser, kind: str, taken: list[str], named: str, link: str
) -> None:
    await check(await town.office("amt-buergercenter"), await code_of(bernd), dokumentart=kind)
    found = re.search(r"/mein/vorschlaege/[0-9a-f-]{36}", (await bernd.get("/mein/vorschlaege")).text)
    assert found
    await bernd.post(found[0], found[0], uebernehmen=taken)
    entry = (await bernd.get("/mein/fristen")).text.split("<main")[1]
    assert named in entry
    assert f'href="{link}"' in entry
    assert "Personalausweis erneuern" not in entry


async def test_the_session_gets_no_higher_level(town: Town, bernd: Browser) -> None:
    await check(await town.office("amt-buergercenter"), await code_of(bernd))
    other = await town.bernd()
    assert (await other.get("/api/session")).json()["vertrauen"] == "niedrig"


async def test_the_act_is_logged_with_office_and_document_type_and_no_value(
    town: Town, bernd: Browser
) -> None:
    await check(await town.office("amt-buergercenter"), await code_of(bernd))
    log = (await bernd.get("/mein/protokoll")).text
    assert "BürgerIdent: Prüfung Ihres Ausweises" in log
    assert "vor Ort: Personalausweis" in log
    assert "BÜRGERcenter" in log
    assert "Beispielmann" not in log


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lichtbild": ""}, "Lichtbild"),
        ({"einwilligung": ""}, "Einwilligung"),
        ({"ausweis_gueltig_bis": "2026-11-23"}, "abgelaufen"),
        ({"geburtsdatum": "2026-11-24"}, "Zukunft"),
        ({"geburtsdatum": "3.2.1981"}, "kein Datum"),
        ({"familienname": "  "}, "fehlt"),
        ({"dokumentart": "Bibliotheksausweis"}, "Art des Ausweises"),
    ],
)
async def test_mistakes_are_said_and_the_code_stays_good(
    town: Town, bernd: Browser, changes: dict[str, str], said: str
) -> None:
    office, code = await town.office("amt-buergercenter"), await code_of(bernd)
    refused = await check(office, code, **changes)
    assert refused.status_code == 422
    assert said in refused.text
    assert (await check(office, code)).status_code == 200


async def test_a_code_counts_once_lasts_seven_days_and_is_replaced_by_a_new_one(
    town: Town, bernd: Browser
) -> None:
    office = await town.office("amt-buergercenter")
    old, code = await code_of(bernd), await code_of(bernd)
    assert (await check(office, old)).status_code == 404
    assert (await check(office, code.lower().replace("-", " "))).status_code == 200
    assert (await check(office, code)).status_code == 404


async def test_the_card_of_somebody_else_is_refused(town: Town) -> None:
    clara = town.browser()
    await clara.login("clara")
    office = await town.office("amt-buergercenter")
    refused = await check(office, await code_of(clara))
    assert refused.status_code == 409
    assert "passen nicht zu diesem Konto" in refused.text


async def test_only_those_who_may_check_id_cards_do(town: Town) -> None:
    for name in ("amt-steuern", "konsole-1", "leitung"):
        assert (await (await town.office(name)).get(SEITE)).status_code == 403
    assert (await (await town.bernd()).get(SEITE)).status_code == 303


async def lock(town: Town) -> Browser:
    """Clara has locked her account and logged in again as far as it goes."""
    clara = town.browser()
    await clara.login("clara")
    await clara.post("/mein/sicherheit/sperren", "/mein/sicherheit/sperren")
    assert (await clara.login("clara")).headers["location"] == "/konto/entsperren"
    return clara


async def counter_code(clara: Browser) -> str:
    page = (await clara.post("/konto/entsperren/schalter", "/konto/entsperren")).text
    found = re.search(r">([A-Z2-7]{4}-[A-Z2-7]{4})<", page)
    assert found
    return found[1]


async def test_the_counter_opens_a_locked_account_for_its_owner_alone(town: Town) -> None:
    clara, office = await lock(town), await town.office("amt-buergercenter")
    code = await counter_code(clara)
    assert (await check(office, code)).status_code == 409
    assert (await clara.login("clara")).headers["location"] == "/konto/entsperren"
    mine = {"familienname": "MUSTER", "vornamen": "Clara", "geburtsdatum": "1978-09-02"}
    opened = await check(office, code, **mine)
    assert "Das Konto ist wieder offen" in opened.text
    town.clock.forward(minutes=2)
    assert (await clara.login("clara")).headers["location"] == "/mein"


async def test_the_counter_cannot_open_an_account_that_it_knows_nobody_of(town: Town, bernd: Browser) -> None:
    await bernd.post("/mein/sicherheit/sperren", "/mein/sicherheit/sperren")
    await bernd.login("bernd")
    refused = await check(await town.office("amt-buergercenter"), await counter_code(bernd))
    assert refused.status_code == 409
    assert "Online-Ausweis oder einem Rettungscode" in refused.text


async def test_the_eid_opens_a_locked_account(town: Town) -> None:
    clara = await lock(town)
    there = await clara.post("/konto/entsperren/ausweis", "/konto/entsperren")
    anfrage = there.headers["location"].partition("anfrage=")[2]
    back = (await clara.http.post("/identitaet/demo", data={"anfrage": anfrage})).headers["location"]
    stranger = await town.bernd()
    assert (await stranger.get(back)).status_code == 403
    assert (await clara.get(back)).headers["location"] == "/mein/sicherheit"
    assert (await clara.get("/api/session")).json()["vertrauen"] == "hoch"
