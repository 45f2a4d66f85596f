"""The deadline rules against a second calendar: workalendar for weekends and holidays, dateutil for months and years.

Production asks `holidays`. Nothing of the rules is used to say what is expected.
"""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st
from workalendar.core import SUN
from workalendar.europe import (
    BadenWurttemberg,
    Germany,
    Hesse,
    LowerSaxony,
    NorthRhineWestphalia,
    RhinelandPalatinate,
    Saarland,
    Saxony,
    SaxonyAnhalt,
)

from portal.domain.bekanntgabe import Norm, bekanntgabe, bereitstellung_endet
from portal.domain.fristen import fristende, ist_werktag, naechster_fristtag
from portal.domain.rechtsbehelf import (
    Belehrung,
    Weg,
    Zugang,
    behoerdentermin,
    bussgeld_einspruch,
    fristbild,
    untaetigkeit_ab,
    wiedereinsetzung,
)
from portal.services.feiertage import feiertage

PLACES = {
    "05513000": NorthRhineWestphalia,
    "06412000": Hesse,
    "03241001": LowerSaxony,
    "07315000": RhinelandPalatinate,
    "08111000": BadenWurttemberg,
    "10041100": Saarland,
    "14713000": Saxony,
    "15003000": SaxonyAnhalt,
    "": Germany,
}
"""Places with their second calendar: Länder with different holidays, and none known."""
FIRST, LAST = date(2025, 1, 1), date(2035, 12, 31)
DAYS = st.dates(FIRST, LAST)
AGS = st.sampled_from(sorted(PLACES))
UNITS: dict[str, Callable[[int], relativedelta]] = {
    "tage": lambda n: relativedelta(days=n),
    "wochen": lambda n: relativedelta(weeks=n),
    "monate": lambda n: relativedelta(months=n),
    "jahre": lambda n: relativedelta(years=n),
}
DAY = timedelta(days=1)
WEEKDAYS = {
    ags: type(f"{place.__name__}Werktage", (place,), {"WEEKEND_DAYS": (SUN,)})()
    for ags, place in PLACES.items()
}
"""Calendars of Werktage: a Saturday is one."""
CALENDARS = {ags: place() for ags, place in PLACES.items()}


def rolled(ags: str, day: date) -> date:
    """The day itself where people work, else the next on which they do."""
    end: date = CALENDARS[ags].add_working_days(day - DAY, 1)
    return end


@pytest.mark.parametrize("ags", sorted(PLACES))
def test_both_calendars_name_the_same_holidays(ags: str) -> None:
    feiertag, second = feiertage(ags), CALENDARS[ags]
    for offset in range((LAST - FIRST).days):
        day = FIRST + timedelta(days=offset)
        assert feiertag(day) == second.is_holiday(day), day


@given(ags=AGS, ereignis=DAYS, anzahl=st.integers(1, 400), einheit=st.sampled_from(sorted(UNITS)))
@settings(max_examples=600, deadline=None)
def test_days_weeks_months_and_years_end_on_the_same_day(
    ags: str, ereignis: date, anzahl: int, einheit: str
) -> None:
    anzahl = 1 + anzahl % {"jahre": 5, "monate": 36, "wochen": 60}.get(einheit, 400)
    expected = rolled(ags, ereignis + UNITS[einheit](anzahl))
    assert fristende(ereignis, anzahl, einheit, feiertage(ags)) == expected


@given(ags=AGS, ereignis=DAYS, anzahl=st.integers(1, 30))
@settings(max_examples=300, deadline=None)
def test_werktage_are_counted_alike(ags: str, ereignis: date, anzahl: int) -> None:
    expected = WEEKDAYS[ags].add_working_days(ereignis, anzahl)
    assert fristende(ereignis, anzahl, "werktage", feiertage(ags)) == expected


@given(ags=AGS, day=DAYS)
@settings(max_examples=300, deadline=None)
def test_a_day_is_worked_on_or_moves_alike(ags: str, day: date) -> None:
    assert ist_werktag(day, feiertage(ags)) == WEEKDAYS[ags].is_working_day(day)
    assert naechster_fristtag(day, feiertage(ags)) == rolled(ags, day)


FICTIONS = {
    Norm.OZG_9: False,
    Norm.SGBX_37_2A: False,
    Norm.AO_122A: True,
    Norm.POST_VWVFG: False,
    Norm.POST_SGBX: False,
    Norm.POST_AO: True,
    Norm.EINSCHREIBEN: False,
}
"""Norms with a fiction → whether its day moves (AO)."""
AT_ONCE = {Norm.PZU: 0, Norm.UEBERGABE: 0, Norm.VWVFG_41_2A: 1}
"""Norms without a fiction → days after what they count from."""


