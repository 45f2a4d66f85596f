"""Fees and deadlines as of a date."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from portal.catalogue.model import Belegt, FristRegel, Gebuehr, Leistung

B = TypeVar("B", bound=Belegt)


class NotYetValidError(LookupError):
    """The catalogue knows no law for this date: it is too early, or what held has ended.

    The caller asks for another date, or names the office.
    """


def as_of(values: Sequence[B], day: date) -> list[B]:
    """The values in force on `day`: those with the latest `gueltig_ab` not after it, unless they ended before it.

    Of no values none is in force on any day: what the catalogue does not know at all is unknown, not out of force.

    Raises
    ------
    NotYetValidError
        There are values, but none is in force on `day`.
    """
    if not values:
        return []
    starts = [v.gueltig_ab for v in values if v.gueltig_ab is not None and v.gueltig_ab <= day]
    newest = [v for v in values if starts and v.gueltig_ab == max(starts)]
    found = [v for v in newest if v.gueltig_bis is None or v.gueltig_bis >= day]
    if not found:
        raise NotYetValidError(f"no value is known for {day.isoformat()}")
    return found


def fees(leistung: Leistung, day: date) -> list[Gebuehr]:
    """The fees in force on `day`; several are alternatives; none means unknown. Raises `NotYetValidError`."""
    return as_of(leistung.gebuehr, day)


def deadlines(leistung: Leistung, day: date) -> list[FristRegel]:
    """The deadlines in force on `day`, as `fees`. Raises `NotYetValidError`."""
    return as_of(leistung.frist, day)
