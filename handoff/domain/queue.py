"""The order of the queue.

A chat's rank is the moment at which it came, moved forward by its reason's head start (`handoff.domain.reasons`) and by how quickly
its matter is usually settled: short matters first answers more people soon, and the bound keeps long ones from starving. The
order therefore never changes while chats wait, whoever waits longer than the largest head start comes before every
newcomer, and the rank can be a column with an index. Chats that a clerk gave back or lost come before all others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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


LONG_MATTER_S = 900.0
"""A matter that usually takes so long, or longer, has no head start."""
QUICK_MATTER_MAX_S = 600.0
"""The largest head start of a quick matter."""


def quick_start(usual_s: float) -> timedelta:
    """Give the head start of a matter that usually takes so many seconds: what it is shorter than a long one."""
    return timedelta(seconds=min(QUICK_MATTER_MAX_S, max(0.0, LONG_MATTER_S - usual_s)))


def rank_at(queued_at: datetime, reason: str | None, usual_s: float) -> datetime:
    """Give the rank of a chat that came at `queued_at` for this reason and whose matter usually takes so many seconds."""
    return queued_at - urgency(reason).head_start - quick_start(usual_s)


def in_order(waiting: Iterable[Ticket]) -> list[Ticket]:
    """Sort: returned chats first, then by rank; the id decides between equals."""
    return sorted(waiting, key=lambda ticket: ticket.key)


def places(waiting: Iterable[Ticket]) -> dict[str, int]:
    """Give each conversation's place; 1 is next."""
    return {ticket.conversation_id: place for place, ticket in enumerate(in_order(waiting), start=1)}


def serves(topics: Sequence[str], service: str | None) -> bool:
    """Tell whether a clerk with these topics serves this one. No topics or `*` mean all; no topic is everybody's."""
    return not topics or "*" in topics or service is None or service in topics
