"""Whether a new model understands no worse than the one in use: asked on the held-out set and on the new examples."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

HELD_OUT = Path("tests") / "sets" / "nlu"
"""One file of JSON lines an intent; nothing trains on them (tests/sets/README.md)."""
AS_OF = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))
"""The moment as of which the held-out set is marked."""


class Understanding(Protocol):
    """What a loaded model can do; `bot.parse.Parser` is one."""

    def parse(self, text: str, now: datetime) -> dict[str, Any]:
        """Give what was understood, in the shape that `amtslotse parse` prints."""


@dataclass(frozen=True)
class Case:
    """A text, the intent that it has, and the row of the first service that it means (None: any)."""

    text: str
    intent: str
    service_nr: int | None = None


@dataclass(frozen=True)
class Verdict:
    """How many of the cases two models misunderstand."""

    cases: int
    wrong_in_use: int
    wrong_new: int

    @property
    def no_worse(self) -> bool:
        """Whether the new model misunderstands no more than the one in use."""
        return self.wrong_new <= self.wrong_in_use


def held_out(root: Path) -> list[Case]:
    """Read the held-out set. Raises FileNotFoundError when this installation has none."""
    files = sorted((root / HELD_OUT).glob("*.jsonl"))
    if not files:
        raise FileNotFoundError(root / HELD_OUT)
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines() if line]
    return [
        Case(
            row["text"],
            row["intent"],
            row["services_nr"][0] if row["intent"] == "service" and row["services_nr"] else None,
        )
        for row in rows
    ]


def wrong(model: Understanding, cases: Iterable[Case]) -> int:
    """Count the cases that a model gets wrong: another intent, or another service first."""
    return sum(not _right(model.parse(case.text, AS_OF), case) for case in cases)


def compare(in_use: Understanding, new: Understanding, cases: Sequence[Case]) -> Verdict:
    """Ask both models the same cases."""
    return Verdict(len(cases), wrong(in_use, cases), wrong(new, cases))


def _right(found: dict[str, Any], case: Case) -> bool:
    if found["intent"]["name"] != case.intent:
        return False
    return case.service_nr is None or (found["services"] or [{"nr": None}])[0]["nr"] == case.service_nr
