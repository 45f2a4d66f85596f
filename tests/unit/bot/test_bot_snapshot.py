"""A bounded conversation behaves as the whole one."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.snapshot import KEPT_EVENTS, bounded

DOMAIN = Domain.from_dict(
    {
        "slots": {
            name: {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}
            for name in ("leistung", "feld", "wuensche")
        },
        "forms": {"antrag_form": {"required_slots": ["feld"]}},
    }
)


def tracker(events: list[Event]) -> DialogueStateTracker:
    return DialogueStateTracker.from_dict("c", [event.as_dict() for event in events], DOMAIN.slots)


def turn(number: int, change: list[Event]) -> list[Event]:
    return [
        UserUttered(f"Nachricht {number}", {"name": "inform"}),
        *change,
        ActionExecuted("action_antwort"),
        BotUttered(f"Antwort {number}"),
        ActionExecuted("action_listen"),
    ]


CHANGES: st.SearchStrategy[list[Event]] = st.lists(
    st.one_of(
        st.builds(SlotSet, st.sampled_from(["leistung", "feld", "wuensche"]), st.integers(0, 9) | st.none()),
        st.builds(ActiveLoop, st.sampled_from(["antrag_form", None])),
        st.builds(AllSlotsReset),
    ),
    max_size=3,
)


@given(st.lists(CHANGES, min_size=1, max_size=25))
@settings(max_examples=60, deadline=None)
def test_slots_loop_and_last_messages_survive_every_cut(changes: list[list[Event]]) -> None:
    whole: list[Event] = [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        ActionExecuted("action_listen"),
    ]
    kept = list(whole)
    for number, change in enumerate(changes):
        events = turn(number, change)
        whole += events
        kept = bounded([*kept, *events])
    full, short = tracker(whole), tracker(kept)

    def values(t: DialogueStateTracker) -> dict[str, Any]:
        return {name: slot.value for name, slot in t.slots.items()}

    assert values(short) == values(full)
    assert short.active_loop_name == full.active_loop_name
    assert short.latest_message.text == full.latest_message.text  # type: ignore[union-attr]
    assert short.latest_action_name == full.latest_action_name == "action_listen"


def test_five_hundred_turns_stay_as_small_as_ten() -> None:
    kept: list[Event] = []
    sizes = []
    for number in range(500):
        kept = bounded([*kept, *turn(number, [SlotSet("feld", number)])])
        sizes.append(len(kept))
    assert max(sizes[10:]) < KEPT_EVENTS + 20


def test_a_short_conversation_is_left_alone() -> None:
    events: list[Event] = [SessionStarted(), *turn(1, [])]
    assert bounded(events) == events


def test_a_cut_never_separates_a_message_from_its_answer() -> None:
    kept = bounded([event for number in range(40) for event in turn(number, [])])
    first_message = next(i for i, event in enumerate(kept) if isinstance(event, UserUttered))
    assert kept[first_message - 1] == ActionExecuted("action_listen")
