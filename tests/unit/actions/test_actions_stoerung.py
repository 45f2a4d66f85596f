"""What the citizen hears when something fails, and that nothing is lost or done twice."""

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import entwurf, tuer
from actions.antrag import ActionAskFeldWert, ValidateAntragForm
from actions.antwort import Antwort
from actions.faehigkeit import Faehigkeit
from actions.mensch import ActionMensch
from actions.notfall import ActionNotfall
from portal.client import PortalUnreachableError, ServiceView
from portal.client.fake import FakeField, FakePortal, FakeService
from tests.support.actions_turn import tracker, turn

TALK = "unterhaltung"
VIEW = ServiceView.model_validate(
    {
        "id": "probe", "nr": None, "leika": None, "name": "Probeleistung", "short": "Kurz.", "text": "Text.", "hint": None,
        "office": {"id": "amt", "name": "Amt", "authority": "Stadt", "address": None, "phone": None, "hours": None, "url": None},
        "fee": {"display": "kostenlos", "mark": "geprueft"}, "deadline": None, "duration": None, "ways": ["online"],
        "trust_level": "niedrig", "effect": "antrag", "online_hint": None, "in_person": None, "data": [], "documents": [],
        "law": [], "sources": [], "related": [], "sensitive": False, "url": "/leistungen/probe",
    }
)  # fmt: skip


class Unreachable:
    """A portal that never answers."""

    def __getattr__(self, name):
        async def call(*args, **kwargs):
            raise PortalUnreachableError

        return call


@pytest.fixture
def portal():
    fake = FakePortal([FakeService(VIEW, (FakeField("tag", "Tag", "date"), FakeField("ort", "Ort", "text")))])
    fake.log_in(TALK)
    tuer.use(fake)
    yield fake
    tuer.use(None)


@pytest.fixture
def away():
    tuer.use(Unreachable())
    yield
    tuer.use(None)


async def run(action, conversation):
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, conversation, {})
    return [message["response"] for message in dispatcher.messages], events


def slots_of(events):
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


ASKED = {"entwurf": "e1", "frage_art": "field", "feld": "tag", "feld_wert": None}


async def test_an_unreachable_portal_is_told_once_and_the_form_keeps_running(away):
    said, events = await run(
        ValidateAntragForm(), tracker("am 12.", slots=ASKED, entities={"date": "2026-11-12"})
    )
    assert said == ["utter_stoerung_portal"]
    assert slots_of(events) == {"feld_wert": None}
    told = {"event": "bot", "metadata": {"utter_action": "utter_stoerung_portal"}}
    said, events = await run(ActionAskFeldWert(), tracker("am 12.", slots=ASKED, events=[told]))
    assert said == []
    assert events == []


@pytest.mark.parametrize(("action", "reason"), [(ActionMensch(), "wunsch"), (ActionNotfall(), "notfall")])
async def test_a_human_is_called_even_without_the_portal(away, action, reason):
    _, events = await run(action, tracker("Hilfe", slots=ASKED))
    assert slots_of(events)["uebergabe"]["reason"] == reason


async def test_an_ended_session_asks_for_the_login_and_remembers_to_go_on(portal):
    portal.log_out(TALK)
    said, events = await run(
        ValidateAntragForm(), tracker("am 12.", slots=ASKED, entities={"date": "2026-11-12"})
    )
    assert said == ["utter_anmelden_noetig"]
    pending = slots_of(events)["nach_anmeldung"]
    assert pending["art"] == "antwort"
    assert pending["nachricht"]["text"] == "am 12.", "the answer is kept through the login"


async def test_an_unforeseen_fault_becomes_a_sentence_and_its_message_is_not_logged(portal, caplog):
    class Broken(Faehigkeit):
        action = "action_kaputt"

        async def handle(self, gespraech):
            raise ValueError("DE02120300000000202051")

    said, _ = await run(Broken(), tracker("x"))
    assert said == ["utter_stoerung_intern"]
    assert "DE02" not in caplog.text
    assert "ValueError" in caplog.text


@pytest.mark.parametrize(
    ("answers", "reason"), [(["irgendwann"], "wunsch"), (["irgendwann", "bald"], "komplex")]
)
async def test_a_human_hears_that_the_form_was_too_difficult(portal, answers, reason):
    seen = await portal.open_draft(TALK, "probe", key="k0")
    slots = {**ASKED, "entwurf": seen.id}
    for text in answers:
        said, events = await run(ValidateAntragForm(), tracker(text, slots=slots))
        slots |= slots_of(events)
    assert ("utter_antrag_hilfe" in said) == (reason == "komplex")
    _, events = await run(ActionMensch(), tracker("Mensch bitte", intent="human_handoff", slots=slots))
    assert slots_of(events)["uebergabe"]["reason"] == reason


