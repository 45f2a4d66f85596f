"""The widget on every screen: narrow, at 400 % zoom, dark, in the reader's own colours, from right to left, in the town's colours."""

import gzip
import os
from pathlib import Path

import pytest
from console_town import violations
from playwright.async_api import expect
from widget_cards import CARDS
from widget_town import Chat, widget_town

from handoff.web.static import DIST

pytestmark = pytest.mark.browser

PICTURES = Path(os.environ["AMTSLOTSE_PICTURES"]) if "AMTSLOTSE_PICTURES" in os.environ else None
STYLE = "(one, name) => getComputedStyle(one)[name]"
WIDE = """() => {
  const root = document.querySelector('amtslotse-chat').shadowRoot;
  return [document.documentElement, ...root.querySelectorAll('*')]
    .filter((one) => !['TEXTAREA', 'INPUT'].includes(one.tagName) && !one.closest('.sr, .said, [hidden]'))
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && getComputedStyle(one).display !== 'inline'
      && getComputedStyle(one).overflowX !== 'visible')
    .map((one) => `${one.tagName}.${one.className} ${one.scrollWidth} > ${one.clientWidth}`);
}"""


async def shot(chat: Chat, name: str) -> None:
    if PICTURES is not None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        await chat.page.screenshot(path=PICTURES / f"aussehen-{name}.png")


async def fill(chat: Chat, *kinds: str) -> None:
    for kind in kinds:
        await chat.say(kind)
        await expect(chat.log.locator(f".card-{kind}").last).to_be_visible()


def test_the_script_stays_small():
    script = DIST / "widget.js"
    if not script.exists():
        pytest.skip("the interface is not built: npm run build in handoff/ui")
    assert len(gzip.compress(script.read_bytes())) <= 90 * 1024


@pytest.mark.parametrize(("width", "height", "name"), [(320, 640, "320px"), (320, 256, "400-prozent")])
async def test_nothing_is_cut_off_or_wider_than_the_screen(tmp_path, width, height, name):
    async with widget_town(tmp_path) as one:
        chat = await one.open("about:blank", who="anna", viewport={"width": width, "height": height})
        await chat.page.goto(f"{one.origin}/")
        await fill(chat, *CARDS)
        await chat.say("W" * 300)
        await expect(chat.log).to_contain_text("Echo: " + "W" * 300)
        assert await chat.page.evaluate(WIDE) == []
        scroll = await chat.page.locator(".scroll").bounding_box()
        assert scroll is not None
        assert scroll["height"] >= height * 0.5  # half the screen is left for reading
        for part in (chat.field, chat.page.get_by_role("button", name="Nachricht senden")):
            await expect(part).to_be_in_viewport(ratio=1)
        await shot(chat, name)
        await chat.page.get_by_role("button", name="Mehr").click()
        await expect(chat.page.get_by_role("link", name="Einfache Seite")).to_have_count(0)
        await expect(chat.page.get_by_role("button", name="Einfache Seite")).to_be_in_viewport(ratio=1)
        await chat.page.keyboard.press("Escape")
        await chat.page.get_by_role("button", name="Chat schließen").click()
        await expect(chat.opener).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"color_scheme": "dark"}, "dunkel"),
        ({"color_scheme": "dark", "contrast": "more"}, "dunkel-mehr-kontrast"),
        ({"forced_colors": "active"}, "eigene-farben"),
    ],
)
async def test_dark_and_high_contrast(tmp_path, options, name):
    async with widget_town(tmp_path) as one:
        chat = await one.open(f"{one.origin}/", who="anna", **options)
        await fill(chat, "checklist", "receipt", "prefill")
        await shot(chat, name)
        assert await violations(chat.page) == []
        bubble = chat.log.locator(".from-bot .bubble").first
        if "forced_colors" in options:  # a background says nothing here, so everything has an edge
            for edge in (bubble, chat.log.locator(".card").first):
                assert await edge.evaluate(STYLE, "borderTopStyle") == "solid"
            assert await chat.log.get_by_role("switch").first.evaluate(STYLE, "appearance") == "auto"
        else:
            back = await chat.page.locator(".panel").evaluate(STYLE, "backgroundColor")
            assert back == "rgb(0, 0, 0)"
        await fill(chat, "summary")
        assert await violations(chat.page) == []


async def test_from_right_to_left(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(f"{one.site}/rechts")
        await expect(chat.opener).to_be_visible()
        box = await chat.opener.bounding_box()
        assert box is not None
        assert box["x"] < 100  # at the end of the line, which is on the left
        await chat.opener.click()
        await chat.say("مرحبا، أريد أن أسجل سكني.")
        await expect(chat.log).to_contain_text("Echo: مرحبا")
        await fill(chat, "checklist", "service")
        own, others = (
            chat.log.locator(".from-citizen .bubble").first,
            chat.log.locator(".from-bot .bubble").first,
        )
        left, right = await own.bounding_box(), await others.bounding_box()
        assert left is not None
        assert right is not None
        assert left["x"] < right["x"] + right["width"] - left["width"]  # own words on the other side
        assert await own.evaluate(STYLE, "unicodeBidi") == "plaintext"  # each text in its own direction
        assert await chat.page.evaluate(WIDE) == []
        assert await violations(chat.page) == []
        await shot(chat, "rechts-nach-links")
        assert one.problems == []


async def test_the_towns_colours_by_kern_tokens(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(f"{one.site}/farben")
        assert await chat.opener.evaluate(STYLE, "backgroundColor") == "rgb(122, 0, 25)"
        await chat.opener.click()
        await fill(chat, "checklist")
        head, panel = chat.page.locator(".head"), chat.page.locator(".panel")
        assert await head.evaluate(STYLE, "backgroundColor") == "rgb(122, 0, 25)"
        assert await head.evaluate(STYLE, "color") == "rgb(255, 250, 240)"
        assert await panel.evaluate(STYLE, "backgroundColor") == "rgb(255, 250, 240)"
        assert await violations(chat.page) == []
        await shot(chat, "farben-der-stadt")
        assert one.problems == []


async def test_nothing_moves_for_who_does_not_want_it(tmp_path):
    async with widget_town(tmp_path) as one:
        for motion, moves in (("reduce", False), ("no-preference", True)):
            chat = await one.open(f"{one.origin}/", reduced_motion=motion)
            await chat.say("Hallo")
            await expect(chat.log).to_contain_text("Echo: Hallo")
            for part in (chat.page.locator(".panel"), chat.log.locator(".message").first):
                assert (await part.evaluate(STYLE, "animationName") != "none") is moves
            button = chat.page.get_by_role("button", name="Nachricht senden")
            assert (await button.evaluate(STYLE, "transitionDuration") != "0s") is moves
