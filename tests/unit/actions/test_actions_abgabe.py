"""What the citizen hears when the portal does not take her application yet: nothing was handed in, and what to do."""

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import tuer
from actions.abgabe import ActionBestaetigen
from portal.client import PortalError
from portal.client.fake import FakeField, FakePortal, FakeService
from tests.support.actions_turn import tracker
from tests.unit.actions.test_actions_stoerung import TALK, VIEW


class Refusing(FakePortal):
    """Takes an application only once `code` is gone; `parent` is how the other parent's word stands."""

    code: str | None = None
    parent: str | None = None

    async def submit(self, conversation_id, draft, *, version, key):
        if self.code:
            raise PortalError(self.code, "Noch nicht.", status=403)
        return await super().submit(conversation_id, draft, version=version, key=key)

    async def current_draft(self, conversation_id, *, masked=False):
        found = await super().current_draft(conversation_id, masked=masked)
        return found.model_copy(update={"second_parent": self.parent})


@pytest.fixture
async def portal():
    fake = Refusing([FakeService(VIEW, (FakeField("ort", "Ort", "text"),))])
    fake.log_in(TALK)
    draft = await fake.open_draft(TALK, "probe", key="k1")
    await fake.put_field(TALK, draft.id, "ort", "Hier", version=draft.version, key="k2")
    tuer.use(fake)
    yield fake
    tuer.use(None)


async def confirms(portal, asked="confirm"):
    draft = await portal.current_draft(TALK)
    slots = {"entwurf": draft.id, "entwurf_version": draft.version, "frage_art": asked}
    dispatcher = CollectingDispatcher()
    events = await ActionBestaetigen().run(dispatcher, tracker("/confirm", intent="confirm", slots=slots), {})
    kept = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    return [message["response"] for message in dispatcher.messages], kept, dispatcher


async def test_what_needs_the_second_factor_waits_and_can_be_pressed_again(portal):
    portal.code = "bestaetigung_noetig"
    said, kept, dispatcher = await confirms(portal)
    assert said == ["utter_abgabe_bestaetigen"]
    assert "entwurf" not in kept, "the same draft at the same question"
    assert "/confirm" in [one["payload"] for one in dispatcher.messages[0]["buttons"]]
    portal.code = None
    said, kept, _ = await confirms(portal)
    assert said[0] == "utter_abgabe_erhalten_anzeige"
    assert kept["entwurf"] is None


@pytest.mark.parametrize("state", ["noetig", "angefragt", "veraltet", "abgelehnt"])
async def test_what_needs_the_other_parent_says_how_it_stands_and_where_to_go(portal, state):
    portal.code, portal.parent = "mitzeichnung_fehlt", state
    said, kept, dispatcher = await confirms(portal)
    assert said == [f"utter_abgabe_elternteil_{state}"]
    draft = await portal.current_draft(TALK)
    assert dispatcher.messages[0]["seite"] == f"/mein/antraege/{draft.id}"
    assert kept["frage_art"] == "parent", "a yes hands nothing in that she was not shown"


async def test_while_the_other_parent_is_awaited_confirming_looks_again_instead_of_handing_in(portal):
    portal.parent = "bestaetigt"
    said, kept, _ = await confirms(portal, asked="parent")
    assert said == ["utter_weiter"]
    assert kept["frage_art"] == "confirm"
    assert await portal.cases(TALK) == []


async def test_any_other_refusal_is_told_as_it_is(portal):
    portal.code = "konflikt"
    said, _, _ = await confirms(portal)
    assert said == ["utter_stoerung_abgelehnt"]
