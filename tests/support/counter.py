"""The office's acts towards Anna, and how her things are found: for tests that play both sides of the counter."""

import re

import httpx

from portal.services import benachrichtigung, bindung
from portal.services.token import citizen_session_of
from tests.support.portal_town import Browser, Town
from tests.support.portal_world import PDF

ANNA = "00000000-0000-4000-8000-000000000001"
DECISION = {
    "betreff": "Hundesteuerbescheid",
    "norm": "vwvfg_41_2a",
    "bescheiddatum": "2026-11-24",
    "belehrung": "WI",
    "empfaenger": "Stadt Gelsenkirchen, Abteilung Steuern",
    "wortlaut": "Gegen diesen Bescheid können Sie innerhalb eines Monats Widerspruch erheben.",
}


async def decide(office: Browser, case: str, pdf: bytes | None = PDF, **values: str) -> httpx.Response:
    """The office makes a decision known."""
    path = f"/amt/vorgaenge/{case}/bescheid"
    data = {"csrf": await office.csrf(path), **DECISION, **values}
    files = {"datei": ("bescheid.pdf", pdf)} if pdf is not None else {"datei": ("", b"")}
    return await office.http.post(path, data=data, files=files)


async def decision_of(anna: Browser) -> str:
    """The path of her newest decision, as her list of deadlines links it."""
    found = re.search(r"/mein/bescheide/[0-9a-f-]{36}", (await anna.get("/mein/fristen")).text)
    assert found, "no decision on the page"
    return found.group(0)


async def sent_by_mail(town: Town) -> str:
    await benachrichtigung.senden_faellige(town.context)
    return (await town.browser().get("/demo/ausgang")).text


async def bind(town: Town, browser: Browser, conversation: str, konto: str = ANNA) -> None:
    """Tie a conversation to the session of this browser."""
    csrf = (await browser.get("/api/session")).json()["csrf"]
    token = (await browser.http.post("/api/session/token", headers={"X-CSRF-Token": csrf})).json()["token"]
    async with town.context.transaction() as session:
        await bindung.binden(
            town.context, session, conversation, konto, citizen_session_of(town.context, token)
        )
