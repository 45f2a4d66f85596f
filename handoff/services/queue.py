"""The queue: who waits, who takes whom, and what happens when a clerk falls silent."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.message import BERLIN, Body, Object
from handoff.domain.offers import Json
from handoff.domain.people import Staff
from handoff.domain.phase import Phase, Step, move
from handoff.domain.queue import places, serves
from handoff.errors import ConflictError, ForbiddenError, UnknownConversationError
from handoff.hub import Listener
from handoff.schema.tables import ConversationRow
from handoff.services import conversation as life
from handoff.services import texts
from handoff.storage import conversations, log

LAST_TEXT_CHARS = 120


async def listing(context: HandoffContext, staff: Staff) -> Object:
    """List what this clerk sees: `{waiting: [Entry], mine: [Entry]}`, the waiting ones in the order of the queue."""
    async with context.database.read() as session:
        place = places(await conversations.places_in_queue(session))
        waiting = [
            row
            for row in await conversations.waiting(session)
            if staff.leads or serves(staff.topics, _topic(row))
        ]
        waiting.sort(key=lambda row: place.get(row.id, 0))
        mine = await conversations.of_clerk(session, staff.id)
        return {
            "waiting": [await _entry(session, row, place.get(row.id)) for row in waiting],
            "mine": [await _entry(session, row, None) for row in mine],
        }


async def claim(context: HandoffContext, chat: str, staff: Staff) -> str:
    """Take a waiting chat; of any number of clerks exactly one gets it. Gives the conversation's id.

    Raises
    ------
    UnknownConversationError
        No chat has this id.
    ForbiddenError
        The chat's topic is not among the clerk's.
    ConflictError
        Somebody else was quicker, or the citizen no longer waits (`schon_uebernommen`).
    """
    now = context.clock()
    async with context.database.write() as session:
        row = await _of_chat(session, chat)
        if not staff.leads and not serves(staff.topics, _topic(row)):
            raise ForbiddenError("Dieses Thema gehört nicht zu Ihren Themen.", code="thema_fremd")
        if not await conversations.claim(session, row.id, staff, _lease_end(context, now), now):
            raise ConflictError(
                "Dieses Gespräch hat schon jemand anderes übernommen, oder es wartet nicht mehr.",
                code="schon_uebernommen",
            )
        row = await conversations.lock(session, row.id)
        text = texts.CLAIMED.format(function=staff.function, office=staff.office)
        await life.say(session, row, context, Body(text))
    life.tell_all(context, row.id)
    return row.id


async def own(context: HandoffContext, chat: str, staff: Staff, *, or_lead: bool = False) -> str:
    """Give the conversation of a chat that this clerk has claimed (or, as lead, of any chat).

    Raises
    ------
    UnknownConversationError
        No chat has this id.
    ForbiddenError
        The chat is not this clerk's (`nicht_ihr_gespraech`).
    """
    async with context.database.read() as session:
        row = await _of_chat(session, chat)
    if not _is_own(row, staff) and not (or_lead and staff.leads):
        raise ForbiddenError("Dieses Gespräch liegt nicht bei Ihnen.", code="nicht_ihr_gespraech")
    return row.id


async def release(context: HandoffContext, conversation_id: str, staff: Staff) -> Object:
    """Put one's chat back to the head of the queue."""
    async with context.database.write() as session:
        row = await own_for_writing(session, conversation_id, staff)
        await _back_to_head(session, row, context, texts.RELEASED)
        state = await life.state_of(session, row)
    life.tell_all(context, conversation_id)
    return state


async def renew(context: HandoffContext, staff: Staff) -> datetime:
    """Renew the leases of all of the clerk's chats; gives the moment at which they end."""
    until = _lease_end(context, context.clock())
    async with context.database.write() as session:
        await conversations.renew_leases(session, staff.id, until)
    return until


async def expire(context: HandoffContext) -> datetime | None:
    """Put the chats of silent clerks back to the head of the queue; gives the moment at which the next lease ends."""
    now = context.clock()
    returned = []
    async with context.database.write() as session:
        for conversation_id in await conversations.with_expired_lease(session, now):
            row = await conversations.lock(session, conversation_id)
            if row.phase == Phase.CLERK and row.lease_until is not None and row.lease_until <= now:
                await _back_to_head(session, row, context, texts.LEASE_LOST)
                returned.append(row.id)
        following = await conversations.next_lease_end(session)
    for conversation_id in returned:
        life.tell_all(context, conversation_id)
    return following


async def own_for_writing(session: AsyncSession, conversation_id: str, staff: Staff) -> ConversationRow:
    """Lock one's own chat; raises ConflictError `nicht_ihr_gespraech` when it was lost meanwhile."""
    row = await conversations.lock(session, conversation_id)
    check_own(row.phase, row.clerk_id, staff)
    return row


def check_own(phase: str, clerk_id: str | None, staff: Staff) -> None:
    """Raise ConflictError `nicht_ihr_gespraech` unless the clerk has the chat."""
    if phase != Phase.CLERK or clerk_id != staff.id:
        raise ConflictError("Dieses Gespräch liegt nicht mehr bei Ihnen.", code="nicht_ihr_gespraech")


class LeaseWatch(Listener):
    """Sleeps until the next lease ends, then expires it; woken when chats are claimed. No polling."""

    def __init__(self, context: HandoffContext) -> None:
        self._context = context
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._context.hub.attach(self)
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop watching."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def queue_changed(self) -> None:
        """A chat was claimed or given back."""
        self._changed.set()

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            following = await expire(self._context)
            wait_s = None
            if following is not None:
                wait_s = max(0.05, (following - self._context.clock()).total_seconds())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), wait_s)


async def _back_to_head(
    session: AsyncSession, row: ConversationRow, context: HandoffContext, template: str
) -> None:
    row.phase = move(Phase(row.phase), Step.RELEASE)
    row.returned = True
    row.lease_until = None
    await life.say(session, row, context, Body(template.format(function=row.clerk_function)))
    row.clerk_id = None


async def _of_chat(session: AsyncSession, chat: str) -> ConversationRow:
    row = await conversations.by_chat(session, chat)
    if row is None:
        raise UnknownConversationError
    return row


async def _entry(session: AsyncSession, row: ConversationRow, place: int | None) -> Json:
    last = await log.last(session, row)
    text = "" if last is None else " ".join(last.body.text.split())
    if len(text) > LAST_TEXT_CHARS:
        text = text[: LAST_TEXT_CHARS - 1] + "…"
    return {
        "chat": row.chat,
        "topic": _topic(row),
        "reason": row.handover["reason"] if row.handover else None,
        "since": row.queued_at.astimezone(BERLIN).isoformat(timespec="seconds") if row.queued_at else None,
        "place": place,
        "state": row.phase,
        "last_text": text,
        "unread": await log.count_from_citizen(session, row.id, row.clerk_seen_seq),
    }


def _topic(row: ConversationRow) -> str | None:
    return row.handover["topic"] if row.handover else None


def _is_own(row: ConversationRow, staff: Staff) -> bool:
    return row.phase == Phase.CLERK and row.clerk_id == staff.id


def _lease_end(context: HandoffContext, now: datetime) -> datetime:
    return now + timedelta(seconds=context.settings.lease_s)
