"""Feasts as dates: fixed ones, those that follow Easter, and those that lead to Christmas.

A feast of several days means its first one: Weihnachten is the 25th of December, Ostern and Pfingsten are the Sundays.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache, partial

import holidays

from language.dates.reckoning import Days, Direction, Rule, nearest, said, single
from language.dates.words import FULL_YEAR, ORDINAL, WHICH, how_far_on, ordinal_number

_EASTER_MONDAY = "Ostermontag"
_FIRST_YEAR = 1990
"""Of which the library knows the holidays of Germany."""


def _fixed(day: int, month: int, year: int) -> date:
    return date(year, month, day)


@cache
def _easter(year: int) -> date:
    """Easter Sunday; ValueError before 1990."""
    if year < _FIRST_YEAR:
        raise ValueError(year)
    feasts = holidays.country_holidays("DE", years=year, language="de")
    return next(day for day, name in feasts.items() if name == _EASTER_MONDAY) - timedelta(days=1)


def _after_easter(days: int, year: int) -> date:
    return _easter(year) + timedelta(days=days)


def _before_christmas(days: int, year: int) -> date:
    """So many days before the fourth Sunday of Advent."""
    eve = date(year, 12, 24)
    return eve - timedelta(days=(eve.weekday() + 1) % 7 + days)


def _mothers_day(year: int) -> date:
    first = date(year, 5, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7)


_FEASTS: tuple[tuple[str, Callable[[int], date]], ...] = (
    (r"silvester(?:abend)?|jahreswechsel", partial(_fixed, 31, 12)),
    (r"neujahr(?:stag)?", partial(_fixed, 1, 1)),
    (r"heilig(?:e[nr]?\s+|\s+)?abend", partial(_fixed, 24, 12)),
    (r"weihnacht(?:en|sfest)", partial(_fixed, 25, 12)),
    (r"nikolaus(?:tag)?", partial(_fixed, 6, 12)),
    (r"halloween|reformationstag", partial(_fixed, 31, 10)),
    (r"allerheiligen", partial(_fixed, 1, 11)),
    (r"(?:sankt |st\. ?)?martinstag|sankt martin", partial(_fixed, 11, 11)),
    (r"tag der deutschen einheit", partial(_fixed, 3, 10)),
    (r"tag der arbeit|maifeiertag", partial(_fixed, 1, 5)),
    (r"valentinstag", partial(_fixed, 14, 2)),
    (r"heilige(?:n)? drei k(?:ö|oe)nige|dreik(?:ö|oe)nigstag", partial(_fixed, 6, 1)),
    (r"weiberfastnacht|altweiber(?:fastnacht)?", partial(_after_easter, -52)),
    (r"rosenmontag", partial(_after_easter, -48)),
    (r"aschermittwoch", partial(_after_easter, -46)),
    (r"gr(?:ü|ue)ndonnerstag", partial(_after_easter, -3)),
    (r"karfreitag", partial(_after_easter, -2)),
    (r"karsamstag", partial(_after_easter, -1)),
    (r"ostern|ostersonntag|osterfest", partial(_after_easter, 0)),
    (r"ostermontag", partial(_after_easter, 1)),
    (r"(?:christi )?himmelfahrt|vatertag", partial(_after_easter, 39)),
    (r"pfingsten|pfingstsonntag", partial(_after_easter, 49)),
    (r"pfingstmontag", partial(_after_easter, 50)),
    (r"fronleichnam", partial(_after_easter, 60)),
    (r"volkstrauertag", partial(_before_christmas, 35)),
    (r"bu(?:ß|ss)-?\s?und\s?-?bettag", partial(_before_christmas, 32)),
    (r"totensonntag|ewigkeitssonntag", partial(_before_christmas, 28)),
    (r"muttertag", _mothers_day),
)  # fmt: skip


def _feast(m: re.Match[str], today: date, direction: Direction | None) -> Days | None:
    if (
        m["feast"] == "nikolaus"
        and m.string.strip() != "nikolaus"
        and not _ON.search(m.string, 0, m.start("feast"))
    ):
        return None  # a given name
    if number := said(m, "number"):
        return _in_year(
            m, today, direction, partial(_fixed, 25 if number.startswith(("1", "erst")) else 26, 12)
        )
    if number := said(m, "advent"):
        nth = int(number[0]) if number[0].isdigit() else ordinal_number(number)
        return _in_year(m, today, direction, partial(_before_christmas, 7 * (4 - nth))) if nth <= 4 else None
    return _in_year(m, today, direction, next(day for name, day in _FEASTS if re.fullmatch(name, m["feast"])))


def _in_year(
    m: re.Match[str], today: date, direction: Direction | None, day_of: Callable[[int], date]
) -> Days | None:
    if year := said(m, "year"):
        return single(day_of(int(year)))
    which = said(m, "which")
    if which and said(m, "of_year"):
        return single(day_of(today.year + how_far_on(which)))
    if which:
        direction = "past" if how_far_on(which) < 0 else "future"
    days = (day_of(year) for year in range(today.year - 1, today.year + 2))
    return nearest(days, today, direction or "future")


_ON = re.compile(r"\b(?:an|am|zu|zum|vor|nach|bis|ab)\s+$")
_NAMES = "|".join(pattern for pattern, _ in _FEASTS)
_FEAST = (
    rf"(?P<feast>(?P<number>[12]\.|erste[nrs]?|zweite[nrs]?)\s*weihnachts(?:feier)?tag|(?P<advent>[1-4]\.|{ORDINAL})\s*advent(?:ssonntag)?"
    rf"|{_NAMES})"
)
_NO_GREETING = "".join(
    f"(?<!{word} )"
    for word in (
        "frohe",
        "frohes",
        "fröhliche",
        "schöne",
        "schönen",
        "schönes",
        "gesegnete",
        "besinnliche",
        "happy",
    )
)
RULES: tuple[Rule, ...] = (
    (
        rf"{_NO_GREETING}\b(?P<date>{_FEAST}(?:\s+(?P<year>{FULL_YEAR})|\s+(?P<of_year>(?:des\s+)?{WHICH}\s+jahr(?:es)?))?)\b",
        _feast,
    ),
    (
        rf"(?P<date>{WHICH}\s+(?:(?P<of_year>jahr)\s+(?:(?:zu|zum|an|am|um|über|vor|nach|bis|ab)\s+)?)?{_FEAST})\b",
        _feast,
    ),
)
