"""Stretches of days: weeks, weekends, months and their parts, quarters, years."""

import re
from datetime import date, timedelta

from language.dates.reckoning import (
    Days,
    Direction,
    Rule,
    add_months,
    monday_of,
    month_range,
    nearest,
    on_day_and_month,
    part_of_month,
    part_of_year,
    said,
    single,
)
from language.dates.words import (
    FULL_YEAR,
    MONTH,
    ORDINAL,
    PART,
    WHICH,
    how_far_on,
    month_number,
    ordinal_number,
    year_number,
)


def _week(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """Anfang: Monday and Tuesday; Mitte: Wednesday and Thursday; Ende: Friday to Sunday."""
    which, part = said(m, "which"), said(m, "part") or said(m, "edge")
    monday = monday_of(today, how_far_on(which) if which else 0)
    first, last = {"anfang": (0, 1), "beginn": (0, 1), "mitte": (2, 3), "ende": (4, 6)}.get(
        part or "", (0, 6)
    )
    return monday + timedelta(days=first), monday + timedelta(days=last)


def _calendar_week(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """The week of that number that ends today or later; for the past, the last one that has begun."""
    week = int(m["week"] or m["week_before"])
    if year := said(m, "year") or said(m, "year_after"):
        monday = date.fromisocalendar(int(year), week, 1)
        return monday, monday + timedelta(days=6)
    this_year = today.isocalendar().year
    monday = date.fromisocalendar(this_year, week, 1)
    if direction == "past":
        monday = monday if monday <= today else date.fromisocalendar(this_year - 1, week, 1)
    elif monday + timedelta(days=6) < today:
        monday = date.fromisocalendar(this_year + 1, week, 1)
    return monday, monday + timedelta(days=6)


def _weekend(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    which = said(m, "which")
    if which and which.startswith("kommend"):
        shift = 0
    else:
        shift = how_far_on(which) if which else (-1 if direction == "past" else 0)
    saturday = monday_of(today, shift) + timedelta(days=5)
    return saturday, saturday + timedelta(days=1)


def _month_of(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    which = said(m, "which")
    month = add_months(today.replace(day=1), how_far_on(which) if which else 0)
    return part_of_month(month_range(month), said(m, "part"))


def _edge_of_month(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """ "Zum Monatsende" is its last day, "Monatsanfang" the first of the next month (of this one, said of the past)."""
    if m["edge"] == "ende":
        month = today if direction != "past" else add_months(today.replace(day=1), -1)
        return single(month_range(month.replace(day=1))[1])
    if m["edge"] == "mitte":
        return part_of_month(month_range(today.replace(day=1)), "mitte")
    first = today.replace(day=1)
    return single(first if direction == "past" else add_months(first, 1))


def _last_of_month(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    """ "Am Monatsletzten", "am letzten Tag des nächsten Monats", "im Februar"."""
    which = said(m, "which")
    if month := said(m, "month"):
        firsts = (date(year, month_number(month), 1) for year in range(today.year - 1, today.year + 2))
        return nearest((month_range(first)[1] for first in firsts), today, direction or "future")
    return single(month_range(add_months(today.replace(day=1), how_far_on(which) if which else 0))[1])


def _month_next_or_last(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """ "Nächsten Mai" is the next May to come, "letzten Mai" the last that has begun, "diesen Mai" this year's."""
    month, shift = month_number(m["month"]), how_far_on(m["which"])
    this = today.year + (month <= today.month if shift > 0 else -(month > today.month) if shift < 0 else 0)
    further = shift - 1 if shift > 0 else shift + 1 if shift < 0 else 0
    return month_range(date(this + further, month, 1))


def _month_of_year(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    first = date(today.year + how_far_on(m["which"]), month_number(m["month"]), 1)
    return part_of_month(month_range(first), said(m, "part"))


def _month_named(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    month = month_number(m["month"])
    if year := said(m, "year"):
        first = date(year_number(year, today), month, 1)
    else:
        this = today.replace(day=1)
        months = [date(year, month, 1) for year in (today.year - 1, today.year, today.year + 1)]
        fitting = [
            first
            for first in months
            if direction is None or (first <= this if direction == "past" else first >= this)
        ]
        first = min(fitting, key=lambda first: abs(first - this))
    return part_of_month(month_range(first), said(m, "part"))


def _months(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """ "Oktober bis Dezember 2025", "Mitte bis Ende Januar": from the first to the last, which the year belongs to."""
    end = _month_named(m, today, direction)[1]
    start = m["from"]
    if start in ("anfang", "mitte"):
        return part_of_month(month_range(end.replace(day=1)), start)[0], end
    first = end.replace(month=month_number(start), day=1)
    first = part_of_month(month_range(first), said(m, "from_part"))[0]
    return (first if first <= end else add_months(first, -12)), end


def _week_of_month(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """ "Erste Dezemberwoche": the days 1 to 7; the last one is its last seven days."""
    first, last = _month_named(m, today, direction)
    if m["ordinal"].startswith("letzt"):
        return last - timedelta(days=6), last
    begin = first + timedelta(weeks=ordinal_number(m["ordinal"]) - 1)
    return begin, min(begin + timedelta(days=6), last)


def _quarter(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    word = said(m, "ordinal")
    number = ordinal_number(word) if word else int(m["number"] or m["q"])
    year = int(said(m, "year") or today.year)
    first = date(year, 3 * number - 2, 1)
    last = month_range(add_months(first, 2))[1]
    if not said(m, "year") and last < today and direction != "past":
        first, last = first.replace(year=year + 1), last.replace(year=year + 1)
    return first, last


def _end_of_quarter(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    return single(month_range(today.replace(month=(today.month - 1) // 3 * 3 + 3, day=1))[1])


def _end_of_year(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    return on_day_and_month(31, 12, today, direction or "future")


def _edge_of_year(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """Of this year, or for the future of the next one, if it is over; "Jahresanfang" is its first day."""
    part = "mitte" if m["edge"] == "mitte" else "anfang"
    days = part_of_year(today.year, part)
    if direction != "past" and days[1] < today:
        days = part_of_year(today.year + 1, part)
    return days if part == "mitte" else single(days[0])


def _part_of_this_year(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    days = part_of_year(today.year, m["part"])
    return part_of_year(today.year + 1, m["part"]) if direction == "future" and days[1] < today else days


def _year_of(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    year = said(m, "year")
    return part_of_year(int(year) if year else today.year + how_far_on(m["which"]), said(m, "part"))


def _between_the_years(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    year = today.year - 1 if direction == "past" else today.year
    return date(year, 12, 27), date(year, 12, 31)


_PART = rf"(?P<part>{PART})"
RULES: tuple[Rule, ...] = (
    (rf"(?P<date>(?:\b{_PART}\s+(?:der\s+)?)?{WHICH}\s+woche)\b", _week),
    (rf"\b(?P<date>{_PART}\s+der\s+woche)\b", _week),
    (r"\b(?P<date>wochen(?P<edge>anfang|beginn|mitte))\b", _week),
    (
        r"\b(?P<date>(?:kw\s?|kalenderwoche\s+)(?P<week>[1-5]?\d)\b(?:\s*(?:/|in|im\s+jahr)?\s*(?P<year>20\d\d)\b)?"
        r"|(?P<week_before>[1-5]?\d)\.\s?(?:kw\b|kalenderwoche\b)(?:\s+(?P<year_after>20\d\d)\b)?)",
        _calendar_week,
    ),
    (rf"(?P<date>{WHICH}\s+wochenende)\b", _weekend),
    (r"\b(?:am|(?:ü|ue)bers?|zum)\s+(?P<date>wochenende)\b", _weekend),
    (rf"(?P<date>(?:\b{_PART}\s+(?:des\s+)?)?{WHICH}\s+monats?)\b", _month_of),
    (rf"\b(?P<date>{_PART}\s+(?:des|vom)\s+monats?)\b", _month_of),
    (r"\b(?P<date>monats(?P<edge>anfang|beginn|mitte|ende))\b", _edge_of_month),
    (
        rf"\b(?P<date>monatsletzten?|letzte[nrm]?\s+(?:tag\s+)?(?:des|im|vom)\s+(?:(?:{WHICH}\s+)?monats?|(?P<month>{MONTH})s?))\b",
        _last_of_month,
    ),
    (
        rf"(?P<date>(?:\b{_PART}\s+)?\b(?P<month>{MONTH})\s+(?:des\s+)?{WHICH}\s+jahr(?:es)?)\b",
        _month_of_year,
    ),
    (
        rf"(?P<date>{WHICH}\s+jahr,?\s+(?:(?:im|in|ab|seit|bis|schon)\s+)*(?:{_PART}\s+)?(?P<month>{MONTH}))\b",
        _month_of_year,
    ),
    (rf"(?P<date>{WHICH}\s+(?P<month>{MONTH}))\b", _month_next_or_last),
    (
        rf"\bzwischen\s+(?P<date>(?P<from>{MONTH})\s+und\s+(?P<month>{MONTH})\b(?:\s+(?P<year>{FULL_YEAR}))?)",
        _months,
    ),
    (
        rf"(?<!\d\. )(?<!\d\.)\b(?P<date>(?:(?P<from_part>{PART})\s+)?\b(?P<from>anfang|mitte|{MONTH})\b\.?\s*(?:bis|-|–)\s*(?:{_PART}\s+)?(?P<month>{MONTH})\b\.?"
        rf"(?:\s+(?P<year>{FULL_YEAR}))?)",
        _months,
    ),
    (
        rf"(?:\b(?:im|in|von|vom|seit|ab|bis|n(?:ä|ae)chsten|letzten)\s+|(?=\b{PART}\s)|^\W*(?=\w+\W*$)|(?=\b\w+\s+(?:(?:19|20)\d\d\b|'\d\d\b)))"
        rf"(?P<date>(?:{_PART}\s+)?\b(?P<month>{MONTH})\b\.?(?:\s+(?P<year>{FULL_YEAR}|'\d{{2}}))?)",
        _month_named,
    ),
    (rf"(?P<date>\b(?P<ordinal>{ORDINAL}|letzte[nr]?)\s+(?P<month>{MONTH})woche)\b", _week_of_month),
    (
        rf"\b(?P<date>(?:(?:(?P<number>[1-4])\.|(?P<ordinal>{ORDINAL}))\s+quartals?|q(?P<q>[1-4])\b)(?:\s*/?\s*(?P<year>{FULL_YEAR}))?)",
        _quarter,
    ),
    (r"\b(?P<date>quartalsende|ende\s+des\s+quartals)\b", _end_of_quarter),
    (r"\b(?P<date>jahres(?P<edge>anfang|beginn|mitte))\b", _edge_of_year),
    (r"\b(?P<date>(?P<part>anfang|mitte)\s+des\s+jahres)\b", _part_of_this_year),
    (r"\b(?P<date>jahresende|ende\s+des\s+jahres)\b", _end_of_year),
    (rf"(?P<date>(?:\b{_PART}\s+(?:des\s+)?)?{WHICH}\s+jahr(?:es)?)\b", _year_of),
    (rf"\b(?P<date>{_PART}\s+(?:des\s+jahres\s+)?(?P<year>{FULL_YEAR}))", _year_of),
    (rf"\b(?:im|in|seit|vom)\s+(?:dem\s+)?(?P<date>(?:jahre?\s+)?(?P<year>{FULL_YEAR}))", _year_of),
    (
        r"\b(?P<date>zwischen\s+(?:den\s+(?:jahren|feiertagen)|weihnachten\s+und\s+(?:neujahr|silvester)))\b",
        _between_the_years,
    ),
)
