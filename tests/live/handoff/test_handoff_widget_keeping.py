"""What people take along from the widget: paper, a file, the plain page."""

import re
from io import BytesIO

import pytest
from console_town import violations
from handoff_world import staff
from playwright.async_api import Page, expect
from pypdf import PdfReader
from widget_town import kept, widget_town

from handoff.domain.switches import Kind
from handoff.services import claims, switches

pytestmark = pytest.mark.browser


async def paper(page: Page) -> str:
    sheets = PdfReader(BytesIO(await page.pdf())).pages
    return re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in sheets))


async def test_prints_the_conversation_and_not_the_page_around_it(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(one.site)
        page = chat.page
        await chat.opener.click()
        for number in range(12):
            await chat.say(f"Frage {number}")
        await chat.say("summary")
        await expect(chat.log).to_contain_text("Art summary")
        await page.evaluate("window.print = () => { window.printed = true }")
        await chat.menu("Gespräch drucken")
        assert await page.evaluate("window.printed")
        printed = await paper(page)
        for wanted in (
            "Echo: Frage 0",
            "Echo: Frage 11",
            "Assistent (Computerprogramm)",
            "Art summary",
            "23.11.2026, 10:00",
        ):
            assert wanted in printed, printed
        for around in ("Zweite Seite", "Ihre Nachricht", "Im Portal weitermachen"):
            assert around not in printed
        await page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        printed = await paper(page)
        assert "Zweite Seite" in printed  # printing the page itself leaves the chat out
        assert "Echo" not in printed
        assert one.problems == []


async def test_downloads_what_was_said_with_numbers_masked(tmp_path):
    async with widget_town(tmp_path) as one:
        for url, who in ((one.site, ""), (f"{one.origin}/", "anna")):
            chat = await one.open(url, who=who)
            page = chat.page
            if url == one.site:
                await chat.opener.click()
            await chat.say("Meine IBAN ist DE89370400440532013000, das Amt: BÜRGERcenter")
            await expect(chat.log).to_contain_text("Echo: Meine IBAN")
            async with page.expect_download() as download:
                await chat.menu("Gespräch herunterladen")
            file = await download.value
            assert file.suggested_filename == "gespraech.txt"
            text = await kept(file)
            assert "Sie, 23.11.2026, 10:00 Uhr:\nMeine IBAN ist [iban …3000], das Amt: BÜRGERcenter\n" in text
            assert "370400440532013000" not in text
            await expect(page.get_by_role("button", name="Mehr")).to_be_focused()

        await page.route("**/transcript", lambda route: route.abort())
        await chat.menu("Gespräch herunterladen")
        await expect(page.locator(".hint")).to_contain_text("nicht geladen")


async def test_ends_when_its_citizen_says_so_twice_and_asks_how_it_was(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(f"{one.origin}/")
        page = chat.page
        await chat.say("Hallo")
        await expect(chat.log).to_contain_text("Echo: Hallo")
        await chat.menu("Gespräch beenden")
        ask = page.get_by_role("alertdialog", name="Möchten Sie das Gespräch beenden?")
        await expect(ask.get_by_role("button", name="Gespräch beenden")).to_be_focused()
        assert await violations(page) == []
        await ask.get_by_role("button", name="Weiter schreiben").click()
        await expect(ask).to_have_count(0)
        await expect(chat.field).to_be_focused()
        await chat.menu("Gespräch beenden")
        await page.keyboard.press("Enter")
        await expect(chat.log).to_contain_text("Die Unterhaltung ist beendet.")
        await expect(chat.field).to_be_disabled()
        await page.get_by_label("5 – sehr gut").check()
        await page.get_by_role("button", name="Senden", exact=True).click()
        await expect(chat.log).to_contain_text("Vielen Dank.")
        assert one.problems == []


async def test_goes_back_from_a_human_to_the_assistant(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(f"{one.origin}/")
        page = chat.page
        await chat.say("mensch")
        await expect(chat.log).to_contain_text("Sie warten auf einen Menschen")
        await expect(page.get_by_text("Sie schreiben mit einem Computerprogramm")).to_be_visible()
        await claims.claim(one.town.context, await one.town.chat(), staff())
        await expect(page.get_by_text("Gerade schreibt Ihnen ein Mensch.")).to_be_visible()
        await expect(chat.log.get_by_role("button", name="Anliegen hinterlassen")).to_have_count(0)
        await chat.menu("Zurück zum Assistenten")
        await expect(chat.log).to_contain_text("Echo: /back_to_bot")
        await expect(page.get_by_text("Sie schreiben mit einem Computerprogramm")).to_be_visible()
        assert one.problems == []


async def test_who_waits_while_the_assistant_is_off_is_not_sent_to_it(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(f"{one.origin}/")
        back = chat.page.get_by_role("button", name="Zurück zum Assistenten")
        await chat.say("mensch")
        await expect(back).to_be_visible()
        context, lead = one.town.context, staff("leitung", "lead")
        switch = await switches.switch_off(context, lead, Kind.ASSISTANT, {}, "", "Wartung bis 12 Uhr.")
        await expect(chat.log).to_contain_text("Er ist abgeschaltet")
        await expect(back).to_have_count(0)
        await switches.switch_on(context, lead, switch)
        await back.click()
        await expect(chat.log).to_contain_text("Echo: /back_to_bot")
        assert one.problems == []


async def test_the_plain_page_takes_the_conversation_over(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(f"{one.origin}/")
        await expect(chat.page.get_by_role("link", name="ohne JavaScript")).to_be_hidden()
        await chat.say("Hallo")
        await expect(chat.log).to_contain_text("Echo: Hallo")
        await chat.menu("Einfache Seite ohne JavaScript")
        await expect(chat.page.get_by_role("region", name="Gesprächsverlauf")).to_contain_text("Echo: Hallo")
        assert chat.page.url == f"{one.origin}/chat"

        chat = await one.open(one.site)
        await chat.opener.click()
        await chat.page.get_by_role("button", name="Mehr").press("Enter")
        link = chat.page.get_by_role("link", name="Einfache Seite ohne JavaScript")
        await expect(link).to_be_focused()
        await expect(link).to_have_attribute("href", f"{one.origin}/chat")
        await chat.page.keyboard.press("Escape")
        await expect(link).to_be_hidden()
        await expect(chat.page.get_by_role("button", name="Mehr")).to_be_focused()
        await expect(chat.field).to_be_visible()  # Escape closed the menu, not the chat
        assert one.problems == []
