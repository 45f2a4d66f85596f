"""Passkeys: set up, logged in with, and every way to cheat on them."""

import html
import json
import re
from typing import Any

import pytest

from portal.demo import create_demo_town
from portal.services import zweitfaktor
from portal.services.passkey import KeinOrt, Ort, ort
from portal.services.zweitfaktor import Inhaber
from portal.web.auth import CITIZEN_COOKIE
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.authenticator import Passkey
from tests.support.portal_town import ORIGIN, Browser, MovingClock, Town

STEUERN = "00000000-0000-4000-9000-000000000002"
SEITE, SCHRITT = "/mein/sicherheit", "/anmelden/bestaetigen"
PASSWORT = "demo-amtslotse-2026"


def options(page: str) -> dict[str, Any]:
    found = re.search(r'data-passkey="([^"]*)"', page)
    assert found, page
    return json.loads(html.unescape(found[1]))


async def set_up(anna: Browser, passkey: Passkey) -> None:
    page = await anna.post(f"{SEITE}/passkey", SEITE, passwort=PASSWORT)
    done = await anna.post(
        f"{SEITE}/passkey/anlegen", SEITE, passkey_antwort=passkey.create(options(page.text)), name="Laptop"
    )
    assert done.headers["location"] == f"{SEITE}?meldung=passkey", done.text


async def at_second_step(town: Town) -> tuple[Browser, dict[str, Any]]:
    """Anna's password on a new device; gives what the passkey has to sign."""
    browser = town.browser()
    await browser.post("/anmelden", "/anmelden", name="anna", passwort=PASSWORT)
    return browser, options((await browser.get(SCHRITT)).text)


@pytest.fixture
async def passkey(town: Town) -> Passkey:
    made = Passkey(ORIGIN, "portal.test")
    await set_up(await town.anna(), made)
    return made


async def test_a_passkey_logs_in_and_its_answer_counts_once(town: Town, passkey: Passkey) -> None:
    browser, wanted = await at_second_step(town)
    answer = passkey.get(wanted)
    assert (await browser.post(SCHRITT, SCHRITT, passkey_antwort=answer)).headers["location"] == "/mein"
    assert "Laptop" in (await browser.get(SEITE)).text
    other, _wanted = await at_second_step(town)
    assert (await other.post(SCHRITT, SCHRITT, passkey_antwort=answer)).status_code == 401


async def test_another_ones_challenge_does_not_help(town: Town, passkey: Passkey) -> None:
    _mine, wanted = await at_second_step(town)
    thief, _other = await at_second_step(town)
    refused = await thief.post(SCHRITT, SCHRITT, passkey_antwort=passkey.get(wanted))
    assert refused.status_code == 401
    assert CITIZEN_COOKIE not in thief.http.cookies


@pytest.mark.parametrize("attack", ["origin", "host", "key", "unverified", "old", "nonsense"])
async def test_forged_answers_are_refused(town: Town, passkey: Passkey, attack: str) -> None:
    browser, wanted = await at_second_step(town)
    if attack == "origin":
        passkey.origin = "https://portal-test.boese.example"
    elif attack == "host":
        passkey.host = "boese.example"
    elif attack == "key":
        passkey.key = Passkey(ORIGIN, "portal.test").key
    answer = passkey.get(wanted, flags=0x01 if attack == "unverified" else 0x05)
    if attack == "old":
        town.clock.forward(minutes=5, seconds=1)
    if attack == "nonsense":
        answer = '{"id": "x"}'
    assert (await browser.post(SCHRITT, SCHRITT, passkey_antwort=answer)).status_code == 401
    assert CITIZEN_COOKIE not in browser.http.cookies


async def test_setting_up_needs_the_password_first(town: Town) -> None:
    anna = await town.anna()
    refused = await anna.post(f"{SEITE}/passkey", SEITE, passwort="falsch")
    assert refused.status_code == 401
    made = Passkey(ORIGIN, "portal.test").create({"challenge": "Z2VyYXRlbg"})
    assert (await anna.post(f"{SEITE}/passkey/anlegen", SEITE, passkey_antwort=made)).status_code == 401


AMT = "/amt/sicherheit"


async def add_staff_passkey(town: Town, office: Browser, made: Passkey, name: str = "amt-steuern"):
    page = await office.post(f"{AMT}/passkey", AMT, code=town.phone.code(name))
    check_page(page.text)
    return await office.post(
        f"{AMT}/passkey/anlegen", AMT, passkey_antwort=made.create(options(page.text)), name="Dienstrechner"
    )


