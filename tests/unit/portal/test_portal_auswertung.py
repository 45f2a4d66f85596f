"""Rules that turn a value into the one answer: borders, odd addresses, birthdays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import auswertung

STUFEN = [(1_750_000, "bis 17.500 €"), (None, "darüber")]
ZONEN = {"Zone A": ["Musterstraße"], "Zone B": ["Am Alten Markt", "Beispielallee"]}


@pytest.mark.parametrize(
    ("income", "band"),
    [(0, "bis 17.500 €"), (1_750_000, "bis 17.500 €"), (1_750_001, "darüber"), (10**12, "darüber")],
)
def test_the_border_belongs_to_the_lower_band(income: int, band: str) -> None:
    assert auswertung.einkommensstufe(income, STUFEN) == band


def test_bands_without_an_open_end_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="open"):
        auswertung.einkommensstufe(2_000_000, STUFEN[:1])


@pytest.mark.parametrize(
    ("address", "zone"),
    [
        ("Musterstraße 12, 45879 Gelsenkirchen", "Zone A"),
        ("musterstrasse 12, 45879 Gelsenkirchen", "Zone A"),
        ("MUSTERSTRASSE 12 b, 45879 Gelsenkirchen", "Zone A"),
        ("Am Alten Markt 3-5, 45879 Gelsenkirchen", "Zone B"),
        ("Musterstraßenweg 1, 45879 Gelsenkirchen", None),
        ("Markt 1, 45879 Gelsenkirchen", None),
        ("Musterstraße 12, 44787 Bochum", None),
        ("Musterstraße 12", None),
        ("", None),
    ],
)
def test_a_zone_is_found_by_the_whole_street(address: str, zone: str | None) -> None:
    assert auswertung.parkzone(address, "Gelsenkirchen", ZONEN) == zone


@pytest.mark.parametrize(
    ("born", "today", "of_age"),
    [
        (date(2008, 11, 24), date(2026, 11, 24), True),
        (date(2008, 11, 25), date(2026, 11, 24), False),
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
    ],
)
def test_eighteen_is_reached_on_the_birthday(born: date, today: date, of_age: bool) -> None:
    assert auswertung.volljaehrig(born, today) is of_age


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.dates(date(2020, 1, 2), date(2100, 1, 1)))
def test_who_is_of_age_stays_of_age(born: date, today: date) -> None:
    if auswertung.volljaehrig(born, today):
        assert auswertung.volljaehrig(born, today + timedelta(days=1))


def test_a_value_counts_as_proved_only_at_the_highest_trust() -> None:
    assert [auswertung.herkunft(level) for level in ("niedrig", "substantiell", "hoch")] == [
        "erklaert",
        "erklaert",
        "belegt",
    ]
