"""The widget without a network: what is written waits on the device, survives a reload, and is sent once and in order."""

import re

import pytest
from playwright.async_api import expect
from widget_town import Chat, widget_town

pytestmark = pytest.mark.browser

WAITING = re.compile("noch nicht gesendet")


async def said(one, chat: Chat) -> list[str]:
    handle = await chat.page.evaluate("JSON.parse(localStorage.getItem('amtslotse-chat')).handle")
    return [m["text"] for m in (await one.town.read(handle))["messages"] if m["author"] == "citizen"]


async def test_unsent_messages_wait_survive_a_reload_and_are_sent_once(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(f"{one.origin}/")
        await chat.say("knopf")
        await expect(chat.page.get_by_role("button", name="Ja, gern")).to_be_visible()
        await chat.page.context.set_offline(True)
        await expect(chat.page.locator(".status")).to_contain_text("Keine Verbindung")
        await chat.page.get_by_role("button", name="Ja, gern").click()
        await chat.say("zweitens")
        await expect(chat.log.get_by_text(WAITING)).to_have_count(2)
        await expect(chat.log).to_contain_text("auf diesem Gerät gespeichert")
        assert await said(one, chat) == ["knopf"]

        # the page is closed and opened again, but the gateway does not answer yet
        context = chat.page.context
        await chat.page.close()
        for path in ("**/api/conversations/**", "**/live/socket.io/**"):
            await context.route(path, lambda route: route.abort())
        down = [True]
        await context.route_web_socket(
            "**/live/socket.io/**", lambda socket: socket.close() if down else socket.connect_to_server()
        )
        await context.set_offline(False)
        chat = Chat(await context.new_page())
        await chat.page.goto(f"{one.origin}/")
        await expect(chat.log.get_by_text(WAITING)).to_have_count(2)
        assert await said(one, chat) == ["knopf"]

        for path in ("**/api/conversations/**", "**/live/socket.io/**"):
            await context.unroute(path)
        down.clear()
        await expect(chat.log).to_contain_text("Echo: zweitens")
        await expect(chat.log.get_by_text(WAITING)).to_have_count(0)
        assert await said(one, chat) == ["knopf", "Ja, gern", "zweitens"]
        await expect(chat.log.locator(".from-citizen")).to_have_count(3)


async def test_a_first_message_without_a_network_begins_the_conversation_later(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(one.site)
        await chat.opener.click()
        await chat.page.context.set_offline(True)
        await chat.say("Hallo")
        await expect(chat.log.get_by_text(WAITING)).to_have_count(1)
        await chat.page.context.set_offline(False)
        await expect(chat.log).to_contain_text("Echo: Hallo")
        assert await said(one, chat) == ["Hallo"]


async def test_what_waits_can_be_taken_back(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(f"{one.origin}/")
        await chat.say("Hallo")
        await expect(chat.log).to_contain_text("Echo: Hallo")
        await chat.page.context.set_offline(True)
        await chat.say("lieber nicht")
        await chat.page.get_by_role("button", name="Verwerfen").click()
        await expect(chat.log).not_to_contain_text("lieber nicht")
        await chat.page.context.set_offline(False)
        await chat.say("doch")
        await expect(chat.log).to_contain_text("Echo: doch")
        assert await said(one, chat) == ["Hallo", "doch"]
