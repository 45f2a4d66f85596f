"""A request from the chat: from the gateway's door to the office's answer and the citizen's page."""

import re

import httpx
import pytest
from sqlalchemy import select

from handoff.portal import PortalNotifier
from handoff.ports import Notice, ReceiverDownError, ReceiverRefusedError
from portal.client import PortalClient
from portal.demo import PERSONEN
from portal.schema.benachrichtigung import BenachrichtigungZeile
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import Town

ANNA = PERSONEN[0].id
BODY = {
    "art": "anliegen",
    "wunsch": "rueckruf",
    "service": "hundesteuer_anmelden",
    "topic": "Hundesteuer anmelden",
    "reason": "wunsch",
    "summary": ["Anliegen: Hundesteuer anmelden"],
    "text": "Mein Hund ist ein Assistenzhund.",
    "telefon": "0209 1234567",
    "zeit": "2026-11-24T09:00+01:00",
    "promised_for": "2026-11-24",
    "account": ANNA,
}


def notifier(town: Town, token: str = "handoff") -> PortalNotifier:
    transport = httpx.ASGITransport(app=town.app)
    return PortalNotifier(PortalClient("http://127.0.0.1:8000", token, transport=transport))


async def left(town: Town, key: str = "k1", **changes: object) -> dict:
    return dict(await notifier(town).notify(Notice(key, "gespraech-1", {**BODY, **changes})))


async def test_the_office_answers_and_the_citizen_reads_it(town: Town) -> None:
    case = await left(town)
    assert (case["office"].startswith("Abteilung Steuern"), case["url"]) == (True, "/mein/anliegen")
    assert await left(town) == case  # the same key: the same case
    anna, office = await town.anna(), await town.office("amt-steuern")
    inbox = (await office.get("/amt")).text
    check_page(inbox)
    assert inbox.count(case["reference"]) == 1
    assert "1234567" not in inbox
    page = (await office.get(f"/amt/anliegen/{case['case']}")).text
    check_page(page)
    assert "0209 1234567" in page
    assert "Assistenzhund" in page
    log = (await anna.get("/mein/protokoll")).text
    assert "hat Daten bekommen" in log
    assert "hat Daten angesehen" in log
    assert log.count("Anliegen, Telefonnummer") == 2
    mine = (await anna.get("/mein/anliegen")).text
    check_page(mine)
    assert case["reference"] in mine
    assert case["reference"] in (await anna.get("/mein")).text
    path = f"/amt/anliegen/{case['case']}"
    empty = await office.post(f"{path}/antwort", path, text="  ")
    assert empty.status_code == 422
    answer = await office.post(f"{path}/antwort", path, text="Assistenzhunde sind befreit.")
    assert answer.status_code == 303
    assert "Assistenzhunde sind befreit." in (await anna.get("/mein/anliegen")).text
    assert "Antwort zu Ihrem Anliegen" in (await anna.get("/mein/postfach")).text
    async with town.context.transaction() as session:
        told = select(BenachrichtigungZeile.anlass).where(BenachrichtigungZeile.konto_id == ANNA)
        assert list(await session.scalars(told)).count("neue_nachricht") == 1
    assert (await office.get(path)).text.count('<form method="post" action="/amt/anliegen') == 0


async def test_strangers_see_nothing(town: Town) -> None:
    case = await left(town)
    other = await town.office("amt-buergercenter")
    assert (await other.get(f"/amt/anliegen/{case['case']}")).status_code == 404
    assert case["reference"] not in (await other.get("/amt")).text
    bernd = await town.bernd()
    assert case["reference"] not in (await bernd.get("/mein/anliegen")).text
    assert (await town.browser().get("/mein/anliegen")).status_code in (302, 303)


async def test_without_account_or_topic_it_reaches_the_front_office(town: Town) -> None:
    case = await left(town, account=None, service=None, topic=None)
    assert (case["url"], case["office"]) == (None, "BÜRGERcenter")
    office = await town.office("amt-buergercenter")
    assert re.search(case["reference"], (await office.get("/amt")).text)


async def test_a_promise_that_was_missed_is_shown(town: Town) -> None:
    await left(town, promised_for="2026-11-20")
    assert "Überfällig" in (await (await town.office("amt-steuern")).get("/amt")).text


async def test_the_door_is_the_gateways(town: Town) -> None:
    with pytest.raises(ReceiverDownError):
        await notifier(town, "falsch").notify(Notice("k", "gespraech-1", BODY))
    with pytest.raises(ReceiverDownError):
        await notifier(town, "actions").notify(Notice("k", "gespraech-1", BODY))
    with pytest.raises(ReceiverRefusedError):
        await left(town, wunsch="brieftaube")
