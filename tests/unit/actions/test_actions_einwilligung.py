"""What she agreed to, and its withdrawal in the chat: one by one, only what the list showed."""

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import tuer
from actions.plauderei import ActionDank
from portal.client import ConsentItem
from portal.client.fake import FakePortal
from tests.support.actions_turn import tracker

EINS, ZWEI = (
    ConsentItem(
        id=key, purpose=purpose, office=office, fields=["Anschrift"], consequence="Dann gilt es nicht mehr."
    )
    for key, purpose, office in (("e1", "Hundesteuer", "Steuern"), ("e2", "Erinnerungen", "Dieses Portal"))
)


@pytest.fixture
def portal():
    fake = FakePortal([])
    fake.log_in("unterhaltung", "niedrig")
    fake.open_consents = [EINS, ZWEI]
    tuer.use(fake)
    yield fake
    tuer.use(None)


async def run(text, **given):
    dispatcher = CollectingDispatcher()
    events = await ActionDank().run(dispatcher, tracker(text, **given), {})
    return dispatcher.messages, events


def offered(events):
    return next(event["value"] for event in events if event.get("name") == "angebot" and event["value"])


@pytest.mark.parametrize(
    "text",
    [
        "Welche Einwilligungen habe ich gegeben?",
        "zeig mir meine Freigaben",
        "Ich widerrufe meine Einwilligung",
    ],
)
async def test_what_can_be_withdrawn_is_listed_with_its_consequence(portal, text):
    (said,), events = await run(text)
    assert said["response"] == "utter_einwilligung_liste"
    assert said["liste"].splitlines()[0] == "1. Steuern: Hundesteuer (Anschrift). Dann gilt es nicht mehr."
    assert [one["payload"] for one in said["buttons"]] == ["Widerrufen 1", "Widerrufen 2"]
    assert offered(events) == {"art": "einwilligungen", "liste": ["e1", "e2"]}
    assert portal.withdrawn == {}


async def test_the_chosen_one_is_withdrawn(portal):
    offer = {"art": "einwilligungen", "liste": ["e1", "e2"]}
    (said,), _ = await run("Widerrufen 2", slots={"angebot": offer})
    assert (said["response"], said["folge"]) == ("utter_einwilligung_widerrufen", "Widerrufen.")
    assert set(portal.withdrawn) == {"e2"}


@pytest.mark.parametrize(
    "offer",
    [
        None,
        {"art": "termin"},
        {"art": "einwilligungen", "liste": []},
        {"art": "einwilligungen", "liste": ["weg"]},
    ],
)
async def test_a_number_without_its_list_withdraws_nothing(portal, offer):
    (said,), _ = await run("widerrufe 1", slots={"angebot": offer})
    assert said["response"] == "utter_einwilligung_liste"
    assert portal.withdrawn == {}


async def test_nothing_to_withdraw_is_said(portal):
    portal.open_consents = []
    (said,), _ = await run("Welche Einwilligungen habe ich?")
    assert said["response"] == "utter_einwilligung_keine"


async def test_without_a_login_nothing_is_told(portal):
    (said,), events = await run("Welche Einwilligungen habe ich?", account=False)
    assert said["response"] == "utter_anmelden_noetig"
    assert events[-1]["value"] == {"art": "einwilligungen"}


@pytest.mark.parametrize(
    "text",
    [
        "Danke",
        "Ich brauche eine Einwilligung der Eltern",
        "Ja, meine Einwilligung haben Sie",
        "widerrufen",
        "Widerrufen 2 Anträge",
    ],
)
async def test_other_words_are_something_else(portal, text):
    (said,), _ = await run(text)
    assert said["response"] == "utter_dank"
