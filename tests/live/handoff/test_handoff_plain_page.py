"""The chat without JavaScript, in a real browser whose JavaScript is off."""

import os
import re
from pathlib import Path

import pytest
from console_town import violations
from handoff_world import citizen_token, staff
from playwright.async_api import Locator, Page, expect
from sqlalchemy import select
from widget_cards import CARDS
from widget_town import Chat, WidgetTown, kept, widget_town

from handoff.schema.lead import RatingRow
from handoff.services import claims, desk
from handoff.web.plain import WATCH_EVERY_S
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


def news(page: Page) -> Locator:
    """The part of the page that says whether there is something new."""
    return page.frame_locator("iframe").get_by_role("main")


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
        await expect(page.get_by_role("status")).to_contain_text("Sie warten auf einen Menschen")
        await expect(news(page)).to_contain_text("Sie sind auf Platz 1 der Warteschlange.")
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
            await page.get_by_role("button", name="Neue Nachrichten anzeigen").click()
            await expect(log).to_contain_text(f"Echo: {text}")
        await expect(log).to_contain_text("Ihr Anliegen hat die Nummer AN-1")
        await page.get_by_role("button", name="Neues Gespräch beginnen").click()
        await expect(log).to_have_count(0)
        assert one.problems == []


async def test_new_messages_are_told_only_to_who_asked_for_it_and_what_is_written_stays(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await plain(one)
        page = chat.page
        await send(chat, "mensch")
        await expect(news(page)).to_contain_text("Keine neue Nachricht.")
        frame = page.locator("iframe")
        quiet = await page.context.request.get(one.origin + str(await frame.get_attribute("src")))
        assert "refresh" not in quiet.headers
        await page.frame_locator("iframe").get_by_role("button", name="von selbst nachsehen").click()
        stop = page.frame_locator("iframe").get_by_role("button", name="Nicht mehr von selbst nachsehen")
        await expect(stop).to_be_visible()
        watched = await page.context.request.get(one.origin + str(await frame.get_attribute("src")))
        assert watched.headers["refresh"] == str(WATCH_EVERY_S)
        await chat.field.fill("Ich schreibe gerade")

        conversation_id = await claims.claim(one.town.context, await one.town.chat(), staff())
        await desk.send(one.town.context, conversation_id, staff(), "k1", "Guten Tag")
        told = await page.context.request.get(one.origin + str(await frame.get_attribute("src")))
        assert "2 neue Nachrichten." in await told.text()
        assert "refresh" not in told.headers, "there is something to look at; it need not ask again"
        await page.get_by_role("button", name="Neue Nachrichten anzeigen").click()
        await expect(page.get_by_role("region", name="Gesprächsverlauf")).to_contain_text("Guten Tag")
        await expect(chat.field).to_have_value("Ich schreibe gerade")
        await expect(news(page)).to_contain_text("Ihnen schreibt ein Mensch: Bürgerservice, BÜRGERcenter.")
        await shot(chat, "ohne-skript-mensch")
        await stop.click()
        await expect(stop).to_have_count(0)
        assert one.problems == []


async def test_how_it_was_is_asked_once(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await plain(one)
        page = chat.page
        await send(chat, "mensch")
        conversation_id = await claims.claim(one.town.context, await one.town.chat(), staff())
        await desk.close(one.town.context, conversation_id, staff(), "geloest", "erledigt")
        await page.get_by_role("button", name="Neue Nachrichten anzeigen").click()
        await page.get_by_label("Was sollen wir wissen?").fill("Nur Text")
        await page.get_by_role("button", name="Rückmeldung senden").click()
        await expect(page.get_by_role("alert")).to_contain_text("Zahl von 1 bis 5")
        await expect(page.get_by_label("Was sollen wir wissen?")).to_have_value("Nur Text")
        await expect(page.get_by_label("Postfach")).to_have_count(0)  # nobody is logged in
        await shot(chat, "ohne-skript-rueckmeldung")
        await page.get_by_label("4 – gut").check()
        await page.get_by_role("button", name="Rückmeldung senden").click()
        await expect(page.get_by_role("region", name="Gesprächsverlauf")).to_contain_text("Vielen Dank.")
        await expect(page.get_by_label("Was sollen wir wissen?")).to_have_count(0)
        async with one.town.context.database.read() as session:
            (rating,) = (await session.scalars(select(RatingRow))).all()
        assert (rating.score, rating.text, rating.human) == (4, "Nur Text", True)
        assert len(one.problems) == 1, "the refused form, which the browser notes"


async def test_a_conversation_with_the_assistant_alone_is_ended_by_its_citizen_and_rated(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await plain(one)
        await send(chat, "Hallo")
        await chat.page.get_by_role("button", name="Gespräch beenden").click()
        await expect(chat.field).to_have_count(0)
        await chat.page.get_by_label("2 – schlecht").check()
        await chat.page.get_by_role("button", name="Rückmeldung senden").click()
        await expect(chat.page.get_by_text("Vielen Dank.")).to_be_visible()
        async with one.town.context.database.read() as session:
            (rating,) = (await session.scalars(select(RatingRow))).all()
        assert (rating.score, rating.human) == (2, False)
        assert one.problems == []


async def test_who_skips_is_not_asked_again(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await plain(one)
        await send(chat, "mensch")
        conversation_id = await claims.claim(one.town.context, await one.town.chat(), staff())
        await desk.close(one.town.context, conversation_id, staff(), "offen", "keine Antwort")
        await chat.page.get_by_role("button", name="Neue Nachrichten anzeigen").click()
        await chat.page.get_by_role("button", name="Überspringen").click()
        await expect(chat.page.get_by_role("button", name="Überspringen")).to_have_count(0)
        async with one.town.context.database.read() as session:
            assert (await session.scalars(select(RatingRow))).all() == []


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
        await page.get_by_role("button", name="Neue Nachrichten anzeigen").click()
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
        await send(chat, "mensch")
        await expect(news(chat.page)).to_contain_text("Platz 1")
        assert await violations(chat.page) == []
        await shot(chat, "ohne-skript-schmal-warten")
        frame = str(await chat.page.locator("iframe").get_attribute("src"))
        await chat.page.get_by_role("button", name="Gespräch beenden").click()
        await expect(chat.page.get_by_label("4 – gut")).to_be_visible()
        assert await violations(chat.page) == []
        assert await chat.page.evaluate("document.documentElement.scrollWidth") <= 320
        await shot(chat, "ohne-skript-schmal-ende")
        await chat.page.goto(one.origin + frame)
        assert await violations(chat.page) == []
        assert await chat.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert one.problems == []
