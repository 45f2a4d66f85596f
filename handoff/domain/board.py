"""The whole queue at one moment: who has which place, who waits how long, who may take whom."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from handoff.domain.estimate import Estimate, estimate
from handoff.domain.queue import Kind, Ticket, in_order
from handoff.domain.routing import Clerk, able


@dataclass(frozen=True)
class Place:
    """What one waiting citizen may know."""

    place: int
    """1 is next, among those who want the same clerks."""
    estimate: Estimate | None
    """None while nobody on duty may take the chat."""
    on_duty: int
    """Clerks on duty who may take it."""


@dataclass
class Board:
    """A snapshot.

    Parameters
    ----------
    tickets
        Everybody who waits.
    clerks
        Everybody on duty, with their load.
    fallbacks
        Which office helps out which.
    handling_s
        Recent handling times in seconds by service; `None`: of all.
    """

    tickets: list[Ticket]
    clerks: Sequence[Clerk]
    fallbacks: Mapping[str, str]
    handling_s: Mapping[str | None, Sequence[float]]
    _able: dict[Kind, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tickets = in_order(self.tickets)

    def able(self, ticket: Ticket) -> frozenset[str]:
        """Ids of the clerks on duty who may take a chat."""
        kind = ticket.kind
        if kind not in self._able:
            self._able[kind] = frozenset(c.id for c in able(ticket, self.clerks, self.fallbacks))
        return self._able[kind]

    def rivals(self, one: Ticket, other: Ticket) -> bool:
        """Tell whether two chats want the same clerk; without anybody on duty: whether they want the same office."""
        mine, theirs = self.able(one), self.able(other)
        if mine and theirs:
            return not mine.isdisjoint(theirs)
        return one.office == other.office

    def place_of(self, ticket: Ticket) -> Place:
        """Give the place of a chat, whether it is in the snapshot already or just comes."""
        before = Counter(other.kind for other in self.tickets if other.key < ticket.key)
        return self._place(ticket, before)

    def all_places(self, wanted: Iterable[str]) -> dict[str, Place]:
        """Give the places of many chats in one go."""
        ids = set(wanted)
        before: Counter[Kind] = Counter()
        found = {}
        for ticket in self.tickets:
            if ticket.conversation_id in ids:
                found[ticket.conversation_id] = self._place(ticket, before)
            before[ticket.kind] += 1
        return found

    def _place(self, ticket: Ticket, before: Mapping[Kind, int]) -> Place:
        ahead = sum(number for kind, number in before.items() if self.rivals(ticket, _ticket(kind, ticket)))
        ids = self.able(ticket)
        clerks = [clerk for clerk in self.clerks if clerk.id in ids]
        times = self.handling_s.get(ticket.service) or self.handling_s.get(None) or ()
        expected = estimate(ahead, sum(c.capacity for c in clerks), sum(c.free for c in clerks), times)
        return Place(ahead + 1, expected, len(clerks))


def _ticket(kind: Kind, like: Ticket) -> Ticket:
    service, office, lang, reason = kind
    return Ticket("", like.rank_at, False, service, office, reason, lang)
