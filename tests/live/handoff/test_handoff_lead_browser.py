"""The lead's pages in a real browser: each is accessible, fits a telephone, and works without JavaScript."""

from pathlib import Path

import pytest
from console_town import AXE, ConsoleTown, console_town
from handoff_world import START, staff
from lead_desk import desk_of

from handoff.domain.switches import Kind
from handoff.schema.lead import ExampleRow
from handoff.services import presence, switches

pytestmark = pytest.mark.browser

PATHS = ["", "/schalter?suche=hund", "/team", "/zeiten", "/textbausteine", "/beispiele", "/aenderungen"]
LOOKS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]


async def _cookie(town: ConsoleTown, **options):
    context = await town.context("leitung", **options)
    await context.add_cookies([{"name": "amtslotse_amt", "value": "leitung", "url": town.origin}])
    return context


async def _filled(town: ConsoleTown) -> None:
    desk_of(town.town, office="BÜRGERcenter")
    town.town.context.intents = ("mensch",)
    for person in ("k1", "k2", "k3", "k4", "k5"):
        await presence.connected(town.town.context, staff(person))
    await town.others_wait()
    lead = staff("leitung", "lead")
    hund = {"hundesteuer_anmelden": "Hundesteuer anmelden"}
    await switches.switch_off(town.town.context, lead, Kind.SERVICE, hund, "", "Bis Freitag nicht.")
    body = {"text": "Ich suche [Name]", "answer": "Wie bitte?", "wanted": "Mensch"}
    async with town.town.context.database.write() as session:
        session.add(ExampleRow(id="b", hour=START, verdict="falsch", body=body, status="offen"))


async def test_every_page_is_accessible_and_fits(tmp_path: Path) -> None:
    async with console_town(tmp_path) as town:
        await _filled(town)
        for width, scheme in LOOKS:
            context = await _cookie(
                town, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
            )
            page = await context.new_page()
            for path in PATHS:
                answer = await page.goto(f"{town.origin}/konsole/leitung{path}")
                assert answer is not None
                assert answer.status == 200, path
                await page.add_script_tag(path=str(AXE))
                found = await page.evaluate("axe.run({resultTypes: ['violations']})")
                wrong = [
                    (one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]
                ]
                assert wrong == [], (path, width, scheme)
                assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                    path,
                    width,
                )
            await context.close()


async def test_a_service_goes_off_and_on_by_keyboard_without_javascript(tmp_path: Path) -> None:
    async with console_town(tmp_path) as town:
        desk_of(town.town, office="BÜRGERcenter")
        context = await _cookie(town, java_script_enabled=False)
        page = await context.new_page()
        await page.goto(f"{town.origin}/konsole/leitung/schalter")
        await page.get_by_label("Leistung suchen").fill("hund")
        await page.keyboard.press("Enter")
        await page.get_by_label("Hundesteuer anmelden").press("Space")
        form = page.locator("form", has=page.get_by_label("Hundesteuer anmelden"))
        await form.get_by_label("Hinweis für Bürgerinnen und Bürger").fill("Bis Freitag stellen wir um.")
        await form.get_by_role("button", name="Abschalten").press("Enter")
        await page.get_by_text("„Bis Freitag stellen wir um.“").wait_for()
        await page.get_by_role("button", name="Wieder einschalten").press("Enter")
        await page.get_by_text("Nichts. Alles läuft.").wait_for()
