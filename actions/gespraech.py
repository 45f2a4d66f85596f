"""One turn of the conversation as an action sees it: what was said, what is remembered, how to answer."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

Event = dict[str, Any]
Card = dict[str, object]
Button = dict[str, str]

FORM = "antrag_form"
# Actions that run in every turn and say nothing about what the citizen wanted.
_SILENT_ACTIONS = {"action_listen", "action_extract_slots", "action_session_start", FORM}


class Gespraech:
    """What an ability may know and do in one turn.

    Parameters
    ----------
    dispatcher
        Collects the answers of this action.
    tracker
        The conversation, as the engine sent it.
    message
        The message to answer; default the latest one.
    """

    def __init__(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, message: Mapping[str, Any] | None = None
    ) -> None:
        self._dispatcher = dispatcher
        self._tracker = tracker
        self._message: Mapping[str, Any] = message or tracker.latest_message or {}
        self._metadata: Mapping[str, Any] = self._message.get("metadata") or {}

    def about(self, message: Mapping[str, Any]) -> "Gespraech":
        """The same conversation, answering an earlier message that had to wait."""
        return Gespraech(self._dispatcher, self._tracker, message)

    @property
    def message(self) -> dict[str, Any]:
        """The message with all that was understood, to be answered later by `about`."""
        return dict(self._message)

    # what the citizen said -----------------------------------------------------------------

    @property
    def conversation_id(self) -> str:
        """The engine's sender; the portal finds the account by it."""
        return str(self._tracker.sender_id)

    @property
    def message_id(self) -> str:
        """Id of the citizen's message, the same when the turn runs again."""
        return str(self._message.get("message_id") or "")

    def key(self, action: str, field: str = "") -> str:
        """Idempotency key of one write: at most one effect per message, action and field."""
        return f"{self.message_id}:{action}:{field}"[:200]

    @property
    def now(self) -> datetime:
        """The moment of this message, with its zone; there is no other clock here.

        Raises
        ------
        ValueError
            If the channel sent no moment.
        """
        return datetime.fromisoformat(str(self._metadata.get("now", "")))

    @property
    def today(self) -> date:
        """The calendar day of this message."""
        return self.now.date()

    @property
    def text(self) -> str:
        """What was written, trimmed; for a payload its source text."""
        return str(self._message.get("text") or "").strip()

    @property
    def is_payload(self) -> bool:
        """Whether a button was pressed or the gateway spoke."""
        return self.text.startswith("/")

    @property
    def intent(self) -> str:
        """Name of the understood intent."""
        return str((self._message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        """How sure the understanding is, 0 to 1."""
        return float((self._message.get("intent") or {}).get("confidence") or 0.0)

    @property
    def act(self) -> str | None:
        """Dialogue act beside the intent: correction, negation, question or None."""
        act = self._message.get("act")
        return str(act) if act else None

    @property
    def hits(self) -> Sequence[Mapping[str, Any]]:
        """Services whose words come nearest to the message, best first."""
        return list(self._message.get("services") or [])

    @property
    def values(self) -> Mapping[str, Any]:
        """What the citizen's card sent along with a payload."""
        return self._metadata.get("values") or {}

    @property
    def secrets(self) -> Sequence[Mapping[str, Any]]:
        """Numbers that the gateway took out of the text, as references to the portal's vault."""
        return list(self._metadata.get("secrets") or [])

    @property
    def has_account(self) -> bool:
        """Whether the conversation is bound to a logged-in citizen."""
        return bool(self._metadata.get("account"))

    def entities(self, name: str) -> list[Any]:
        """All values of one entity in this message, in order, each once."""
        found: list[Any] = []
        for entity in self._message.get("entities") or []:
            value = entity.get("value")
            if entity.get("entity") == name and value is not None and value not in found:
                found.append(value)
        return found

    def entity(self, name: str) -> Any:
        """First value of one entity in this message, or None."""
        return next(iter(self.entities(name)), None)

    def entity_places(self, name: str) -> list[tuple[Any, int]]:
        """Values of one entity with the offset at which each begins in the text."""
        return [
            (entity.get("value"), int(entity.get("start") or 0))
            for entity in self._message.get("entities") or []
            if entity.get("entity") == name
        ]

    # what is remembered --------------------------------------------------------------------

    def slot(self, name: str) -> Any:
        """Value of a slot, None if empty."""
        return self._tracker.slots.get(name)

    @property
    def in_form(self) -> bool:
        """Whether the application form is running."""
        return self._tracker.active_loop_name == FORM

    def _this_turn(self) -> Iterator[Event]:
        for event in reversed(self._tracker.events):
            if event.get("event") == "user":
                return
            yield event

    @property
    def abilities_this_turn(self) -> list[str]:
        """Actions that already ran for this message, newest first."""
        return [
            str(event["name"])
            for event in self._this_turn()
            if event.get("event") == "action" and event.get("name") not in _SILENT_ACTIONS
        ]

    def set_this_turn(self, slot: str) -> bool:
        """Whether an earlier action of this turn filled the slot."""
        return any(
            event.get("event") == "slot" and event.get("name") == slot and event.get("value") is not None
            for event in self._this_turn()
        )

    def said_this_turn(self, response: str) -> bool:
        """Whether an earlier action of this turn already used this response."""
        return any(
            event.get("event") == "bot" and (event.get("metadata") or {}).get("utter_action") == response
            for event in self._this_turn()
        )

    def last_answers(self) -> list[Event]:
        """The bot's messages of the turn before this one, oldest first."""
        found: list[Event] = []
        users = 0
        for event in reversed(self._tracker.events):
            if event.get("event") == "user":
                users += 1
                if users > 1 and found:
                    break
            elif event.get("event") == "bot" and users >= 1:
                found.append(event)
        return list(reversed(found))

    def forget_offers(self) -> list[Event]:
        """Events that clear what holds for one turn only: the offer and the wish for a human."""
        return [
            SlotSet(slot, None)
            for slot in ("uebergabe", "angebot")
            if self.slot(slot) is not None and not self.set_this_turn(slot)
        ]

    # how to answer -------------------------------------------------------------------------

    def say(
        self,
        response: str,
        *,
        card: Card | None = None,
        buttons: Sequence[Button] = (),
        **variables: object,
    ) -> None:
        """Answer with a sentence of data/responses/, its gaps filled with `variables`."""
        self._dispatcher.utter_message(
            response=response,
            buttons=list(buttons),
            json_message={"cards": [card]} if card else {},
            **{name: "" if value is None else str(value) for name, value in variables.items()},
        )

    def say_again(self, event: Event) -> None:
        """Repeat a message of the bot as it was, with its buttons and cards."""
        data = event.get("data") or {}
        self._dispatcher.utter_message(
            text=event.get("text"), buttons=data.get("buttons") or [], json_message=data.get("custom") or {}
        )


def button(title: str, payload: str) -> Button:
    """One answer that can be pressed."""
    return {"title": title, "payload": payload}


def german(day: date | str | None) -> str:
    """A calendar day as people write it: 12.11.2026; empty for None."""
    if day is None:
        return ""
    value = date.fromisoformat(day[:10]) if isinstance(day, str) else day
    return value.strftime("%d.%m.%Y")
