"""What two dates beside each other mean: a weekday with its date, from one day to another."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from language.dates.reckoning import add_months
from language.dates.words import SHORT_WEEKDAY, UNTIL, WEEKDAY, WEEKDAYS

_BESIDE = re.compile(r"\s*,?\s*(?:(?:den|dem|der|am)\s+)?")
_UNTIL = re.compile(rf"\s*(?:{UNTIL}|und)\s*(?:(?:den|dem|zum|am)\s+)?")
_SHORT_WEEKDAY = re.compile(rf"\b(?P<weekday>{SHORT_WEEKDAY})(?P<sign>\.,?|,)?\s*(?:den\s+)?$")
_BETWEEN = re.compile(r"\bzwischen\s+(?:dem\s+)?$")


@dataclass(frozen=True)
class DateSpan:
    """Days named in a text: `first` to `last` (equal for a single day), at `start` to `end` of the text."""

    start: int
    end: int
    first: date
    last: date

    @property
    def single(self) -> bool:
        """Whether one day is meant."""
        return self.first == self.last

    @property
    def value(self) -> str:
        """ISO date, or "first/last" as ISO 8601 writes an interval."""
        return self.first.isoformat() if self.single else f"{self.first.isoformat()}/{self.last.isoformat()}"


def joined(spans: list[DateSpan], lowered: str) -> list[DateSpan]:
    """Join what belongs together; `spans` in order and without overlap, `lowered` the text in small letters."""
    result: list[DateSpan] = []
    for span in spans:
        span = _with_short_weekday(span, lowered)
        if result and (both := _as_one(result[-1], span, lowered)):
            result[-1] = both
        else:
            result.append(span)
    return result


def _as_one(left: DateSpan, right: DateSpan, lowered: str) -> DateSpan | None:
    between = lowered[left.end : right.start]
    if left.single and right.single:
        if re.fullmatch(WEEKDAY, lowered[left.start : left.end]) and _BESIDE.fullmatch(between):
            return DateSpan(left.start, right.end, right.first, right.last)
        if re.fullmatch(WEEKDAY, lowered[right.start : right.end]) and re.fullmatch(r"\s*\(\s*", between):
            closed = right.end + (lowered[right.end : right.end + 1] == ")")
            return DateSpan(left.start, closed, left.first, left.last)
    if not _UNTIL.fullmatch(between) or ("und" in between and not _BETWEEN.search(lowered[: left.start])):
        return None
    last = right.last
    if right.single:
        while last < left.last and re.fullmatch(WEEKDAY, lowered[right.start : right.end]):
            last += timedelta(weeks=1)
        if last < left.last and last.replace(day=1) < left.last:
            last = add_months(last, 12)
    if left.last >= last:
        return None
    return DateSpan(left.start, right.end, left.first, last)


def _with_short_weekday(span: DateSpan, lowered: str) -> DateSpan:
    """ "Mo, 30.11." whole: if it is written so, or if the 30th is a Monday ("so" and "do" are words, too)."""
    named = _SHORT_WEEKDAY.search(lowered[: span.start])
    if named and span.single and (named["sign"] or WEEKDAYS[named["weekday"]] == span.first.weekday()):
        return DateSpan(named.start(), span.end, span.first, span.last)
    return span