def known(ags: str, norm: Norm, begin: date, receipt: date | None) -> date:
    """When a decision is made known, said a second time."""
    if norm in AT_ONCE:
        return begin + timedelta(days=AT_ONCE[norm])
    if norm == Norm.EINSCHREIBEN and receipt:
        return receipt
    fiction = begin + timedelta(days=4 if begin.year >= 2025 else 3)
    if FICTIONS[norm]:
        fiction = rolled(ags, fiction)
    return max(fiction, receipt or fiction)


def test_every_norm_has_its_expectation() -> None:
    assert set(FICTIONS) | set(AT_ONCE) == set(Norm)


RECEIPTS = st.one_of(st.none(), st.integers(0, 60))


@given(ags=AGS, norm=st.sampled_from(list(Norm)), begin=st.dates(date(2024, 11, 1), LAST), late=RECEIPTS)
@settings(max_examples=600, deadline=None)
def test_every_bekanntgabe_and_its_deadline_agree(
    ags: str, norm: Norm, begin: date, late: int | None
) -> None:
    receipt = None if late is None else begin + timedelta(days=late)
    day = bekanntgabe(norm, begin, feiertage(ags), zugang=receipt)
    assert day == known(ags, norm, begin, receipt)
    assert fristende(day, 1, "monate", feiertage(ags)) == rolled(ags, day + relativedelta(months=1))


@given(
    ags=AGS,
    norm=st.sampled_from(list(Norm)),
    dated=DAYS,
    posted=st.one_of(st.none(), st.integers(0, 20)),
    weg=st.sampled_from([Weg.VG, Weg.WI, Weg.SG, Weg.FG]),
    told=st.booleans(),
)
@settings(max_examples=600, deadline=None)
def test_safe_and_possible_day_of_a_decision_agree(
    ags: str, norm: Norm, dated: date, posted: int | None, weg: Weg, told: bool
) -> None:
    """Letters are safe from their own date and possible from the posting; what the portal provides counts from its day."""
    begin = None if posted is None else dated + timedelta(days=posted)
    seen = fristbild(Zugang(norm, dated, begin), weg, feiertage(ags), Belehrung(vorhanden=told))
    start = begin or dated
    by_post = norm in (Norm.POST_VWVFG, Norm.POST_SGBX, Norm.POST_AO, Norm.EINSCHREIBEN)
    earliest = known(ags, norm, start, None)
    if norm in FICTIONS:
        earliest = (dated if by_post else start) + timedelta(days=4)
    latest = known(ags, norm, start, None)
    safe = rolled(ags, earliest + relativedelta(months=1))
    later = rolled(ags, latest + relativedelta(months=1 if told else 12))
    assert (seen.bekanntgabe, seen.sicher_bis) == (earliest, safe)
    assert seen.moeglich_bis == (later if later > safe else None)


@given(ags=AGS, dated=DAYS)
@settings(max_examples=200, deadline=None)
def test_an_unknown_way_is_safe_from_the_letters_own_day(ags: str, dated: date) -> None:
    seen = fristbild(Zugang(None, dated), Weg.VG, feiertage(ags))
    assert seen.sicher_bis == rolled(ags, dated + relativedelta(months=1))
    latest = rolled(ags, rolled(ags, dated + timedelta(days=4)) + relativedelta(months=1))
    assert seen.moeglich_bis == (latest if seen.sicher_bis and latest > seen.sicher_bis else None)


@given(ags=AGS, day=DAYS)
@settings(max_examples=300, deadline=None)
def test_the_smaller_rules_agree(ags: str, day: date) -> None:
    feiertag = feiertage(ags)
    assert bussgeld_einspruch(day, feiertag) == rolled(ags, day + relativedelta(weeks=2))
    for weg in Weg:
        length = relativedelta(months=1) if weg == Weg.FG else relativedelta(weeks=2)
        assert wiedereinsetzung(day, weg, feiertag) == rolled(ags, day + length)
    assert untaetigkeit_ab(day, Weg.VG) == day + relativedelta(months=3) + DAY
    assert bereitstellung_endet(day) == day + timedelta(days=10), "benefit of nobody: it does not move"
    assert behoerdentermin(day) == day
