"""A remedy is explained and never filed, whatever the message was taken for."""

import asyncio

import pytest

from actions import rechtsbehelf
from actions.angabe import ActionAngabe
from actions.auskunft import ActionAuskunft
from actions.leistung import ActionLeistung
from actions.unklar import ActionAusserhalb
from tests.support.actions_turn import turn


@pytest.mark.parametrize("ability", [ActionAngabe, ActionAuskunft, ActionAusserhalb, ActionLeistung])
@pytest.mark.parametrize("text", ["Ich will Widerspruch einlegen", "Kann ich dagegen klagen?", "Einspruch!"])
def test_every_ability_explains_and_offers_a_human(ability, text):
    talk = turn(text)
    events = asyncio.run(ability().handle(talk))
    said = talk._dispatcher.messages
    assert [one["response"] for one in said] == ["utter_rechtsbehelf"]
    assert [button["payload"] for button in said[0]["buttons"]] == ["/human"]
    assert [event["value"]["grund"] for event in events if event["name"] == "angebot"] == ["rechtsbehelf"]


@pytest.mark.parametrize(
    "text", ["Ich möchte der Datenweitergabe widersprechen", "Ich beklage mich", "Wohnsitz anmelden"]
)
def test_other_things_are_no_remedy(text):
    assert not rechtsbehelf.gemeint(turn(text))
