"""The demo town's people."""

import pytest
from sqlalchemy import func, select

from portal.demo import DEMO_LOGINS, PERSONAL, PERSONEN, create_demo_town
from portal.schema.konto import KontoRow
from portal.schema.personal import PersonalRow
from portal.services import stammdaten
from tests.support.portal_town import Town


async def test_creating_the_town_again_changes_nothing(town: Town) -> None:
    assert await create_demo_town(town.context) == DEMO_LOGINS
    async with town.context.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(KontoRow)) == len(PERSONEN)
        assert await session.scalar(select(func.count()).select_from(PersonalRow)) == len(PERSONAL)


async def test_what_a_person_changed_survives_the_next_start(town: Town) -> None:
    anna = await town.anna()
    await anna.confirm()
    await anna.post("/mein/daten", "/mein/daten", telefon="0209 999999", email="")
    await create_demo_town(town.context)
    assert "0209 999999" in (await anna.get("/mein/daten")).text


async def test_every_login_works(town: Town) -> None:
    citizens = {person.login.name for person in PERSONEN}
    for login in DEMO_LOGINS:
        path = "/anmelden" if login.name in citizens else "/amt/anmelden"
        answer = await town.browser().login(login.name, login.password, path=path)
        assert answer.status_code == 303, login.name


async def test_anna_has_every_datum_of_her_person_and_bernd_only_his_email(town: Town) -> None:
    async with town.context.transaction() as session:
        anna = await stammdaten.load(session, PERSONEN[0].id)
        bernd = await stammdaten.load(session, PERSONEN[1].id)
    assert list(anna) == [feld for feld in stammdaten.FELDER if feld not in ("iban", "kennzeichen")]
    assert list(bernd) == ["email"]
    assert {d.vertrauen for d in anna.values()} == {"hoch", "niedrig"}


def test_every_office_of_the_staff_exists_in_the_catalogue(town: Town) -> None:
    assert {member.stelle for member in PERSONAL if member.stelle} <= set(town.context.katalog.stellen)


async def test_no_public_password_enters_a_real_installation(town: Town) -> None:
    object.__setattr__(town.context.settings, "demo", False)
    with pytest.raises(ValueError, match="demo mode"):
        await create_demo_town(town.context)
