"""The queue: who waits, what is one's own, and what happens when a clerk falls silent."""

import asyncio
from contextlib import suppress
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.anschrift import without_addresses
from handoff.domain.board import Board, Place
from handoff.domain.message import BERLIN, Body, Object
from handoff.domain.offers import Json
from handoff.domain.people import Staff
from handoff.domain.phase import Phase, Step, move
from handoff.domain.queue import Ticket
from handoff.domain.reasons import urgency
from handoff.domain.routing import Clerk, helps_out, of_staff, responsible
from handoff.errors import ConflictError, ForbiddenError, UnknownConversationError
from handoff.hub import Listener
from handoff.schema.tables import ConversationRow
from handoff.services import conversation as life
from handoff.services import texts, waits
from handoff.storage import conversations, duty, log

LAST_TEXT_CHARS = 120
LISTED = 50
"""Waiting chats in a clerk's list."""


async def listing(context: HandoffContext, staff: Staff) -> Object:
    """List what this clerk sees: `{waiting: [Entry], waiting_total, mine: [Entry]}`, in the order of the queue.

    Of the waiting ones at most 50; `waiting_total` counts those that she might see.
    """
    clerk = of_staff(staff)
    async with context.database.read() as session:
        board = await context.board.get(context.clock(), session)
        seen = [one for one in board.tickets if _may_see(clerk, one, board)]
        shown = [one.conversation_id for one in seen[:LISTED]]
        place = board.all_places(shown)
        rows = [
            *await conversations.waiting(session, shown),
            *await conversations.of_clerk(session, staff.id),
        ]
        texts_ = await log.last_texts(session, rows)
        unread = await log.unread(session, rows)
    entries = [_entry(row, place.get(row.id), texts_.get(row.id, ""), unread.get(row.id, 0)) for row in rows]
    return {
        "waiting": [one for one in entries if one["state"] == Phase.WAITING],
        "waiting_total": len(seen),
        "mine": [one for one in entries if one["state"] == Phase.CLERK],
    }


async def own(context: HandoffContext, chat: str, staff: Staff) -> str:
    """Give the conversation of a chat that this clerk has claimed.

    Raises
    ------
    UnknownConversationError
        No chat has this id.
    ForbiddenError
        The chat is not this clerk's (`nicht_ihr_gespraech`).
    """
    async with context.database.read() as session:
        row = await _of_chat(session, chat)
    if not _is_own(row, staff):
        raise ForbiddenError("Dieses Gespräch liegt nicht bei Ihnen.", code="nicht_ihr_gespraech")
    return row.id


async def release(context: HandoffContext, conversation_id: str, staff: Staff) -> Object:
    """Put one's chat back to the head of the queue."""
    async with context.database.write() as session:
        row = await own_for_writing(session, conversation_id, staff)
        await _back_to_head(session, row, context, texts.RELEASED)
        state = await life.state_of(session, row, context)
    life.tell_all(context, conversation_id)
    return state


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
    check_own(row.phase, row.clerk_id, staff.id, staff)
    return row


def check_own(phase: str, clerk_id: str | None, owner: str, staff: Staff) -> None:
    """Raise ConflictError `nicht_ihr_gespraech` unless the clerk has the chat, or `owner`, who invited her, still has it."""
    if phase != Phase.CLERK or clerk_id not in (staff.id, owner):
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

    def missed(self) -> None:
        """A lease may have begun unheard."""
        self._changed.set()

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            following = await expire(self._context)
            wait_s = None
            if following is not None:
                wait_s = max(0.05, (following - self._context.clock()).total_seconds())
            with suppress(TimeoutError):
                # not wait_for: on Python 3.11 it swallows a cancellation that comes together with the event
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()


async def _back_to_head(
    session: AsyncSession, row: ConversationRow, context: HandoffContext, template: str
) -> None:
    now = context.clock()
    row.phase = move(Phase(row.phase), Step.RELEASE)
    row.returned = True
    row.rank_at = row.rank_at or row.queued_at
    await duty.end_handling(session, row.wait_id, now, handed_on=True)
    row.wait_id = await waits.begin(context, session, row, now, continued=True)
    row.lease_until = None
    await life.say(session, row, context, Body(template.format(function=row.clerk_function)))
    row.clerk_id = None


async def _of_chat(session: AsyncSession, chat: str) -> ConversationRow:
    row = await conversations.by_chat(session, chat)
    if row is None:
        raise UnknownConversationError
    return row


def _entry(row: ConversationRow, place: Place | None, last_text: str, unread: int) -> dict[str, Json]:
    text = " ".join(last_text.split())
    if row.account is not None and row.address_locked is not False:
        text = without_addresses(text)
    if len(text) > LAST_TEXT_CHARS:
        text = text[: LAST_TEXT_CHARS - 1] + "…"
    return {
        "chat": row.chat,
        "topic": _topic(row),
        "service": row.service,
        "office": row.office,
        "lang": row.lang,
        "reason": row.reason,
        "reason_text": urgency(row.reason).label if row.reason else None,
        "since": row.queued_at.astimezone(BERLIN).isoformat(timespec="seconds") if row.queued_at else None,
        "place": place.place if place is not None else None,
        "returned": row.returned,
        "state": row.phase,
        "last_text": text,
        "unread": unread,
    }


def _may_see(clerk: Clerk, ticket: Ticket, board: Board) -> bool:
    return responsible(clerk, ticket) or helps_out(clerk, ticket, board.fallbacks)


def _topic(row: ConversationRow) -> str | None:
    return row.handover["topic"] if row.handover else None


def _is_own(row: ConversationRow, staff: Staff) -> bool:
    return row.phase == Phase.CLERK and row.clerk_id == staff.id
