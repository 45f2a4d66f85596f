"""Reading an office's opening hours, as people write them, into the days and times at which somebody can be received."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

TAGE = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
"""Index as in `date.weekday()`."""

_TAG = rf"(?:{'|'.join(TAGE)})s?"
_UHRZEIT = r"\d{1,2}(?:[.:]\d{2})?"
_BIS = r"\s*(?:bis|-|–)\s*"
_ANGABE = re.compile(
    rf"(?P<tage>{_TAG}(?:(?:\s*,\s*|\s*und\s*|{_BIS}){_TAG})*)(?:\s+auch)?\s*:?\s*(?:von\s+|um\s+)?"
    rf"(?P<zeiten>{_UHRZEIT}(?:{_BIS}{_UHRZEIT})?(?:\s*Uhr)?"
    rf"(?:\s+und\s+(?:von\s+)?{_UHRZEIT}{_BIS}{_UHRZEIT}(?:\s*Uhr)?)*)",
    re.IGNORECASE,
)
_SPANNE = re.compile(rf"(?P<von>{_UHRZEIT})(?:{_BIS}(?P<bis>{_UHRZEIT}))?")


@dataclass(frozen=True)
class Sprechzeit:
    """One stretch of a weekday (0 Monday). `bis` None: one fixed moment, as in "mittwochs 14 Uhr"."""

    wochentag: int
    von: time
    bis: time | None


def lesen(text: str) -> list[Sprechzeit]:
    """The stretches that a text names; nothing for "nur mit Termin" or "nach Vereinbarung"."""
    found = []
    for angabe in _ANGABE.finditer(text):
        spans = [
            (_uhrzeit(s["von"]), _uhrzeit(s["bis"]) if s["bis"] else None)
            for s in _SPANNE.finditer(angabe["zeiten"])
        ]
        for tag in _wochentage(angabe["tage"]):
            found += [Sprechzeit(tag, von, bis) for von, bis in spans if von and (bis is None or von < bis)]
    return found


def _uhrzeit(text: str) -> time | None:
    hours, _, minutes = text.replace(".", ":").partition(":")
    hour, minute = int(hours), int(minutes or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _wochentage(text: str) -> list[int]:
    """ "Montag bis Freitag" is five days, "Dienstag und Donnerstag" two."""
    days: list[int] = []
    until = False
    for wort in re.findall(rf"{_TAG}|bis|-|–", text.lower()):
        if wort in {"bis", "-", "–"}:
            until = True
            continue
        day = TAGE.index(wort.removesuffix("s"))
        days += range(days[-1] + 1, day + 1) if until and days else [day]
        until = False
    return days


def zeitpunkte(
    zeiten: list[Sprechzeit], ab: date, tage: int, minuten: int, feiertag: Callable[[date], bool]
) -> Iterator[datetime]:
    """The local moments (without zone) at which an appointment can begin, in order.

    Parameters
    ----------
    ab, tage
        First day, and how many calendar days to look at.
    minuten
        Length of an appointment; it ends before the office closes.
    feiertag
        Holidays at the place of the office: nobody is received then.
    """
    for tag in (ab + timedelta(days=n) for n in range(tage)):
        if feiertag(tag):
            continue
        starts: set[datetime] = set()
        for zeit in zeiten:
            if zeit.wochentag != tag.weekday():
                continue
            start = datetime.combine(tag, zeit.von)
            if zeit.bis is None:
                starts.add(start)
                continue
            end = datetime.combine(tag, zeit.bis)
            while start + timedelta(minutes=minuten) <= end:
                starts.add(start)
                start += timedelta(minutes=minuten)
        yield from sorted(starts)
