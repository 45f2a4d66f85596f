"""The search as shipped still finds what citizens ask for: catalogue, labelled wishes, encoder and fusion together."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from portal import catalogue
from portal.context import search_index

QUERIES = Path(__file__).parents[2] / "sets" / "search_queries.tsv"

Search = Callable[[str], set[str]]


@pytest.fixture(scope="module")
def first_three() -> Search:
    """Rows of the fact sheet (the id where a service has none) of the three best services."""
    katalog = catalogue.load()
    index = search_index(katalog)
    return lambda query: {str(katalog.leistungen[hit.id].nr or hit.id) for hit in index.search(query, 3)}


@pytest.mark.parametrize(("kind", "goal"), [("everyday", 0.95), ("foreign_keyword", 0.85)])
def test_the_service_meant_is_among_the_first_three(first_three: Search, kind: str, goal: float) -> None:
    with QUERIES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == kind]
    missed = [row["query"] for row in rows if not first_three(row["query"]) & set(row["nr"].split(","))]
    assert 1 - len(missed) / len(rows) >= goal, missed


def test_of_a_large_catalogue_the_log_says_how_far_the_index_is() -> None:
    hund = catalogue.load().leistungen["hundesteuer_anmelden"]
    many = {f"s{i}": hund.model_copy(update={"id": f"s{i}", "synonyme": []}) for i in range(2_001)}
    with capture_logs() as logged:
        search_index(catalogue.Katalog(leistungen=many, lebenslagen={}, stellen={}, merkmale={}))
    assert [(line["done"], line["total"]) for line in logged] == [(1_000, 2_001), (2_000, 2_001)]
