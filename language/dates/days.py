"""Days of the calendar: in digits, with the name of a month, by their number alone."""

import re
from datetime import date

from language.dates.reckoning import (
    Days,
    Direction,
    Rule,
    add_months,
    on_day,
    on_day_and_month,
    said,
    single,
)
from language.dates.words import (
    DAY,
    LEAD,
    LEAD_OF_A_DAY,
    MONTH,
    MONTH_DIGITS,
    NEXT,
    NO_DATE_AFTER,
    NO_DATE_AFTER_THE,
    ORDINAL,
    UNTIL,
    WHICH,
    YEAR,
    YEAR_IN_WORDS,
    how_far_on,
    month_number,
    ordinal_number,
    year_number,
)

_WORDS_OR_END = (
    r"(?=\s*$|\s*[,;!?)]|\s+(?:um|bis|ab|oder|und|bitte|passt|geht|ein|aus|gezogen|\w*gezogen|\w*kommen)\b)"
)


def _written(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    """Day and month, in digits or words; without a year the nearest one."""
    word = said(m, "ordinal")
    day = ordinal_number(word) if word else int(m["day"])
    month = month_number(m["month"])
    if year := said(m, "year"):
        return single(date(year_number(year, today), month, day))
    if which := said(m, "which"):
        return single(date(today.year + how_far_on(which), month, day))
    return on_day_and_month(day, month, today, direction)


def _in_ordinals(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    """ "Am dritten Zwölften", "am 3ten 12ten"."""
    day, month = (_ordinal(m[name]) for name in ("ordinal", "month"))
    if year := said(m, "year"):
        return single(date(year_number(year, today), month, day))
    return on_day_and_month(day, month, today, direction) if month <= _MONTHS else None


def _ordinal(word: str) -> int:
    return int(re.sub(r"\D", "", word)) if word[0].isdigit() else ordinal_number(word)


def _from_to(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    """ "3. bis 5. Mai": the month belongs to both."""
    last = _written(m, today, direction)
    return _ending(m, last[1]) if last else None


def _from_to_of_no_month(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    """ "Vom 3. bis 5.": of this month or the next one that the words can mean."""
    first = on_day(int(m["from"]), today, direction or "future")
    last = on_day(int(m["day"]), first[0], "future") if first else None
    return (first[0], last[0]) if first and last else None


def _ending(m: re.Match[str], last: date) -> Days | None:
    word = said(m, "from_ordinal")
    first = last.replace(day=ordinal_number(word) if word else int(m["from"]))
    return (first, last) if first <= last else None


def _bare(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    word = said(m, "ordinal")
    return on_day(ordinal_number(word) if word else int(m["day"]), today, direction)


def _of_month(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """ "Am 15. nächsten Monats", "zum Ersten des nächsten Monats", "nächsten Monat am 5."."""
    word, which = said(m, "ordinal"), said(m, "which")
    month = add_months(today.replace(day=1), how_far_on(which) if which else 0)
    return single(month.replace(day=ordinal_number(word) if word else int(m["day"])))


def _next_first(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    return single(add_months(today.replace(day=1), 1))


_MONTHS = 12
_SPELLED_YEAR = r"(?P<year>(?:19|20)\d{2}(?!\d)|neunzehnhundert[a-zäöüß]*|zweitausend[a-zäöüß]*)"
_NUMBERED = r"(?P<from>0?[1-9]|[12]\d|3[01])"
_NOT_INSIDE_A_NUMBER = r"(?<![\d./-])(?<!\d\.\s)"
RULES: tuple[Rule, ...] = (
    (r"(?P<date>(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2}))(?!\d)", _written),
    (
        rf"(?<![\d./-])(?P<date>(?P<year>(?:19|20)\d\d)(?P<between>[./]){MONTH_DIGITS}(?P=between){DAY})(?!\d)",
        _written,
    ),
    (
        rf"\b(?P<date>(?P<ordinal>{ORDINAL}|(?:[12]?\d|3[01])te[nr]?)\s+(?P<month>{ORDINAL}|1?\dte[nr]?)(?:\s+{_SPELLED_YEAR})?)\b",
        _in_ordinals,
    ),
    (
        rf"(?P<date>{WHICH}\s+jahr,?\s+(?:(?:am|zum|ab|seit|vom|bis|den)\s+)*(?:{DAY}\.|\b(?P<ordinal>{ORDINAL}))\s*"
        rf"(?P<month>(?:{MONTH}|0?[1-9]|1[0-2])\b)\.?)",
        _written,
    ),
    (
        rf"{_NOT_INSIDE_A_NUMBER}(?P<date>(?:{_NUMBERED}\.?|(?P<from_ordinal>{ORDINAL}))\s*(?:{UNTIL}|und(?:\s+dem)?|oder(?:\s+de[nm])?)\s*"
        rf"(?:{DAY}(?:\.|te[nr])\s*|(?P<ordinal>{ORDINAL})\s+)(?P<month>0?[1-9]|1[0-2]|{MONTH})\b\.?(?:\s*{YEAR})?)",
        _from_to,
    ),
    (
        rf"(?:\b(?:vom|von\s+dem|zwischen(?:\s+dem)?)\s+|(?<!\S))(?P<date>{_NUMBERED}\.?\s*(?:{UNTIL}|und)\s*(?:dem\s+)?{DAY}\.)(?!\s?\d|\s*{MONTH}\b)"
        rf"{NO_DATE_AFTER}",
        _from_to_of_no_month,
    ),
    (rf"(?<!\d)(?<![\d]-)(?P<date>\b{DAY}\s?[./]\s?{MONTH_DIGITS}\s?[./]\s?{YEAR})(?!\d)", _written),
    (rf"(?<![\d./-])(?P<date>{DAY}-{MONTH_DIGITS}-(?P<year>(?:19|20)\d{{2}}))(?![\d-])", _written),
    (
        rf"(?<![\d.,/])(?<!\d-)(?P<date>{DAY}\.\s?{MONTH_DIGITS}\.(?:\s+(?:des\s+)?{WHICH}\s+jahres\b)?)(?!\d|\s?(?:19|20)\d\d)",
        _written,
    ),
    (
        rf"\b{LEAD}\s+(?P<date>{DAY}[./]{MONTH_DIGITS})(?![\d.,/]|\s*(?:uhr|euro|€|h\b|%))",
        _written,
    ),
    (rf"^\W*(?P<date>{DAY}\.{MONTH_DIGITS}){_WORDS_OR_END}", _written),
    (
        rf"(?P<date>(?:(?<![\w.]){DAY}(?:te[nr]?\b|\b\.?)|\b(?P<ordinal>{ORDINAL}))[\s-]*(?P<month>{MONTH})\b\.?"
        rf"(?:[\s-]*{YEAR}|\s+(?:des\s+)?{WHICH}\s+jahres\b)?)",
        _written,
    ),
    (
        rf"(?P<date>(?:(?<![\w.]){DAY}\.?|\b(?P<ordinal>{ORDINAL}))\s*(?P<month>{MONTH})\s+{YEAR_IN_WORDS})\b",
        _written,
    ),
    (rf"(?P<date>(?<![\w.]){DAY}\.\s+(?:(?:des|vom)\s+)?(?:{WHICH}\s+)?monats)\b", _of_month),
    (rf"(?P<date>\b(?P<ordinal>{ORDINAL})\s+(?:(?:des|vom)\s+)?(?:{WHICH}\s+)?monats)\b", _of_month),
    (
        rf"(?P<date>{WHICH}\s+monat\s+(?:am|zum|den)\s+(?:{DAY}(?:\.|te[nr]?\b)|(?P<ordinal>{ORDINAL})\b))(?!\s*{MONTH})",
        _of_month,
    ),
    (rf"(?P<date>\b{NEXT}\s+(?:ersten\b|1\.))(?!\s*(?:{MONTH}|\d))", _next_first),
    (r"\b(?P<date>monatsersten)\b", _next_first),
    (
        rf"\b(?:(?P<the>de[rn])|(?!de[rn]\b){LEAD})\s+(?P<date>{DAY}(?:\.|te[nr]?\b)){NO_DATE_AFTER}(?(the){NO_DATE_AFTER_THE})",
        _bare,
    ),
    (rf"\b{LEAD_OF_A_DAY}\s+(?P<date>{DAY}{_WORDS_OR_END}){NO_DATE_AFTER}", _bare),
    (rf"^\W*(?:(?:nein|nee|ne|doch|sondern|ja)\W+)?(?P<date>{DAY}\.)\W*$", _bare),
    (
        rf"\b(?:am|zum|seit\s+dem|ab\s+dem|vom|den)\s+(?P<date>(?P<ordinal>{ORDINAL}))\b(?!\s+(?:mal|kind|tag|{MONTH}|weihnacht)|\s+\w+tag)",
        _bare,
    ),
)
