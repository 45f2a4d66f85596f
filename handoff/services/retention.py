"""Deletes what is over, kind by kind, as a job that one process at a time runs once a day."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.phase import Phase
from handoff.domain.retention import Retention
from handoff.schema.base import Base
from handoff.schema.desk import ColleagueRow
from handoff.schema.lead import ChangeRow, ExampleRow, RatingRow, SwitchRow
from handoff.schema.routing import ClerkRow, DutyDayRow, JobRow, RequestRow, WaitRow
from handoff.schema.tables import ConversationRow, OutboxRow
from handoff.services.channel_notices import REMEMBERED
from handoff.storage import linking

logger = logging.getLogger(__name__)

NAME = "aufbewahrung"
EVERY = timedelta(days=1)
LEASE = timedelta(minutes=10)
LOOK_S = 60.0
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
"""Between a failed run and the next one."""
OVERDUE_AFTER = timedelta(hours=1)
DIED = "Abgebrochen"
"""Noted as the error of a run that never said how it ended."""
AT_ONCE = 200
"""Conversations in one transaction, so that nobody waits for the clean-up."""


@dataclass(frozen=True)
class JobState:
    """What became of the job: the last good run, failed runs since, the class of the last error."""

    last_run: datetime | None
    failures: int
    error: str | None
    overdue: bool
    """Its time came a while ago and nobody runs it."""

    @property
    def troubled(self) -> bool:
        """Whether somebody should look."""
        return self.failures > 0 or self.overdue


async def run(context: HandoffContext) -> dict[str, int] | None:
    """Run the job if it is due and nobody else runs it; gives how much was deleted by kind, None if it was not due.

    A run that fails is noted and repeated with growing pauses; what it raised is raised again.
    """
    if not await _take(context):
        return None
    try:
        deleted = await clean(context, context.settings.retention)
    except Exception as error:
        await _failed(context, type(error).__name__)
        raise
    async with context.database.write() as session:
        done = await session.get_one(JobRow, NAME)
        done.last_run, done.taken_until, done.not_before = context.clock(), None, None
        done.failures, done.error = 0, None
    logger.info("retention: %s", deleted)
    return deleted


async def _take(context: HandoffContext) -> bool:
    now = context.clock()
    async with context.database.write() as session:
        job = await session.get(JobRow, NAME, with_for_update=True)
        if job is None:
            job = JobRow(name=NAME, failures=0)
            session.add(job)
        done = job.last_run is not None and job.last_run > now - EVERY
        if done or any(moment is not None and moment > now for moment in (job.taken_until, job.not_before)):
            return False
        if job.taken_until is not None:  # whoever ran it never said how it ended
            job.failures, job.error = job.failures + 1, DIED
        job.taken_until = now + LEASE
    return True


async def _failed(context: HandoffContext, error: str) -> None:
    async with context.database.write() as session:
        job = await session.get_one(JobRow, NAME)
        job.failures, job.error, job.taken_until = job.failures + 1, error[:80], None
        job.not_before = context.clock() + min(FIRST_PAUSE * 2 ** min(job.failures - 1, 10), LONGEST_PAUSE)


async def state(context: HandoffContext) -> JobState:
    """Tell what became of the job, for health and metrics."""
    now = context.clock()
    async with context.database.read() as session:
        job = await session.get(JobRow, NAME)
        if job is None:
            return JobState(None, 0, None, False)
        running = job.taken_until is not None and job.taken_until > now
        late = job.last_run is not None and job.last_run + EVERY + OVERDUE_AFTER < now
        return JobState(job.last_run, job.failures, job.error, late and not running)


async def clean(context: HandoffContext, keep: Retention) -> dict[str, int]:
    """Delete what is over; gives the number of deleted rows by kind."""
    now = context.clock()
    counts = {"conversations": 0}
    while True:
        async with context.database.write() as session:
            ids = await _over(session, now, keep)
            await delete_conversations(session, ids)
        counts["conversations"] += len(ids)
        if len(ids) < AT_ONCE:
            break
    async with context.database.write() as session:
        await linking.forget_expired(session, now)
        await linking.forget_notices(session, now - REMEMBERED)
        for name, statement in (
            (
                "requests",
                delete(RequestRow).where(
                    RequestRow.promised_for < (now - timedelta(days=keep.request_days)).date()
                ),
            ),
            (
                "outbox",
                delete(OutboxRow).where(
                    OutboxRow.given_up, OutboxRow.at < now - timedelta(days=keep.given_up_days)
                ),
            ),
            ("waits", delete(WaitRow).where(WaitRow.queued_at < now - timedelta(days=keep.wait_days))),
            (
                "desk_colleagues",
                delete(ColleagueRow).where(
                    ColleagueRow.present_until < now - timedelta(days=keep.clerk_days)
                ),
            ),
            ("ratings", delete(RatingRow).where(RatingRow.hour < now - timedelta(days=keep.rating_days))),
            ("examples", delete(ExampleRow).where(ExampleRow.hour < now - timedelta(days=keep.example_days))),
            (
                "lead_changes",
                delete(ChangeRow).where(ChangeRow.at < now - timedelta(days=keep.change_days)),
            ),
            (
                "switches",
                delete(SwitchRow).where(SwitchRow.ended_at < now - timedelta(days=keep.change_days)),
            ),
            (
                "duty_days",
                delete(DutyDayRow).where(DutyDayRow.day < now.date() - timedelta(days=keep.wait_days)),
            ),
            ("clerks", delete(ClerkRow).where(ClerkRow.seen_until < now - timedelta(days=keep.clerk_days))),
        ):
            result = await session.execute(statement.execution_options(synchronize_session=False))
            counts[name] = int(getattr(result, "rowcount", 0))
    return counts


async def _over(session: AsyncSession, now: datetime, keep: Retention) -> list[str]:
    unbound = and_(
        ConversationRow.account.is_(None),
        ConversationRow.changed_at < now - timedelta(days=keep.unbound_days),
    )
    bound = and_(
        ConversationRow.account.is_not(None),
        ConversationRow.changed_at < now - timedelta(days=keep.bound_days),
    )
    query = (
        select(ConversationRow.id)
        .where(or_(unbound, bound), ConversationRow.phase.in_([Phase.BOT, Phase.CLOSED]))
        .limit(AT_ONCE)
    )
    return list((await session.scalars(query)).all())


async def delete_conversations(session: AsyncSession, ids: list[str], *, requests: bool = False) -> None:
    """Delete conversations and every row of any table that belongs to them; requests have a date of their own."""
    for table in reversed(Base.metadata.sorted_tables):
        if table.name != ConversationRow.__tablename__ and "conversation_id" in table.c:
            if table.name == RequestRow.__tablename__ and not requests:
                continue
            await session.execute(delete(table).where(table.c.conversation_id.in_(ids)))
    await session.execute(
        delete(ConversationRow)
        .where(ConversationRow.id.in_(ids))
        .execution_options(synchronize_session=False)
    )


class RetentionWatch:
    """Looks every minute whether the job is due."""

    def __init__(
        self, context: HandoffContext, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._context = context
        self._pause = pause
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await self._pause(LOOK_S)
            try:
                await run(self._context)
            except Exception:  # the edge of this worker: it is noted, and tried again
                logger.exception("retention failed")
