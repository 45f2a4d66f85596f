"""Opening hours of a team: a week, exceptions by day, holidays. Local time of the office; pure, the caller brings the holidays."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
Span = tuple[time, time]
IsHoliday = Callable[[date], bool]
LOOK_AHEAD_DAYS = 60
CALLBACK_MINUTES = 60


@dataclass(frozen=True)
class Hours:
    """When a team answers. Without a week nothing is known, and whoever is on duty answers."""

    week: Mapping[int, tuple[Span, ...]] | None = None
    """Spans by weekday (0 Monday); a missing day is closed."""
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    """Spans of single days; none: closed. An exception also overrides a holiday."""

    def of(self, day: date, is_holiday: IsHoliday) -> tuple[Span, ...]:
        """Give a day's spans."""
        if day in self.exceptions:
            return self.exceptions[day]
        if self.week is None or is_holiday(day):
            return ()
        return self.week.get(day.weekday(), ())


def is_open(hours: Hours, now: datetime, is_holiday: IsHoliday) -> bool | None:
    """Tell whether the team answers now; None when its hours are not known."""
    local = now.astimezone(BERLIN)
    if hours.week is None and local.date() not in hours.exceptions:
        return None
    return any(start <= local.time() < end for start, end in hours.of(local.date(), is_holiday))


def next_opening(hours: Hours, now: datetime, is_holiday: IsHoliday) -> datetime | None:
    """Give the next moment at which the team begins to answer, after `now`; None if none within 60 days."""
    for start, _end in _spans(hours, now, is_holiday):
        if start > now:
            return start
    return None


def callback_slots(hours: Hours, now: datetime, is_holiday: IsHoliday, *, count: int = 4) -> list[datetime]:
    """Give whole hours at which somebody can call back: open for the hour that follows, at least an hour from now."""
    slots = []
    earliest = now + timedelta(minutes=CALLBACK_MINUTES)
    for start, end in _spans(hours, now, is_holiday):
        slot = _full_hour(max(start, earliest))
        while slot + timedelta(minutes=CALLBACK_MINUTES) <= end:
            slots.append(slot)
            if len(slots) == count:
                return slots
            slot += timedelta(minutes=CALLBACK_MINUTES)
    return slots


def promised_day(now: datetime, working_days: int, is_holiday: IsHoliday) -> date:
    """Give the day by which an answer is promised: so many working days (Monday to Friday, no holiday) after today."""
    day = now.astimezone(BERLIN).date()
    left = working_days
    while left > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and not is_holiday(day):
            left -= 1
    return day


def _spans(hours: Hours, now: datetime, is_holiday: IsHoliday) -> Iterator[tuple[datetime, datetime]]:
    first = now.astimezone(BERLIN).date()
    for day in (first + timedelta(days=n) for n in range(LOOK_AHEAD_DAYS)):
        for start, end in sorted(hours.of(day, is_holiday)):
            yield datetime.combine(day, start, BERLIN), datetime.combine(day, end, BERLIN)


def _full_hour(moment: datetime) -> datetime:
    whole = moment.astimezone(BERLIN).replace(minute=0, second=0, microsecond=0)
    return whole if whole >= moment else whole + timedelta(hours=1)
