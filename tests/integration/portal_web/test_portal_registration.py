"""Making a local account."""

import pytest

from portal.web.auth import CITIZEN_COOKIE
from tests.support.portal_town import Town

SEITE = "/konto/anlegen"
PASSWORT = "vier schöne lange Wörter"


async def test_a_new_account_comes_to_the_second_factor_at_once(town: Town) -> None:
    browser = town.browser()
    made = await browser.post(
        SEITE, SEITE, name=" Frida.Neu ", neues=PASSWORT, email="frida@beispiel.example"
    )
    assert made.headers["location"] == "/mein/sicherheit?meldung=neu"
    assert "nur mit dem Passwort geschützt" in (await browser.get("/mein/sicherheit")).text
    assert (await town.browser().login("frida.neu", PASSWORT)).headers["location"] == "/mein"


@pytest.mark.parametrize(
    ("name", "password", "email", "said"),
    [
        ("anna", PASSWORT, "", "gibt es schon"),
        ("extern:123", PASSWORT, "", "3 bis 60 Zeichen"),
        ("ab", PASSWORT, "", "3 bis 60 Zeichen"),
        ("frida", "kurz", "", "mindestens 12 Zeichen"),
        ("frida", PASSWORT, "frida", "unvollständig"),
    ],
)
async def test_mistakes_keep_what_was_typed_but_the_password(
    town: Town, name: str, password: str, email: str, said: str
) -> None:
    browser = town.browser()
    answer = await browser.post(SEITE, SEITE, name=name, neues=password, email=email)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{name}"' in answer.text
    assert password not in answer.text
    assert CITIZEN_COOKIE not in browser.http.cookies


async def test_nobody_makes_accounts_by_the_hundred(town: Town) -> None:
    browser = town.browser()
    for number in range(11):
        browser.http.cookies.clear()
        answer = await browser.post(SEITE, SEITE, name=f"frida{number}", neues=PASSWORT)
    assert answer.status_code == 429


async def test_a_town_without_local_accounts_has_no_such_page(town: Town) -> None:
    object.__setattr__(town.context.settings, "local_accounts", False)
    assert (await town.browser().get(SEITE)).status_code == 404
