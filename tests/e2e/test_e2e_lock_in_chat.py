"""Lock now from the chat, in real browsers over all processes: every session of the account ends, the other one too."""

import pytest
from playwright.sync_api import expect

from tests.support.people import LIMIT_MS, ChatPage

pytestmark = pytest.mark.browser


def test_two_words_and_a_button_lock_the_account_everywhere(town, browser):
    name = "sperren-im-chat"
    password = town.new_citizen(name)
    thief, citizen = ChatPage(browser, town.origin), ChatPage(browser, town.origin)
    try:
        for one in (thief, citizen):
            one.page.goto(f"{town.origin}/anmelden")
            one.log_in(name, password)
            one.page.wait_for_url("**/mein")
        citizen.open("/mein")
        citizen.say("Konto sperren")
        citizen.sees("alle Anmeldungen")
        citizen.press("Jetzt sperren", within=citizen.log)
        again = citizen.page.locator("amtslotse-chat").get_by_role("link", name="Anmelden", exact=True)
        expect(again).to_be_visible(timeout=LIMIT_MS)
        for one in (thief, citizen):
            one.page.goto(f"{town.origin}/mein/daten")
            expect(one.page.get_by_role("heading", name="Anmelden", exact=True)).to_be_visible()
        thief.log_in(name, password)
        expect(thief.page.get_by_text("gesperrt").first).to_be_visible()
        thief.page.goto(f"{town.origin}/mein/daten")
        expect(thief.page.get_by_role("heading", name="Meine Daten")).to_have_count(0)
    finally:
        thief.context.close()
        citizen.context.close()
