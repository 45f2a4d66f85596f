"""The order of the queue.

A chat's rank is the moment at which it came, moved forward by its reason's head start (`handoff.domain.reasons`). The
order therefore never changes while chats wait, whoever waits longer than the largest head start comes before every
newcomer, and the rank can be a column with an index. Chats that a clerk gave back or lost come before all others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from handoff.domain.reasons import urgency

Kind = tuple[str | None, str | None, str, str]
"""Service, office, language, reason: who may take a chat depends on these alone."""


@dataclass(frozen=True)
class Ticket:
    """One waiting conversation, as far as order and routing need it."""

    conversation_id: str
    rank_at: datetime
    returned: bool
    """A clerk had it already and gave it back, or lost it: it goes to the head."""
    service: str | None = None
    """The catalogue's id of what it is about, or its name where the engine knows no id."""
    office: str | None = None
    """Id of the responsible office."""
    reason: str = "wunsch"
    lang: str = "de"
    queued_at: datetime | None = None

    @property
    def key(self) -> tuple[bool, datetime, str]:
        """What the order compares."""
        return (not self.returned, self.rank_at, self.conversation_id)

    @property
    def kind(self) -> Kind:
        """What decides who may take it."""
        return self.service, self.office, self.lang, self.reason


def rank_at(queued_at: datetime, reason: str | None) -> datetime:
    """Give the rank of a chat that came at `queued_at` for this reason."""
    return queued_at - urgency(reason).head_start


def in_order(waiting: Iterable[Ticket]) -> list[Ticket]:
    """Sort: returned chats first, then by rank; the id decides between equals."""
    return sorted(waiting, key=lambda ticket: ticket.key)


def places(waiting: Iterable[Ticket]) -> dict[str, int]:
    """Give each conversation's place; 1 is next."""
    return {ticket.conversation_id: place for place, ticket in enumerate(in_order(waiting), start=1)}


def serves(topics: Sequence[str], service: str | None) -> bool:
    """Tell whether a clerk with these topics serves this one. No topics or `*` mean all; no topic is everybody's."""
    return not topics or "*" in topics or service is None or service in topics
