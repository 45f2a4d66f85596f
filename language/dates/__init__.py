"""German dates as people say them, as of a given day: a small grammar, with dateparser behind it.

The grammar's rules stand in `days`, `feasts`, `relative` and `periods`. Of two readings that overlap the longer one counts.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import cast

from language.dates import days, feasts, periods, relative
from language.dates.joining import DateSpan, joined
from language.dates.reckoning import Direction
from language.dates.words import (
    ALREADY,
    FUTURE_WORDS,
    MAYBE_DATE,
    NO_DATE_BEFORE,
    PAST_WORDS,
    PERFECT,
    TOWARDS,
)

__all__ = ["DateSpan", "Direction", "find"]

_GRAMMAR = tuple(
    (re.compile(pattern), resolve)
    for pattern, resolve in (*days.RULES, *feasts.RULES, *relative.RULES, *periods.RULES)
)
_DIGIT = re.compile(r"\d")
_END_OF_SENTENCE = re.compile(r"(?<=[a-zäöüß)][.!?])\s+|\n+")
_MAYBE_DATE = re.compile(r"^\W*\d{1,4}\W+\w{1,10}\W+\d{2,4}\W*$")


def find(text: str, today: date, prefer: Direction | None = None) -> list[DateSpan]:
    """Find every date and range of dates, in order.

    Parameters
    ----------
    today
        The day as of which "gestern" or "am 12." is meant.
    prefer
        Whether an incomplete date lies before or after `today`; if not given, the words of its sentence decide, and
        where they say nothing, the nearest day counts.
    """
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter like "İ" has two small ones
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    if not _DIGIT.search(text) and not MAYBE_DATE.search(lowered):
        return []
    found: list[DateSpan] = []
    for span in sorted(_readings(lowered, today, prefer), key=lambda span: span.start - span.end):
        if not any(span.start < other.end and other.start < span.end for other in found):
            found.append(span)
    if not found:
        found += _by_library(text, today)
    return joined(sorted(found, key=lambda span: span.start), lowered)


def _readings(lowered: str, today: date, prefer: Direction | None) -> Iterator[DateSpan]:
    sentences = _sentences(lowered)
    for pattern, resolve in _GRAMMAR:
        for match in pattern.finditer(lowered):
            start, end = match.span("date")
            if NO_DATE_BEFORE.search(lowered, max(0, start - 40), start):
                continue
            said = prefer or next(direction for stop, direction in sentences if start < stop)
            try:
                found = resolve(match, today, said)
            except (ValueError, OverflowError):
                continue
            if found is not None:
                yield DateSpan(start, end, *found)


def _sentences(lowered: str) -> list[tuple[int, Direction | None]]:
    """Where each sentence ends, and whether it speaks of the past or of the future."""
    stops = [*(match.start() for match in _END_OF_SENTENCE.finditer(lowered)), len(lowered)]
    starts = [0, *stops]
    return [(stop, _direction(lowered[start:stop])) for start, stop in zip(starts, stops, strict=False)]


def _direction(sentence: str) -> Direction | None:
    past = PAST_WORDS.search(sentence) or PERFECT.match(sentence)
    if FUTURE_WORDS.search(sentence):
        return None if past else "future"
    if past or ALREADY.search(sentence):
        return "past"
    return "future" if TOWARDS.search(sentence) else None


def _by_library(text: str, today: date) -> list[DateSpan]:
    """Complete dates in other notations ("12-Nov-2026"), where the whole text is one."""
    if not _MAYBE_DATE.match(text):
        return []
    import dateparser  # its import costs a third of a second, and it is seldom needed

    moment = dateparser.parse(
        text.strip(),
        languages=["de"],
        settings={
            "PARSERS": ["absolute-time"],
            "REQUIRE_PARTS": ["day", "month", "year"],
            "DATE_ORDER": "DMY",
        },
    )
    if moment is None:
        return []
    day = cast(date, moment.date())
    stripped = text.strip()
    start = text.index(stripped)
    return [DateSpan(start, start + len(stripped), day, day)]
