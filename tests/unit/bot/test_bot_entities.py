"""Values as people write them, and texts that must not become one, as of Tuesday, 24 November 2026.

A line of values/*.tsv is a text, then type, value and written words of each entity in it. Numbers are not listed.
"""

from pathlib import Path

import pytest

from bot.nlu.entities import GermanEntityExtractor
from bot.parse import without_parts_of_addresses

NOW = "2026-11-24T10:00:00+01:00"
TOWNS = (
    "Gelsenkirchen", "Essen", "Köln", "München", "Bochum", "Berlin", "Marl", "Hamm", "Recklinghausen", "Frankfurt am Main",
)  # fmt: skip
ROWS = [
    line.split("\t")
    for table in sorted((Path(__file__).parent / "values").glob("*.tsv"))
    for line in table.read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def extractor():
    return GermanEntityExtractor({}, None, None, {"town": {town: [town] for town in TOWNS}})


def found(extractor, text):
    rows = [entity._asdict() for entity in extractor.find(text, {"now": NOW})]
    entities = without_parts_of_addresses([{**row, "entity": row["name"]} for row in rows])
    return sorted(
        (e["entity"], str(e["value"]), text[e["start"] : e["end"]])
        for e in entities
        if e["entity"] != "number"
    )


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_values_are_read_with_their_exact_words(extractor, row):
    text, *cells = row
    wanted = sorted(zip(cells[0::3], cells[1::3], cells[2::3], strict=True))
    assert found(extractor, text) == wanted


def test_the_list_is_broad_and_holds_what_is_no_value():
    kinds = {kind for row in ROWS for kind in row[1::3]}
    assert kinds == {
        "date", "date_range", "time", "amount", "phone", "email", "plz", "town", "licence_plate", "iban", "steuer_id", "person",
        "address",
    }  # fmt: skip
    assert sum(len(row) == 1 for row in ROWS) >= 80


def test_what_the_gateway_hid_is_not_read(extractor):
    text = "IBAN DE89 3704 0044 0532 0130 00"
    assert found(extractor, text)
    hidden = {"now": NOW, "secrets": [{"start": 5, "end": len(text)}]}
    assert [e.name for e in extractor.find(text, hidden)] == []


def test_without_a_day_no_date_is_read(extractor):
    assert [e.name for e in extractor.find("gestern", {})] == []
