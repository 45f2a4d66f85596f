"""From a messenger into the portal and back: the whole system, with the example channel."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.demo import DEMO_PASSWORT
from tests.support.people import ChatPage, ConsolePage, shot

pytestmark = pytest.mark.browser

PICTURES = Path(os.environ["AMTSLOTSE_PICTURES"]) if "AMTSLOTSE_PICTURES" in os.environ else None


@pytest.fixture
def citizen(town, browser):
    chat = ChatPage(browser, town.origin)
    yield chat
    chat.context.close()


def test_a_messenger_leads_into_the_portal_and_the_conversation_comes_back(town, browser, citizen, messenger):
    page, name = citizen.page, "kanal-anna"
    password = town.new_citizen(name)

    # public questions are answered in the messenger
    messenger.say(town.origin, "anna", "Was muss ich beim Umzug machen?")
    messenger.hears("anna", "Computerprogramm")
    choices = messenger.hears("anna", "Antworten Sie mit der Zahl")
    number = re.search(r"(\d+) – Wohnsitz an- oder ummelden", choices)
    assert number, choices
    messenger.say(town.origin, "anna", number[1])
    service = messenger.hears("anna", "BÜRGERcenter, Stadt Gelsenkirchen")
    assert "Rechtsgrundlage: § 17 BMG" in service
    start = re.search(r"(\d+) – Jetzt beantragen", service)
    assert start, service

    # what is personal comes as a link, which acts on its button only
    messenger.say(town.origin, "anna", start[1])
    link = re.search(r"http\S+/weiter/\S+", messenger.hears("anna", "/weiter/"))
    assert link
    page.goto(link[0])
    shot(page, PICTURES, "weiter")
    page.get_by_role("button", name="Hier fortsetzen").click()
    citizen.sees("Wohnsitz an- oder ummelden")
    citizen.sees("Was muss ich beim Umzug machen?")
    page.get_by_role("link", name="Anmeldung im Bürgerportal").last.click()
    citizen.log_in(name, password)
    citizen.sees("Ihre gespeicherten Daten verwenden?")

    # linked by a code, she writes from the messenger into the same conversation
    page.goto(f"{town.origin}/mein/kanaele")
    page.get_by_role("main").get_by_role("button", name="Code anzeigen").click()
    page.get_by_role(
        "button", name="Zum Ausweisdienst"
    ).click()  # a messenger is linked by who proves who she is
    page.get_by_role("button", name="Zur Probe ausweisen").click()
    page.get_by_role("button", name="Jetzt ausführen").click()
    code = re.search(r"Verbinden [A-Z0-9]{5}-[A-Z0-9]{5}", page.get_by_role("main").inner_text())
    assert code, page.get_by_role("main").inner_text()
    shot(page, PICTURES, "kanaele")
    messenger.say(town.origin, "anna", code[0])
    messenger.hears("anna", "Verbunden")
    messenger.say(town.origin, "anna", "Was kostet das?")
    assert "/weiter/" in messenger.hears("anna", "steht deshalb nur im Portal")
    page.goto(f"{town.origin}/mein/kanaele")
    expect(page.get_by_role("main")).to_contain_text("verbunden seit")
    citizen.sees("Was kostet das?")
    citizen.sees("kostenlos")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    shot(page, PICTURES, "kanaele-320")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_human_answers_in_the_messenger(town, browser, messenger):
    messenger.say(town.origin, "otto", "Ich möchte mit einem Menschen sprechen.")
    messenger.hears("otto", "Warteschlange")
    console = ConsolePage(browser, town.origin, "konsole-1", DEMO_PASSWORT)
    console.claim_last()
    expect(
        console.page.get_by_text("den nicht die Stadt betreibt")
        .or_(console.page.get_by_text("Amtslotse, ein Computerprogramm"))
        .first
    ).to_be_visible()
    console.write("Guten Tag, was kann ich für Sie tun?")
    messenger.hears("otto", "Guten Tag, was kann ich für Sie tun?")
    messenger.say(town.origin, "otto", "Wann haben Sie offen?")
    expect(console.page.get_by_text("Wann haben Sie offen?").last).to_be_visible()
    console.page.get_by_role("button", name="An den Assistenten zurückgeben").click()
    messenger.hears("otto", "an den Assistenten zurückgegeben")
    messenger.say(town.origin, "otto", "Was kostet ein Personalausweis?")
    messenger.hears("otto", "46")
    console.context.close()
