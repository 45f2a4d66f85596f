"""German dates as people say them, as of a given day: a small grammar, with dateparser behind it."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast

from language.date_words import (
    DAY,
    FEASTS,
    FUTURE_WORDS,
    HELPING_WORDS,
    LEAD,
    MONTH,
    NEXT,
    NO_DATE_AFTER,
    NUMBER,
    ORDINAL,
    PAST_WORDS,
    WEEKDAY,
    WEEKDAYS,
    WHICH,
    YEAR,
    amount_of,
    how_far_on,
    month_number,
    ordinal_number,
    weekday_number,
    year_number,
)

Direction = Literal["past", "future"]

_BESIDE = re.compile(r"\s*,?\s*(?:(?:den|dem|der|am)\s+)?")
_UNTIL = re.compile(r"\s*(?:bis(?:\s+(?:zum|zu|einschließlich))?|-|–|und)\s*(?:(?:den|dem|zum)\s+)?")
_SHORT_WEEKDAY = re.compile(r"\b(?P<weekday>mo|di|mi|do|fr|sa|so)(?:\.,?|,)?\s*(?:den\s+)?$")
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


Days = tuple[date, date]
Resolver = Callable[[re.Match[str], date, Direction | None], Days | None]


def find(text: str, today: date, prefer: Direction | None = None) -> list[DateSpan]:
    """Find every date and range of dates, in order.

    Parameters
    ----------
    today
        The day as of which "gestern" or "am 12." is meant.
    prefer
        Whether an incomplete date lies before or after `today`; if not given, the words of the text decide, and
        where they say nothing, the nearest day counts.
    """
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    direction = prefer or _direction(lowered)
    found: list[DateSpan] = []
    for pattern, resolve in _GRAMMAR:
        for match in pattern.finditer(lowered):
            start, end = match.span("date")
            if any(start < span.end and span.start < end for span in found):
                continue
            try:
                days = resolve(match, today, direction)
            except (ValueError, OverflowError):
                continue
            if days is not None:
                found.append(DateSpan(start, end, *days))
    if not found:
        found += _by_library(text, today)
    return _joined(sorted(found, key=lambda span: span.start), lowered)


def _joined(spans: list[DateSpan], lowered: str) -> list[DateSpan]:
    """A weekday belongs to the date beside it; two days with "bis" between them are a range."""
    joined: list[DateSpan] = []
    for span in spans:
        span = _with_short_weekday(span, lowered)
        last = joined[-1] if joined else None
        between = lowered[last.end : span.start] if last else ""
        if last and _UNTIL.fullmatch(between) and "und" not in between and last.last < span.first:
            joined[-1] = DateSpan(last.start, span.end, last.first, span.last)
            continue
        if last and last.single and span.single:
            named = re.fullmatch(WEEKDAY, lowered[last.start : last.end])
            if named and _BESIDE.fullmatch(between):
                joined[-1] = DateSpan(last.start, span.end, span.first, span.last)
                continue
            both = "und" in between
            if _UNTIL.fullmatch(between) and (not both or _BETWEEN.search(lowered[: last.start])):
                end = span.first
                while end < last.first and re.fullmatch(WEEKDAY, lowered[span.start : span.end]):
                    end += timedelta(weeks=1)
                if end < last.first and end.replace(day=1) < last.first:
                    end = _add_months(end, 12)
                if last.first < end:
                    joined[-1] = DateSpan(last.start, span.end, last.first, end)
                    continue
        joined.append(span)
    return joined


def _with_short_weekday(span: DateSpan, lowered: str) -> DateSpan:
    """ "Mo, 30.11." whole, if the 30th is a Monday."""
    named = _SHORT_WEEKDAY.search(lowered[: span.start])
    if named and span.single and WEEKDAYS[named["weekday"]] == span.first.weekday():
        return DateSpan(named.start(), span.end, span.first, span.last)
    return span


def _direction(lowered: str) -> Direction | None:
    past, future = bool(PAST_WORDS.search(lowered)), bool(FUTURE_WORDS.search(lowered))
    if past and future:
        return None
    if future:
        return "future"
    return "past" if past or HELPING_WORDS.search(lowered) else None


def _nearest(candidates: Iterator[date], today: date, direction: Direction | None) -> Days | None:
    days = [
        day
        for day in candidates
        if direction is None or (day <= today if direction == "past" else day >= today)
    ]
    if not days:
        return None
    best = min(days, key=lambda day: abs(day - today))
    return best, best


def _on_day(day: int, today: date, direction: Direction | None) -> Days | None:
    def candidates() -> Iterator[date]:
        for offset in (-2, -1, 0, 1, 2):
            month = _add_months(today.replace(day=1), offset)
            if day <= monthrange(month.year, month.month)[1]:
                yield month.replace(day=day)

    return _nearest(candidates(), today, direction)


def _on_day_and_month(day: int, month: int, today: date, direction: Direction | None) -> Days | None:
    def candidates() -> Iterator[date]:
        for year in range(today.year - 4, today.year + 5):
            if day <= monthrange(year, month)[1]:
                yield date(year, month, day)

    return _nearest(candidates(), today, direction)


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _month_range(first: date) -> Days:
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _part(days: Days, part: str | None) -> Days:
    """Anfang: the first third of a month; Mitte: the second; Ende: the rest."""
    if not part:
        return days
    first, last = days
    if part.startswith("anfang"):
        return first, first + timedelta(days=9)
    if part.startswith("mitte"):
        return first + timedelta(days=10), first + timedelta(days=19)
    return first + timedelta(days=20), last


def _said(m: re.Match[str], name: str) -> str | None:
    """A part of the match that the rule may lack or the text may leave out."""
    return cast("str | None", m.groupdict().get(name))


def _iso(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    day = date(int(m["y"]), int(m["m"]), int(m["d"]))
    return day, day


def _numeric(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    day, month = int(m["day"]), int(m["month"])
    if not 1 <= month <= 12:
        return None
    if year := _said(m, "year"):
        found = date(year_number(year, today), month, day)
        return found, found
    return _on_day_and_month(day, month, today, direction)


def _named(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    word = _said(m, "ordinal")
    day = ordinal_number(word) if word else int(m["day"])
    month = month_number(m["month"])
    if year := _said(m, "year"):
        found = date(year_number(year, today), month, day)
        return found, found
    return _on_day_and_month(day, month, today, direction)


def _between(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    last = _numeric(m, today, direction) if m["month"].isdigit() else _named_end(m, today, direction)
    if last is None:
        return None
    first = last[0].replace(day=int(m["from"]))
    return (first, last[0]) if first <= last[0] else None


def _named_end(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    day, month = int(m["day"]), month_number(m["month"])
    if year := _said(m, "year"):
        found = date(year_number(year, today), month, day)
        return found, found
    return _on_day_and_month(day, month, today, direction)


def _bare_day(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    return _on_day(int(m["day"]), today, direction)


def _bare_ordinal(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    return _on_day(ordinal_number(m["ordinal"]), today, direction)


def _relative_word(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    word = m["word"].replace("ue", "ü")
    offset = {"vorvorgestern": -3, "vorgestern": -2, "gestern": -1, "heute": 0, "heut": 0, "morgen": 1}.get(
        word, 2
    )
    day = today + timedelta(days=offset)
    return day, day


def _span(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    amount = amount_of(m["number"]) * (1 if m["lead"] == "in" else -1)
    unit = m["unit"]
    if unit.startswith("tag"):
        day = today + timedelta(days=amount)
    elif unit.startswith("woche"):
        day = today + timedelta(weeks=amount)
    else:
        day = _add_months(today, amount * (12 if unit.startswith("jahr") else 1))
    return day, day


def _half_year(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    day = _add_months(today, 6 if m["lead"] == "in" else -6)
    return day, day


def _weekday_in_weeks(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """ "Samstag in einer Woche", "in acht Tagen", "in 14 Tagen": so many weeks after the next Saturday."""
    ahead = (weekday_number(m["weekday"]) - today.weekday()) % 7
    weeks = amount_of(m["number"]) if _said(m, "number") else 1 if m["days"] in ("acht", "8") else 2
    day = today + timedelta(days=ahead, weeks=weeks)
    return day, day


def _weekday_of_month(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    """ "Am ersten Montag im Dezember", "letzter Freitag im November"."""
    weekday, last = weekday_number(m["weekday"]), m["ordinal"].startswith("letzt")

    def candidates() -> Iterator[date]:
        for year in (today.year - 1, today.year, today.year + 1):
            first, end = _month_range(date(year, month_number(m["month"]), 1))
            if last:
                yield end - timedelta(days=(end.weekday() - weekday) % 7)
            else:
                ahead = (weekday - first.weekday()) % 7
                yield first + timedelta(days=ahead, weeks=ordinal_number(m["ordinal"]) - 1)

    return _nearest(candidates(), today, None if last else direction)


def _day_in_span(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """ "Heute in einer Woche", "morgen in acht Tagen"."""
    first, _ = _relative_word(m, today, direction)
    days = 7 if m["number"] == "acht" else amount_of(m["number"])
    day = first + (
        timedelta(days=days) if m["unit"].startswith("tag") else timedelta(weeks=amount_of(m["number"]))
    )
    return day, day


def _day_of_month(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """ "Am 15. nächsten Monats", "zum Ersten des nächsten Monats"."""
    word = _said(m, "ordinal")
    number = ordinal_number(word) if word else int(m["day"])
    which = _said(m, "which")
    month = _add_months(today.replace(day=1), how_far_on(which) if which else 0)
    day = month.replace(day=number)
    return day, day


def _next_first(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    first = _add_months(today.replace(day=1), 1)
    return first, first


def _month_of_year(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    first = date(today.year + how_far_on(m["which"]), month_number(m["month"]), 1)
    return _part(_month_range(first), _said(m, "part"))


def _weekday_of_week(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=how_far_on(m["which"]))
    day = monday + timedelta(days=weekday_number(m["weekday"]))
    return day, day


def _weekday(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    wanted = weekday_number(m["weekday"])
    ahead = (wanted - today.weekday()) % 7
    which = _said(m, "which")
    if which is None:
        behind = direction == "past" or _said(m, "lead") == "seit"
        day = (
            today - timedelta(days=(today.weekday() - wanted) % 7)
            if behind
            else today + timedelta(days=ahead)
        )
    elif (shift := how_far_on(which)) > 0:
        day = today + timedelta(days=ahead or 7, weeks=shift - 1)
    elif shift < 0:
        day = today - timedelta(days=(today.weekday() - wanted) % 7 or 7, weeks=-1 - shift)
    else:
        day = today + timedelta(days=wanted - today.weekday())
    return day, day


def _week(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=how_far_on(m["which"]))
    return monday, monday + timedelta(days=6)


def _weekend(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    which = _said(m, "which")
    if which and which.startswith("kommend"):
        shift = 0
    else:
        shift = how_far_on(which) if which else (-1 if direction == "past" else 0)
    saturday = today - timedelta(days=today.weekday()) + timedelta(days=5, weeks=shift)
    return saturday, saturday + timedelta(days=1)


def _month_of(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    which = _said(m, "which")
    shift = how_far_on(which) if which else 0
    return _part(_month_range(_add_months(today.replace(day=1), shift)), _said(m, "part"))


def _edge_of_month(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """ "Zum Monatsende" is its last day, "Monatsanfang" the first of the next month (of this one, said of the past)."""
    if m["edge"] == "ende":
        month = today if direction != "past" else _add_months(today.replace(day=1), -1)
        last = _month_range(month.replace(day=1))[1]
        return last, last
    first = today.replace(day=1) if direction == "past" else _add_months(today.replace(day=1), 1)
    return first, first


def _calendar_week(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """The week of that number that ends today or later; for the past, the last one that has begun."""
    week = int(m["week"] or m["week_before"])
    year = today.isocalendar().year
    monday = date.fromisocalendar(year, week, 1)
    if direction == "past":
        monday = monday if monday <= today else date.fromisocalendar(year - 1, week, 1)
    elif monday + timedelta(days=6) < today:
        monday = date.fromisocalendar(year + 1, week, 1)
    return monday, monday + timedelta(days=6)


def _end_of_year(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    return _on_day_and_month(31, 12, today, direction or "future")


def _christmas(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    day = 25 if m["which"].startswith(("1", "erst")) else 26
    return _on_day_and_month(day, 12, today, direction or "future")


def _feast(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    day, month = FEASTS[m["feast"]]
    return _on_day_and_month(day, month, today, direction or "future")


def _year_of(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    year = today.year + how_far_on(m["which"])
    return date(year, 1, 1), date(year, 12, 31)


def _months(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    """ "Oktober bis Dezember 2025", "Mitte bis Ende Januar": from the first to the last, which the year belongs to."""
    last = _month_named(m, today, direction)
    if last is None or (part := _said(m, "from")) is None:
        return None
    end = last[1]
    if part in ("anfang", "mitte"):
        return _part(_month_range(end.replace(day=1)), part)[0], end
    first = end.replace(month=month_number(part), day=1)
    return (first if first <= end else _add_months(first, -12)), end


def _month_named(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    month = month_number(m["month"])
    if year := _said(m, "year"):
        first = date(year_number(year, today), month, 1)
    else:
        years = (today.year - 1, today.year, today.year + 1)
        months = [date(year, month, 1) for year in years]
        this = today.replace(day=1)
        fitting = [
            first
            for first in months
            if direction is None or (first <= this if direction == "past" else first >= this)
        ]
        first = min(fitting, key=lambda first: abs(first - this))
    return _part(_month_range(first), _said(m, "part"))


_PART = r"anfang|mitte|ende"
_PART_OF = rf"(?P<part>{_PART})"
_RULES: tuple[tuple[str, Resolver], ...] = (
    (r"(?P<date>(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2}))(?!\d)", _iso),
    (
        rf"(?<![\d.])(?P<date>(?P<from>0?[1-9]|[12]\d|3[01])\.?\s*(?:bis(?:\s+(?:zum|einschließlich))?|-|–|und(?:\s+dem)?)\s*{DAY}\.\s*"
        rf"(?:(?P<month>0?[1-9]|1[0-2]|{MONTH})\b\.?(?:\s*{YEAR})?))",
        _between,
    ),
    (rf"(?P<date>\b{DAY}\s?[./]\s?(?P<month>0?[1-9]|1[0-2])\s?[./]\s?{YEAR})(?!\d)", _numeric),
    (rf"(?P<date>\b{DAY}-(?P<month>0?[1-9]|1[0-2])-(?P<year>(?:19|20)\d{{2}}))(?!\d)", _numeric),
    (rf"(?P<date>\b{DAY}\.\s?(?P<month>0?[1-9]|1[0-2])\.)(?!\s?\d)", _numeric),
    (
        rf"(?:\b{LEAD}\s+|^\W*)(?P<date>{DAY}[./](?P<month>0?[1-9]|1[0-2]))(?![\d.,/]|\s*(?:uhr|euro|€|h\b))",
        _numeric,
    ),
    (
        rf"(?P<date>(?:\b{DAY}(?:te[nr]?\b|\b\.?)|\b(?P<ordinal>{ORDINAL}))[\s-]*(?P<month>{MONTH})\b\.?(?:[\s-]*{YEAR})?)",
        _named,
    ),
    (r"(?P<date>\b(?P<lead>in|vor)\s+(?:einem|nem)\s+halben\s+jahr)\b", _half_year),
    (
        rf"(?P<date>\b(?P<weekday>{WEEKDAY})\s+in\s+(?:(?P<days>acht|8|vierzehn|14)\s+tagen|(?P<number>{NUMBER})\s+wochen?))\b",
        _weekday_in_weeks,
    ),
    (
        rf"(?P<date>\b(?P<word>heute|(?:ü|ue)bermorgen|morgen)\s+in\s+(?P<number>{NUMBER})\s+(?P<unit>tagen|wochen?))\b",
        _day_in_span,
    ),
    (
        rf"(?P<date>\b(?P<lead>in|vor)\s+(?:etwa\s+|ca\.?\s+|ungef(?:ä|ae)hr\s+|genau\s+|gut\s+|knapp\s+|rund\s+)?(?P<number>{NUMBER})\s+"
        r"(?P<unit>tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?))\b",
        _span,
    ),
    (rf"(?P<date>\b(?P<weekday>{WEEKDAY})\s+(?:in\s+der\s+|der\s+)?{WHICH}\s+woche)\b", _weekday_of_week),
    (
        rf"(?P<date>\b{DAY}\.\s+(?:(?:des|vom)\s+)?(?:{WHICH}\s+)?monats)\b",
        _day_of_month,
    ),
    (rf"(?P<date>\b(?P<ordinal>{ORDINAL})\s+(?:(?:des|vom)\s+)?(?:{WHICH}\s+)?monats)\b", _day_of_month),
    (rf"(?P<date>{NEXT}\s+ersten)\b(?!\s+{MONTH})", _next_first),
    (rf"(?P<date>(?:{_PART_OF}\s+)?\b(?P<month>{MONTH})\s+(?:des\s+)?{WHICH}\s+jahres)\b", _month_of_year),
    (
        rf"(?P<date>\b(?P<ordinal>{ORDINAL}|letzte[nr]?)\s+(?P<weekday>{WEEKDAY})\s+(?:im|des)\s+(?P<month>{MONTH})s?)\b",
        _weekday_of_month,
    ),
    (r"(?P<date>\b(?P<part>ende)\s+(?:des|vom)\s+monat)\b", _month_of),
    (r"\b(?P<date>monats(?P<edge>anfang|ende))\b", _edge_of_month),
    (rf"(?P<date>{WHICH}\s+woche\s+(?:am\s+)?(?P<weekday>{WEEKDAY}))\b", _weekday_of_week),
    (rf"(?P<date>(?:{_PART_OF}\s+)?{WHICH}\s+monats?)\b", _month_of),
    (rf"(?P<date>{_PART_OF}\s+(?:des|vom)\s+monats?)\b", _month_of),
    (
        r"\b(?P<date>(?:kw\s?|kalenderwoche\s+)(?P<week>[1-5]?\d)\b|(?P<week_before>[1-5]?\d)\.\s?(?:kw\b|kalenderwoche\b))",
        _calendar_week,
    ),
    (r"\b(?P<date>(?P<feast>silvester|neujahr|heiligabend|nikolaus|halloween|allerheiligen))\b", _feast),
    (r"\b(?P<date>(?P<which>[12]\.|erste[nr]?|zweite[nr]?)\s*weihnachts(?:feier)?tag)\b", _christmas),
    (r"\b(?P<date>jahresende|ende\s+des\s+jahres)\b", _end_of_year),
    (r"\b(?P<date>monatsersten)\b", _next_first),
    (rf"(?P<date>{WHICH}\s+wochenende)\b", _weekend),
    (r"\b(?:am|(?:ü|ue)bers?|zum)\s+(?P<date>wochenende)\b", _weekend),
    (rf"(?P<date>{WHICH}\s+woche)\b", _week),
    (rf"(?P<date>{WHICH}\s+jahr(?:es)?)\b", _year_of),
    (
        rf"(?:\b(?P<lead>am|seit|bis|ab|zum|vom)\s+)?(?<!herr )(?<!frau )(?P<date>(?:{WHICH}\s+)?\b(?P<weekday>{WEEKDAY}))\b",
        _weekday,
    ),
    (
        rf"\b(?P<date>(?P<from>anfang|mitte|{MONTH})\b\.?\s*(?:bis|-|–)\s*(?:{_PART_OF}\s+)?(?P<month>{MONTH})\b\.?"
        r"(?:\s+(?P<year>(?:19|20)\d{2}))?)",
        _months,
    ),
    (
        rf"(?:\b(?:im|in|von|vom|seit|ab|bis|n(?:ä|ae)chsten|letzten)\s+|(?=(?:{_PART})\s)|^\W*(?=\w+\W*$)|(?=\w+\s+(?:19|20)\d\d))"
        rf"(?P<date>(?:{_PART_OF}\s+)?\b(?P<month>{MONTH})\b\.?(?:\s+(?P<year>(?:19|20)\d{{2}}|'\d{{2}}))?)",
        _month_named,
    ),
    (
        r"(?<!guten )(?<!schönen )(?<!heute )(?<!am )(?P<date>\b(?P<word>vorvorgestern|vorgestern|gestern|heute?|(?:ü|ue)bermorgen|morgen))\b",
        _relative_word,
    ),
    (
        rf"(?:\b{LEAD}\s+)(?P<date>{DAY}(?:\.|te[nr]?\b|(?=\s*$)|(?=\s*[!,;])|(?=\s+(?:ein|aus|um|gezogen|\w*gezogen)\b)))"
        rf"{NO_DATE_AFTER}",
        _bare_day,
    ),
    (rf"^\W*(?:nein|nee|ne|doch|sondern|ja)?\W*(?P<date>{DAY}\.)\W*$", _bare_day),
    (
        rf"\b(?:am|zum|seit\s+dem|ab\s+dem|vom|den)\s+(?P<date>(?P<ordinal>{ORDINAL}))\b(?!\s+(?:mal|kind|tag))",
        _bare_ordinal,
    ),
)
_GRAMMAR = tuple((re.compile(pattern), resolve) for pattern, resolve in _RULES)
_MAYBE_DATE = re.compile(r"^\W*\d{1,4}\W+\w{1,10}\W+\d{2,4}\W*$")


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
