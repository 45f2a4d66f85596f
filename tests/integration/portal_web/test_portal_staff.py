"""Staff accounts: roles in an office, and what ends with a change."""

import pyotp
import pytest

from portal.demo import DEMO_PASSWORT
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.services import konto, personal
from portal.web.auth import STAFF_COOKIE
from tests.support.portal_town import Town

STEP = "/amt/anmelden/bestaetigen"


async def create(town: Town, *rollen: str, stelle: str | None = None, name: str = "neu") -> None:
    async with town.context.transaction() as session:
        await personal.anlegen(
            session,
            name,
            konto.hash_password(DEMO_PASSWORT),
            rollen,
            stelle=stelle,
            stelle_name="BÜRGERcenter",
            funktion="Bürgerservice",
            themen=["*"],
            jetzt=town.clock(),
        )


async def test_a_new_colleague_sets_up_the_second_factor_and_works_in_her_office(town: Town) -> None:
    await create(town, "sachbearbeiter", "ident", stelle="buergercenter")
    browser = town.browser()
    fields = {"name": "neu", "passwort": DEMO_PASSWORT}
    assert (await browser.post("/amt/anmelden", "/amt/anmelden", **fields)).headers["location"] == STEP
    secret = (await browser.get(STEP)).text.partition("secret=")[2].partition("&")[0]
    await browser.post(STEP, STEP, code=pyotp.TOTP(secret).at(town.clock.now))
    assert (await browser.get("/amt/identitaet")).status_code == 200
    async with town.context.transaction() as session:
        await personal.rollen_setzen(session, "neu", ["clerk"], None, town.clock())
    assert (await browser.get("/amt")).status_code == 303
    async with town.context.transaction() as session:
        found = {one.anmeldename: one for one in await personal.liste(session)}
    assert (found["neu"].rollen, found["neu"].stelle, found["neu"].zweitfaktor) == (("clerk",), None, True)


async def test_a_factor_that_was_reset_is_set_up_anew(town: Town) -> None:
    office = await town.office("konsole-1")
    async with town.context.transaction() as session:
        await personal.faktor_zuruecksetzen(session, "Konsole-1", town.clock())
    assert (await office.get("/api/session?art=personal")).json()["angemeldet"] is False
    browser = town.browser()
    await browser.post("/amt/anmelden", "/amt/anmelden", name="konsole-1", passwort=DEMO_PASSWORT)
    assert "Zweiten Faktor einrichten" in (await browser.get(STEP)).text
    assert STAFF_COOKIE not in browser.http.cookies


async def test_mistakes_are_refused(town: Town) -> None:
    with pytest.raises(InvalidInputError, match="gibt es nicht"):
        await create(town, "kaiser")
    with pytest.raises(InvalidInputError, match="Stelle"):
        await create(town, "ident")
    with pytest.raises(ConflictError):
        await create(town, "clerk", name="Konsole-1")
    with pytest.raises(NotFoundError):
        async with town.context.transaction() as session:
            await personal.rollen_setzen(session, "niemand", [], None, town.clock())
