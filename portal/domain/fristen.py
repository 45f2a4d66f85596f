"""Deadlines that the citizen has to keep, counted by the calendar of the BGB.

Holidays come in as a predicate: which calendar holds is the caller's knowledge.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

Feiertag = Callable[[date], bool]
"""Whether a day is a public holiday (gesetzlicher Feiertag) at the place of the office."""

SAMSTAG = 5
SONNTAG = 6


def plus_monate(tag: date, monate: int) -> date:
    """The day with the same number `monate` months later, or that month's last day.

    Rechtsgrundlage: § 188 Abs. 2 und 3 BGB.
    """
    jahr, monat = divmod(tag.year * 12 + tag.month - 1 + monate, 12)
    return date(jahr, monat + 1, min(tag.day, monthrange(jahr, monat + 1)[1]))


def ist_werktag(tag: date, feiertag: Feiertag) -> bool:
    """Whether `tag` is a Werktag: neither Sunday nor holiday; a Saturday is one.

    Rechtsgrundlage: § 28 PStG (dritter Werktag); dass der Samstag zählt: Stand prüfen.
    """
    return tag.weekday() != SONNTAG and not feiertag(tag)


def naechster_fristtag(tag: date, feiertag: Feiertag) -> date:
    """`tag`, or the next day that is no Saturday, Sunday or holiday.

    Rechtsgrundlage: § 193 BGB.
    """
    while tag.weekday() >= SAMSTAG or feiertag(tag):
        tag += timedelta(days=1)
    return tag


def fristende(ereignis: date, anzahl: int, einheit: str, feiertag: Feiertag) -> date:
    """Last day of a deadline that an event starts; it ends at 24:00 of that day.

    Rechtsgrundlage: § 187 Abs. 1, § 188 Abs. 1 bis 3, § 193 BGB über § 31 VwVfG.

    Parameters
    ----------
    ereignis
        Day of the event; it is not counted.
    anzahl
        How many units, at least 1.
    einheit
        `tage`, `werktage`, `wochen`, `monate` or `jahre`.
    feiertag
        Holidays at the place of the office.

    Raises
    ------
    ValueError
        `anzahl` is below 1, or the unit is unknown.
    """
    if anzahl < 1:
        raise ValueError("anzahl must be at least 1")
    if einheit == "werktage":
        return _nach_werktagen(ereignis, anzahl, feiertag)
    if einheit == "tage":
        ende = ereignis + timedelta(days=anzahl)
    elif einheit == "wochen":
        ende = ereignis + timedelta(weeks=anzahl)
    elif einheit == "monate":
        ende = plus_monate(ereignis, anzahl)
    elif einheit == "jahre":
        ende = plus_monate(ereignis, 12 * anzahl)
    else:
        raise ValueError(f"unknown unit {einheit!r}")
    return naechster_fristtag(ende, feiertag)


def _nach_werktagen(ereignis: date, anzahl: int, feiertag: Feiertag) -> date:
    """The n-th Werktag after the event.

    Rechtsgrundlage: § 187 Abs. 1 BGB; für den Sterbefall § 28 PStG (dritter Werktag).
    """
    tag = ereignis
    while anzahl > 0:
        tag += timedelta(days=1)
        if ist_werktag(tag, feiertag):
            anzahl -= 1
    return tag
