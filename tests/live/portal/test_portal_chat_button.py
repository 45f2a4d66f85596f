"""The button of the chat beside the portal's pages: it covers nothing of what stands in two columns."""

import pytest
from playwright.async_api import expect

from tests.live.portal.conftest import BrowserTown

pytestmark = pytest.mark.browser


async def test_the_button_stands_beside_the_office_box_at_every_width_with_two_columns(
    live: BrowserTown,
) -> None:
    page = await live.visitor()
    for width in (900, 1024, 1100, 1280, 1344, 1345, 1440, 1600, 1728, 1729, 1920):
        await page.set_viewport_size({"width": width, "height": 800})
        await page.goto("/leistungen/hundesteuer_anmelden")
        button = page.get_by_role("button", name="Chat öffnen")
        await expect(button).to_be_visible()
        place = await button.bounding_box()
        box = await page.get_by_role("complementary", name="Auf einen Blick").bounding_box()
        assert place is not None
        assert box is not None
        assert box["x"] + box["width"] <= place["x"], (width, box, place)
        assert place["x"] + place["width"] <= width, width
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


async def test_the_small_button_keeps_its_whole_name(live: BrowserTown) -> None:
    page = await live.visitor()
    await page.set_viewport_size({"width": 1100, "height": 800})
    await page.goto("/leistungen/hundesteuer_anmelden")
    button = page.get_by_role("button", name="Fragen? Chat öffnen", exact=True)
    place = await button.bounding_box()
    assert place is not None
    assert place["width"] <= 72
    await button.press("Enter")
    await expect(page.get_by_role("dialog", name="Amtslotse")).to_be_visible()
