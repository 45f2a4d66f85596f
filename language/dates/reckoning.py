"""Reckoning with days, months and years; what a rule of the date grammar is."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Literal, cast

Direction = Literal["past", "future"]
Days = tuple[date, date]
"""First and last day, equal for a single one."""
Resolver = Callable[[re.Match[str], date, Direction | None], Days | None]
Rule = tuple[str, Resolver]
"""A pattern over the text in small letters, whose group `date` is the span, and what its match means as of a day.

The resolver returns None or raises ValueError where the words name no day of the calendar.
"""

_EDGE_DAYS = 10


def single(day: date) -> Days:
    """One day as first and last."""
    return day, day


def said(m: re.Match[str], name: str) -> str | None:
    """A part of the match that the rule may lack or the text may leave out."""
    return cast("str | None", m.groupdict().get(name))


def nearest(candidates: Iterator[date], today: date, direction: Direction | None) -> Days | None:
    """The candidate next to today, on the wanted side of it (today belongs to both)."""
    days = [
        day
        for day in candidates
        if direction is None or (day <= today if direction == "past" else day >= today)
    ]
    return single(min(days, key=lambda day: abs(day - today))) if days else None


def on_day(day: int, today: date, direction: Direction | None) -> Days | None:
    """The nearest day of that number, of the months around today's."""

    def candidates() -> Iterator[date]:
        for offset in (-2, -1, 0, 1, 2):
            month = add_months(today.replace(day=1), offset)
            if day <= monthrange(month.year, month.month)[1]:
                yield month.replace(day=day)

    return nearest(candidates(), today, direction)


def on_day_and_month(day: int, month: int, today: date, direction: Direction | None) -> Days | None:
    """The nearest such day, of the years around today's."""

    def candidates() -> Iterator[date]:
        for year in range(today.year - 4, today.year + 5):
            if day <= monthrange(year, month)[1]:
                yield date(year, month, day)

    return nearest(candidates(), today, direction)


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_range(first: date) -> Days:
    """From the given day to the end of its month."""
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def part_of_month(days: Days, part: str | None) -> Days:
    """Anfang: the days 1 to 10; Mitte: 11 to 20; Ende: the rest; no part: the whole month."""
    first, last = days
    if not part:
        return days
    if part.startswith("anfang"):
        return first, first + timedelta(days=_EDGE_DAYS - 1)
    if part.startswith("mitte"):
        return first + timedelta(days=_EDGE_DAYS), first + timedelta(days=2 * _EDGE_DAYS - 1)
    return first + timedelta(days=2 * _EDGE_DAYS), last


def part_of_year(year: int, part: str | None) -> Days:
    """Anfang: January; Mitte: June and July; Ende: December; no part: the whole year."""
    first, last = {"anfang": (1, 1), "mitte": (6, 7), "ende": (12, 12)}.get(part or "", (1, 12))
    return date(year, first, 1), month_range(date(year, last, 1))[1]


def monday_of(day: date, weeks: int = 0) -> date:
    """The Monday of the day's week, or of one so many weeks on."""
    return day - timedelta(days=day.weekday()) + timedelta(weeks=weeks)
