"""The console as a clerk uses it: by keyboard, in a real browser, in each of its states; and the citizen's consent card."""

import os
import re
from pathlib import Path

import pytest
from console_town import ConsoleTown, console_town, violations
from handoff_world import citizen_token
from playwright.async_api import Page, expect

pytestmark = pytest.mark.browser

PICTURES = Path(os.environ["AMTSLOTSE_PICTURES"]) if "AMTSLOTSE_PICTURES" in os.environ else None
SAID = (
    "Ich bin am 12.11. umgezogen und finde die Wohnungsgeberbestätigung nicht.",
    "Muss ich die sofort haben?",
)


async def shot(page: Page, name: str) -> None:
    if PICTURES is not None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURES / f"{name}.png")


async def said_to_anna(one: ConsoleTown, handle: str) -> str:
    page = await one.town.read(handle, auth=citizen_token())
    return "\n".join(message["text"] for message in page["messages"])


async def test_a_whole_chat_by_keyboard_alone_with_nothing_serious_in_any_state(tmp_path):
    async with console_town(tmp_path) as one:
        handle = await one.anna_waits(*SAID)
        await one.others_wait()
        page = await one.page("berta", "/konsole")
        nav = page.get_by_role("navigation", name="Gespräche")
        await expect(nav.get_by_role("button", name=re.compile("Übernehmen")).first).to_be_visible()
        assert await violations(page) == []

        await page.keyboard.press("n")  # take whoever is next; the reply has the focus
        composer = page.get_by_label("Antwort an die Bürgerin oder den Bürger")
        await expect(composer).to_be_focused()
        await expect(page.get_by_role("log")).to_contain_text("Muss ich die sofort haben?")
        side = page.get_by_role("complementary", name="Zum Gespräch")
        for text in (
            "Kurz gefasst",
            "5 ausgefüllt",
            "2 fehlen",
            "1 zu prüfen",
            "Stand 01.03.2025",
            "§ 17 BMG",
        ):
            await expect(side).to_contain_text(text)
        await expect(side).to_contain_text("noch nicht freigegeben")
        await shot(page, "konsole")
        assert await violations(page) == []

        await page.keyboard.type("nein, g e z ? j")  # letters are text while one writes
        await expect(composer).to_have_value("nein, g e z ? j")
        await composer.fill("")
        await page.keyboard.press("Escape")
        await expect(nav.locator("[aria-current=true]")).to_be_focused()

        await page.keyboard.press("b")
        inserts = page.get_by_role("region", name="Textbausteine")
        await expect(inserts.get_by_role("button").first).to_be_focused()
        assert await violations(page) == []
        await inserts.get_by_role("button", name=re.compile("Kosten der Leistung")).press("Enter")
        await expect(composer).to_have_value("Für „Wohnsitz an- oder ummelden“ gilt: kostenlos.")
        await expect(composer).to_be_focused()
        await side.get_by_role("button", name=re.compile("Einfügen.*Rechtsgrundlage")).press("Enter")
        await expect(composer).to_have_value(re.compile(r"kostenlos\.\n.*§ 17 BMG\nQuelle: BMG \(geprüft\)"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("Quelle: BMG")

        await page.keyboard.press("Escape")
        await page.keyboard.press("l")
        await page.keyboard.type("hund")
        await page.keyboard.press("Enter")
        hit = page.get_by_role("button", name="Hundesteuer anmelden")
        await hit.press("Enter")
        await expect(page.get_by_role("region", name="Auskünfte aus dem Katalog")).to_contain_text("Kosten")
        assert await violations(page) == []
        await page.keyboard.press("Escape")

        await page.keyboard.press("Escape")
        await page.keyboard.press("i")
        await page.keyboard.type("Wirkt in Eile.")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status").filter(has_text="Notiz ist gespeichert")).to_be_visible()
        await expect(side).to_contain_text("Wirkt in Eile.")

        await side.get_by_role("button", name=re.compile("Anzeigen.*Ausweisnummer")).press("Enter")
        await expect(side).to_contain_text("12345678911")
        await side.get_by_role("button", name=re.compile("Anfordern.*Wohnungsgeber")).press("Enter")
        await expect(page.get_by_label("Wofür")).to_be_focused()
        assert await violations(page) == []
        await page.keyboard.press("Enter")
        await expect(side).to_contain_text("wartet auf Antwort")

        await page.keyboard.press("Escape")
        await page.keyboard.press("v")
        await expect(page.get_by_label("Was festgehalten werden soll")).to_be_focused()
        await page.keyboard.type("Bestätigung wird nachgereicht.")
        assert await violations(page) == []
        await page.get_by_role("button", name="Ablegen").press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("einen Vermerk aufgeschrieben")
        assert len(one.town.portal.notes) == 1

        await page.keyboard.press("Escape")
        await page.keyboard.press("e")
        await expect(page.get_by_label("Ergebnis des Gesprächs")).to_be_focused()
        assert await violations(page) == []
        await shot(page, "konsole-beenden")
        await page.keyboard.press("Tab")
        await page.keyboard.type("Alles geklärt")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Kein Gespräch geöffnet")).to_be_visible()
        await expect(nav.locator("[data-chat]").first).to_be_focused()
        said = await said_to_anna(one, handle)
        assert "Wirkt in Eile" not in said
        assert "Alles geklärt" not in said
        assert "Die Unterhaltung ist beendet" in said
        assert one.problems == []


async def test_the_citizen_releases_in_her_chat_and_only_then_the_clerk_sees(tmp_path):
    async with console_town(tmp_path) as one:
        anna = await one.page("anna", "/")
        await anna.get_by_label("Ihre Nachricht").fill("mensch")
        await anna.get_by_label("Ihre Nachricht").press("Enter")
        page = await one.page("berta", "/konsole")
        await page.get_by_role("navigation").get_by_role("button", name=re.compile("Übernehmen")).click()
        side = page.get_by_role("complementary", name="Zum Gespräch")
        await side.get_by_role("button", name="Gespeicherte Daten erbitten").click()
        await page.get_by_label("Wofür").fill("Rückruf wegen Ihres Umzugs")
        await page.get_by_role("button", name="Im Chat darum bitten").click()
        await expect(side).to_contain_text("wartet auf Antwort")
        await expect(side.get_by_role("button", name=re.compile("Anzeigen.*Telefon"))).to_have_count(0)

        card = anna.get_by_role("log").locator(".card-consent")
        await expect(card).to_contain_text("Rückruf wegen Ihres Umzugs")
        await expect(card).to_contain_text("Art. 6 Abs. 1 Buchstabe a DSGVO")
        await shot(anna, "freigabe-im-chat")
        assert await violations(anna) == []
        await card.get_by_role("button", name="Freigeben", exact=True).click()
        await expect(anna.get_by_role("log")).to_contain_text("Jede Einsicht steht in Ihrem Datenprotokoll")

        await side.get_by_role("button", name=re.compile("Anzeigen.*Telefon")).click()
        await expect(side).to_contain_text("0209 5550123")
        await expect(anna.get_by_role("log")).to_contain_text("hat eingesehen, was Sie freigegeben haben")
        await anna.get_by_role("button", name="Freigabe zurücknehmen").last.click()
        await expect(side).to_contain_text("zurückgenommen")
        await expect(side).not_to_contain_text("0209 5550123")
        assert one.problems == []


async def test_two_clerks_and_another_office(tmp_path):
    async with console_town(tmp_path) as one:
        handle = await one.anna_waits(*SAID)
        carl = await one.page("carl", "/konsole")
        steffi = await one.page("steffi", "/konsole")
        page = await one.page("berta", "/konsole")
        await expect(carl.get_by_text("Verbunden")).to_be_visible()
        await expect(steffi.get_by_text("Verbunden")).to_be_visible()
        await page.get_by_role("navigation").get_by_role("button", name=re.compile("Übernehmen")).click()
        await page.get_by_role("button", name="Weitergeben").click()
        target = page.get_by_label("An wen")
        await expect(target).to_contain_text("Fachberatung")
        assert await violations(page) == []
        await shot(page, "konsole-weitergeben")
        await page.get_by_label(re.compile("Dazuholen")).check()
        await target.select_option(label="Fachberatung (Platz 1, im Dienst)")
        await page.get_by_role("button", name="Anbieten").click()
        await expect(page.get_by_text("Angeboten an: BÜRGERcenter (Einladung)")).to_be_visible()
        await carl.get_by_role("button", name=re.compile("Dazukommen")).click()
        await expect(
            page.get_by_text("Zu zweit: Bürgerservice, BÜRGERcenter und Fachberatung")
        ).to_be_visible()
        await carl.get_by_label("Antwort an die Bürgerin").fill("Ich helfe mit.")
        await carl.get_by_role("button", name="Senden").click()
        await expect(page.get_by_role("log")).to_contain_text("Ich helfe mit.")
        assert await violations(carl) == []
        await carl.get_by_role("button", name="Gespräch verlassen").click()
        await expect(carl.get_by_role("heading", name="Kein Gespräch geöffnet")).to_be_visible()

        await page.get_by_role("button", name="Weitergeben").click()
        await target.select_option("Abteilung Steuern")
        await page.get_by_role("button", name="Anbieten").click()
        await expect(page.get_by_text("Die Person wird im Chat gefragt")).to_be_visible()
        messages = (await one.town.read(handle, auth=citizen_token()))["messages"]
        topic = next(b for m in messages for b in m["buttons"] if b["payload"].startswith("/ask_topic"))
        await one.town.send(handle, client_id="x", auth=citizen_token(), payload=topic["payload"])
        await steffi.get_by_role("button", name=re.compile("Annehmen")).click()
        await expect(steffi.get_by_text("Ihrer Stelle nicht freigegeben")).to_be_visible()
        await expect(steffi.get_by_role("log")).not_to_contain_text("Wohnungsgeberbestätigung")
        await expect(steffi.get_by_role("heading", name="Antrag in Arbeit")).to_have_count(0)
        assert await violations(steffi) == []
        await expect(page.get_by_text("Das Gespräch liegt nicht mehr bei Ihnen.")).to_be_visible()
        await expect(page.get_by_role("log")).to_have_count(0)
        assert one.problems == []


async def test_dark_narrow_and_zoomed(tmp_path):
    async with console_town(tmp_path) as one:
        await one.anna_waits(*SAID)
        dark = await one.page("berta", "/konsole", color_scheme="dark")
        await dark.get_by_role("navigation").get_by_role("button", name=re.compile("Übernehmen")).click()
        await expect(dark.get_by_role("heading", name="Antrag in Arbeit")).to_be_visible()
        await shot(dark, "konsole-dunkel")
        assert await violations(dark) == []
        for width, height, name in (
            (720, 450, "zoom"),
            (320, 640, "schmal"),
        ):  # 1440 px at 200 %, and a phone
            await dark.set_viewport_size({"width": width, "height": height})
            assert await dark.evaluate("document.documentElement.scrollWidth") <= width, name
            await dark.get_by_label("Antwort an die Bürgerin").focus()
            await shot(dark, f"konsole-{name}")
            assert await violations(dark) == []


async def test_sound_and_notifications_are_off_until_asked_for(tmp_path):
    async with console_town(tmp_path) as one:
        page = await one.page("berta", "/konsole")
        await page.evaluate(
            "() => { window.asked = 0; Notification.requestPermission = async () => { window.asked += 1; return 'denied'; }; }"
        )
        await expect(page.get_by_text("Verbunden")).to_be_visible()
        await one.anna_waits()
        await expect(page.locator("#ak-news")).to_have_text("Jemand wartet in der Warteschlange.")
        assert await page.evaluate("window.asked") == 0
        notices = page.get_by_role("switch", name="Mitteilungen")
        await notices.click()
        assert await page.evaluate("window.asked") == 1
        await expect(notices).to_have_attribute("aria-checked", "false")
        await expect(page.get_by_text("Ihr Browser erlaubt hier keine Mitteilungen")).to_be_visible()
        sound = page.get_by_role("switch", name="Ton")
        await sound.click()
        await expect(sound).to_have_attribute("aria-checked", "true")
        await page.reload()
        await expect(sound).to_have_attribute("aria-checked", "true")

        await page.keyboard.press("?")
        await page.get_by_role("switch", name="Tasten mit einzelnen Buchstaben").click()
        assert await violations(page) == []
        await page.keyboard.press("Escape")
        await page.keyboard.press("n")  # switched off: nothing happens
        await expect(page.get_by_role("heading", name="Kein Gespräch geöffnet")).to_be_visible()
        await page.get_by_role("switch", name="Pause").click()
        await expect(page.get_by_text("Sie bekommen keine neuen Gespräche")).to_be_visible()
