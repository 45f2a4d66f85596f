"""Queries on clerks on duty, teams, hours, and measured waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.domain.people import Staff
from handoff.domain.phase import Phase
from handoff.domain.routing import DEFAULT_CAPACITY, DEFAULT_LANG, Clerk
from handoff.schema.routing import ClerkRow, DutyDayRow, HoursExceptionRow, TeamRow, WaitRow
from handoff.schema.tables import ConversationRow

WHOLE_TOWN = "*"
HERE, BREAK, AWAY = "da", "pause", "weg"
RECENT = 50
"""So many handling times are looked at."""


async def appear(session: AsyncSession, staff: Staff, day: date, until: datetime, *, back: bool) -> None:
    """Note that a clerk's console is connected until then; `back` ends an absence but not a break.

    The first time on a `day` she is counted for her team.
    """
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
    fresh = await session.scalar(
        update(ClerkRow)
        .where(ClerkRow.id == staff.id, or_(ClerkRow.counted_on.is_(None), ClerkRow.counted_on != day))
        .values(counted_on=day)
        .returning(ClerkRow.id)
        .execution_options(synchronize_session=False)
    )
    if fresh is not None:
        office = staff.office_id or WHOLE_TOWN
        await session.execute(
            insert(DutyDayRow)
            .values(day=day, office=office, clerks=1)
            .on_conflict_do_update(
                index_elements=[DutyDayRow.day, DutyDayRow.office], set_={"clerks": DutyDayRow.clerks + 1}
            )
        )
    if back:
        await session.execute(
            update(ClerkRow)
            .where(ClerkRow.id == staff.id, ClerkRow.presence == AWAY)
            .values(presence=HERE)
            .execution_options(synchronize_session=False)
        )


async def clerks_by_day(session: AsyncSession, since: date, before: date) -> dict[tuple[date, str], int]:
    """Give how many clerks of each team were there on each day."""
    rows = await session.execute(
        select(DutyDayRow.day, DutyDayRow.office, DutyDayRow.clerks).where(
            DutyDayRow.day >= since, DutyDayRow.day < before
        )
    )
    return {(day, office): number for day, office, number in rows}


async def clerk(session: AsyncSession, staff_id: str) -> ClerkRow | None:
    """Find a clerk."""
    return await session.get(ClerkRow, staff_id, populate_existing=True)


async def on_duty(session: AsyncSession, now: datetime) -> list[Clerk]:
    """List the clerks who are here now, with their load."""
    return (await roster(session, now)).on_duty


@dataclass(frozen=True)
class Roster:
    """Clerks and their chats at one moment."""

    known: dict[str, Clerk]
    """Those who were asked for by id, as far as they have ever been here."""
    on_duty: list[Clerk]
    loads: dict[str, int]
    """Chats by clerk's id; who has none is missing."""


async def roster(session: AsyncSession, now: datetime, ids: Sequence[str] = ()) -> Roster:
    """Give those who are here now, and those of these ids wherever they are."""
    here = and_(ClerkRow.presence == HERE, ClerkRow.seen_until > now)
    rows = (await session.scalars(select(ClerkRow).where(or_(ClerkRow.id.in_(ids), here)))).all()
    counted = await session.execute(
        select(ConversationRow.clerk_id, func.count())
        .where(ConversationRow.phase == Phase.CLERK)
        .group_by(ConversationRow.clerk_id)
    )
    loads = {id_: number for id_, number in counted if id_ is not None}
    clerks = {row.id: as_clerk(row, loads.get(row.id, 0)) for row in rows}
    present = [clerks[row.id] for row in rows if row.presence == HERE and row.seen_until > now]
    return Roster({id_: clerks[id_] for id_ in ids if id_ in clerks}, present, loads)


async def fallbacks(session: AsyncSession) -> dict[str, str]:
    """Give the office that helps out, by office."""
    return {one.office: one.fallback for one in await teams(session) if one.fallback}


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


async def end_wait(session: AsyncSession, wait_id: int | None, outcome: str, now: datetime) -> None:
    """Note how a wait ended that no clerk answered."""
    row = await session.get(WaitRow, wait_id) if wait_id is not None else None
    if row is not None and row.outcome is None:
        row.outcome = outcome
        row.waited_s = int((now - row.queued_at).total_seconds())


async def end_waits(
    session: AsyncSession, teams_by_wait: Mapping[int, str], outcome: str, now: datetime
) -> None:
    """Note how many waits ended that end at the same moment, and whose team answered each."""
    if not teams_by_wait:
        return
    line = await session.connection()
    table = WaitRow.__table__
    began = await line.execute(
        select(table.c.id, table.c.queued_at).where(
            table.c.id.in_(list(teams_by_wait)), table.c.outcome.is_(None)
        )
    )
    ended = [
        {"of_id": id_, "waited": int((now - queued_at).total_seconds()), "by_team": teams_by_wait[id_]}
        for id_, queued_at in began
    ]
    if ended:
        note = update(WaitRow.__table__).where(table.c.id == bindparam("of_id"))  # type: ignore[arg-type]
        values = note.values(outcome=outcome, waited_s=bindparam("waited"), team=bindparam("by_team"))
        await line.execute(values, ended)


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
