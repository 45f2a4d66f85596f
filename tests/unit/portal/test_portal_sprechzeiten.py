"""Opening hours as people write them become times at which somebody is received."""

from datetime import date, time

import pytest

from portal.services.feiertage import feiertage
from portal.services.sprechzeiten import Sprechzeit, lesen, zeitpunkte

MORGEN = (time(8), time(12))

NRW = feiertage("05")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Montag bis Freitag 8 bis 12 Uhr", [0, 1, 2, 3, 4]),
        ("Dienstag und Donnerstag 8 bis 12 Uhr", [1, 3]),
        ("Montag, Mittwoch und Freitag 8.00 bis 12.00 Uhr", [0, 2, 4]),
        ("Bauberatung donnerstags von 8:00 - 12:00 Uhr (Demonstration)", [3]),
    ],
)
def test_days_of_the_week(text, days):
    assert lesen(text) == [Sprechzeit(day, *MORGEN) for day in days]


def test_a_second_stretch_of_a_day():
    found = lesen("Montag bis Dienstag 8 bis 12 Uhr, Dienstag auch 14 bis 18 Uhr")
    assert [z for z in found if z.wochentag == 1] == [
        Sprechzeit(1, *MORGEN),
        Sprechzeit(1, time(14), time(18)),
    ]


def test_a_single_moment_has_no_end():
    assert lesen("Belehrungen mittwochs 14 Uhr") == [Sprechzeit(2, time(14), None)]


@pytest.mark.parametrize(
    "text",
    ["nur mit Termin", "nach Vereinbarung", "", "Montag", "Montag 25 bis 99 Uhr", "Montag 12 bis 8 Uhr"],
)
def test_what_names_no_hours_gives_none(text):
    assert lesen(text) == []


def test_an_appointment_ends_before_the_office_closes():
    begins = list(zeitpunkte(lesen("Montag 8 bis 9.15 Uhr"), date(2026, 11, 30), 1, 30, NRW))
    assert [b.time() for b in begins] == [time(8), time(8, 30)]


def test_nobody_is_received_on_a_holiday_of_nordrhein_westfalen():
    hours = lesen("Montag bis Freitag 8 bis 9 Uhr")
    begins = list(zeitpunkte(hours, date(2026, 12, 24), 6, 60, NRW))
    assert [b.date().isoformat() for b in begins] == ["2026-12-24", "2026-12-28", "2026-12-29"]
    fronleichnam = date(2027, 5, 27)
    assert list(zeitpunkte(hours, fronleichnam, 1, 60, NRW)) == []
