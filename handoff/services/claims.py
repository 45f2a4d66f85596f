"""Taking chats: the one that a clerk picks, the next one that fits her, the one that a push team is given."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.message import Body
from handoff.domain.people import Staff
from handoff.domain.phase import Phase
from handoff.domain.routing import Clerk, first_for_each, helps_out, of_staff, responsible
from handoff.errors import ConflictError, ForbiddenError, UnknownConversationError
from handoff.services import conversation as life
from handoff.services import texts
from handoff.services.together import Together
from handoff.storage import claims, conversations, duty
from handoff.storage.claims import Gift

HEAD = 5
"""So many more chats than clerks ask are looked at first."""
FURTHER = 250
"""So many are looked at next; after that the whole queue."""

MOST_AT_ONCE = 100
"""Clerks served in one transaction."""

Answer = str | ConflictError | None


async def claim(context: HandoffContext, chat: str, staff: Staff) -> str:
    """Take a waiting chat; of any number of clerks exactly one gets it. Gives the conversation's id.

    Raises
    ------
    UnknownConversationError
        No chat has this id.
    ForbiddenError
        The chat's topic or office is not the clerk's (`thema_fremd`).
    ConflictError
        Somebody else was quicker, or the citizen no longer waits (`schon_uebernommen`); or the clerk has as many chats
        as she wants to have (`ausgelastet`).
    """
    async with context.database.write() as session:
        row = await conversations.by_chat(session, chat)
        if row is None:
            raise UnknownConversationError
        if row.phase == Phase.WAITING:
            fallbacks = await duty.fallbacks(session)
            ticket, clerk = conversations.ticket_of(row), of_staff(staff)
            if not responsible(clerk, ticket) and not helps_out(clerk, ticket, fallbacks):
                raise ForbiddenError("Dieses Thema gehört nicht zu Ihren Themen.", code="thema_fremd")
        own = await duty.clerk(session, staff.id)
        clerk = of_staff(staff) if own is None else duty.as_clerk(own, 0)
        if not staff.leads and await duty.load(session, staff.id) >= clerk.capacity:
            raise _full(clerk)
        if not await _take(context, session, {row.id: staff}):
            raise ConflictError(
                "Dieses Gespräch hat schon jemand anderes übernommen, oder es wartet nicht mehr.",
                code="schon_uebernommen",
            )
    life.tell_all(context, row.id)
    return row.id


async def claim_next(context: HandoffContext, staff: Staff) -> str | None:
    """Take the first waiting chat that this clerk may take; None when there is none.

    Raises
    ------
    ConflictError
        The clerk has as many chats as she wants to have (`ausgelastet`).
    """
    if context.claims is None:
        context.claims = Together(partial(_claim_together, context), MOST_AT_ONCE)
    taken = await context.claims.ask(staff)
    if taken is not None:
        life.tell_all(context, taken)
    return taken


async def assign(context: HandoffContext, conversation_id: str, clerk: Clerk) -> bool:
    """Give a waiting chat to a clerk of a push team; False when it was taken meanwhile."""
    async with context.database.write() as session:
        row = await duty.clerk(session, clerk.id)
        if row is None or await duty.load(session, clerk.id) >= row.capacity:
            return False
        function, office = context.names.get(clerk.id, ("Bürgerservice", "Stadtverwaltung"))
        staff = Staff(clerk.id, frozenset({"clerk"}), office, function, clerk.topics, clerk.office)
        if not await _take(context, session, {conversation_id: staff}):
            return False
    life.tell_all(context, conversation_id)
    context.hub.assigned(conversation_id, clerk.id)
    return True


async def _claim_together(context: HandoffContext, asking: Sequence[Staff]) -> list[Answer]:
    """Give each clerk the first chat that she may take, in one transaction."""
    now = context.clock()
    async with context.database.write() as session:
        await claims.one_at_a_time(session)
        roster = await duty.roster(session, now, [one.id for one in asking])
        answers, hands = _hands(asking, roster.known, roster.loads)
        fallbacks = await duty.fallbacks(session)
        lost: set[str] = set()
        for limit in (len(asking) + HEAD, len(asking) + FURTHER, None):
            empty = False
            while hands and not empty:
                tickets = await conversations.tickets(session, limit=limit)
                left = [one for one in tickets if one.conversation_id not in lost]
                picked = first_for_each(hands, left, roster.on_duty, fallbacks)
                taken = await _take(context, session, {id_: asking[place] for place, id_ in picked.items()})
                for place, id_ in picked.items():
                    if id_ in taken:
                        answers[place] = id_
                        del hands[place]
                    else:
                        lost.add(id_)
                empty = len(taken) == len(picked)  # nobody was quicker: another look finds nothing new
            if not hands or (limit is not None and len(tickets) < limit):
                break
    return answers


def _hands(
    asking: Sequence[Staff], known: dict[str, Clerk], loads: dict[str, int]
) -> tuple[list[Answer], dict[int, Clerk]]:
    """Give the answers so far (who is full hears so), and those who can take a chat by their place in the list."""
    answers: list[Answer] = [None] * len(asking)
    hands = {}
    for place, staff in enumerate(asking):
        clerk = known.get(staff.id) or of_staff(staff)
        if not staff.leads and loads.get(staff.id, 0) >= clerk.capacity:
            answers[place] = _full(clerk)
            continue
        loads[staff.id] = loads.get(staff.id, 0) + 1
        hands[place] = clerk
    return answers, hands


async def _take(context: HandoffContext, session: AsyncSession, wanted: dict[str, Staff]) -> set[str]:
    now = context.clock()
    gifts = {
        id_: Gift(staff, Body(texts.CLAIMED.format(function=staff.function, office=staff.office)))
        for id_, staff in wanted.items()
    }
    return await claims.take(session, gifts, lease_end(context, now), now)


def lease_end(context: HandoffContext, now: datetime) -> datetime:
    """Until when a clerk keeps a chat without a further sign of life."""
    return now + timedelta(seconds=context.settings.lease_s)


def _full(clerk: Clerk) -> ConflictError:
    return ConflictError(
        f"Sie haben schon {clerk.capacity} Gespräche. Bitte beenden Sie eines, oder erhöhen Sie Ihre Zahl.",
        code="ausgelastet",
    )
