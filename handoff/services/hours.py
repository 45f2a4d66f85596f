"""Opening hours of the teams: stored weeks and exceptions, the holidays of NRW, and what follows from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache

import holidays
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain import hours as rules
from handoff.domain.hours import BERLIN, Hours, Span
from handoff.errors import InvalidInputError
from handoff.schema.routing import HoursExceptionRow, TeamRow
from handoff.storage import duty

PROMISE_DAYS = 2
"""Working days within which a request is answered, unless a team says otherwise."""
Spans = Sequence[tuple[str, str]]
MODES = ("pull", "push")


@dataclass(frozen=True)
class Opening:
    """A team's hours, seen from one moment."""

    open: bool | None
    """None: the hours are not known, and whoever is on duty answers."""
    opens_at: datetime | None
    callbacks: list[datetime]
    promised: date


def is_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday in North Rhine-Westphalia."""
    return day in _calendar()


def holiday_name(day: date) -> str | None:
    """Give a public holiday's name, as the law of North Rhine-Westphalia has it; None on other days."""
    name = _calendar().get(day)
    return None if name is None else str(name)


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("DE", subdiv="NW", language="de")


async def opening(session: AsyncSession, office: str | None, now: datetime) -> Opening:
    """Give what a citizen who wants this office may expect."""
    team = await duty.team(session, office)
    hours = Hours()
    if team is not None:
        rows = await duty.exceptions(session, team.office, now.astimezone(BERLIN).date())
        week = None if team.week is None else {int(day): _read(spans) for day, spans in team.week.items()}
        hours = Hours(week, {row.day: _read(row.spans) for row in rows})
    days = team.promise_days if team is not None else PROMISE_DAYS
    return Opening(
        rules.is_open(hours, now, is_holiday),
        rules.next_opening(hours, now, is_holiday),
        rules.callback_slots(hours, now, is_holiday),
        rules.promised_day(now, days, is_holiday),
    )


async def set_team(
    context: HandoffContext,
    office: str,
    *,
    week: Mapping[int, Spans] | None,
    mode: str = "pull",
    fallback: str | None = None,
    promise_days: int = PROMISE_DAYS,
) -> None:
    """Write a team's week and way of working; `*` is the whole town's.

    Raises
    ------
    InvalidInputError
        A span is malformed or ends before it begins, the mode is unknown, or the fallback is the office itself.
    """
    if mode not in MODES:
        raise InvalidInputError("Möglich sind: pull, push.", field="mode")
    if fallback == office:
        raise InvalidInputError("Eine Stelle kann sich nicht selbst vertreten.", field="fallback")
    if not 1 <= promise_days <= 30:
        raise InvalidInputError("Bitte geben Sie 1 bis 30 Arbeitstage an.", field="promise_days")
    stored = None if week is None else {str(day): _checked(spans) for day, spans in week.items()}
    async with context.database.write() as session:
        await session.merge(
            TeamRow(office=office, mode=mode, fallback=fallback, week=stored, promise_days=promise_days)
        )
    context.hub.queue_changed()


async def set_exception(
    context: HandoffContext, office: str, day: date, spans: Spans | None, note: str = ""
) -> None:
    """Let one day be different: other spans, none (closed), or `None`: as usual again.

    Raises
    ------
    InvalidInputError
        A span is malformed or ends before it begins.
    """
    async with context.database.write() as session:
        if spans is None:
            await duty.drop_exception(session, office, day)
        else:
            row = HoursExceptionRow(office=office, day=day, spans=_checked(spans), note=note.strip()[:200])
            await session.merge(row)
    context.hub.queue_changed()


def _checked(spans: Spans) -> list[list[str]]:
    try:
        read = _read(spans)
    except (TypeError, ValueError) as error:
        raise InvalidInputError("Bitte schreiben Sie Zeiten wie 08:00.", field="spans") from error
    if any(start >= end for start, end in read):
        raise InvalidInputError("Das Ende muss nach dem Beginn liegen.", field="spans")
    return [[start.strftime("%H:%M"), end.strftime("%H:%M")] for start, end in sorted(read)]


def _read(spans: Sequence[Sequence[str]]) -> tuple[Span, ...]:
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans)
