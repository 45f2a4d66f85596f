"""The chat without JavaScript, in a real browser whose JavaScript is off."""

import os
import re
from pathlib import Path

import pytest
from console_town import violations
from handoff_world import citizen_token
from playwright.async_api import expect
from widget_cards import CARDS
from widget_town import Chat, WidgetTown, kept, widget_town

from handoff.web.visit import COOKIE

pytestmark = pytest.mark.browser

PICTURES = Path(os.environ["AMTSLOTSE_PICTURES"]) if "AMTSLOTSE_PICTURES" in os.environ else None
SESSION = "s" * 43


async def shot(chat: Chat, name: str) -> None:
    if PICTURES is not None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        await chat.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


async def plain(one: WidgetTown, **options: object) -> Chat:
    chat = await one.open(f"{one.origin}/", java_script_enabled=False, **options)
    await chat.page.get_by_role("link", name="ohne JavaScript").click()
    await expect(chat.page).to_have_url(f"{one.origin}/chat")
    return chat


async def send(chat: Chat, text: str) -> None:
    await chat.field.fill(text)
    await chat.page.get_by_role("button", name="Nachricht senden").click()


async def test_a_conversation_with_buttons_a_human_and_back(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await plain(one)
        page = chat.page
        await shot(chat, "ohne-skript-leer")
        await send(chat, "Hallo")
        log = page.get_by_role("region", name="Gesprächsverlauf")
        await expect(log.get_by_role("listitem")).to_have_count(3)
        await expect(log).to_contain_text(
            re.compile("Sie 23.11.2026, 10:00 Uhr.*Hallo.*Assistent.*Echo: Hallo", re.S)
        )
        await send(chat, "knopf")
        await page.get_by_role("button", name="Ja, gern").click()
        await expect(log).to_contain_text("Echo: /ja")
        await send(chat, "<b>fett</b>")
        await expect(log).to_contain_text("Echo: <b>fett</b>")

        await send(chat, "mensch")
        await expect(page.get_by_role("status")).to_contain_text("Sie warten auf einen Menschen, Platz 1")
        await shot(chat, "ohne-skript-warten")
        await page.get_by_label("E-Mail-Adresse").fill("anna@beispiel.example")
        await page.get_by_role("button", name="Antwort per E-Mail").click()
        await expect(log).to_contain_text("schreibt Ihnen bis")
        await expect(page.get_by_role("status")).to_have_count(0)

        async with page.expect_download() as download:
            await page.get_by_role("link", name="Gespräch herunterladen").click()
        text = await kept(await download.value)
        assert "Sie, 23.11.2026, 10:00 Uhr:\nHallo\n\nAssistent (Computerprogramm)" in text
        assert "anna@beispiel.example" not in text
        cookie = next(c for c in await page.context.cookies() if c["name"] == COOKIE)
        await one.town.idle()
        for text in ("eins", "zwei"):  # from another device; each press asks the server anew
            await one.town.send(cookie["value"], text, client_id=text)
            await one.town.idle()
            await page.get_by_role("link", name="Neue Nachrichten abrufen").click()
            await expect(log).to_contain_text(f"Echo: {text}")
        await expect(log).to_contain_text("Ihr Anliegen hat die Nummer AN-1")
        await page.get_by_role("button", name="Neues Gespräch beginnen").click()
        await expect(log).to_have_count(0)
        assert one.problems == []


async def test_every_card_can_be_answered_or_leads_to_the_portal(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await plain(one)
        page = chat.page
        ways = {
            "checklist": ("button", "Hund anmelden"),
            "login": ("link", "Anmelden und weitermachen"),
            "prefill": ("button", "Auswahl freigeben"),
            "upload": ("link", "Unterlage im Portal hochladen"),
            "identity": ("link", "Mit dem Online-Ausweis nachweisen"),
            "summary": ("button", "Anzeige verbindlich absenden"),
        }
        for kind in CARDS:
            await send(chat, kind)
            await expect(page.get_by_role("listitem").last).to_contain_text(f"der Art {kind}")
            for other, (role, name) in ways.items():
                shown = page.get_by_role(role, name=name)
                if kind not in ("service", "question"):  # these leave what was open as it was, or replace it
                    await expect(shown).to_have_count(1 if other == kind else 0)
            if kind == "login":
                back = "/anmelden?zurueck=%2Fchat"
                await expect(page.get_by_role("link", name="Anmelden und")).to_have_attribute("href", back)
            if kind == "prefill":
                await shot(chat, "ohne-skript-freigabe")
                await page.get_by_label("Familienname: Beispiel").uncheck()
                await page.get_by_role("button", name="Auswahl freigeben").click()
                assert one.town.bot.turns[-1].values == {"freigeben": [], "aendern": {}}
        assert await page.evaluate("1") == 1
        assert one.problems == []


async def test_what_goes_wrong_loses_nothing(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await plain(one)
        page = chat.page
        await send(chat, "Hallo")
        await send(chat, "x" * 4001)
        await expect(page.get_by_role("alert")).to_contain_text("zu lang")
        await expect(chat.field).to_have_value("x" * 4001)
        await send(chat, "kurz")
        await expect(page.get_by_role("alert")).to_have_count(0)

        one.town.portal.down = True
        await send(chat, "Meine IBAN ist DE89370400440532013000")
        await expect(page.get_by_role("alert")).to_contain_text("nichts gespeichert")
        await expect(chat.field).to_have_value("Meine IBAN ist DE89370400440532013000")
        one.town.portal.down = False
        await page.get_by_role("button", name="Nachricht senden").click()
        await expect(page.get_by_role("listitem").nth(-3)).to_contain_text("Meine IBAN ist [iban …3000]")

        cookie = next(c for c in await page.context.cookies() if c["name"] == COOKIE)
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/chat")
        await page.context.add_cookies([{**cookie, "value": "A" * 43}])
        await page.reload()
        await expect(page.get_by_role("alert")).to_contain_text("gibt es nicht (mehr)")
        await page.get_by_role("button", name="Neues Gespräch beginnen").click()
        await send(chat, "Neu")
        await expect(page.get_by_role("listitem")).to_have_count(3)


async def test_a_login_takes_the_conversation_along_and_guards_it(tmp_path):
    async with widget_town(tmp_path) as one:
        one.town.portal.sessions[SESSION] = citizen_token()
        chat = await plain(one)
        page = chat.page
        await send(chat, "Hallo")
        session = {"name": "amtslotse_sitzung", "value": SESSION, "url": one.origin}
        await page.context.add_cookies([session])
        await page.reload()
        await expect(page.get_by_role("listitem").first).to_contain_text("Hallo")
        assert list(one.town.portal.bound.values()) == [("anna", "sid-anna")]
        await one.town.idle()
        await page.get_by_role("link", name="Neue Nachrichten abrufen").click()
        await expect(page.get_by_role("listitem").last).to_contain_text("Sonst noch etwas?")

        await page.context.add_cookies([{**session, "value": "fremd" * 9}])
        await page.reload()
        await expect(page.get_by_role("alert")).to_contain_text("gehört zu einem Konto")
        await expect(page.get_by_role("listitem")).to_have_count(0)
        await expect(page.get_by_role("link", name="Anmelden")).to_have_attribute(
            "href", "/anmelden?zurueck=%2Fchat"
        )
        await send(chat, "Darf nicht verloren gehen")
        await expect(chat.field).to_have_value("Darf nicht verloren gehen")


async def test_another_sites_form_cannot_speak_or_choose_the_conversation(tmp_path):
    async with widget_town(tmp_path) as one:
        handle = await one.town.start()
        for path, form in (
            ("/chat", {"client_id": "c", "text": "Ich sage etwas"}),
            ("/chat/oeffnen", {"handle": handle}),
            ("/chat/neu", {}),
        ):
            answer = await one.town.http.post(
                path, data=form, headers={"Origin": one.site, "Accept": "text/html"}
            )
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers
        assert one.town.bot.turns == []


async def test_pressing_twice_says_it_once_and_another_text_is_another_message(tmp_path):
    async with widget_town(tmp_path) as one:
        handle = await one.town.start()
        cookies = {"Cookie": f"{COOKIE}={handle}"}
        for text in ("Hallo", "Hallo", "Noch etwas"):
            form = {"client_id": "seite-1", "text": text}
            answer = await one.town.http.post("/chat", data=form, headers=cookies)
            assert answer.status_code == 303
        said = [m["text"] for m in (await one.town.read(handle))["messages"] if m["author"] == "citizen"]
        assert said == ["Hallo", "Noch etwas"]


async def test_narrow_dark_and_nothing_serious(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(
            f"{one.origin}/chat", viewport={"width": 320, "height": 640}, color_scheme="dark"
        )
        await send(chat, "prefill")
        await expect(chat.page.get_by_role("button", name="Auswahl freigeben")).to_be_visible()
        assert await violations(chat.page) == []
        assert await chat.page.evaluate("document.documentElement.scrollWidth") <= 320
        await shot(chat, "ohne-skript-schmal")
        assert one.problems == []
