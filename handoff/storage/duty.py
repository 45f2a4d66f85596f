"""Queries on clerks on duty, teams, hours, and measured waits."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.domain.people import Staff
from handoff.domain.phase import Phase
from handoff.domain.routing import DEFAULT_LANG, Clerk
from handoff.schema.routing import ClerkRow, HoursExceptionRow, TeamRow, WaitRow
from handoff.schema.tables import ConversationRow

DEFAULT_CAPACITY = 6
HERE, BREAK, AWAY = "da", "pause", "weg"
RECENT = 50
"""So many handling times are looked at."""


async def appear(session: AsyncSession, staff: Staff, until: datetime, *, back: bool) -> None:
    """Note that a clerk's console is connected until then; `back` ends an absence but not a break."""
    values = {
        "office": staff.office_id,
        "topics": list(staff.topics),
        "leads": staff.leads,
        "login": staff.login,
        "office_name": staff.office,
        "seen_until": until,
    }
    known = {"presence": HERE, "capacity": DEFAULT_CAPACITY, "languages": [DEFAULT_LANG], "skills": []}
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    await session.execute(
        insert(ClerkRow)
        .values(id=staff.id, **values, **known)
        .on_conflict_do_update(index_elements=[ClerkRow.id], set_=values)
    )
    if back:
        await session.execute(
            update(ClerkRow)
            .where(ClerkRow.id == staff.id, ClerkRow.presence == AWAY)
            .values(presence=HERE)
            .execution_options(synchronize_session=False)
        )


async def clerk(session: AsyncSession, staff_id: str) -> ClerkRow | None:
    """Find a clerk."""
    return await session.get(ClerkRow, staff_id, populate_existing=True)


async def on_duty(session: AsyncSession, now: datetime) -> list[Clerk]:
    """List the clerks who are here now, with their load."""
    rows = await session.scalars(select(ClerkRow).where(ClerkRow.presence == HERE, ClerkRow.seen_until > now))
    loads = dict(
        (
            await session.execute(
                select(ConversationRow.clerk_id, func.count())
                .where(ConversationRow.phase == Phase.CLERK)
                .group_by(ConversationRow.clerk_id)
            )
        ).all()
    )
    return [as_clerk(row, loads.get(row.id, 0)) for row in rows]


def as_clerk(row: ClerkRow, load: int) -> Clerk:
    """Give a clerk as routing sees her."""
    return Clerk(
        row.id, row.office, tuple(row.topics), tuple(row.languages), tuple(row.skills), row.capacity, load,
        row.leads,
    )  # fmt: skip


async def load(session: AsyncSession, clerk_id: str) -> int:
    """Count a clerk's chats."""
    return (
        await session.scalar(
            select(func.count()).where(
                ConversationRow.clerk_id == clerk_id, ConversationRow.phase == Phase.CLERK
            )
        )
    ) or 0


async def teams(session: AsyncSession) -> Sequence[TeamRow]:
    """List all teams."""
    return (await session.scalars(select(TeamRow))).all()


async def team(session: AsyncSession, office: str | None) -> TeamRow | None:
    """Find an office's team, or the whole town's (`*`)."""
    found = await session.get(TeamRow, office) if office else None
    return found or await session.get(TeamRow, "*")


async def exceptions(session: AsyncSession, office: str, since: date) -> Sequence[HoursExceptionRow]:
    """List a team's exceptions from a day on."""
    return (
        await session.scalars(
            select(HoursExceptionRow)
            .where(HoursExceptionRow.office == office, HoursExceptionRow.day >= since)
            .order_by(HoursExceptionRow.day)
        )
    ).all()


async def drop_exception(session: AsyncSession, office: str, day: date) -> None:
    """Let a day be as usual again."""
    await session.execute(
        delete(HoursExceptionRow).where(HoursExceptionRow.office == office, HoursExceptionRow.day == day)
    )


async def handling_times(session: AsyncSession) -> dict[str | None, list[float]]:
    """Give recent handling times in seconds by service; `None`: of all."""
    rows = await session.execute(
        select(WaitRow.service, WaitRow.handled_s)
        .where(WaitRow.handled_s.is_not(None))
        .order_by(WaitRow.id.desc())
        .limit(RECENT * 10)
    )
    times: dict[str | None, list[float]] = {None: []}
    for service, handled_s in rows:
        if handled_s is None:
            continue
        times[None].append(float(handled_s))
        if service is not None:
            times.setdefault(service, []).append(float(handled_s))
    return {service: found[:RECENT] for service, found in times.items() if service is None or len(found) >= 8}


async def end_wait(
    session: AsyncSession, wait_id: int | None, outcome: str, now: datetime, *, team: str | None = None
) -> None:
    """Note how a wait ended; `team` is the office of the clerk who took the chat."""
    row = await session.get(WaitRow, wait_id) if wait_id is not None else None
    if row is not None and row.outcome is None:
        row.outcome = outcome
        row.team = team
        row.waited_s = int((now - row.queued_at).total_seconds())


async def end_handling(
    session: AsyncSession,
    wait_id: int | None,
    now: datetime,
    *,
    result: str | None = None,
    handed_on: bool = False,
) -> None:
    """Note that the clerk has finished, with which result, or that the chat goes on elsewhere."""
    row = await session.get(WaitRow, wait_id) if wait_id is not None else None
    if row is not None and row.waited_s is not None:
        row.result = result
        row.handed_on = row.handed_on or handed_on
        row.handled_s = int((now - row.queued_at).total_seconds()) - row.waited_s


async def hand_on(session: AsyncSession, wait_id: int | None) -> None:
    """Note that another clerk takes the chat over."""
    row = await session.get(WaitRow, wait_id) if wait_id is not None else None
    if row is not None:
        row.handed_on = True
