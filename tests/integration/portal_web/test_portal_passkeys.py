"""Passkeys: set up, logged in with, and every way to cheat on them."""

import html
import json
import re
from typing import Any

import pytest

from portal.web.auth import CITIZEN_COOKIE
from tests.support.authenticator import Passkey
from tests.support.portal_town import ORIGIN, Browser, Town

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
