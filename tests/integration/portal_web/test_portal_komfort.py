"""Reminders and offered answers only with a consent: explicit, in words with a version, withdrawn with one click."""

import json
from datetime import datetime

import pytest
from sqlalchemy import select, update

from portal.domain.einwilligung import KOMFORT
from portal.schema.komforteinwilligung import KomforteinwilligungZeile
from portal.services import fristenblatt, komforteinwilligung
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import Browser, Town

ANNA = "00000000-0000-4000-8000-000000000001"
PAGE = "/mein/einwilligungen"


async def withdraw(anna: Browser, zweck: str) -> None:
    page = (await anna.get(PAGE)).text
    before, _, _ = page.partition(f', {KOMFORT[zweck].titel}"><span class="kern-label">Widerrufen')
    path = before.rpartition(f'action="{PAGE}/')[2].partition('"')[0]
    answer = await anna.post(f"{PAGE}/{path}", PAGE)
    assert answer.headers["location"] == f"{PAGE}?folge=komfort"


async def agree(anna: Browser, zweck: str) -> None:
    answer = await anna.post(f"{PAGE}/komfort", PAGE, zweck=zweck)
    assert answer.headers["location"] == f"{PAGE}?folge=erteilt"


async def test_nobody_who_said_nothing_has_agreed(town: Town) -> None:
    async with town.context.transaction() as session:
        await session.execute(update(KomforteinwilligungZeile).values(widerrufen_utc=town.clock()))
    anna = await town.anna()
    for path in (PAGE, "/mein/fristen", "/mein/benachrichtigungen"):
        text = (await anna.get(path)).text
        check_page(text)
        assert "Einwillig" in text
        assert f'action="{PAGE}/komfort"' in text, "the consent can be given where it is missing"
    assert await fristenblatt.erinnern(town.context) == 0


async def test_agreeing_and_withdrawing_take_one_click_each(town: Town) -> None:
    anna = await town.anna()
    for zweck in KOMFORT:
        await withdraw(anna, zweck)
        assert f'value="{zweck}"' in (await anna.get(PAGE)).text
        await agree(anna, zweck)
        assert f'value="{zweck}"' not in (await anna.get(PAGE)).text
    async with town.context.transaction() as session:
        assert await komforteinwilligung.erteilt(session, ANNA, "erinnerungen")
    log = (await anna.get("/mein/protokoll")).text
    for komfort in KOMFORT.values():
        assert komfort.titel in log


async def test_a_consent_keeps_its_words_and_version(town: Town) -> None:
    anna = await town.anna()
    data = json.loads((await anna.get("/mein/daten/auskunft.json")).content)
    given = {one["purpose"]: one for one in data["einwilligungen"]}
    for komfort in KOMFORT.values():
        one = given[komfort.titel]
        assert (one["text_version"], one["language"], one["text"]) == (
            komfort.wortlaut.version,
            "de",
            komfort.wortlaut.text,
        )


async def test_reminders_stop_with_the_withdrawal(town: Town) -> None:
    town.clock.now = datetime.fromisoformat("2031-02-14T10:00:00+01:00")
    assert await fristenblatt.erinnern(town.context) == 1  # her identity card ends in 14 days
    anna = await town.anna()
    await withdraw(anna, "erinnerungen")
    town.clock.forward(days=7)
    assert await fristenblatt.erinnern(town.context) == 0
    assert "28.02.2031" in (await (await town.anna()).get("/mein/fristen")).text


async def test_agreeing_twice_is_one_consent(town: Town) -> None:
    anna = await town.anna()
    await agree(anna, "erinnerungen")
    async with town.context.transaction() as session:
        rows = await session.scalars(
            select(KomforteinwilligungZeile.id).where(
                KomforteinwilligungZeile.konto_id == ANNA,
                KomforteinwilligungZeile.zweck == "erinnerungen",
            )
        )
        assert len(rows.all()) == 1


@pytest.mark.parametrize("zweck", ["", "werbung", "erinnerungen' OR 1=1"])
async def test_an_unknown_purpose_is_refused(town: Town, zweck: str) -> None:
    anna = await town.anna()
    assert (await anna.post(f"{PAGE}/komfort", PAGE, zweck=zweck)).status_code == 404


async def test_nobody_withdraws_anothers_consent(town: Town) -> None:
    async with town.context.transaction() as session:
        hers = await session.scalar(
            select(KomforteinwilligungZeile.id).where(KomforteinwilligungZeile.konto_id == ANNA)
        )
    bernd = await town.bernd()
    assert (await bernd.post(f"{PAGE}/{hers}/widerruf", PAGE)).status_code == 404
    anna = await town.anna()
    assert (await anna.http.post(f"{PAGE}/{hers}/widerruf", data={})).status_code == 403
    async with town.context.transaction() as session:
        row = await session.get_one(KomforteinwilligungZeile, hers)
        assert row.widerrufen_utc is None
