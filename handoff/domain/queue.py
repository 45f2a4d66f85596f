"""The order of the queue and who may see what in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Waiting:
    """One waiting conversation, as far as the order needs it."""

    conversation_id: str
    since: datetime
    """When it came into the queue first."""
    returned: bool
    """A clerk had it already and gave it back, or lost it: it goes to the head."""


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Sort: returned chats first, then by the time they came; the id decides between equals."""
    return sorted(waiting, key=lambda entry: (not entry.returned, entry.since, entry.conversation_id))


def places(waiting: Iterable[Waiting]) -> dict[str, int]:
    """Give each conversation's place; 1 is next."""
    return {entry.conversation_id: place for place, entry in enumerate(in_order(waiting), start=1)}


def serves(topics: Sequence[str], topic: str | None) -> bool:
    """Tell whether a clerk with these topics serves this one. No topics or `*` mean all; no topic is everybody's."""
    return not topics or "*" in topics or topic is None or topic in topics
