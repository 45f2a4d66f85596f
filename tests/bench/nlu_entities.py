"""How well values are found: exact span and value on tests/sets/entities.jsonl; persons and addresses by their span."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.parse import Parser
from tests.bench.nlu_data import ROOT

SET = ROOT / "tests" / "sets" / "entities.jsonl"
STRUCTURED = (
    "date",
    "date_range",
    "time",
    "plz",
    "town",
    "licence_plate",
    "iban",
    "steuer_id",
    "amount",
    "phone",
    "email",
)
NAMES = ("person", "address")

Found = set[tuple[str, str, int, int]]


def measures(parser: Parser, now: datetime) -> dict[str, Any]:
    """F1 of each type, of all structured types together, and the number of texts."""
    rows = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    pairs = [(_of(row["entities"]), _of(parser.parse(row["text"], now)["entities"])) for row in rows]
    return {
        "texts": len(rows),
        "structured_f1": _f1(pairs, STRUCTURED),
        "f1_by_type": {kind: _f1(pairs, [kind]) for kind in (*STRUCTURED, *NAMES)},
    }


def _of(entities: Iterable[dict[str, Any]]) -> Found:
    return {(e["type"], str(e["value"]), e["start"], e["end"]) for e in entities}


def _f1(pairs: Sequence[tuple[Found, Found]], kinds: Sequence[str]) -> float:
    count: Counter[str] = Counter()
    for wanted, found in pairs:
        wanted = {entity for entity in wanted if entity[0] in kinds}
        found = {entity for entity in found if entity[0] in kinds}
        count += Counter(both=len(wanted & found), wanted=len(wanted), found=len(found))
    return 2 * count["both"] / max(count["wanted"] + count["found"], 1)
