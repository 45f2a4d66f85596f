"""When a decision is made known and until when it can be contested: the fact sheet's worked cases, and what always holds."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workalendar.europe import NorthRhineWestphalia

from portal.domain.bekanntgabe import Norm, bekanntgabe, bereitstellung_endet
from portal.domain.fristen import fristende, plus_monate
from portal.domain.rechtsbehelf import (
    WEGE,
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

CASES = [
    pytest.param(Norm.POST_VWVFG, "2026-11-23", None, 1, "2026-11-27", "2026-12-27", "2026-12-28", id="1"),
    pytest.param(Norm.POST_VWVFG, "2026-11-25", None, 1, "2026-11-29", "2026-12-29", "2026-12-29", id="2"),
    pytest.param(Norm.POST_AO, "2026-11-25", None, 1, "2026-11-30", "2026-12-30", "2026-12-30", id="3"),
    pytest.param(Norm.POST_SGBX, "2026-12-21", None, 1, "2026-12-25", "2027-01-25", "2027-01-25", id="4"),
    pytest.param(Norm.POST_AO, "2026-12-21", None, 1, "2026-12-28", "2027-01-28", "2027-01-28", id="5"),
    pytest.param(Norm.POST_VWVFG, "2027-01-27", None, 1, "2027-01-31", "2027-02-28", "2027-03-01", id="6"),
    pytest.param(Norm.POST_VWVFG, "2027-01-25", None, 1, "2027-01-29", "2027-02-28", "2027-03-01", id="7"),
    pytest.param(Norm.POST_VWVFG, "2028-01-27", None, 1, "2028-01-31", "2028-02-29", "2028-02-29", id="8"),
    pytest.param(Norm.POST_VWVFG, "2027-02-22", None, 1, "2027-02-26", "2027-03-26", "2027-03-30", id="9"),
    pytest.param(Norm.POST_VWVFG, "2026-11-23", None, 12, "2026-11-27", "2027-11-27", "2027-11-29", id="10"),
    pytest.param(Norm.POST_VWVFG, "2028-02-25", None, 12, "2028-02-29", "2029-02-28", "2029-02-28", id="11"),
    pytest.param(Norm.OZG_9, "2026-12-18", None, 1, "2026-12-22", "2027-01-22", "2027-01-22", id="12"),
    pytest.param(Norm.VWVFG_41_2A, "2026-11-25", None, 1, "2026-11-26", "2026-12-26", "2026-12-28", id="13"),
    pytest.param(Norm.PZU, "2026-10-30", None, 1, "2026-10-30", "2026-11-30", "2026-11-30", id="14"),
    pytest.param(Norm.POST_VWVFG, "2026-11-23", "2026-12-02", 1, "2026-12-02", "2027-01-02", "2027-01-04", id="15"),
]  # fmt: skip
"""Cases 1 to 15: norm, its day, proven receipt, months, Bekanntgabe, raw end, end."""
feiertag = feiertage("05513000")
CALENDAR = NorthRhineWestphalia()
DAYS = st.dates(date(2025, 1, 1), date(2035, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(("norm", "tag", "zugang", "monate", "bekannt", "roh", "ende"), CASES)
def test_worked_cases_1_to_15(
    norm: Norm, tag: str, zugang: str | None, monate: int, bekannt: str, roh: str, ende: str
) -> None:
    known = bekanntgabe(norm, day(tag), feiertag, zugang=day(zugang) if zugang else None)
    assert known == day(bekannt)
    assert plus_monate(known, monate) == day(roh)
    assert fristende(known, monate, "monate", feiertag) == day(ende)


@pytest.mark.parametrize(
    ("ereignis", "anzahl", "einheit", "ende"),
    [
        pytest.param("2026-12-11", 2, "wochen", "2026-12-28", id="16 Anmeldung"),
        pytest.param("2026-11-21", 1, "wochen", "2026-11-30", id="17 Geburt"),
        pytest.param("2026-11-20", 3, "werktage", "2026-11-24", id="18 Sterbefall"),
    ],
)
def test_worked_cases_16_to_18(ereignis: str, anzahl: int, einheit: str, ende: str) -> None:
    assert fristende(day(ereignis), anzahl, einheit, feiertag) == day(ende)


NORMS = st.one_of(st.none(), st.sampled_from(list(Norm)))
BELEHRUNGEN = st.one_of(
    st.none(),
    st.builds(
        Belehrung,
        vorhanden=st.booleans(),
        weg=st.one_of(st.none(), st.sampled_from(list(Weg))),
        stelle=st.just("Stadt"),
        monate=st.one_of(st.none(), st.integers(1, 24)),
    ),
)


@given(
    dated=DAYS,
    norm=NORMS,
    late=st.one_of(st.none(), st.integers(-3, 30)),
    receipt=st.one_of(st.none(), st.integers(0, 60)),
    weg=st.sampled_from([Weg.VG, Weg.WI, Weg.SG, Weg.FG]),
    belehrung=BELEHRUNGEN,
)
@settings(max_examples=600, deadline=None)
def test_the_safe_date_is_never_after_any_date_that_may_hold(
    dated: date,
    norm: Norm | None,
    late: int | None,
    receipt: int | None,
    weg: Weg,
    belehrung: Belehrung | None,
) -> None:
    start = None if late is None else dated + timedelta(days=late)
    received = None if receipt is None else dated + timedelta(days=receipt)
    seen = fristbild(Zugang(norm, dated, start, received), weg, feiertag, belehrung)
    plain = fristbild(Zugang(norm, dated, start, received), weg, feiertag)
    assert seen.sicher_bis is not None
    assert plain.sicher_bis is not None
    assert seen.sicher_bis <= plain.sicher_bis, "a Belehrung never lengthens the safe deadline"
    assert seen.moeglich_bis is None or seen.moeglich_bis > seen.sicher_bis
    if norm is not None:
        exact = bekanntgabe(norm, start or dated, feiertag, zugang=received)
        assert seen.sicher_bis <= fristende(exact, 1, "monate", feiertag)
        assert seen.bekanntgabe <= exact
    assert CALENDAR.is_working_day(seen.sicher_bis)


def test_a_letter_counts_from_its_date_and_the_envelope_only_makes_it_possibly_later() -> None:
    seen = fristbild(Zugang(Norm.POST_VWVFG, day("2026-11-23"), day("2026-11-26")), Weg.VG, feiertag)
    assert (seen.sicher_bis, seen.moeglich_bis) == (day("2026-12-28"), day("2026-12-30"))
    assert seen.gruende[0].startswith("Bekanntgabe am 27.11.2026, weil")


def test_the_ao_roll_is_only_possible() -> None:
    seen = fristbild(Zugang(Norm.POST_AO, day("2026-12-21")), Weg.WI, feiertag)
    assert (seen.bekanntgabe, seen.sicher_bis) == (day("2026-12-25"), day("2027-01-25"))
    assert seen.moeglich_bis == day("2027-01-28")


def test_an_unknown_way_counts_as_handed_over() -> None:
    seen = fristbild(Zugang(None, day("2026-11-23")), Weg.VG, feiertag)
    assert (seen.bekanntgabe, seen.sicher_bis) == (day("2026-11-23"), day("2026-12-23"))
    assert seen.moeglich_bis == day("2026-12-28")


def test_delivered_by_pzu_has_one_date_only() -> None:
    seen = fristbild(Zugang(Norm.PZU, day("2026-10-28"), day("2026-10-30")), Weg.VG, feiertag)
    assert (seen.sicher_bis, seen.moeglich_bis) == (day("2026-11-30"), None)


def test_a_missing_belehrung_may_give_a_year_but_the_month_stays_safe() -> None:
    seen = fristbild(Zugang(Norm.POST_VWVFG, day("2026-11-23")), Weg.VG, feiertag, Belehrung(vorhanden=False))
    assert (seen.sicher_bis, seen.moeglich_bis) == (day("2026-12-28"), day("2027-11-29"))
    assert seen.konflikt


@pytest.mark.parametrize(
    ("belehrung", "conflict"),
    [
        (Belehrung(weg=Weg.VG, stelle="Verwaltungsgericht Gelsenkirchen"), False),
        (Belehrung(weg=Weg.VG, monate=1), False),
        (Belehrung(weg=Weg.WI), True),
        (Belehrung(weg=Weg.VG, monate=3), True),
        (Belehrung(vorhanden=False), True),
    ],
)
def test_a_belehrung_that_disagrees_goes_to_a_human(belehrung: Belehrung, conflict: bool) -> None:
    seen = fristbild(Zugang(Norm.OZG_9, day("2026-12-18"), day("2026-12-18")), Weg.VG, feiertag, belehrung)
    assert (seen.konflikt is not None) == conflict
    assert seen.sicher_bis == day("2027-01-22")
    assert (seen.weg, seen.adressat) == (belehrung.weg or Weg.VG, belehrung.stelle)


def test_a_shorter_printed_deadline_is_the_safe_one() -> None:
    seen = fristbild(Zugang(Norm.PZU, day("2026-11-02")), Weg.AG, feiertag, Belehrung(weg=Weg.AG, monate=1))
    assert seen.sicher_bis == day("2026-12-02")


def test_a_track_without_a_general_deadline_names_no_day() -> None:
    seen = fristbild(Zugang(Norm.POST_VWVFG, day("2026-11-23")), Weg.AG, feiertag)
    assert (seen.sicher_bis, seen.moeglich_bis) == (None, None)


@pytest.mark.parametrize(("rueckschein", "known"), [("2026-11-24", "2026-11-24"), (None, "2026-11-27")])
def test_einschreiben_counts_from_the_rueckschein(rueckschein: str | None, known: str) -> None:
    received = day(rueckschein) if rueckschein else None
    assert bekanntgabe(Norm.EINSCHREIBEN, day("2026-11-23"), feiertag, zugang=received) == day(known)


def test_sgb_x_with_a_disputed_notice_counts_from_the_abruf() -> None:
    assert bekanntgabe(Norm.SGBX_37_2A, day("2026-11-23"), feiertag, zugang=day("2026-12-07")) == day(
        "2026-12-07"
    )


def test_before_2025_the_fiction_had_three_days() -> None:
    assert bekanntgabe(Norm.POST_VWVFG, day("2024-12-30"), feiertag) == day("2025-01-02")
    assert bekanntgabe(Norm.POST_VWVFG, day("2025-01-01"), feiertag) == day("2025-01-05")


def test_the_smaller_rules() -> None:
    assert bereitstellung_endet(day("2026-11-25")) == day("2026-12-05")
    assert bussgeld_einspruch(day("2026-12-11"), feiertag) == day("2026-12-28")
    assert wiedereinsetzung(day("2026-12-11"), Weg.VG, feiertag) == day("2026-12-28")
    assert wiedereinsetzung(day("2026-12-11"), Weg.FG, feiertag) == day("2027-01-11")
    assert behoerdentermin(day("2026-11-29")) == day("2026-11-29")
    assert all(way.formen or way.name.startswith("kein") for way in WEGE.values())


@pytest.mark.parametrize("weg", [Weg.VG, Weg.WI])
@pytest.mark.parametrize(
    ("antrag", "ab"),
    [("2026-11-11", "2027-02-12"), ("2026-11-30", "2027-03-01"), ("2027-11-30", "2028-03-01")],
)
def test_an_inactive_office_comes_to_the_verwaltungsgericht_when_three_months_are_over(
    weg: Weg, antrag: str, ab: str
) -> None:
    assert untaetigkeit_ab(day(antrag), weg) == day(ab)


@pytest.mark.parametrize("weg", [Weg.SG, Weg.FG, Weg.AG, Weg.KEIN])
def test_no_waiting_time_is_invented_for_the_other_tracks(weg: Weg) -> None:
    assert untaetigkeit_ab(day("2026-11-11"), weg) is None
