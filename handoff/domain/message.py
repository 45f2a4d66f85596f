"""What is said: messages of the log, turns to the engine, its answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from handoff.domain.offers import Json

BERLIN = ZoneInfo("Europe/Berlin")

Object = dict[str, Json]


@dataclass(frozen=True)
class Body:
    """The part of a message that is encrypted at rest."""

    text: str
    buttons: list[Object] = field(default_factory=list)
    cards: list[Object] = field(default_factory=list)
    sender: Object | None = None
    """`{function, office}` of a clerk."""

    def stored(self) -> Object:
        """As JSON for the database."""
        return {"text": self.text, "buttons": self.buttons, "cards": self.cards, "sender": self.sender}


@dataclass(frozen=True)
class Message:
    """One message of a conversation's log."""

    seq: int
    author: str
    lang: str
    at: datetime
    client_id: str | None
    """Set on the citizen's own messages only."""
    body: Body

    def public(self) -> Object:
        """The message as clients see it (docs/protocol/conversations.md)."""
        shape: Object = {
            "seq": self.seq,
            "author": self.author,
            "text": self.body.text,
            "lang": self.lang,
            "at": _shown(self.at),
            "buttons": self.body.buttons,
            "cards": self.body.cards,
        }
        if self.client_id is not None:
            shape["client_id"] = self.client_id
        if self.body.sender is not None:
            shape["sender"] = self.body.sender
        return shape


@lru_cache(maxsize=64)
def _shown(at: datetime) -> str:  # a group commit gives all its messages the same moment
    return at.astimezone(BERLIN).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Since:
    """A conversation at one moment, as its citizen sees it: what came after a number, and the State."""

    chat: str
    """The id that clerks' consoles use."""
    last_seq: int
    messages: list[Object]
    state: Object


@dataclass(frozen=True)
class Handover:
    """Why a human is wanted."""

    reason: str
    """One of `handoff.domain.reasons.Reason`."""
    topic: str | None
    """Name of the service."""
    summary: list[str]
    service: str | None = None
    """Id of the service in the catalogue."""

    def stored(self) -> Object:
        """As JSON for the database."""
        return {"reason": self.reason, "topic": self.topic, "summary": list(self.summary)}


@dataclass(frozen=True)
class Turn:
    """One message for the engine (docs/protocol/engine.md)."""

    conversation_id: str
    message_id: str
    text: str | None
    payload: str | None
    values: Mapping[str, Json] | None
    at: datetime
    lang: str
    account: bool
    trust: str | None
    secrets: list[Object]

    def request(self) -> Object:
        """The engine's request body. `now` is the moment of the message, so that a repeated turn sees the same time."""
        return {
            "conversation_id": self.conversation_id,
            "message_id": self.message_id,
            "text": self.text,
            "payload": self.payload,
            "values": self.values,
            "metadata": {
                "now": self.at.astimezone(BERLIN).isoformat(timespec="seconds"),
                "lang": self.lang,
                "account": self.account,
                "trust": self.trust,
                "secrets": self.secrets,
            },
        }


@dataclass(frozen=True)
class Answer:
    """What the engine said to one turn."""

    replies: list[Body]
    handover: Handover | None
