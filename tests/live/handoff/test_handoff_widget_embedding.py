"""The widget on a town's own site: another origin, the strictest policy, nobody logged in."""

import httpx
import pytest
from playwright.async_api import expect
from widget_town import widget_town

pytestmark = pytest.mark.browser


async def test_one_tag_and_one_element_under_the_strictest_policy(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(one.site)
        await chat.opener.click()
        await chat.say("Hallo")
        await expect(chat.log).to_contain_text("Echo: Hallo")
        await chat.say("service")
        link = chat.log.get_by_role("link", name="Ausführliche Beschreibung")
        await expect(link).to_have_attribute("href", f"{one.origin}/leistungen/wohnsitz_anmelden")

        await chat.page.reload()  # resumes after a reload
        await expect(chat.log).to_contain_text("Echo: Hallo")
        await chat.page.get_by_role("link", name="Zweite Seite").click()  # and on the site's next page
        await expect(chat.log).to_contain_text("Echo: Hallo")
        await chat.say("Noch da?")
        await expect(chat.log).to_contain_text("Echo: Noch da?")

        own = (f"{one.site}/", f"{one.site}/zweite", f"{one.site}/favicon.ico")
        asked = [url for url in one.requests if url not in own]
        assert any(url.startswith("ws://") for url in asked)
        assert all(url.replace("ws://", "http://").startswith(one.origin + "/") for url in asked)
        assert not any("/api/session" in url for url in asked)  # who is logged in is no other page's business
        assert await chat.page.context.cookies() == []
        assert one.problems == []


async def test_what_is_personal_goes_on_in_the_portal_and_the_pages_handle_dies(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(one.site)
        await chat.opener.click()
        await chat.say("login")
        await expect(chat.log).to_contain_text("Alles Weitere steht auch im Text.")
        await expect(chat.log.get_by_role("link")).to_have_count(0)
        handle = await chat.page.evaluate("JSON.parse(localStorage.getItem('amtslotse-chat')).handle")
        await chat.log.get_by_role("button", name="Im Portal weitermachen").click()
        await chat.page.get_by_role("button", name="Hier fortsetzen").click()
        await expect(chat.log).to_contain_text("Hier ist eine Karte der Art login.")
        await expect(chat.log.get_by_role("link", name="Anmelden und weitermachen")).to_be_visible()
        assert chat.page.url == f"{one.origin}/"
        async with httpx.AsyncClient(base_url=one.origin) as http:
            answer = await http.get(f"/api/conversations/{handle}/messages")
        assert (answer.status_code, answer.json()["code"]) == (404, "unterhaltung_unbekannt")

        await chat.page.goto(one.site)
        await expect(chat.page.get_by_role("alert")).to_contain_text("nicht mehr erreichbar")


async def test_sockets_that_fail_give_way_to_polling_across_origins(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open("about:blank")
        await chat.page.route(f"{one.origin}/live/socket.io/**", lambda route: route.abort())
        await chat.page.route_web_socket("**/live/socket.io/**", lambda socket: socket.close())
        await chat.page.goto(one.site)
        await chat.opener.click()
        await chat.say("Hallo")
        await expect(chat.log).to_contain_text("Echo: Hallo")


async def test_a_site_that_is_not_listed_gets_nothing(tmp_path):
    async with widget_town(tmp_path) as one:
        page = (await one.open(one.stranger)).page
        await expect(page.get_by_role("link", name="Chat öffnen")).to_be_visible()  # the way that is left
        assert await page.evaluate("customElements.get('amtslotse-chat') === undefined")
        asked = "async () => { try { await fetch(%s, {method: 'POST'}); return 'ok' } catch { return 'blocked' } }"
        assert await page.evaluate(asked % f"'{one.origin}/api/conversations'") == "blocked"


async def test_no_page_of_another_site_gets_a_token(tmp_path):
    async with widget_town(tmp_path) as one:
        page = (await one.open(one.site, who="anna")).page  # logged in at the portal in the same browser
        asked = """async () => { try { const answer = await fetch(%s, {method: 'POST', credentials: 'include'});
          return JSON.stringify(await answer.json()) } catch { return 'blocked' } }"""
        for path in ("/api/session", "/api/session/token"):
            assert await page.evaluate(asked % f"'{one.origin}{path}'") == "blocked"
