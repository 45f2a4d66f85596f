"""The page of wishes for notices, and the demo's outbox."""

from collections.abc import Callable

from fastapi import FastAPI

from portal.services import auftraege, benachrichtigung
from portal.services.auftragsplan import AUFTRAEGE
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import Browser, MovingClock, Town
from tests.support.push_device import Device

ANNA = "00000000-0000-4000-8000-000000000001"
SEITE = "/mein/benachrichtigungen"


async def test_a_choice_is_kept_and_shown(town: Town) -> None:
    anna = await town.anna()
    await anna.confirm()
    answer = await anna.post(
        SEITE,
        SEITE,
        kanal_frist="sms",
        kanal_bescheid="mail",
        ruhe_von="21:30",
        ruhe_bis="08:00",
        erinnern=["7", "0"],
    )
    assert answer.headers["location"] == f"{SEITE}?gespeichert=1"
    shown = (await anna.get(SEITE)).text
    assert 'value="21:30"' in shown
    assert shown.count("checked") == 3, "two days of reminding, and the postbox for decisions"


async def test_a_mistake_says_what_and_keeps_what_was_there(town: Town) -> None:
    anna = await town.anna()
    await anna.confirm()
    answer = await anna.post(SEITE, SEITE, kanal_bescheid="postfach", ruhe_von="22:00", ruhe_bis="07:00")
    assert answer.status_code == 422
    assert "Das wurde nicht übernommen" in answer.text
    async with town.context.transaction() as session:
        assert await benachrichtigung.wunsch(session, ANNA) == benachrichtigung.Wunsch()


async def test_the_demo_shows_what_it_would_have_sent(town: Town) -> None:
    async with town.context.transaction() as session:
        await benachrichtigung.anstossen(session, ANNA, "neue_nachricht", jetzt=town.clock())
    for job in AUFTRAEGE:
        await auftraege.laufen(town.context, job)
    shown = (await town.browser().get("/demo/ausgang")).text
    assert "anna@beispiel.example" in shown
    assert "In Ihrem Postfach liegt eine neue Nachricht." in shown


async def test_outside_of_a_demo_there_is_no_such_page(make_app: Callable[..., FastAPI]) -> None:
    app = make_app(MovingClock(), demo=False)
    async with app.router.lifespan_context(app):
        browser = Browser(app)
        assert (await browser.get("/demo/ausgang")).status_code == 404
        await browser.http.aclose()


PUSH = f"{SEITE}/push"


async def test_push_is_switched_on_chosen_and_switched_off(town: Town) -> None:
    anna, bernd = await town.anna(), await town.bernd()
    await anna.confirm()
    before = (await anna.get(SEITE)).text
    check_page(before)
    assert "Push auf Ihren Geräten</option>" not in before
    device = Device("http://127.0.0.1:9/send/a").subscription()
    assert (await anna.post(PUSH, SEITE, **device)).headers["location"] == f"{SEITE}?push=an"
    page = (await anna.get(SEITE)).text
    check_page(page)
    assert "Push auf Ihren Geräten</option>" in page
    off = page.split(f'action="{PUSH}/')[1].split('"')[0]
    assert (await bernd.post(f"{PUSH}/{off}", SEITE)).status_code == 404
    assert (await anna.http.post(f"{PUSH}/{off}", data={})).status_code == 403
    assert (await anna.post(f"{PUSH}/{off}", SEITE)).headers["location"] == f"{SEITE}?push=aus"
    refused = await anna.post(PUSH, SEITE, **device | {"endpoint": "https://boese.example/x"})
    assert (refused.status_code, "Es wurde nichts eingeschaltet" in refused.text) == (422, True)
