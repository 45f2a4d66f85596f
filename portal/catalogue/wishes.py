"""How citizens wish for services: the labelled sentences of data/nlu, which the search learns from as well."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "data" / "nlu"


def labelled_wishes(folder: Path = FOLDER) -> Iterator[tuple[str, str]]:
    """Sentences and the id of the service that their section names; none where the folder is missing."""
    for block in _blocks(folder):
        if service := (block.get("metadata") or {}).get("service"):
            for text in examples(block):
                yield text, str(service)


def strange_wishes(folder: Path = FOLDER) -> Iterator[str]:
    """Sentences that wish for nothing that a town does."""
    for block in _blocks(folder):
        if block.get("intent") == "out_of_scope":
            yield from examples(block)


def _blocks(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        yield from content.get("nlu", [])


def examples(block: dict[str, Any]) -> Iterator[str]:
    for line in str(block.get("examples", "")).splitlines():
        if text := line.strip().removeprefix("-").strip():
            yield text