@pytest.mark.parametrize(
    ("slots", "reason"),
    [
        ({"wuensche": ["a"]}, "wunsch"),
        ({"wuensche": ["a", "b"]}, "wunsch"),
        ({"wuensche": ["a", "b", "c"]}, "komplex"),
        ({"leistung": "probe", "wuensche": ["a", "b"]}, "komplex"),
        ({"leistung": "probe", "wuensche": ["probe", "b"]}, "wunsch"),
        ({"lebenslage": "umzug", "schritte": ["a", "b", "c", "d", "e"]}, "wunsch"),
        (
            {"lebenslage": "umzug", "schritte": ["probe", "b"], "leistung": "probe", "wuensche": ["x"]},
            "wunsch",
        ),
        ({"lebenslage": "umzug", "schritte": ["a", "b"], "leistung": "probe", "wuensche": ["x"]}, "komplex"),
        ({"lebenslage": "umzug", "schritte": ["a"], "wuensche": ["x", "y"]}, "komplex"),
    ],
)
async def test_many_matters_at_once_are_complex_and_one_long_checklist_is_not(portal, slots, reason):
    _, events = await run(ActionMensch(), tracker("Mensch bitte", intent="human", slots=slots))
    assert slots_of(events)["uebergabe"]["reason"] == reason


async def test_the_summary_names_what_else_is_wanted(portal):
    slots = {"leistung": "probe", "wuensche": ["probe", "probe_zwei"]}
    second = VIEW.model_copy(update={"id": "probe_zwei", "name": "Zweite Probe"})
    tuer.use(FakePortal([FakeService(VIEW, ()), FakeService(second, ())]))
    _, events = await run(ActionMensch(), tracker("Mensch bitte", intent="human", slots=slots))
    summary = slots_of(events)["uebergabe"]["summary"]
    assert summary[0].startswith("Anliegen: ")
    assert summary[1:] == ["Weitere Anliegen: Zweite Probe"]


@pytest.mark.parametrize(
    ("text", "in_form", "reason"),
    [
        ("Das ist eine rechtliche Frage, ich möchte mit jemandem sprechen", True, "komplex"),
        ("Muss ich das meinem Anwalt zeigen? Bitte einen Menschen", True, "komplex"),
        ("Das ist eine rechtliche Frage, ich möchte mit jemandem sprechen", False, "wunsch"),
        ("Bitte einen Menschen, ich will Widerspruch einlegen", True, "rechtsbehelf"),
        ("Bitte einen Menschen, ich will Widerspruch einlegen", False, "rechtsbehelf"),
        ("Ich möchte mit jemandem sprechen", True, "wunsch"),
        ("Das ist mir zu kompliziert, ich brauche einen Sachbearbeiter", False, "komplex"),
        ("Mein Fall ist komplexer, bitte einen Menschen", True, "komplex"),
        ("/human", True, "wunsch"),
    ],
)
async def test_what_she_says_makes_it_complex_or_a_remedy(portal, text, in_form, reason):
    seen = await portal.open_draft(TALK, "probe", key="k0")
    slots = {**ASKED, "entwurf": seen.id} if in_form else {}
    _, events = await run(ActionMensch(), tracker(text, intent="human", slots=slots))
    assert slots_of(events)["uebergabe"]["reason"] == reason


async def test_a_change_in_between_is_written_on_the_current_version(portal):
    seen = await portal.open_draft(TALK, "probe", key="k0")
    await portal.put_field(TALK, seen.id, "ort", "Gelsenkirchen", version=seen.version, key="k1")
    written = await entwurf.schreiben(turn("am 12."), seen, Antwort("tag", "2026-11-12"))
    assert {field.id: field.value for field in written.draft.fields} == {
        "tag": "2026-11-12",
        "ort": "Gelsenkirchen",
    }


async def test_the_same_message_writes_once(portal):
    seen = await portal.open_draft(TALK, "probe", key="k0")
    first = await entwurf.schreiben(turn("am 12."), seen, Antwort("tag", "2026-11-12"))
    again = await entwurf.schreiben(turn("am 12."), first.draft, Antwort("tag", "2026-11-12"))
    assert again.draft.version == first.draft.version


async def test_a_digression_leaves_no_events_so_that_the_form_steps_aside(portal):
    seen = await portal.open_draft(TALK, "probe", key="k0")
    slots = {**ASKED, "entwurf": seen.id, "uebergabe": {"reason": "wunsch"}, "angebot": {"art": "neustart"}}
    said, events = await run(ValidateAntragForm(), tracker("Guten Tag", intent="greet", slots=slots))
    assert (said, events) == ([], [])


async def test_after_another_ability_the_message_is_not_read_again(portal):
    seen = await portal.open_draft(TALK, "probe", key="k0")
    ran = {"event": "action", "name": "action_start"}
    slots = {**ASKED, "entwurf": seen.id}
    _, events = await run(
        ValidateAntragForm(),
        tracker("12.11.2026", slots=slots, entities={"date": "2026-11-12"}, events=[ran]),
    )
    assert events == []


async def test_without_a_draft_the_form_ends(portal):
    _, events = await run(ValidateAntragForm(), tracker("12.11.2026", slots={}))
    assert slots_of(events) == {"requested_slot": None}
