"""The held-out sets in tests/sets: marked as their README says, and apart from everything that trains."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
import schwifty
from stdnum.de import idnr

from tests.sets.held_out import SETS, catalogue_words, key, training_texts

INTENTS = {
    "greet", "goodbye", "thanks", "affirm", "deny", "cancel", "back", "repeat", "restart", "human", "complaint",
    "bot_challenge", "privacy", "status", "aspect", "life_situation", "service", "inform", "emergency", "chitchat",
    "out_of_scope",
}  # fmt: skip
SLICES = {"plain", "typos", "no_umlauts", "colloquial", "dialect", "keywords", "long_mail"}
ASPECTS = {"kosten", "unterlagen", "frist", "dauer", "zustaendigkeit", "oeffnungszeiten", "termin"}
LIFE_SITUATIONS = {
    "umzug", "wegzug", "geburt", "heirat", "trennung", "todesfall", "ausweis_reise", "fuehrerschein_fahrzeug",
    "kita_schule", "arbeit_rente", "wohnen_bauen", "gewerbe", "haustier", "soziales", "behinderung_pflege",
    "migration", "wahlen_ehrenamt", "urkunden",
}  # fmt: skip
ENTITY_TYPES = {
    "date", "date_range", "time", "person", "address", "plz", "town", "licence_plate", "iban", "steuer_id", "amount",
    "phone", "email",
}  # fmt: skip
QUERY_KINDS = {"everyday", "keyword", "typo", "foreign_keyword"}
SERVICES = {str(number) for number in range(1, 59)} | {"jagdschein"}
# A span starts at the first word that carries the value, so not at one of these.
LEADING_WORDS = re.compile(
    r"(?:am|zum|bis|ab|vom|seit|im|um|gegen|der|dem|den|Herr|Frau|Dr\.)\s", re.IGNORECASE
)

Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


UTTERANCES = [row for path in sorted((SETS / "nlu").glob("*.jsonl")) for row in rows(path)]
ENTITY_ROWS = rows(SETS / "entities.jsonl")
with (SETS / "search_queries.tsv").open(encoding="utf-8", newline="") as file:
    QUERIES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def entities() -> Iterator[tuple[Row, str, str | int]]:
    """Every marked entity with its span and its value."""
    for row in UTTERANCES + ENTITY_ROWS:
        for entity in row["entities"]:
            yield entity, row["text"][entity["start"] : entity["end"]], entity["value"]


def values(kind: str) -> list[tuple[str, Any]]:
    found = [(span, value) for entity, span, value in entities() if entity["type"] == kind]
    assert found
    return found


def alphanumeric(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).upper()


def test_every_utterance_stands_once():
    texts = Counter(key(row["text"]) for row in UTTERANCES)
    assert [text for text, count in texts.items() if count > 1] == []
    texts = Counter(row["text"] for row in ENTITY_ROWS)
    assert [text for text, count in texts.items() if count > 1] == []


def test_the_sets_do_not_share_texts():
    utterances = {key(row["text"]) for row in UTTERANCES}
    assert utterances & {key(row["text"]) for row in ENTITY_ROWS} == set()
    assert utterances & {key(row["query"]) for row in QUERIES} == set()


def test_utterances_carry_only_allowed_names():
    for row in UTTERANCES:
        assert row["intent"] in INTENTS, row
        assert row["slice"] in SLICES, row
        assert row["life_situation"] is None or row["life_situation"] in LIFE_SITUATIONS, row
        assert all(isinstance(nr, int) and 1 <= nr <= 58 for nr in row["services_nr"]), row
        assert len(set(row["services_nr"])) == len(row["services_nr"]), row
        assert row["text"].strip() == row["text"] != "", row


def test_each_mark_belongs_to_its_intent():
    for row in UTTERANCES:
        assert (row.get("oos") in {"far", "near"}) == (row["intent"] == "out_of_scope"), row
        assert (row.get("aspect") in ASPECTS) == (row["intent"] == "aspect"), row
        assert (row["life_situation"] is not None) == (row["intent"] == "life_situation"), row
        assert row["services_nr"] or row["intent"] != "service", row
        assert not row["services_nr"] or row["intent"] in {"service", "life_situation", "aspect", "status"}, (
            row
        )


def test_a_file_holds_the_intent_that_names_it():
    for path in (SETS / "nlu").glob("*.jsonl"):
        assert {row["intent"] for row in rows(path)} == {path.stem}


def test_there_are_enough_utterances_of_every_kind():
    assert len(UTTERANCES) >= 1200
    intents = Counter(row["intent"] for row in UTTERANCES)
    assert set(intents) == INTENTS
    assert min(intents.values()) >= 40, intents
    out_of_scope = Counter(row["oos"] for row in UTTERANCES if "oos" in row)
    assert sum(out_of_scope.values()) >= 300
    assert min(out_of_scope.values()) >= 120, out_of_scope
    assert min(Counter(row["slice"] for row in UTTERANCES).values()) >= 60


def test_every_service_and_life_situation_is_wanted_by_someone():
    wanted = Counter(row["services_nr"][0] for row in UTTERANCES if row["intent"] == "service")
    assert set(wanted) == set(range(1, 59))
    assert min(wanted.values()) >= 4, wanted
    assert {row["life_situation"] for row in UTTERANCES} == LIFE_SITUATIONS | {None}


def test_slices_are_what_they_say():
    for row in UTTERANCES:
        if row["slice"] == "no_umlauts":
            assert not set(row["text"]) & set("äöüÄÖÜß"), row
        if row["slice"] == "long_mail":
            assert len(row["text"]) >= 100, row
        if row["slice"] == "keywords":
            assert len(row["text"].split()) <= 6, row


def test_spans_lie_in_their_text_and_do_not_overlap():
    for row in UTTERANCES + ENTITY_ROWS:
        end = 0
        for entity in row["entities"]:
            assert entity["type"] in ENTITY_TYPES, row
            assert end <= entity["start"] < entity["end"] <= len(row["text"]), row
            end = entity["end"]


def test_spans_begin_and_end_with_the_value_itself():
    for entity, span, _ in entities():
        assert span == span.strip(), (entity, span)
        # "Am Markt 3" and "An der Rennbahn 15" are names of streets.
        assert entity["type"] == "address" or not LEADING_WORDS.match(span), span


def test_there_are_enough_entities_of_every_type():
    assert len(ENTITY_ROWS) >= 300
    counts = Counter(entity["type"] for row in ENTITY_ROWS for entity in row["entities"])
    assert set(counts) == ENTITY_TYPES
    assert min(counts.values()) >= 20, counts
    assert sum(not row["entities"] for row in ENTITY_ROWS) >= 25


def test_dates_and_times_are_iso():
    for _, value in values("date"):
        assert date.fromisoformat(value).isoformat() == value
    for _, value in values("date_range"):
        first, last = (date.fromisoformat(day) for day in value.split("/"))
        assert first < last
    for _, value in values("time"):
        assert time.fromisoformat(value).strftime("%H:%M") == value


def test_a_named_weekday_is_the_weekday_of_its_date():
    weekdays = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
    for span, value in values("date"):
        named = [i for i, name in enumerate(weekdays) if name in span.casefold()]
        assert named in ([], [date.fromisoformat(value).weekday()]), span


def test_ibans_and_tax_numbers_are_valid_and_as_written():
    for span, value in values("iban"):
        assert schwifty.IBAN(value).compact == value == alphanumeric(span)
    for span, value in values("steuer_id"):
        assert idnr.is_valid(value)
        assert value == alphanumeric(span)


def test_phones_are_valid_and_emails_lower_case():
    for span, value in values("phone"):
        number = phonenumbers.parse(span, "DE")
        assert phonenumbers.is_valid_number(number), span
        assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == value
    for span, value in values("email"):
        assert value == span.lower()
        # Domains that nobody can own (RFC 2606, and example.de of DENIC).
        assert re.search(r"@(?:.+\.)?(?:example\.(?:org|com|net|de)|[a-z-]+\.example)$", value), value


def test_amounts_are_cents_and_agree_with_their_digits():
    for span, value in values("amount"):
        assert isinstance(value, int)
        assert value > 0
        written = re.search(r"\d[\d. ]*(?:,\d\d)?", span)
        if written:
            assert value == round(float(re.sub(r"[. ]", "", written[0]).replace(",", ".")) * 100), span


def test_places_and_plates_have_their_form():
    for span, value in values("plz"):
        assert re.fullmatch(r"\d{5}", value)
        assert value == span
    for span, value in values("licence_plate"):
        assert re.fullmatch(r"[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} [1-9]\d{0,3}[EH]?", value), value
        assert alphanumeric(value) == alphanumeric(span)
    for _, value in values("address"):
        assert re.fullmatch(r"[^,\d]+ \d+ ?[a-z]?(?:, \d{5} [^\d,]+)?", value), value
    for span, value in values("person"):
        assert value == span


def test_queries_carry_only_allowed_names_and_stand_once():
    assert len(QUERIES) >= 450
    assert max(Counter(key(row["query"]) for row in QUERIES).values()) == 1
    for row in QUERIES:
        assert row["kind"] in QUERY_KINDS, row
        assert set(row["nr"].split(",")) <= SERVICES, row


def test_every_service_is_searched_in_several_ways():
    counts = Counter(row["nr"] for row in QUERIES)
    assert min(counts[nr] for nr in SERVICES) >= 5, counts


@pytest.mark.parametrize("name", ["utterances", "entities", "queries"])
def test_no_text_stands_in_the_training_data(name):
    held_out = {
        "utterances": [row["text"] for row in UTTERANCES],
        "entities": [row["text"] for row in ENTITY_ROWS],
        "queries": [row["query"] for row in QUERIES],
    }[name]
    assert sorted({key(text) for text in held_out} & training_texts()) == []


def test_no_query_is_a_word_of_the_catalogue():
    assert sorted({key(row["query"]) for row in QUERIES} & catalogue_words()) == []
