"""Public holidays by place: which days the deadline rules get passed in as holidays."""

from datetime import date
from functools import lru_cache

import holidays

from portal.domain.fristen import Feiertag

LAENDER = {
    "01": "SH",
    "02": "HH",
    "03": "NI",
    "04": "HB",
    "05": "NW",
    "06": "HE",
    "07": "RP",
    "08": "BW",
    "09": "BY",
    "10": "SL",
    "11": "BE",
    "12": "BB",
    "13": "MV",
    "14": "SN",
    "15": "ST",
    "16": "TH",
}
"""Land by the first two digits of an AGS."""


@lru_cache(maxsize=len(LAENDER) + 1)
def _kalender(land: str | None) -> Feiertag:
    days = holidays.country_holidays("DE", subdiv=land, language="de")

    def feiertag(tag: date) -> bool:
        return tag in days

    return feiertag


def feiertage(ags: str | None) -> Feiertag:
    """The public holidays of the Land in which a municipality lies.

    Parameters
    ----------
    ags
        Amtlicher Gemeindeschlüssel of the office's place; None or unknown: only the holidays of all Länder, so that no
        deadline is promised later than it ends.
    """
    return _kalender(LAENDER.get((ags or "")[:2]))
