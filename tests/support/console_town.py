"""The real console and the real widget in a real browser, over a real gateway with fakes behind it."""

import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fake_portal import draft
from handoff_world import START, FakeEngine, World, citizen_token, served, sqlite, staff_token, world
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from handoff.domain.message import Answer, Body, Handover, Turn

AXE = Path(__file__).parents[2] / "handoff" / "ui" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
WHO = "x-person"
LIMIT_MS = 20_000
CHAT = """<!doctype html><html lang="de"><meta charset="utf-8"><title>Chat</title>
<main><h1>Portal</h1></main><script type="module" src="/live/ui/widget.js"></script><amtslotse-chat offen><a href="/chat">Fragen? Zum Chat ohne JavaScript</a></amtslotse-chat></html>"""
STAFF: dict[str, dict[str, Any]] = {
    "berta": {},
    "carl": {"function": "Fachberatung"},
    "steffi": {"office": "Abteilung Steuern", "function": "Sachbearbeitung"},
}


def _session(request: Request) -> JSONResponse:
    who = request.headers.get(WHO, "anna")
    return JSONResponse({"angemeldet": bool(who), "csrf": None, "name": who})


def _token(request: Request) -> JSONResponse:
    who = request.headers.get(WHO, "anna")
    staff = request.query_params.get("art") == "personal"
    token = staff_token(who, **STAFF[who]) if staff else citizen_token(who)
    return JSONResponse({"token": token, "expires_at": "2026-11-23T10:10:00+01:00"})


def site(gateway: Any, *more: Route) -> Starlette:
    """What the portal gives besides the gateway: who is logged in, a page with the chat, and `more`."""
    return Starlette(
        routes=[
            *more,
            Route("/api/session", _session),
            Route("/api/session/token", _token, methods=["POST"]),
            Route("/", lambda _request: HTMLResponse(CHAT)),
            Route("/favicon.ico", lambda _request: Response(status_code=204)),
            Route("/amt/anmelden", lambda _request: RedirectResponse("/konsole")),
            Mount("/", gateway),
        ]
    )


def _assistant(turn: Turn) -> Answer:
    """Says what the assistant says in such a conversation; at "mensch" it calls for one."""
    if turn.text == "mensch" and not turn.account:
        return Answer([Body("Ich hole jemanden.")], Handover("nicht_verstanden", None, []))
    if turn.text == "mensch":
        summary = ["Anliegen: Wohnsitz an- oder ummelden"]
        why = Handover("wunsch", "Wohnsitz an- oder ummelden", summary, "wohnsitz_anmelden")
        return Answer([Body("Ich hole jemanden.")], why)
    if turn.text and "finde" in turn.text:
        return Answer(
            [Body("Die Wohnungsgeberbestätigung bekommen Sie von der Person, die Ihnen die Wohnung gibt.")],
            None,
        )
    return Answer(
        [Body("Sie können die Bestätigung auch nachreichen. Behalten Sie eine weitere Wohnung?")], None
    )


@dataclass
class ConsoleTown:
    """A gateway under an origin of its own, and a browser in front of it."""

    town: World
    origin: str
    browser: Browser
    problems: list[str] = field(default_factory=list)

    async def page(self, who: str, path: str, **options: Any) -> Page:
        context = await self.context(who, **options)
        page = await context.new_page()
        page.set_default_timeout(LIMIT_MS)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: self.problems.append(said.text) if said.type == "error" else None)
        await page.goto(self.origin + path)
        return page

    async def context(self, who: str, **options: Any) -> BrowserContext:
        return await self.browser.new_context(
            **{
                "viewport": {"width": 1440, "height": 900},
                "locale": "de-DE",
                "timezone_id": "Europe/Berlin",
                "reduced_motion": "reduce",
                "extra_http_headers": {WHO: who},
                **options,
            }
        )

    async def anna_waits(self, *said: str) -> str:
        """Anna logs in, says something and asks for a human, eight minutes ago; gives her handle."""
        early = citizen_token(iat=int(START.timestamp()) - 3600)
        self.town.clock.forward(-60 * 8)
        handle = (await self.town.login(await self.town.start(), early)).json()["handle"]
        for number, text in enumerate((*said, "mensch")):
            await self.town.send(handle, text, client_id=f"a{number}", auth=early)
            await self.town.idle()
        self.town.clock.forward(60 * 8)
        return handle

    async def others_wait(self) -> None:
        """Two more people wait, a little shorter than Anna."""
        for minutes, text in ((3, "Ich habe meinen Ausweis verloren."), (1, "Wo melde ich meinen Hund an?")):
            self.town.clock.forward(-60 * minutes)
            handle = await self.town.start()
            await self.town.send(handle, text, client_id="o")
            await self.town.idle()
            await self.town.send(handle, "mensch", client_id="m")
            await self.town.idle()
            self.town.clock.forward(60 * minutes)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start a browser; skips without a Chromium."""
    path = next(
        (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
    )
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs a Chromium")
        pytest.skip("no Chromium found: install the package chromium to run the browser tests")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def console_town(tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    """Start everything; skips without a Chromium."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    async with (
        chromium() as browser,
        world(sqlite(tmp_path), bot=FakeEngine(react=_assistant), origin=origin) as town,
    ):
        town.portal.draft = full_draft()
        async with served(site(town.app), port):
            yield ConsoleTown(town, origin, browser)


def full_draft() -> dict[str, Any]:
    """A draft with filled, masked, missing, doubtful, withheld and unreleased fields, and two documents."""

    def one(id_: str, label: str, display: str | None, state: str, **more: Any) -> dict[str, Any]:
        return {
            "id": id_,
            "label": label,
            "type": "text",
            "display": display,
            "state": state,
            "sensitive": False,
            "required": True,
            **more,
        }

    return draft(
        fields=[
            one(
                "familienname",
                "Familienname",
                "Beispiel",
                "beantwortet",
                source="stammdaten",
                date="2026-03-01",
            ),
            one(
                "familienstand",
                "Familienstand",
                "ledig",
                "beantwortet",
                source="stammdaten",
                date="2025-03-01",
            ),
            one(
                "ausweisnummer",
                "Ausweisnummer",
                "•••••• T47",
                "beantwortet",
                sensitive=True,
                type="document_number",
            ),
            one("einzugsdatum", "Tag des Einzugs", "12.11.2026", "beantwortet", type="date", source="angabe"),
            one(
                "neue_anschrift",
                "Neue Anschrift",
                "Ahstraße 12, 45879 Gelsenkirchen",
                "beantwortet",
                type="address",
            ),
            one("geburtsname", "Geburtsname", None, "vorgeschlagen", required=False),
            one("zweitwohnung", "Weitere Wohnung", None, "offen", type="yes_no"),
            one("wohnungsgeber", "Wohnungsgeber", None, "offen"),
        ],
        evidence=[
            {
                "id": "bestaetigung",
                "label": "Wohnungsgeberbestätigung",
                "help": None,
                "state": "offen",
                "document": None,
            },
            {
                "id": "ausweis",
                "label": "Kopie des Ausweises",
                "help": None,
                "state": "vorhanden",
                "document": {"id": "dok-7", "filename": "ausweis.pdf"},
            },
        ],
        next={"kind": "field", "id": "zweitwohnung"},
        progress={"answered": 5, "total": 8},
    )


async def violations(page: Page) -> list[str]:
    """What axe-core finds of serious or critical weight on the page as it is now; frames are pages of their own."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in handoff/ui")
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], iframes: false})"
    )
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
