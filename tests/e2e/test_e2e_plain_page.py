"""The main job in a browser whose JavaScript is off: question, service, login, release, answers, a file, the same conversation."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.files import pdf_file
from tests.support.people import HELLO, LIMIT_MS

pytestmark = pytest.mark.browser


def test_from_the_first_hello_to_an_uploaded_document(town, browser, tmp_path):
    name = "plain-anna"
    password = town.new_citizen(name)
    context = browser.new_context(
        java_script_enabled=False, locale="de-DE", viewport={"width": 800, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(LIMIT_MS)

    def button(text: str) -> None:
        page.get_by_role("main").get_by_role("button", name=text).first.click()

    def say(text: str) -> None:
        page.get_by_label("Ihre Nachricht").fill(text)
        button("Nachricht senden")

    def sees(text: str) -> None:
        last = page.get_by_role("main").get_by_text(text).last
        for _ in range(60):  # a page without a script shows new messages when they are asked for
            if last.count():
                break
            page.get_by_role("button", name="Neue Nachrichten anzeigen").click()
        expect(last).to_be_visible()

    page.goto(town.origin)
    page.get_by_role("link", name="Zum Chat ohne JavaScript").click()
    say(HELLO)
    sees("innerhalb von zwei Wochen nach dem Einzug")
    button("Wohnsitz an- oder ummelden")
    sees("BÜRGERcenter")
    button("Jetzt beantragen")
    page.get_by_role("link", name="Anmeldung im Bürgerportal").click()
    page.get_by_label("Anmeldename").fill(name)
    page.get_by_label("Passwort").fill(password)
    page.get_by_role("main").get_by_role("button", name="Anmelden").click()

    expect(page).to_have_url(re.compile("/chat$"))
    sees(HELLO)  # the conversation from before the login
    sees("Welche gespeicherten Angaben")
    page.get_by_label(re.compile("^Geburtsname:")).uncheck()
    button("Auswahl freigeben")
    sees("Wann sind Sie in die neue Wohnung eingezogen")
    for answer, question in (
        ("am 12.11.2026", "Wie lautet Ihre neue Anschrift?"),
        ("Ahstraße 12, 45879 Gelsenkirchen", "Behalten Sie eine weitere Wohnung"),
    ):
        say(answer)
        sees(question)
    button("Nein")
    sees("Ziehen Angehörige mit Ihnen um")
    say("nein")
    sees("Wer gibt Ihnen die Wohnung?")
    say("Wohnbau Beispiel GmbH, Musterweg 1, 45879 Gelsenkirchen")
    sees("Wohnungsgeberbestätigung")

    page.get_by_role("link", name="Unterlage im Portal hochladen").click()
    file = pdf_file(tmp_path / "wohnungsgeberbestaetigung.pdf", "Wohnungsgeberbestätigung")
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Hochladen").first.click()
    expect(page.get_by_text("wohnungsgeberbestaetigung.pdf").first).to_be_visible()
    page.goto(f"{town.origin}/chat")
    sees("Online-Ausweis")
    with page.expect_download() as download:
        page.get_by_role("link", name="Gespräch herunterladen").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert "Ahstraße 12" in text
    assert "L01X00T47" not in text  # the number of the identity card stays masked
    context.close()
