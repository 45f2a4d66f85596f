"""Who may take whom, and who should.

A chat wants a clerk who serves its topic, belongs to its office (or to the town's chat service), speaks its language
and has the skill that its reason asks for. What nobody on duty can offer is not insisted on: first the skill is dropped, then
the language, then the office's fallback helps out. Pure: no clock, no database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from handoff.domain.people import Staff
from handoff.domain.queue import Kind, Ticket, in_order, serves
from handoff.domain.reasons import urgency

DEFAULT_LANG = "de"
DEFAULT_CAPACITY = 6


@dataclass(frozen=True)
class Clerk:
    """A clerk, as far as routing needs it."""

    id: str
    office: str | None = None
    """Id of the office; None: the town's chat service, which serves every office."""
    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = (DEFAULT_LANG,)
    skills: tuple[str, ...] = ()
    capacity: int = DEFAULT_CAPACITY
    """Chats at a time."""
    load: int = 0
    """Chats that she has now."""
    leads: bool = False

    @property
    def free(self) -> int:
        """How many more chats she can take."""
        return max(0, self.capacity - self.load)


def of_staff(staff: Staff) -> Clerk:
    """Give a clerk of whom nothing is known but what her token says."""
    return Clerk(staff.id, staff.office_id, staff.topics, leads=staff.leads)


def responsible(clerk: Clerk, ticket: Ticket) -> bool:
    """Tell whether topic and office fit; a lead serves every topic of her office."""
    office_fits = ticket.office is None or clerk.office is None or clerk.office == ticket.office
    return office_fits and (clerk.leads or serves(clerk.topics, ticket.service))


def helps_out(clerk: Clerk, ticket: Ticket, fallbacks: Mapping[str, str]) -> bool:
    """Tell whether the clerk's office is the fallback of the chat's."""
    return ticket.office is not None and clerk.office is not None and (
        fallbacks.get(ticket.office) == clerk.office
    )  # fmt: skip


def able(ticket: Ticket, on_duty: Iterable[Clerk], fallbacks: Mapping[str, str]) -> list[Clerk]:
    """List the clerks on duty who may take this chat, by the strictest demand that anybody meets."""
    clerks = list(on_duty)
    ours = [clerk for clerk in clerks if responsible(clerk, ticket)]
    skill = urgency(ticket.reason).skill
    speaking = [clerk for clerk in ours if ticket.lang in clerk.languages]
    skilled = [clerk for clerk in speaking if skill is None or skill in clerk.skills]
    return skilled or speaking or ours or [c for c in clerks if helps_out(c, ticket, fallbacks)]


def may_take(clerk: Clerk, ticket: Ticket, on_duty: Iterable[Clerk], fallbacks: Mapping[str, str]) -> bool:
    """Tell whether this clerk may take this chat now."""
    others = [one for one in on_duty if one.id != clerk.id]
    return any(one.id == clerk.id for one in able(ticket, [clerk, *others], fallbacks))


def first_for_each(
    asking: Mapping[int, Clerk],
    waiting: Sequence[Ticket],
    on_duty: Sequence[Clerk],
    fallbacks: Mapping[str, str],
) -> dict[int, str]:
    """Give each clerk who asks the first chat that she may take and nobody before her got.

    Parameters
    ----------
    asking
        Clerks by their turn.
    waiting
        Chats in the order of the queue.

    Returns
    -------
    dict
        Conversation ids by turn; who may take none is missing.
    """
    free = dict.fromkeys(range(len(waiting)))
    may: dict[tuple[str, Kind], bool] = {}
    picked = {}
    for turn, clerk in sorted(asking.items()):
        for place in free:
            ticket = waiting[place]
            known = clerk.id, ticket.kind
            if known not in may:
                may[known] = may_take(clerk, ticket, on_duty, fallbacks)
            if may[known]:
                picked[turn] = ticket.conversation_id
                del free[place]
                break
    return picked


def match(
    waiting: Iterable[Ticket], on_duty: Sequence[Clerk], fallbacks: Mapping[str, str]
) -> list[tuple[Ticket, Clerk]]:
    """Assign waiting chats to clerks with a free place, in the order of the queue.

    Of several clerks who may take a chat it goes to the one who can do the least besides (so that those who can do more
    stay free for what only they can do), then to the one with the most free places.
    """
    load = {clerk.id: clerk.load for clerk in on_duty}
    tickets = in_order(waiting)
    breadth = _breadth(on_duty)
    pairs = []
    for ticket in tickets:
        candidates = [c for c in able(ticket, on_duty, fallbacks) if load[c.id] < c.capacity]
        if not candidates:
            continue
        best = min(candidates, key=lambda c: (breadth[c.id], load[c.id] - c.capacity, c.id))
        load[best.id] += 1
        pairs.append((ticket, best))
    return pairs


def _breadth(clerks: Iterable[Clerk]) -> dict[str, int]:
    """How much a clerk can do: topics (all of them count as a thousand), languages and skills."""
    return {
        clerk.id: (1000 if not clerk.topics or "*" in clerk.topics else len(clerk.topics))
        * (2 if clerk.office is None else 1)
        + len(clerk.languages)
        + len(clerk.skills)
        for clerk in clerks
    }