async def test_staff_add_a_passkey_and_log_in_with_it(town: Town) -> None:
    office, made = await town.office(), Passkey(ORIGIN, "portal.test")
    check_page((await office.get(AMT)).text)
    town.clock.forward(seconds=60)
    done = await add_staff_passkey(town, office, made)
    assert done.headers["location"] == f"{AMT}?meldung=angelegt"
    assert "Dienstrechner" in (await office.get(AMT)).text
    again = town.browser()
    await again.post("/amt/anmelden", "/amt/anmelden", name="amt-steuern", passwort=PASSWORT)
    step = "/amt/anmelden/bestaetigen"
    signed = made.get(options((await again.get(step)).text))
    assert (await again.post(step, step, passkey_antwort=signed)).headers["location"] == "/amt"


async def test_without_a_code_nobody_adds_a_passkey_to_an_open_desk(town: Town) -> None:
    office, made = await town.office(), Passkey(ORIGIN, "portal.test")
    refused = await office.post(f"{AMT}/passkey", AMT, code="000000")
    assert (refused.status_code, "Das hat nicht geklappt" in refused.text) == (401, True)
    forged = made.create({"challenge": "AAAA", "rp": {"id": "portal.test"}, "user": {"id": "AAAA"}})
    answer = await office.post(f"{AMT}/passkey/anlegen", AMT, passkey_antwort=forged)
    assert answer.status_code == 401
    assert "Dienstrechner" not in (await office.get(AMT)).text


async def test_staff_remove_a_passkey_but_never_the_app(town: Town) -> None:
    office, made = await town.office(), Passkey(ORIGIN, "portal.test")
    town.clock.forward(seconds=60)
    await add_staff_passkey(town, office, made)
    page = (await office.get(AMT)).text
    passkey_id = page.split("/faktoren/")[1].split("/")[0]
    async with town.context.transaction() as session:
        factors = await zweitfaktor.liste(session, Inhaber(personal_id=STEUERN))
    app_id = next(f.id for f in factors if f.art == "totp")
    town.clock.forward(seconds=60)
    gone = await office.post(f"{AMT}/faktoren/{app_id}/entfernen", AMT, code=town.phone.code("amt-steuern"))
    assert gone.status_code == 404
    town.clock.forward(seconds=60)
    gone = await office.post(
        f"{AMT}/faktoren/{passkey_id}/entfernen", AMT, code=town.phone.code("amt-steuern")
    )
    assert gone.headers["location"] == f"{AMT}?meldung=entfernt"


@pytest.mark.parametrize(
    ("origin", "visited", "there"),
    [
        (
            "https://portal.stadt.example",
            "portal.stadt.example",
            Ort("portal.stadt.example", "https://portal.stadt.example"),
        ),
        ("http://127.0.0.1:8000", "localhost", Ort("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", "127.0.0.1", KeinOrt("127.0.0.1", "http://localhost:8000")),
        ("http://127.0.0.1:8000", "boese.example", KeinOrt("127.0.0.1", "http://localhost:8000")),
        ("http://10.1.2.3:8000", "localhost", KeinOrt("10.1.2.3")),
        ("http://[::1]:8000", "localhost", KeinOrt("::1")),
    ],
)
def test_passkeys_belong_to_names(origin: str, visited: str, there: Ort | KeinOrt) -> None:
    assert ort(origin, visited) == there


async def test_at_an_ip_address_the_pages_say_where_passkeys_are(make_app) -> None:  # type: ignore[no-untyped-def]
    clock = MovingClock()
    app = make_app(clock, origin="http://127.0.0.1:8000")
    async with app.router.lifespan_context(app):
        await create_demo_town(app.state.context)
        town = Town(app, clock)
        office, anna = town.browser(), town.browser()
        for browser in (office, anna):
            browser.http.base_url = "http://127.0.0.1:8000"  # type: ignore[assignment]
        await office.login("amt-steuern", path="/amt/anmelden")
        await anna.login("anna")
        for browser, path in ((office, AMT), (anna, SEITE)):
            page = (await browser.get(path)).text
            check_page(page)
            assert f'href="http://localhost:8000{path}"' in page
            assert f'action="{path}/passkey"' not in page
        refused = await anna.post(f"{SEITE}/passkey", SEITE, passwort=PASSWORT)
        assert "gibt es keine Passkeys" in refused.text
        for browser in (office, anna):
            await browser.http.aclose()
