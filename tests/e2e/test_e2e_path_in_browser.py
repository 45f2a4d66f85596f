"""The main job as people do it: a citizen, a clerk and a Sachbearbeiter, each in a real browser."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.demo import DEMO_PASSWORT
from tests.support.files import pdf_file
from tests.support.people import HELLO, LIMIT_MS, ChatPage, ConsolePage, log_in_at_office, shot
from tests.support.town import httpx_attempts

pytestmark = pytest.mark.browser

PICTURES = Path(os.environ["AMTSLOTSE_PICTURES"]) if "AMTSLOTSE_PICTURES" in os.environ else None
"""Folder for pictures of every station (`AMTSLOTSE_PICTURES=docs/images make test`); none by default."""


@pytest.fixture
def citizen(town, browser):
    chat = ChatPage(browser, town.origin)
    yield chat
    chat.context.close()


def test_from_the_first_hello_to_two_receipts(town, browser, citizen, tmp_path):
    name = "browser-anna"
    password = town.new_citizen(name)
    bestaetigung = pdf_file(tmp_path / "wohnungsgeberbestaetigung.pdf", "Wohnungsgeberbestätigung")
    page = citizen.page

    # 1. anonymous: notice, life situation, ordered bundle, the dog
    citizen.open()
    expect(page.get_by_label("Hinweis vor dem Gespräch")).to_contain_text("nicht mit einem Menschen")
    citizen.say(HELLO)
    citizen.sees("innerhalb von zwei Wochen nach dem Einzug")
    citizen.sees("Hundesteuer anmelden")
    shot(page, PICTURES, "1-lebenslage")

    # 2. the service: what is needed, who is responsible, what it costs; then login, same conversation
    citizen.press(re.compile("Auswählen.*Wohnsitz an- oder ummelden"))
    citizen.sees("BÜRGERcenter, Stadt Gelsenkirchen")
    citizen.sees("Wohnungsgeberbestätigung")
    shot(page, PICTURES, "2-leistung")
    citizen.press("Jetzt beantragen")
    page.get_by_role("link", name="Anmeldung im Bürgerportal").last.click()
    citizen.log_in(name, password)

    # 3. once-only: one card, one switch a field, one corrected value, one release
    citizen.sees("Ihre gespeicherten Daten verwenden?")
    citizen.sees("Hundesteuer anmelden")  # the conversation from before the login is still there
    page.get_by_role("button", name="Familienstand ändern").click()
    page.get_by_label("Familienstand", exact=True).fill("verheiratet")
    page.get_by_role("button", name="Übernehmen").click()
    page.get_by_role("switch", name="Geburtsname freigeben").uncheck()
    shot(page, PICTURES, "chat")
    citizen.press("Angaben freigeben")
    citizen.sees("Wann sind Sie in die neue Wohnung eingezogen")

    # 4. a question in between, a correction, another page and back
    citizen.say("am 16.11.2026")
    citizen.sees("Wie lautet Ihre neue Anschrift?")
    citizen.say("Was kostet das?")
    citizen.sees("kostenlos")
    citizen.say("nein, doch am 12.")
    citizen.sees("12.11.2026")
    page.get_by_role("navigation").get_by_role("link", name="Leistungen").first.click()
    expect(citizen.composer).to_be_visible()
    citizen.sees("Wie lautet Ihre neue Anschrift?")
    citizen.say("Ahstraße 12, 45879 Gelsenkirchen")
    citizen.sees("Behalten Sie eine weitere Wohnung")

    # 5. a human: place, masked values, proposal, back at the same question
    citizen.say("Ich möchte mit einem Menschen sprechen.")
    citizen.sees("Warteschlange")
    console = ConsolePage(browser, town.origin, "konsole-1", DEMO_PASSWORT)
    console.claim_last()
    side = console.page.get_by_label("Zum Gespräch")
    expect(side).to_contain_text("Wohnsitz an- oder ummelden")
    expect(console.page.locator("body")).not_to_contain_text("L01X00T47")
    console.page.get_by_role("button", name=re.compile("Anzeigen.*Ausweisnummer")).click()
    expect(side).to_contain_text("L01X00T47")
    console.write("Guten Tag! Die Hausnummer in Ihrer Bestätigung ist die 14.")
    citizen.sees("Die Hausnummer in Ihrer Bestätigung ist die 14.")
    console.page.get_by_role("button", name=re.compile("Vorschlagen.*Neue Anschrift")).click()
    console.page.get_by_label("Neue Anschrift").fill("Ahstraße 14, 45879 Gelsenkirchen")
    shot(console.page, PICTURES, "5-konsole")
    console.page.get_by_role("button", name="Vorschlagen", exact=True).click()
    citizen.sees("Vorschlag für „Neue Anschrift“")
    shot(page, PICTURES, "5-vorschlag")
    citizen.press(re.compile("^Übernehmen"))
    citizen.sees("Übernommen: „Neue Anschrift“ ist jetzt „Ahstraße 14")
    console.page.get_by_role("button", name="An den Assistenten zurückgeben").click()
    citizen.sees("Behalten Sie eine weitere Wohnung")
    console.context.close()

    citizen.say("nein")
    citizen.sees("Ziehen Angehörige mit Ihnen um")
    citizen.say("nein")
    citizen.sees("Wer gibt Ihnen die Wohnung?")
    citizen.say("Wohnbau Beispiel GmbH, Musterweg 1, 45879 Gelsenkirchen")
    citizen.sees("Datei auswählen")
    citizen.upload(bestaetigung)

    # 6. identity through the eID port, summary, confirmation, receipt
    citizen.sees("Identität nachweisen")
    citizen.prove_identity()
    citizen.sees("Bestätigen und absenden")
    shot(page, PICTURES, "6-pruefen")
    citizen.press("Bestätigen und absenden")
    receipts = citizen.log.get_by_role("heading", name="Eingangsbestätigung")
    expect(receipts).to_have_count(1, timeout=LIMIT_MS)
    reference = citizen.log.get_by_text(re.compile(r"^AL-2026-\w+$")).last.inner_text()
    shot(page, PICTURES, "7-eingang")

    # the dog follows in the same conversation with the data already given
    citizen.press("Hundesteuer anmelden")
    page.get_by_role("button", name="Angaben freigeben").last.click()
    for question, answer in (
        ("Wie heißt der Hund?", "Bello"),
        ("Welche Rasse hat der Hund?", "Labrador-Mischling"),
        ("Wann ist der Hund geboren?", "am 3. Mai 2024"),
        ("Woher haben Sie den Hund?", "Beim Umzug mitgebracht"),
        ("Wie viele Hunde", "1"),
    ):
        citizen.sees(question)
        citizen.say(answer)
    citizen.sees("Chipnummer")
    citizen.press("Überspringen")
    citizen.sees("IBAN")
    citizen.say("DE89 3704 0044 0532 0130 00")
    citizen.sees("Bestätigen und absenden")
    expect(citizen.log).not_to_contain_text("0532 0130")
    citizen.press("Bestätigen und absenden")
    expect(receipts).to_have_count(2, timeout=LIMIT_MS)

    # what she finds afterwards: postbox, deadlines, disclosure log
    page.goto(town.origin + "/mein/postfach")
    expect(page.get_by_role("main")).to_contain_text("Hundesteuer")
    page.goto(town.origin + "/mein/protokoll")
    expect(page.get_by_role("main")).to_contain_text("Ausweisnummer")
    page.goto(town.origin + "/mein/fristen")
    shot(page, PICTURES, "8-fristen")

    # the office: lists, opens, sets the status
    office = browser.new_context().new_page()
    log_in_at_office(office, town.origin, "amt-buergercenter", DEMO_PASSWORT)
    for attempt in httpx_attempts():  # the receipt is written first, the portal's outbox delivers after it
        with attempt:
            office.goto(town.origin + "/amt")
            assert office.get_by_role("main").get_by_role("link", name=reference).count() == 1
    office.get_by_role("main").get_by_role("link", name=reference).click()
    expect(office.get_by_role("main")).to_contain_text("Ahstraße 14, 45879 Gelsenkirchen")
    shot(office, PICTURES, "9-amt")
    office.get_by_label("Status").select_option(index=1)
    office.get_by_role("button", name="Speichern").click()
    expect(office.get_by_role("status")).to_be_visible()
    office.context.close()
    assert not citizen.problems


def test_a_reload_in_the_middle_shows_every_message_once(citizen):
    citizen.open()
    citizen.say("Was kostet ein Personalausweis?")
    citizen.sees("46")
    before = citizen.log.inner_text()
    citizen.page.reload()
    citizen.sees("46")
    assert citizen.log.inner_text() == before


def test_keyboard_alone_opens_writes_and_closes_the_chat(citizen):
    page = citizen.page
    page.goto(citizen.origin + "/")
    opener = page.get_by_role("button", name="Chat öffnen")
    opener.focus()
    page.keyboard.press("Enter")
    expect(citizen.composer).to_be_focused()
    page.keyboard.type("Hallo")
    page.keyboard.press("Enter")
    citizen.sees("Computerprogramm")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_a_too_long_message_stays_in_the_field(citizen):
    citizen.open()
    citizen.composer.fill("x" * 20_000)
    citizen.composer.press("Enter")
    expect(citizen.page.get_by_text("4.000").first).to_be_visible()
    assert len(citizen.composer.input_value()) == 20_000


def test_on_a_phone_nothing_needs_sideways_scrolling(town, browser):
    chat = ChatPage(browser, town.origin, width=320, height=640)
    chat.open()
    chat.say(HELLO)
    chat.sees("innerhalb von zwei Wochen nach dem Einzug")
    assert chat.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert not chat.problems
    chat.context.close()
