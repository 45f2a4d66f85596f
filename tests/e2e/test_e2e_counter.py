"""Both sides of the counter in real browsers: an office asks and decides at /amt; the citizen hears of it, answers in the chat, opens."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.demo import DEMO_PASSWORT
from tests.support.citizen import card
from tests.support.files import pdf_file
from tests.support.people import ChatPage, log_in_at_office, shot
from tests.support.person import DOG, Person
from tests.support.town import Town, httpx_attempts

pytestmark = pytest.mark.browser

PICTURES = Path(os.environ["AMTSLOTSE_PICTURES"]) if "AMTSLOTSE_PICTURES" in os.environ else None
QUESTION = "Wie hoch ist der Hund an der Schulter?"


def dog_case(person: Person) -> str:
    """She files the dog tax in the chat; gives the case's reference."""
    offered = card(person.start("hundesteuer_anmelden"), "prefill")
    known = [one["id"] for one in offered["fields"] if one["state"] == "vorhanden"]
    moved = {"anschrift": "Ahstraße 12, 45879 Gelsenkirchen"}
    person.answer_all(person.press("/release", {"freigeben": known, "aendern": moved}), DOG)
    return str(card(person.press("/confirm"), "receipt")["reference"])


def hears(page: Page, town: Town, subject: str) -> None:
    """Wait until the demo's outbox holds a mail with this subject, and see that it says nothing of the case."""
    for attempt in httpx_attempts():
        with attempt:
            page.goto(town.origin + "/demo/ausgang")
            assert page.get_by_role("main").get_by_text(subject).count() >= 1
    expect(page.get_by_role("main")).not_to_contain_text("Hund")


def test_a_question_and_a_decision_reach_the_citizen_who_answers_and_opens(town, browser, person, tmp_path):
    reference = dog_case(person)
    office = browser.new_context(locale="de-DE", timezone_id="Europe/Berlin").new_page()
    citizen = ChatPage(browser, town.origin)
    page, main = citizen.page, citizen.page.get_by_role("main")

    # the office asks
    log_in_at_office(office, town.origin, "amt-steuern", DEMO_PASSWORT)
    for attempt in httpx_attempts():  # the portal's outbox delivers after the receipt
        with attempt:
            office.goto(town.origin + "/amt")
            assert office.get_by_role("main").get_by_role("link", name=reference).count() == 1
    office.get_by_role("main").get_by_role("link", name=reference).click()
    case = office.url
    office.get_by_role("link", name="Rückfrage stellen").click()
    shot(office, PICTURES, "amt-1-rueckfrage")
    office.get_by_label("Frage an die Person").fill(QUESTION)
    office.get_by_label("Antwort erbeten bis").fill("2026-12-05")
    office.get_by_role("button", name="Rückfrage senden").click()
    expect(office.get_by_role("main")).to_contain_text(QUESTION)

    # she hears of it on her channel, finds it in the postbox, and answers in the chat
    hears(page, town, "Eine Stelle hat eine Rückfrage")
    page.goto(town.origin + "/anmelden")
    citizen.log_in(person.name, person.password)
    page.goto(town.origin + "/mein/postfach")
    main.get_by_role("link", name="Rückfrage").first.click()
    expect(main).to_contain_text(QUESTION)
    citizen.open("/mein/fristen")
    expect(main).to_contain_text("Rückfrage beantworten")
    expect(main).to_contain_text("05.12.2026")
    citizen.say("Welche Fristen habe ich?")
    citizen.sees(QUESTION)
    citizen.say("Antwort 1: 35 cm")
    citizen.sees("Ihre Antwort: „35 cm“")
    citizen.press("Ja, senden")
    citizen.sees("Ihre Antwort liegt bei")
    shot(page, PICTURES, "amt-2-antwort-im-chat")

    # the office reads the answer, and decides
    office.goto(case)
    expect(office.get_by_role("main")).to_contain_text("35 cm")
    expect(office.get_by_role("main")).to_contain_text("im Chat")
    shot(office, PICTURES, "amt-3-vorgang")
    office.get_by_role("link", name="Bescheid bekannt geben").click()
    office.get_by_label("Worum geht es?").fill("Hundesteuerbescheid 2026")
    office.get_by_label("Wie wird er bekannt gegeben?").select_option("vwvfg_41_2a")
    office.get_by_label("Bescheid als PDF").set_input_files(
        pdf_file(tmp_path / "bescheid.pdf", "Hundesteuerbescheid")
    )
    office.get_by_label("Rechtsbehelf", exact=True).select_option("WI")
    office.get_by_label("Stelle oder Gericht").fill("Stadt Gelsenkirchen, Abteilung Steuern")
    shot(office, PICTURES, "amt-4-bescheid")
    office.get_by_role("button", name="Bekannt geben").click()
    expect(office.get_by_role("main")).to_contain_text("Hundesteuerbescheid 2026")

    # she hears of it the same day; nothing runs before she opens it knowingly
    hears(page, town, "Ein Bescheid liegt für Sie bereit")
    page.goto(town.origin + "/mein/fristen")
    expect(main).to_contain_text("Bescheid öffnen")
    expect(main).not_to_contain_text("Widerspruch möglich")
    main.get_by_role("link", name="Bescheid öffnen").click()
    expect(main).to_contain_text("Öffnen Sie ihn nicht, gilt er nicht als bekannt gegeben")
    main.get_by_role("checkbox").check()
    main.get_by_role("button", name="Bescheid öffnen").click()
    page.get_by_role(
        "button", name="Zum Ausweisdienst"
    ).click()  # a decision is opened by who proves who she is
    page.get_by_role("button", name="Zur Probe ausweisen").click()
    page.get_by_role("button", name="Jetzt ausführen").click()
    expect(main.get_by_role("link", name="Bescheid als PDF")).to_be_visible()
    shot(page, PICTURES, "amt-5-bescheid-geoeffnet")
    expect(main).to_contain_text("Hier können Sie nichts einlegen.")

    # the deadline stands on her page with its addressee; the office sees that she opened it
    page.goto(town.origin + "/mein/fristen")
    expect(main).to_contain_text("Widerspruch möglich")
    expect(main).to_contain_text("Stadt Gelsenkirchen, Abteilung Steuern")
    shot(page, PICTURES, "amt-6-fristen")
    office.goto(case)
    expect(office.get_by_role("main")).to_contain_text("geöffnet")
    assert not citizen.problems
    office.context.close()
    citizen.context.close()
