"""Her own deadlines, and the answer to an office's question: nothing is sent without a yes."""

from datetime import date

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import tuer
from actions.auskunft import ActionAuskunft
from actions.ja_nein import ActionJa
from actions.plauderei import ActionDank
from portal.client import DeadlineItem, InquiryView
from portal.client.fake import FakePortal
from tests.support.actions_turn import tracker

FRIST = DeadlineItem(
    name="Widerspruch möglich: Wohngeld",
    end=date(2026, 12, 28),
    possible_until=date(2026, 12, 30),
    possible_from=None,
    text="",
    law="§ 70 VwGO",
    reasons=["Bekanntgabe am 27.11.2026, weil: vierter Tag."],
    url="/mein/bescheide/1",
)
FRAGE = InquiryView(
    id="f1",
    name="Hundesteuer anmelden",
    office="Sachbearbeitung",
    question="Wie hoch ist der Hund?",
    due=None,
    answered=False,
    url="/mein/rueckfragen/f1",
)


@pytest.fixture
def portal():
    fake = FakePortal([])
    fake.log_in("unterhaltung", "niedrig")
    tuer.use(fake)
    yield fake
    tuer.use(None)


async def run(ability, text, **given):
    dispatcher = CollectingDispatcher()
    events = await ability.run(dispatcher, tracker(text, **given), {})
    return dispatcher.messages, events


@pytest.mark.parametrize(
    "text", ["Welche Fristen habe ich?", "zeig mir meine Fristen", "Was für Fristen laufen für mich?"]
)
async def test_her_deadlines_whatever_was_understood(portal, text):
    portal.running_deadlines = [FRIST]
    portal.open_inquiries = [FRAGE]
    (first, second), _ = await run(ActionDank(), text, intent="thanks")
    assert first["response"] == "utter_fristen_liste"
    assert "sicher bis 28.12.2026, möglicherweise bis 30.12.2026. Bekanntgabe am 27.11.2026" in first["liste"]
    assert "Rückfrage 1 zu „Hundesteuer anmelden“" in second["liste"]


async def test_no_deadline_is_said_with_a_way_on(portal):
    (message,), _ = await run(ActionDank(), "Welche Fristen habe ich?", intent="thanks")
    assert message["response"] == "utter_fristen_keine"


async def test_without_a_login_nothing_is_told(portal):
    messages, _ = await run(ActionDank(), "Welche Fristen habe ich?", account=False)
    assert "utter_fristen" not in str(messages)


@pytest.mark.parametrize("text", ["Welche Frist gilt für die Anmeldung?", "Bis wann muss ich mich ummelden?"])
async def test_the_deadline_of_a_service_is_another_question(portal, text):
    messages, _ = await run(ActionAuskunft(), text, entities={"aspect": "frist"})
    assert "utter_fristen" not in str(messages)


async def test_an_answer_is_sent_after_a_yes_and_only_once(portal):
    portal.open_inquiries = [FRAGE]
    (asked,), events = await run(ActionDank(), "Antwort: 35 cm", intent="inform")
    assert asked["response"] == "utter_rueckfrage_sicher"
    assert asked["antwort"] == "35 cm"
    assert portal.answers == {}
    offer = next(e["value"] for e in events if e.get("name") == "angebot" and e["value"])
    for _ in range(2):
        (done,), _ = await run(ActionJa(), "Ja", intent="affirm", slots={"angebot": offer})
        assert done["response"] == "utter_rueckfrage_gesendet"
    assert {text for _, text in portal.answers.values()} == {"35 cm"}


async def test_an_answer_without_a_question_is_told(portal):
    for text in ("Antwort: 35 cm", "Antwort 7: ja"):
        (message,), _ = await run(ActionDank(), text)
        assert message["response"] == "utter_rueckfrage_keine"


async def test_within_an_application_the_page_is_named(portal):
    portal.open_inquiries = [FRAGE]
    (message,), _ = await run(ActionDank(), "Antwort: 35 cm", slots={"entwurf": "e1"})
    assert message["response"] == "utter_rueckfrage_seite"
    assert message["seite"] == FRAGE.url
