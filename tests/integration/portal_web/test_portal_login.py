"""Logging in and out: sessions, CSRF, rate limit, where a login leads."""

import json

import pytest
from sqlalchemy import select

from portal.schema.konto import FehlversuchRow
from portal.schema.sitzung import SitzungRow
from portal.web.auth import CITIZEN_COOKIE, STAFF_COOKIE
from tests.support.portal_town import Town


async def test_a_login_leads_back_to_where_it_came_from(town: Town) -> None:
    answer = await town.browser().login("anna", zurueck="/leistungen/hundesteuer_anmelden")
    assert (answer.status_code, answer.headers["location"]) == (303, "/leistungen/hundesteuer_anmelden")


async def test_the_name_is_not_case_sensitive(town: Town) -> None:
    assert (await town.browser().login(" Anna ")).status_code == 303


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(town: Town) -> None:
    cookie = (await town.browser().login("anna")).headers["set-cookie"].lower()
    assert cookie.startswith(CITIZEN_COOKIE)
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_only_a_hash_of_the_cookie_is_stored(town: Town) -> None:
    browser = await town.anna()
    async with town.context.transaction() as session:
        stored = [row.geheimnis_hash for row in await session.scalars(select(SitzungRow))]
    assert browser.http.cookies[CITIZEN_COOKIE] not in stored


@pytest.mark.parametrize(("name", "password"), [("anna", "falsch"), ("niemand", "falsch"), ("", "")])
async def test_wrong_names_and_wrong_passwords_look_the_same(town: Town, name: str, password: str) -> None:
    answer = await town.browser().login(name, password)
    assert answer.status_code == 401
    assert "Anmeldename und Passwort passen nicht zusammen" in answer.text
    assert CITIZEN_COOKIE not in answer.cookies


async def test_a_citizen_is_no_staff_and_staff_no_citizen(town: Town) -> None:
    assert (await town.browser().login("anna", path="/amt/anmelden")).status_code == 401
    assert (await town.browser().login("konsole-1")).status_code == 401


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://boese.example/",
        "//boese.example",
        "/\\boese.example",
        "javascript:alert(1)",
        "/\tboese",
        "mein",
    ],
)
async def test_a_login_never_leads_elsewhere(town: Town, elsewhere: str) -> None:
    answer = await town.browser().login("anna", zurueck=elsewhere)
    assert answer.headers["location"] == "/mein"


async def test_after_too_many_failures_even_the_right_password_waits(town: Town) -> None:
    browser = town.browser()
    for _ in range(5):
        assert (await browser.login("anna", "falsch")).status_code == 401
    refused = await browser.login("anna")
    assert refused.status_code == 429
    assert "15 Minuten gesperrt" in refused.text
    assert (await browser.login("bernd")).status_code == 303
    town.clock.forward(minutes=15, seconds=1)
    assert (await town.browser().login("anna")).status_code == 303


async def test_failures_are_stored_without_name_or_address(town: Town) -> None:
    await town.browser().login("anna", "falsch")
    async with town.context.transaction() as session:
        stored = json.dumps([row.schluessel for row in await session.scalars(select(FehlversuchRow))])
    assert "anna" not in stored
    assert "127.0.0.1" not in stored


async def test_a_login_without_the_form_is_refused(town: Town) -> None:
    browser = town.browser()
    answer = await browser.http.post("/anmelden", data={"name": "anna", "passwort": "egal"})
    assert answer.status_code == 403
    assert "Das Formular ist abgelaufen" in answer.text


async def test_logging_out_ends_the_session_for_every_copy_of_the_cookie(town: Town) -> None:
    browser = await town.anna()
    cookie = browser.http.cookies[CITIZEN_COOKIE]
    assert (await browser.post("/abmelden", "/mein")).headers["location"] == "/?abgemeldet=1"
    thief = town.browser()
    thief.http.cookies.set(CITIZEN_COOKIE, cookie)
    assert (await thief.get("/mein")).status_code == 303
    assert (await thief.get("/api/session")).json() == {"angemeldet": False, "csrf": None}


async def test_a_login_rotates_the_session(town: Town) -> None:
    browser = await town.anna()
    before = browser.http.cookies[CITIZEN_COOKIE]
    browser.http.cookies.delete(CITIZEN_COOKIE)
    form = await browser.csrf("/anmelden")
    browser.http.cookies.set(CITIZEN_COOKIE, before)
    await browser.http.post(
        "/anmelden", data={"csrf": form, "name": "anna", "passwort": "demo-amtslotse-2026"}
    )
    old = town.browser()
    old.http.cookies.set(CITIZEN_COOKIE, before)
    assert (await old.get("/mein")).status_code == 303


@pytest.mark.parametrize("pause", [{"hours": 2, "seconds": 1}, {"hours": 12, "seconds": 1}])
async def test_sessions_end_by_themselves(town: Town, pause: dict[str, float]) -> None:
    browser = await town.anna()
    town.clock.forward(**pause)
    answer = await browser.get("/mein")
    assert (answer.status_code, answer.headers["location"]) == (303, "/anmelden?zurueck=/mein")


async def test_a_session_in_use_lasts_twelve_hours_and_no_longer(town: Town) -> None:
    browser = await town.anna()
    for _ in range(11):
        town.clock.forward(hours=1)
        assert (await browser.get("/mein")).status_code == 200
    town.clock.forward(hours=1, seconds=1)
    assert (await browser.get("/mein")).status_code == 303


@pytest.mark.parametrize("token", ["", "0" * 64, "ä"])
async def test_a_form_with_a_foreign_csrf_token_changes_nothing(town: Town, token: str) -> None:
    browser = await town.anna()
    answer = await browser.http.post("/mein/daten", data={"csrf": token, "email": "x@boese.example"})
    assert answer.status_code == 403
    assert "x@boese.example" not in (await browser.get("/mein/daten")).text


async def test_the_csrf_token_of_another_session_does_not_fit(town: Town) -> None:
    anna, bernd = await town.anna(), await town.bernd()
    answer = await anna.http.post("/abmelden", data={"csrf": await bernd.csrf("/mein")})
    assert answer.status_code == 403


async def test_staff_sessions_have_their_own_cookie(town: Town) -> None:
    office = await town.office()
    assert STAFF_COOKIE in office.http.cookies
    assert CITIZEN_COOKIE not in office.http.cookies
    assert (await office.get("/mein")).headers["location"] == "/anmelden?zurueck=/mein"
    assert (await office.post("/amt/abmelden", "/amt")).headers["location"] == "/amt/anmelden"
    assert (await office.get("/amt")).headers["location"] == "/amt/anmelden?zurueck=/amt"


@pytest.mark.parametrize(
    ("name", "workplace"),
    [
        ("amt-steuern", "/amt"),
        ("konsole-1", "/konsole"),
        ("leitung", "/konsole"),
        ("redaktion-land", "/redaktion"),
    ],
)
async def test_staff_come_to_where_they_work(town: Town, name: str, workplace: str) -> None:
    answer = await town.browser().login(name, path="/amt/anmelden")
    assert (answer.status_code, answer.headers["location"]) == (303, workplace)
