"""A conversation in bounded size: what the past set, then the last events."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    AllSlotsReset,
    ConversationPaused,
    ConversationResumed,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.utils.common import all_subclasses

KEPT_EVENTS = 10
"""At least so many of the last events are kept; the cut lies before a message of the citizen."""


def bounded(events: Sequence[Event]) -> list[Event]:
    """Replace all but the last events by what they amount to.

    Returns
    -------
    list[Event]
        Session start, every slot's value at the cut, the active loop, then the events after the cut unchanged.
        A tracker built from it has the same slots, loop and last messages as one built from `events`.
    """
    cut = _cut(events)
    if cut == 0:
        return list(events)
    slots: dict[str, Any] = {}
    loop: str | None = None
    paused = False
    for event in events[:cut]:
        if isinstance(event, SlotSet):
            slots[event.key] = event.value
        elif isinstance(event, ActiveLoop):
            loop = event.name
        elif isinstance(event, AllSlotsReset):
            slots.clear()
        elif isinstance(event, Restarted):
            slots.clear()
            loop, paused = None, False
        elif isinstance(event, ConversationPaused):
            paused = True
        elif isinstance(event, ConversationResumed):
            paused = False
    past: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    past += [SlotSet(key, value) for key, value in slots.items()]
    if loop is not None:
        past.append(ActiveLoop(loop))
    if paused:
        past.append(ConversationPaused())
    past.append(ActionExecuted(ACTION_LISTEN_NAME))
    moment = events[cut].timestamp
    for event in past:
        event.timestamp = moment
    return past + list(events[cut:])


def _cut(events: Sequence[Event]) -> int:
    for place in range(len(events) - KEPT_EVENTS, 0, -1):
        if isinstance(events[place], UserUttered):
            return place
    return 0


_ONLY_OF_THE_LAST = ("services", "act", "situation", "out_of_scope", "intent_ranking", "text_tokens")
"""What understanding finds besides intent and entities; it serves the turn of its message alone."""


def as_json(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Events as Rasa writes them; of what was found in a message only intent and entities."""
    written = [event.as_dict() for event in events]
    for event in written:
        parsed = event.get("parse_data")
        if parsed:
            event["parse_data"] = {
                key: value for key, value in parsed.items() if key not in _ONLY_OF_THE_LAST
            }
    return written


def from_json(written: Iterable[dict[str, Any]]) -> list[Event]:
    """Events that `as_json` wrote. Rasa looks through all its event classes for each of them; here they are known."""
    kinds = _kinds()
    return [kinds[event["event"]]._from_parameters(event) for event in written]


@cache
def _kinds() -> dict[str, type[Event]]:
    return {kind.type_name: kind for kind in all_subclasses(Event)}
