"""The real widget in a real browser: on the portal's page, and on a town's own site under another origin and a strict policy."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console_town import LIMIT_MS, WHO, chromium, free_port, site
from handoff_world import FakeEngine, World, served, sqlite, world
from playwright.async_api import Browser, Download, Locator, Page, expect
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from widget_cards import CARDS, with_card

from handoff.domain.message import Answer, Body, Handover, Turn
from handoff.domain.offers import Json
from handoff.ports import Notice


def assistant(turn: Turn) -> Answer:
    """Says what a citizen asks for: a card of a kind, buttons, a human; else an echo."""
    said = turn.text or turn.payload or ""
    if said in CARDS:
        return Answer([with_card(said)], None)
    if said == "mensch":
        return Answer([Body("Ich hole jemanden.")], Handover("wunsch", "Wohnsitz an- oder ummelden", []))
    if said == "knopf":
        return Answer([Body("Bitte wählen.", [{"title": "Ja, gern", "payload": "/ja"}])], None)
    return Answer([Body(f"Echo: {said}"), Body("Sonst noch etwas?")], None)


class Documents:
    """The portal's taking of files, as far as the widget sees it."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bytes]] = []

    async def take(self, request: Request) -> JSONResponse:
        async with request.form() as form:
            file = form["datei"]
            assert isinstance(file, UploadFile)
            if "Bearer " not in request.headers.get("Authorization", ""):
                return JSONResponse({"code": "anmeldung_noetig", "message": "Bitte melden Sie sich an."}, 401)
            name = file.filename or ""
            if name.startswith("falsch"):
                message = "Der Inhalt der Datei passt nicht zu ihrem Namen. Sie wurde nicht gespeichert."
                return JSONResponse({"code": "datei_ungueltig", "message": message}, 422)
            content = await file.read()
        self.taken.append((name, str(form["nachweis"]), content))
        shape = {"id": f"dok-{len(self.taken)}", "filename": name, "media_type": "", "size": len(content)}
        return JSONResponse(shape, 201)


class Office:
    """Takes the wishes of those who do not wait, and gives each a number."""

    async def notify(self, _notice: Notice) -> dict[str, Json]:
        return {"case": "fall-1", "reference": "AN-1", "office": "BÜRGERcenter", "url": None}


def embedding(origin: str, *, page: str = "", head: str = "") -> str:
    """The page of a town's own site: one script tag and one element, as docs/operations.md says."""
    return f"""<!doctype html><html lang="de"{page}><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stadt Beispiel</title>{head}<main><h1>Stadt Beispiel</h1><p><a href="/zweite">Zweite Seite</a></p></main>
<script type="module" src="{origin}/live/ui/widget.js"></script>
<amtslotse-chat><a href="{origin}/chat">Chat öffnen</a></amtslotse-chat></html>"""


def policy(origin: str) -> str:
    """The strictest policy of a page under which the widget works."""
    socket = origin.replace("http", "ws", 1)
    return f"default-src 'none'; script-src {origin}; connect-src {origin} {socket}; style-src 'none'; img-src data:; base-uri 'none'; form-action 'none'"


THEME = """:root { --kern-color-action-default: rgb(122, 0, 25); --kern-color-action-on-default: rgb(255, 250, 240);
  --kern-color-layout-background-default: rgb(255, 250, 240); --kern-color-layout-background-hued: rgb(245, 235, 220); }"""


def foreign_site(origin: str) -> Starlette:
    """A town's own site: two plain pages with the widget, one with the town's colours, one that runs from right to left."""

    def at(path: str, html: str, styles: str = "'none'") -> Route:
        allowed = {
            "Content-Security-Policy": policy(origin).replace("style-src 'none'", f"style-src {styles}")
        }
        return Route(path, lambda _request: HTMLResponse(html, headers=allowed))

    link = '<link rel="stylesheet" href="/stadt.css">'
    return Starlette(
        routes=[
            at("/", embedding(origin)),
            at("/zweite", embedding(origin)),
            at("/farben", embedding(origin, head=link), "'self'"),
            at("/rechts", embedding(origin, page=' dir="rtl"')),
            Route("/stadt.css", lambda _request: Response(THEME, media_type="text/css")),
            Route("/favicon.ico", lambda _request: Response(status_code=204)),
        ]
    )


async def kept(download: Download) -> str:
    """The text of a downloaded file."""
    return _read(await download.path())


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


class Chat:
    """The widget on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.field: Locator = page.get_by_label("Ihre Nachricht")
        self.log: Locator = page.get_by_role("log")
        self.opener: Locator = page.get_by_role("button", name="Chat öffnen")

    async def menu(self, name: str) -> None:
        await self.page.get_by_role("button", name="Mehr").click()
        await self.page.locator("#al-menu").get_by_text(name).click()

    async def say(self, text: str) -> None:
        await self.field.fill(text)
        await self.field.press("Enter")


@dataclass
class WidgetTown:
    """A gateway, a town's own site that may embed the widget, one that may not, and a browser."""

    town: World
    origin: str
    site: str
    stranger: str
    browser: Browser
    documents: Documents
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    async def open(self, url: str, *, who: str = "", **options: Any) -> Chat:
        """Open a page, as nobody or as a logged-in citizen."""
        context = await self.browser.new_context(
            **{
                "viewport": {"width": 1280, "height": 900},
                "locale": "de-DE",
                "timezone_id": "Europe/Berlin",
                "reduced_motion": "reduce",
                **options,
            }
        )
        await context.route(
            f"{self.origin}/**",
            lambda route: route.continue_(headers={**route.request.headers, WHO: who}),
        )
        page = await context.new_page()
        page.set_default_timeout(LIMIT_MS)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: self.problems.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        await page.goto(url)
        return Chat(page)


@asynccontextmanager
async def widget_town(tmp_path: Path) -> AsyncIterator[WidgetTown]:
    """Start everything; skips without a Chromium."""
    expect.set_options(timeout=LIMIT_MS)
    documents = Documents()
    origin, town_site, stranger = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
    async with (
        chromium() as browser,
        world(
            sqlite(tmp_path),
            bot=FakeEngine(react=assistant),
            origin=origin,
            origins=(town_site,),
            notifier=Office(),
        ) as town,
        served(site(town.app, Route("/api/dokumente", documents.take, methods=["POST"])), _port(origin)),
        served(foreign_site(origin), _port(town_site)),
        served(foreign_site(origin), _port(stranger)),
    ):
        yield WidgetTown(town, origin, town_site, stranger, browser, documents)


def _port(origin: str) -> int:
    return int(origin.rpartition(":")[2])
