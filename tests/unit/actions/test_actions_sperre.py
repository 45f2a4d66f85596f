"""„Konto sperren“ in the chat: offered at any point, done only after the button, never undone here."""

import re
from pathlib import Path

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import sperrbefehl, tuer
from actions.plauderei import ActionDank
from actions.sperre import ActionSperren
from portal.client import NotLoggedInError
from portal.client.fake import FakePortal
from tests.support.actions_turn import tracker

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def portal():
    fake = FakePortal([])
    tuer.use(fake)
    yield fake
    tuer.use(None)


async def said(ability, text, **given):
    dispatcher = CollectingDispatcher()
    await ability.run(dispatcher, tracker(text, **given), {})
    return dispatcher.messages


@pytest.mark.parametrize(
    "text", ["Konto sperren", "  mein Konto   sperren! ", "Bitte sperren Sie mein Konto."]
)
async def test_the_whole_message_is_obeyed_whatever_was_understood(portal, text):
    (message,) = await said(ActionDank(), text, intent="thanks")
    assert message["response"] == "utter_sperre_sicher"
    assert message["buttons"][0] == sperrbefehl.KNOPF
    assert portal.locked == set()


@pytest.mark.parametrize("text", ["Was kostet es, ein Konto zu sperren?", "Konto", "Ausweis sperren"])
async def test_other_messages_are_not(portal, text):
    assert "utter_sperre_sicher" not in str(await said(ActionDank(), text, intent="thanks"))


async def test_without_a_login_the_way_is_shown(portal):
    (message,) = await said(ActionDank(), "Konto sperren", account=False)
    assert message["response"] == "utter_sperre_anmelden"
    assert message["custom"]["cards"][0]["url"] == "/anmelden?zurueck=/mein/sicherheit/sperren"


async def test_the_button_locks_and_a_repeated_turn_changes_nothing(portal):
    portal.log_in("unterhaltung", "niedrig")
    for _ in range(2):
        (message,) = await said(ActionSperren(), "/lock_account", intent="lock_account")
        assert message["response"] == "utter_sperre_fertig"
    assert portal.locked == {"unterhaltung"}
    with pytest.raises(NotLoggedInError):
        await portal.cases("unterhaltung")


async def test_the_button_of_nobody_locks_nothing(portal):
    (message,) = await said(ActionSperren(), "/lock_account", intent="lock_account")
    assert message["response"] == "utter_anmelden_noetig"
    assert portal.locked == set()


def test_no_ability_of_the_chat_opens_an_account():
    sources = "".join(path.read_text() for path in (ROOT / "actions").glob("*.py"))
    dialog = (ROOT / "portal" / "web" / "dialog.py").read_text()
    assert not re.search(r"entsperren|unlock", sources)
    assert not re.search(r"entsperren\(|unlock", dialog)
