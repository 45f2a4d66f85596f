"""Dialogue acts and danger, by rule."""

import pytest

from bot.nlu.acts import act, sounds_like_danger
from language.normalise import fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Was kostet das?", "question"),
        ("was kostet das", "question"),
        ("und wie lange dauert das", "question"),
        ("Muss ich persönlich kommen", "question"),
        ("nein, doch am 12.", "correction"),
        ("die Hausnummer ist 12a", "correction"),
        ("nein, nicht Reisepass, Personalausweis", "correction"),
        ("ich meinte die 14", "correction"),
        ("Da habe ich mich vertippt", "correction"),
        ("Nein", "negation"),
        ("nö", "negation"),
        ("Nein danke", "negation"),
        ("habe ich nicht", "negation"),
        ("Ja", None),
        ("am 12.", None),
        ("Guten Tag", None),
        ("Labrador", None),
        ("", None),
        ("Ich heiße Wieland", None),
    ],
)
def test_acts(text: str, expected: str | None) -> None:
    assert act(text, fold(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Hilfe, es brennt!", "Mein Mann schlägt mich", "ich will nicht mehr leben", "Ich bringe mich um", "mein kind atmet nicht",
        "Ich werde von meinem Ex bedroht", "MEINE MUTTER IST BEWUSSTLOS", "es riecht nach gas",
        "ich krieg keine luft", "er hat gedroht mich umzubringen", "er ist nicht mehr ansprechbar", "110",
        "Wo ist ein Frauenhaus?", "ich wär lieber tot", "die kleine hat tabletten geschluckt",
    ],
)  # fmt: skip
def test_danger_is_heard(text: str) -> None:
    assert sounds_like_danger(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "Ich ziehe um", "Mein Hund ist gestorben", "Feuerwehrausweis", "Ich möchte hier leben", "Was kostet eine Sterbeurkunde nach Suizid",
        "Der Hund schlägt an", "",
        "Mein Mann ist nach einem Schlaganfall pflegebedürftig", "Ich bin bei der freiwilligen Feuerwehr", "Ich springe ein",
    ],
)  # fmt: skip
def test_harmless_words_are_no_danger(text: str) -> None:
    assert not sounds_like_danger(fold(text))
