"""Days as seen from today: heute and morgen, so many weeks on or ago, weekdays."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from language.dates.reckoning import (
    Days,
    Direction,
    Rule,
    add_months,
    monday_of,
    month_range,
    nearest,
    said,
    single,
)
from language.dates.words import (
    MONTH,
    NUMBER,
    ORDINAL,
    PART_OF_DAY,
    SHORT_WEEKDAY,
    WEEKDAY,
    WHICH,
    amount_of,
    how_far_on,
    month_number,
    ordinal_number,
    weekday_number,
)

_OFFSETS = {"vorvorgestern": -3, "vorgestern": -2, "gestern": -1, "heute": 0, "heut": 0, "morgen": 1}
_IN_TWO_DAYS = 2
_EIGHT = 8


def _relative_word(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    return single(today + timedelta(days=_OFFSETS.get(m["word"], _IN_TWO_DAYS)))


def _moved(day: date, amount: float, unit: str) -> date:
    """The day so many days, weeks, months or years on; ValueError for half a day."""
    months = amount * (12 if unit.startswith("jahr") else 1)
    if unit.startswith("tag"):
        whole, shift = amount, day + timedelta(days=amount)
    elif unit.startswith("woche"):
        whole, shift = 2 * amount, day + timedelta(days=round(7 * amount))
    else:
        whole, shift = 2 * months, add_months(day, int(months)) + timedelta(days=15 * (months % 1 != 0))
    if whole % 1:
        raise ValueError(amount)
    return shift


def _sign(m: re.Match[str]) -> int:
    return 1 if m["lead"] == "in" else -1


def _span(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    return single(_moved(today, amount_of(m["number"]) * _sign(m), m["unit"]))


def _day_in_span(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """ "Heute in einer Woche", "gestern vor acht Tagen": eight days are a week."""
    (first, _), amount = _relative_word(m, today, direction), amount_of(m["number"])
    if amount == _EIGHT and m["unit"].startswith("tag"):
        amount = 7
    return single(_moved(first, amount * _sign(m), m["unit"]))


def _weekday_in_weeks(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    """ "Samstag in einer Woche", "in acht Tagen", "vor 14 Tagen": so many weeks from the next or last Saturday."""
    ahead = (weekday_number(m["weekday"]) - today.weekday()) % 7
    if m["lead"] == "vor":
        ahead -= 7 if ahead else 0
    number = said(m, "number")
    weeks = amount_of(number) if number else 1 if m["days"] in ("acht", "8") else 2
    return single(_moved(today + timedelta(days=ahead), weeks * _sign(m), "wochen"))


def _weekday_of_month(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    """ "Am ersten Montag im Dezember", "letzter Freitag im November"."""
    weekday, last = weekday_number(m["weekday"]), m["ordinal"].startswith("letzt")

    def candidates() -> Iterator[date]:
        for year in (today.year - 1, today.year, today.year + 1):
            first, end = month_range(date(year, month_number(m["month"]), 1))
            if last:
                yield end - timedelta(days=(end.weekday() - weekday) % 7)
            else:
                ahead = (weekday - first.weekday()) % 7
                yield first + timedelta(days=ahead, weeks=ordinal_number(m["ordinal"]) - 1)

    return nearest(candidates(), today, None if last else direction)


def _weekday_of_week(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    return single(monday_of(today, how_far_on(m["which"])) + timedelta(days=weekday_number(m["weekday"])))


def _weekday(m: re.Match[str], today: date, direction: Direction | None) -> Days:
    wanted = weekday_number(m["weekday"])
    ahead, behind = (wanted - today.weekday()) % 7, (today.weekday() - wanted) % 7
    which = said(m, "which")
    if which is None:
        past = direction == "past" or said(m, "lead") == "seit"
        return single(today + timedelta(days=-behind if past else ahead))
    shift = how_far_on(which)
    if shift > 0:
        return single(today + timedelta(days=ahead or 7, weeks=shift - 1))
    if shift < 0:
        return single(today - timedelta(days=behind or 7, weeks=-1 - shift))
    return single(today + timedelta(days=wanted - today.weekday()))


_UNIT = r"(?P<unit>tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?)"
_ABOUT = r"(?:etwa\s+|ca\.?\s+|circa\s+|ungef(?:ä|ae)hr\s+|genau\s+|gut\s+|knapp\s+|rund\s+|sp(?:ä|ae)testens\s+|über\s+|fast\s+)?"
RULES: tuple[Rule, ...] = (
    (
        r"(?P<date>\b(?P<lead>in|vor)\s+(?:(?:einem|nem)\s+(?:(?P<number>halben|dreiviertel)\s*|(?=viertel)))(?P<unit>jahr))\b",
        _span,
    ),
    (r"(?P<date>\b(?P<lead>in|vor)\s+(?:einem|nem)\s+(?P<number>viertel)\s*(?P<unit>jahr))\b", _span),
    (
        rf"(?P<date>\b(?P<weekday>{WEEKDAY})\s+(?P<lead>in|vor)\s+(?:(?P<days>acht|8|vierzehn|14)\s+tagen|(?P<number>{NUMBER})\s+wochen?))\b",
        _weekday_in_weeks,
    ),
    (
        rf"(?P<date>\b(?P<word>heute|(?:ü|ue|u)bermorgen|morgen|vorgestern|gestern)\s+(?P<lead>in|vor)\s+(?P<number>{NUMBER})\s+{_UNIT})\b",
        _day_in_span,
    ),
    (rf"(?P<date>\b(?P<lead>in|vor)\s+{_ABOUT}(?P<number>{NUMBER})\s+{_UNIT})\b", _span),
    (
        rf"(?P<date>\b(?P<ordinal>{ORDINAL}|letzte[nr]?)\s+(?P<weekday>{WEEKDAY})\s+(?:im|des)\s+(?P<month>{MONTH})s?)\b",
        _weekday_of_month,
    ),
    (rf"(?P<date>\b(?P<weekday>{WEEKDAY})\s+(?:in\s+der\s+|der\s+)?{WHICH}\s+woche)\b", _weekday_of_week),
    (rf"(?P<date>{WHICH}\s+woche,?\s+(?:am\s+)?(?P<weekday>{WEEKDAY}))\b", _weekday_of_week),
    (
        rf"(?:\b(?P<lead>am|seit|bis|ab|zum|vom)\s+)?(?<!herr )(?<!frau )(?<!jeden )(?<!immer )(?P<date>(?:{WHICH}\s+)?\b(?P<weekday>{WEEKDAY}){PART_OF_DAY}?)\b",
        _weekday,
    ),
    (
        rf"(?:\b(?:am|ab(?!\s+so\b))\s+(?P<date>(?P<weekday>{SHORT_WEEKDAY}))\b(?![.,]?\s*(?:den\s+)?\d{{1,2}}\.)(?!\s+[a-zäöü]+amt))",
        _weekday,
    ),
    (rf"(?P<date>{WHICH}\s+(?P<weekday>{SHORT_WEEKDAY}))\b", _weekday),
    (
        rf"(?<![\w.])(?P<date>(?!so\b)(?P<weekday>{SHORT_WEEKDAY}))\b(?=[.,]*\s+(?:(?:um|gegen)\s+\d{{1,2}}\b(?!\.\s?\d)|(?:ab\s+)?\d{{1,2}}(?:[:.]\d\d)?\s*(?:uhr|h)\b))",
        _weekday,
    ),
    (
        r"(?<!guten )(?<!schönen )(?<!heute )(?<!am )(?P<date>\b(?P<word>vorvorgestern|vorgestern|gestern|heute?|(?:ü|ue|u)bermorgen|morgen))\b",
        _relative_word,
    ),
)
