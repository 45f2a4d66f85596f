"""Keeps the held-out sets apart from what trains: finds shared texts and takes their lines out of the sets.

``python -m tests.sets.held_out`` prunes the files in place and prints how many lines went.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
SETS = ROOT / "tests" / "sets"


def key(text: str) -> str:
    """Texts with the same key are one utterance: case, punctuation and spaces do not count (emoji do)."""
    return " ".join(re.findall(r"\w+", text.casefold())) or text


def training_texts() -> set[str]:
    """Keys of all examples in data/, with their entity marks taken off."""
    texts = set()
    for path in (ROOT / "data").rglob("*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for block in content.get("nlu", []):
            for line in str(block.get("examples", "")).splitlines():
                example = re.sub(
                    r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})", r"\1", line.strip().removeprefix("-")
                )
                texts.add(key(example))
    return texts


def catalogue_words() -> set[str]:
    """Keys of all names and synonyms that stand in the catalogue."""

    def walk(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            for name, child in node.items():
                if name in {"name", "synonyme"}:
                    yield from strings(child)
                else:
                    yield from walk(child)
        elif isinstance(node, list):
            for child in node:
                yield from walk(child)

    def strings(node: object) -> Iterator[str]:
        if isinstance(node, str):
            yield node
        elif isinstance(node, (list, dict)):
            for child in node.values() if isinstance(node, dict) else node:
                yield from strings(child)

    return {
        key(text)
        for path in (ROOT / "portal" / "catalogue").rglob("*.yml")
        for text in walk(yaml.safe_load(path.read_text(encoding="utf-8")))
    }


def keep(path: Path, wanted: Callable[[str], bool]) -> int:
    """Rewrite a file with its wanted lines only; return how many went."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if wanted(line)]
    if len(kept) < len(lines):
        path.write_text("".join(kept), encoding="utf-8")
    return len(lines) - len(kept)


def prune() -> int:
    """Take out every text that stands in the training data, and every query that stands there or in the catalogue."""
    trained = training_texts()
    indexed = trained | catalogue_words()
    gone = keep(SETS / "search_queries.tsv", lambda line: key(line.split("\t")[0]) not in indexed)
    for path in [*(SETS / "nlu").glob("*.jsonl"), SETS / "entities.jsonl"]:
        gone += keep(path, lambda line: key(json.loads(line)["text"]) not in trained)
    return gone


if __name__ == "__main__":
    print(f"{prune()} lines of the held-out sets stood elsewhere and were removed")
