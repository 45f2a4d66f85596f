"""Which earlier answer does a correction mean?"""

import pytest

from actions import korrektur
from actions.antwort import Antwort
from tests.support.actions_turn import draft, field, turn

EINZUG = field("date", "einzugsdatum", "Tag des Einzugs", "2026-11-11")
GEBURT = field("date", "geburtsdatum", "Geburtsdatum", "1990-04-17")
ALT = field("address", "bisherige_anschrift", "Bisherige Anschrift", "Musterstraße 12, 44787 Bochum")
NEU = field("address", "neue_anschrift", "Neue Anschrift", "Ahstraße 12, 45879 Gelsenkirchen")
NAME = field("name", "familienname", "Familienname", "Beispiel")
OFFEN = field("yes_no", "weitere_wohnung", "Weitere Wohnung")
DRAFT = draft(NAME, GEBURT, ALT, EINZUG, NEU, OFFEN, asked="weitere_wohnung")
HISTORY = ["einzugsdatum", "neue_anschrift"]


def read(said):
    return korrektur.lesen(said, DRAFT, OFFEN, HISTORY)


def test_only_a_day_changes_the_newest_date_and_keeps_month_and_year():
    said = turn("nein, doch am 12.", act="correction", entities={"date": "2026-12-12"})
    assert read(said) == Antwort("einzugsdatum", "2026-11-12", correction=True)


def test_a_full_date_changes_the_date_that_was_answered_last():
    said = turn("nein, doch am 3.10.2026", act="correction", entities={"date": "2026-10-03"})
    assert read(said) == Antwort("einzugsdatum", "2026-10-03", correction=True)


def test_a_named_field_wins_over_the_newest():
    said = turn("Das Geburtsdatum ist der 18.04.1990", act="correction", entities={"date": "1990-04-18"})
    assert read(said) == Antwort("geburtsdatum", "1990-04-18", correction=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Die Hausnummer ist 12a", "Ahstraße 12a, 45879 Gelsenkirchen"),
        ("die hausnummer lautet 7 b", "Ahstraße 7b, 45879 Gelsenkirchen"),
        ("Die Postleitzahl ist 45881", "Ahstraße 12, 45881 Gelsenkirchen"),
        ("Die Straße heißt Arminstraße", "Arminstraße 12, 45879 Gelsenkirchen"),
    ],
)
def test_a_part_of_the_address_changes_the_newest_address(text, value):
    assert read(turn(text, act="correction")) == Antwort("neue_anschrift", value, correction=True)


def test_a_named_address_is_the_one_that_changes():
    said = turn("Bei der bisherigen Adresse: bisherige Anschrift, Hausnummer ist 14", act="correction")
    assert read(said) == Antwort("bisherige_anschrift", "Musterstraße 14, 44787 Bochum", correction=True)


def test_a_name_is_taken_from_behind_the_verb():
    said = turn("Der Familienname ist Muster", act="correction")
    assert read(said) == Antwort("familienname", "Muster", correction=True)


def test_a_correction_without_a_value_asks_the_field_again():
    said = turn("Das Geburtsdatum stimmt nicht", act="correction")
    assert read(said) == Antwort("geburtsdatum", None, correction=True)


def test_choosing_a_field_asks_it_again():
    pressed = turn('/correct{"field": "einzugsdatum"}', intent="correct", entities={"field": "einzugsdatum"})
    assert read(pressed) == Antwort("einzugsdatum", None, correction=True)


def test_an_unknown_field_of_a_button_is_ignored():
    assert read(turn('/correct{"field": "x"}', intent="correct", entities={"field": "x"})) is None


@pytest.mark.parametrize(
    "said",
    [
        turn("nein", intent="deny", act="negation"),
        turn("Wann war noch mal das Einzugsdatum?", intent="aspect", act="question"),
        turn("nein, so nicht", intent="deny", act="correction"),
        turn("12.11.2026", entities={"date": "2026-11-12"}),
        turn("Guten Tag", intent="greet"),
    ],
)
def test_what_corrects_nothing_is_left_alone(said):
    assert read(said) is None


def test_an_impossible_day_is_no_correction():
    assert read(turn("nein, doch am 31.", act="correction")) is None
