"""Normalising and the search index."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.normalise import clean, fold, skeleton
from language.search import Document, SearchIndex
from language.words import content_words, variants

CATALOGUE = Path(__file__).parents[2] / "support" / "catalogue.json"


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    services = json.loads(CATALOGUE.read_text(encoding="utf-8"))["services"]
    return SearchIndex.build(Document(s["id"], (s["name"], *s["synonyme"]), (s["kurz"],)) for s in services)


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("Wohnsitz anmelden", "wohnsitz_anmelden"),
        ("ich will meinen hund anmelden", "hundesteuer_anmelden"),
        ("ich melde meinen Hund ab", "hundesteuer_abmelden"),
        ("melde mich um", "wohnsitz_anmelden"),
        ("AUTO UMMELDEN", "kfz_ummelden"),
        ("Anwonerparken", "bewohnerparkausweis"),
        ("mietzuschuss", "wohngeld"),
        ("brauche nen neuen perso", "personalausweis"),
        ("Reisepas", "reisepass"),
    ],
)
def test_the_service_meant_comes_first(index: SearchIndex, query: str, best: str) -> None:
    hits = index.search(query)
    assert hits[0].id == best
    assert hits[0].score >= 0.6
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("query", ["", "   ", "!!!", "wie wird das Wetter", "xyzzy", "🐶", "und oder aber"])
def test_nothing_is_found_where_nothing_was_named(index: SearchIndex, query: str) -> None:
    assert index.search(query) == []


def test_a_long_message_does_not_look_sure_of_a_service(index: SearchIndex) -> None:
    text = "Hallo, ich bin letzte Woche nach Gelsenkirchen gezogen und habe einen Hund. Was muss ich alles machen?"
    assert all(hit.score < 0.6 for hit in index.search(text))


def test_an_index_survives_saving(index: SearchIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "index.json")
    assert SearchIndex.load(tmp_path / "index.json").search("Hund anmelden") == index.search("Hund anmelden")


def test_an_empty_index_finds_nothing() -> None:
    assert SearchIndex.build([]).search("Hund") == []


SMALL = SearchIndex.build([Document("a", ("Hund anmelden",)), Document("leer", ()), Document("b", ("Auto",))])


@given(st.text(max_size=200))
def test_any_query_is_survived(text: str) -> None:
    found = SMALL.search(text)
    assert all(0 <= hit.score <= 1 for hit in found)


def test_shortened_and_separated_verbs_are_completed() -> None:
    assert variants("Wohnsitz an- oder ummelden") == ["Wohnsitz anmelden", "Wohnsitz ummelden"]
    assert variants("Gewerbe an-, um- oder abmelden") == [
        "Gewerbe anmelden",
        "Gewerbe ummelden",
        "Gewerbe abmelden",
    ]
    assert variants("Hund anmelden") == ["Hund anmelden"]
    assert content_words("Ich melde meinen Hund ab") == ["hund", "abmeld"]


def test_spellings_fall_together() -> None:
    assert fold("Grüße") == fold("GRUESSE") == "gruesse"
    assert skeleton("für") == skeleton("fuer") == skeleton("fur")


@given(st.text(max_size=200))
def test_cleaning_keeps_every_offset(text: str) -> None:
    assert len(clean(text)) == len(text)
