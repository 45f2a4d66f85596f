"""What belongs to the message that is being answered right now."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.errors import TurnFailedError

Reply = dict[str, Any]
"""`{"text", "buttons"?, "cards"?}` as docs/protocol/engine.md has it."""


@dataclass
class Answer:
    """What the engine answers to one message."""

    replies: list[Reply] = field(default_factory=list)
    handoff: dict[str, Any] | None = None


@dataclass(frozen=True)
class Snapshot:
    """A conversation's row as it was when the turn began; each None where there is no row yet.

    `content` and `last_answer` are encrypted.
    """

    conversation_id: str
    content: bytes | None
    last_message_id: str | None
    last_answer: bytes | None


@dataclass
class Turn:
    """One message on its way through the engine.

    Parameters
    ----------
    failure
        Why the turn must not be stored; set where Rasa itself would go on as if nothing had happened.
    snapshot
        What the turn starts from; read once, before it, and gone when it is stored.
    """

    message_id: str
    now: datetime
    answer: Answer = field(default_factory=Answer)
    failure: TurnFailedError | None = None
    snapshot: Snapshot | None = None


current_turn: ContextVar[Turn | None] = ContextVar("current_turn", default=None)
"""The turn of the running task; none in `rasa shell`."""
