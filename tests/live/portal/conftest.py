"""The portal on a port of its own, and a real browser in front of it."""

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from argon2 import PasswordHasher

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from console_town import LIMIT_MS, chromium, free_port
from handoff_world import served
from playwright.async_api import Browser, Page
from starlette.applications import Starlette
from starlette.routing import Mount

from handoff.web.static import BuiltFiles
from portal.app import create_app
from portal.demo import DEMO_PASSWORT, create_demo_town
from portal.services import konto
from tests.support.portal_town import MovingClock, Town, settings_for


@dataclass
class BrowserTown:
    """A demo town and its people, each in a browser with cookies of her own."""

    town: Town
    origin: str
    browser: Browser
    problems: list[str] = field(default_factory=list)

    async def visitor(self, *, script: bool = True) -> Page:
        """Somebody who is not logged in."""
        context = await self.browser.new_context(
            base_url=self.origin, locale="de-DE", reduced_motion="reduce", java_script_enabled=script
        )
        page = await context.new_page()
        page.set_default_timeout(LIMIT_MS)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    async def citizen(self, name: str = "anna", *, script: bool = True) -> Page:
        """A citizen after her login."""
        page = await self.visitor(script=script)
        await page.goto("/anmelden")
        await page.get_by_label("Anmeldename").fill(name)
        await page.get_by_label("Passwort").fill(DEMO_PASSWORT)
        await page.get_by_role("button", name="Anmelden", exact=True).click()
        await page.wait_for_url("**/mein")
        return page

    async def official(self, name: str = "amt-steuern") -> Page:
        """Somebody in an office after her login with both factors."""
        page = await self.visitor()
        await page.goto("/amt/anmelden")
        await page.get_by_label("Dienstkonto").fill(name)
        await page.get_by_label("Passwort").fill(DEMO_PASSWORT)
        await page.get_by_role("button", name="Anmelden", exact=True).click()
        await page.get_by_label("Code", exact=True).fill(self.town.phone.code(name))
        await page.get_by_role("button", name="Weiter").click()
        await page.wait_for_url("**/amt")
        return page

    async def confirm(self, page: Page) -> None:
        """Go through the demo's eID where a page asks for a confirmation, and on to where it led."""
        await page.get_by_role("button", name="Zum Ausweisdienst").click()
        await page.get_by_role("button", name="Zur Probe ausweisen").click()
        go_on = page.get_by_role("button", name="Jetzt ausführen")
        if await go_on.count():
            await go_on.click()


@pytest.fixture
async def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BrowserTown]:
    monkeypatch.setattr("portal.app.AUFTRAEGE", ())
    monkeypatch.setattr(konto, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    port = free_port()
    origin, clock = f"http://127.0.0.1:{port}", MovingClock()
    app = create_app(settings_for(tmp_path, origin=origin), clock)
    async with chromium() as browser, app.router.lifespan_context(app):
        await create_demo_town(app.state.context)
        site = Starlette(routes=[Mount("/live/ui", BuiltFiles()), Mount("/", app)])
        async with served(site, port):
            yield BrowserTown(Town(app, clock), origin, browser)
