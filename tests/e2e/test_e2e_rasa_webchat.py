"""An unmodified client that people already have: rasa-webchat in a real browser, on another site, through the whole path."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.demo import DEMO_PASSWORT
from tests.support.people import LIMIT_MS, ConsolePage, shot
from tests.support.rasa_webchat import script

pytestmark = pytest.mark.browser

PICTURES = Path(os.environ["AMTSLOTSE_PICTURES"]) if "AMTSLOTSE_PICTURES" in os.environ else None


@pytest.fixture
def page(town, browser, foreign_site):
    script()  # skips where the package cannot be fetched
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    one = context.new_page()
    one.set_default_timeout(LIMIT_MS)
    one.goto(f"{foreign_site.origin}/?stadt={town.origin}")
    one.locator(".rw-launcher").click()
    yield one
    context.close()


def test_bot_buttons_human_reload_and_back(town, browser, page):
    messages = page.locator(".rw-messages-container")

    def sees(text: str) -> None:
        expect(messages.get_by_text(text).last).to_be_visible(timeout=LIMIT_MS)

    def says(text: str) -> None:
        page.locator(".rw-new-message").fill(text)
        page.locator(".rw-send").click()

    # bot
    sees("Hier antwortet Amtslotse, ein Computerprogramm.")
    says("Ich bin nach Gelsenkirchen gezogen und habe einen Hund")
    sees("innerhalb von zwei Wochen nach dem Einzug")

    # buttons
    messages.get_by_text("Wohnsitz an- oder ummelden", exact=True).last.click()
    sees("BÜRGERcenter, Stadt Gelsenkirchen")
    shot(page, PICTURES, "rasa-webchat")

    # human, and a reload in the middle
    says("Ich möchte mit einem Menschen sprechen.")
    sees("Warteschlange")
    console = ConsolePage(browser, town.origin, "konsole-1", DEMO_PASSWORT)
    console.claim_last()
    sees("Sie sprechen jetzt mit einem Menschen")
    page.reload()
    console.write("Guten Tag! Bringen Sie bitte auch den Impfpass mit.")
    page.locator(".rw-conversation-container, .rw-launcher").first.wait_for()
    if not page.locator(".rw-new-message").is_visible():
        page.locator(".rw-launcher").click()
    sees("Bringen Sie bitte auch den Impfpass mit.")
    shot(page, PICTURES, "rasa-webchat-mensch")
    sees("innerhalb von zwei Wochen nach dem Einzug")  # what was said before the reload is still there
    says("Danke, das mache ich.")
    expect(console.page.get_by_text("Danke, das mache ich.").last).to_be_visible()

    # back to the bot
    console.page.get_by_role("button", name="An den Assistenten zurückgeben").click()
    sees("an den Assistenten zurückgegeben")
    says("Was kostet ein Personalausweis?")
    sees("46")
    shot(page, PICTURES, "rasa-webchat-zurueck")
    for once in ("Bringen Sie bitte auch den Impfpass mit.", "Sie sprechen jetzt mit einem Menschen"):
        expect(messages.get_by_text(once)).to_have_count(1)
    console.context.close()


def test_another_browser_does_not_see_the_conversation(town, browser, page):
    messages = page.locator(".rw-messages-container")
    page.locator(".rw-new-message").fill("Was kostet ein Personalausweis?")
    page.locator(".rw-send").click()
    expect(messages.get_by_text("46").last).to_be_visible(timeout=LIMIT_MS)
    stored = page.evaluate("JSON.parse(sessionStorage.getItem('chat_session')).session_id")
    assert len(stored) >= 43
    other = browser.new_context().new_page()
    other.goto(f"{town.origin}/")
    answer = other.request.get(f"{town.origin}/webhooks/rest/webhook/{stored[:-1]}x")
    assert answer.status == 404
    other.context.close()
