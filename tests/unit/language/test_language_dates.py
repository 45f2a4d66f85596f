"""German dates as of Tuesday, 24 November 2026."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.dates import find

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("am 12.", "2026-11-12"),
        ("nein, doch am 12.", "2026-11-12"),
        ("zum 1.", "2026-12-01"),
        ("zum nächsten Ersten", "2026-12-01"),
        ("am 15. nächsten Monats", "2026-12-15"),
        ("zum Ersten des nächsten Monats", "2026-12-01"),
        ("zum Monatsende", "2026-11-30"),
        ("Samstag in einer Woche", "2026-12-05"),
        ("morgen in acht Tagen", "2026-12-02"),
        ("übernächsten Montag", "2026-12-07"),
        ("in einem halben Jahr", "2027-05-24"),
        ("im Dezember letzten Jahres", "2025-12-01/2025-12-31"),
        ("Mo, 30.11.", "2026-11-30"),
        ("Ich habe einen Termin am 3.", "2026-12-03"),
        ("nächsten Montag", "2026-11-30"),
        ("naechsten montag", "2026-11-30"),
        ("letzten Freitag", "2026-11-20"),
        ("letzte Woche", "2026-11-16/2026-11-22"),
        ("nächsten Monat", "2026-12-01/2026-12-31"),
        ("Anfang Dezember", "2026-12-01/2026-12-10"),
        ("Ende des Monats", "2026-11-21/2026-11-30"),
        ("vor zwei Wochen", "2026-11-10"),
        ("in einem Monat", "2026-12-24"),
        ("gestern", "2026-11-23"),
        ("übermorgen", "2026-11-26"),
        ("12.11.", "2026-11-12"),
        ("12. November 2026", "2026-11-12"),
        ("5.1.26", "2026-01-05"),
        ("3. Mai 1985", "1985-05-03"),
        ("2026-11-12", "2026-11-12"),
        ("12-Nov-2026", "2026-11-12"),
        ("am zwölften", "2026-11-12"),
        ("am ersten Dezember", "2026-12-01"),
        ("Montag nächster Woche", "2026-11-30"),
        ("Ich ziehe am 15. ein", "2026-12-15"),
        ("ich bin am 15. eingezogen", "2026-11-15"),
        ("am 31.", "2026-10-31"),
        ("vom 3. bis 5. Mai", "2027-05-03/2027-05-05"),
        ("29.02.", "2028-02-29"),
        ("vom 3. Dezember bis 10. Januar", "2026-12-03/2027-01-10"),
        ("Freitag, den 4. Dezember", "2026-12-04"),
        ("KW 50", "2026-12-07/2026-12-13"),
        ("an Silvester", "2026-12-31"),
        ("übernächste Woche", "2026-12-07/2026-12-13"),
        ("am vorletzten Freitag", "2026-11-13"),
        ("Samstag in 14 Tagen", "2026-12-12"),
        ("am ersten Montag im Dezember", "2026-12-07"),
        ("letzter Freitag im November", "2026-11-27"),
        ("am 2. Weihnachtstag", "2026-12-26"),
        ("von März bis Mai", "2027-03-01/2027-05-31"),
        ("vom 1. Januar bis Ende März", "2027-01-01/2027-03-31"),
        ("zum Jahresende", "2026-12-31"),
        ("zum Monatsersten", "2026-12-01"),
        ("den 3ten Dezember", "2026-12-03"),
        ("am kommenden Wochenende", "2026-11-28/2026-11-29"),
        ("Mitte bis Ende Dezember", "2026-12-11/2026-12-31"),
        ("Oktober bis Dezember 2025", "2025-10-01/2025-12-31"),
        ("November bis Februar", "2026-11-01/2027-02-28"),
    ],
)
def test_dates_are_read_as_people_mean_them(text: str, value: str) -> None:
    spans = find(text, TODAY)
    assert [span.value for span in spans] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "", "Guten Morgen", "31.02.2026", "im 1. Stock", "am 1. Kind", "12.30 Uhr", "450 Euro", "drei Jahre alt", "GE AB 123",
        "DE89 3704 0044 0532 0130 00", "Hauptstr. 5", "0209 1234567", "Frau Mai", "45879 Gelsenkirchen", "99.99.9999", "12a",
        "die Nummer 12.", "30.2.", "1.234,56",
    ],
)  # fmt: skip
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert find(text, TODAY) == []


def test_the_asker_may_say_on_which_side_the_day_lies() -> None:
    assert find("am 12.", TODAY, "future")[0].value == "2026-12-12"
    assert find("am 12.", TODAY, "past")[0].value == "2026-11-12"


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_complete_date_means_itself_in_every_notation(day: date) -> None:
    for written in (
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%d.%m.%Y}",
        day.isoformat(),
        f"am {day:%d.%m.%Y} bitte",
    ):
        assert [span.value for span in find(written, TODAY)] == [day.isoformat()]


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.sampled_from(range(7)))
def test_next_and_last_weekday_lie_within_a_week(today: date, weekday: int) -> None:
    name = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")[weekday]
    ahead, behind = find(f"nächsten {name}", today)[0].first, find(f"letzten {name}", today)[0].first
    assert ahead.weekday() == behind.weekday() == weekday
    assert timedelta(0) < ahead - today <= timedelta(7)
    assert timedelta(0) < today - behind <= timedelta(7)


@given(st.text(max_size=300), st.dates(date(1990, 1, 1), date(2080, 1, 1)))
@settings(max_examples=150)
def test_any_text_is_survived_and_spans_lie_inside_it(text: str, today: date) -> None:
    end = 0
    for span in find(text, today):
        assert end <= span.start < span.end <= len(text)
        assert span.first <= span.last
        end = span.end
