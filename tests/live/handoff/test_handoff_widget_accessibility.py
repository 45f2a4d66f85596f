"""The widget for everybody: axe in each state, what is read out, where the focus stays."""

import asyncio
import os
import re
from pathlib import Path

import pytest
from console_town import violations
from handoff_world import citizen_token
from playwright.async_api import Route, expect
from widget_cards import CARDS
from widget_town import Chat, WidgetTown, widget_town

pytestmark = pytest.mark.browser

PICTURES = Path(os.environ["AMTSLOTSE_PICTURES"]) if "AMTSLOTSE_PICTURES" in os.environ else None
LISTEN = """() => {
  window.heard = [];
  const said = document.querySelector('amtslotse-chat').shadowRoot.querySelector('.said');
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes)
      if (node.nodeType === Node.ELEMENT_NODE) window.heard.push(node.textContent);
  }).observe(said, {childList: true});
}"""
FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.id || at?.tagName;
}"""


async def good(chat: Chat, name: str) -> None:
    """Nothing serious in this state."""
    if PICTURES is not None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        await chat.page.screenshot(path=PICTURES / f"widget-{name}.png")
    assert await violations(chat.page) == [], name


async def test_nothing_serious_with_each_card(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(f"{one.origin}/", who="anna")
        await good(chat, "leer")
        for kind in CARDS:
            await chat.say(kind)
            await expect(chat.log.locator(f".card-{kind}").last).to_be_visible()
            await good(chat, f"karte-{kind}")
        assert one.problems == []


async def test_nothing_serious_in_any_other_state(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(one.site)
        page = chat.page
        await good(chat, "zu")
        await chat.opener.click()
        await chat.say("login")
        await expect(chat.log.get_by_role("button", name="Im Portal weitermachen")).to_be_visible()
        await good(chat, "fremde-seite")
        await page.get_by_role("button", name="Mehr").click()
        await good(chat, "menue")
        await page.keyboard.press("Escape")
        await chat.say("x" * 4001)
        await expect(page.get_by_role("alert")).to_contain_text("zu lang")
        await good(chat, "zu-lang")
        await chat.field.fill("")
        await page.context.set_offline(True)
        await chat.say("Hallo")
        await expect(chat.log).to_contain_text("noch nicht gesendet")
        await good(chat, "ohne-netz")
        await page.get_by_role("button", name="Verwerfen").click()
        await page.context.set_offline(False)

        chat = await one.open(f"{one.origin}/", who="anna")
        page = chat.page
        held = asyncio.Event()

        async def hold(route: Route) -> None:
            await held.wait()
            await route.abort()

        await page.route("**/api/dokumente", hold)
        await chat.say("upload")
        picker = page.locator("input.pick")
        await picker.set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x"})
        await expect(chat.log.get_by_role("progressbar", name="Übertragung")).to_be_visible()
        await good(chat, "hochladen")
        held.set()
        await expect(page.get_by_role("button", name="a.pdf senden")).to_be_visible()
        await good(chat, "hochladen-abgebrochen")

        await chat.say("mensch")
        await expect(chat.log).to_contain_text("Sie möchten nicht warten?")
        await good(chat, "warten")
        clerk = await one.open(f"{one.origin}/konsole", who="berta")
        await clerk.page.get_by_role("button", name=re.compile("Übernehmen")).click()
        await expect(page.locator(".status")).to_contain_text("Bürgerservice, BÜRGERcenter (Mensch)")
        await clerk.page.get_by_label("Antwort an die Bürgerin").press_sequentially("Gut")
        await expect(page.locator(".typing")).to_be_visible()
        await good(chat, "mensch-schreibt")
        await clerk.page.get_by_role("button", name="Senden").click()
        await expect(chat.log).to_contain_text("Gut")
        await expect(clerk.page.get_by_role("log", name="Nachrichten")).to_contain_text("gelesen")
        await chat.say("Danke")
        await expect(chat.log.locator(".from-citizen").last).to_contain_text("gelesen")
        await good(chat, "gelesen")

        await page.evaluate(
            "localStorage.setItem('amtslotse-chat', JSON.stringify({handle: 'A'.repeat(43), open: true}))"
        )
        await page.reload()
        await expect(page.get_by_role("alert")).to_contain_text("nicht mehr erreichbar")
        await good(chat, "unbekannt")


async def test_complete_messages_are_read_out_once_and_nothing_else(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(f"{one.origin}/")
        page = chat.page
        await page.evaluate(LISTEN)
        await chat.say("Hallo")
        await expect(chat.log).to_contain_text("Sonst noch etwas?")
        await chat.say("knopf")
        await expect(chat.log).to_contain_text("Bitte wählen.")
        assert await page.evaluate("window.heard") == [
            "Assistent (Computerprogramm): Echo: Hallo",
            "Assistent (Computerprogramm): Sonst noch etwas?",
            "Assistent (Computerprogramm): Bitte wählen. Antwortmöglichkeiten: Ja, gern.",
        ]
        for region in (chat.log, page.locator(".typing")):  # what changes word by word is silent
            if await region.count():
                assert await region.get_attribute("aria-live") in ("off", None)
        await expect(page.locator(".said")).to_have_attribute("aria-live", "polite")

        await page.reload()
        await expect(chat.log).to_contain_text("Bitte wählen.")
        await expect(page.locator(".said > p")).to_have_count(0)  # what was heard before is not said again
        await page.get_by_role("button", name="Chat schließen").click()
        handle = await page.evaluate("JSON.parse(localStorage.getItem('amtslotse-chat')).handle")
        await one.town.send(handle, "von einem anderen Gerät", client_id="anders")
        await expect(page.locator(".said > p")).to_have_text(
            ["Neue Nachricht im Chat von: Assistent (Computerprogramm)"] * 2
        )
        await expect(page.get_by_role("button", name=re.compile("2 neue Nachrichten"))).to_be_visible()


async def arrives(one: WidgetTown, chat: Chat, text: str) -> None:
    """Something is said in the conversation, and answered, without a hand on this page."""
    handle = await chat.page.evaluate("JSON.parse(localStorage.getItem('amtslotse-chat')).handle")
    await one.town.send(handle, text, client_id=text, auth=citizen_token())
    await expect(chat.log).to_contain_text(f"Echo: {text}")


async def test_a_message_that_arrives_takes_the_focus_from_nothing(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(one.site)
        page = chat.page
        assert await page.evaluate(FOCUSED) == "BODY"
        await chat.opener.press("Enter")
        await expect(chat.field).to_be_focused()
        await chat.say("Hallo")
        await expect(chat.log).to_contain_text("Echo: Hallo")

        await page.get_by_role("link", name="Zweite Seite").focus()
        await arrives(one, chat, "eins")
        assert await page.evaluate(FOCUSED) == "A"
        await chat.field.press_sequentially("ich schreibe")
        await chat.field.press("ArrowLeft")
        await arrives(one, chat, "zwei")
        assert await page.evaluate(FOCUSED) == "al-text"
        await page.keyboard.type("!")
        await expect(chat.field).to_have_value("ich schreib!e")  # the caret stayed as well

        await page.reload()  # the chat opens again by itself, without the focus
        await expect(chat.log).to_contain_text("Echo: zwei")
        assert await page.evaluate(FOCUSED) == "BODY"
        await page.get_by_role("button", name="Chat schließen").press("Enter")
        await expect(chat.opener).to_be_focused()
        assert one.problems == []
