"""Fees and deadlines as of a date."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from portal.catalogue.model import Belegt, FristRegel, Gebuehr, Leistung

B = TypeVar("B", bound=Belegt)


class NotYetValidError(LookupError):
    """The catalogue knows no value for so early a date. The caller asks for a later one, or names the office."""


def as_of(values: Sequence[B], day: date) -> list[B]:
    """The values in force on `day`: those with the latest `gueltig_ab` not after it.

    Raises
    ------
    NotYetValidError
        There are values, but the first is valid only after `day`.
    """
    if not values:
        return []
    starts = [v.gueltig_ab for v in values if v.gueltig_ab is not None and v.gueltig_ab <= day]
    if not starts:
        raise NotYetValidError(f"no value is known for {day.isoformat()}")
    return [v for v in values if v.gueltig_ab == max(starts)]


def fees(leistung: Leistung, day: date) -> list[Gebuehr]:
    """The fees in force on `day`; several are alternatives; none means unknown. Raises `NotYetValidError`."""
    return as_of(leistung.gebuehr, day)


def deadlines(leistung: Leistung, day: date) -> list[FristRegel]:
    """The deadlines in force on `day`, as `fees`. Raises `NotYetValidError`."""
    return as_of(leistung.frist, day)
