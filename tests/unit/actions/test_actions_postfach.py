"""„Habe ich neue Post?“: senders, subjects and pages, and nothing is opened."""

from datetime import UTC, datetime

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import tuer
from actions.plauderei import ActionDank
from portal.client import MessageItem
from portal.client.fake import FakePortal
from tests.support.actions_turn import tracker

POST = MessageItem(
    subject="Bescheid: Hundesteuer anmelden",
    sender="Abteilung Steuern",
    received_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    url="/mein/postfach/1",
)


@pytest.fixture
def portal():
    fake = FakePortal([])
    fake.log_in("unterhaltung", "niedrig")
    tuer.use(fake)
    yield fake
    tuer.use(None)


async def run(text, **given):
    dispatcher = CollectingDispatcher()
    events = await ActionDank().run(dispatcher, tracker(text, **given), {})
    return dispatcher.messages, events


@pytest.mark.parametrize(
    "text",
    [
        "Habe ich neue Post?",
        "Gibt es Nachrichten für mich?",
        "Was liegt in meinem Postfach?",
        "zeig mir meine Nachrichten",
    ],
)
async def test_unread_messages_are_named_whatever_was_understood(portal, text):
    portal.unread = [POST]
    (said,), _ = await run(text)
    assert said["response"] == "utter_postfach_liste"
    assert (
        said["liste"]
        == "• Bescheid: Hundesteuer anmelden, von Abteilung Steuern, 24.11.2026: /mein/postfach/1"
    )


async def test_no_more_than_eight_are_named_and_the_rest_counted(portal):
    portal.unread = [POST] * 11
    (said,), _ = await run("Habe ich Post?")
    assert said["liste"].count("/mein/postfach/1") == 8
    assert said["liste"].endswith("und 3 weitere")


async def test_an_empty_postbox_is_said(portal):
    (said,), _ = await run("Habe ich Post?")
    assert said["response"] == "utter_postfach_leer"


async def test_without_a_login_nothing_is_told(portal):
    portal.unread = [POST]
    (said,), events = await run("Habe ich Post?", account=False)
    assert said["response"] == "utter_anmelden_noetig"
    assert events[-1]["value"] == {"art": "postfach"}


@pytest.mark.parametrize(
    "text",
    [
        "Gestern habe ich einen Bescheid bekommen",
        "Kann ich das per Post schicken?",
        "Ich habe einen Brief erhalten",
        "Danke",
    ],
)
async def test_a_letter_of_paper_and_other_words_are_something_else(portal, text):
    portal.unread = [POST]
    (said,), _ = await run(text)
    assert said["response"] == "utter_dank"
