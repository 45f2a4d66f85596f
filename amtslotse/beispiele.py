"""Reviewed examples as Rasa training data: which intents there are, and what a file of examples looks like with new ones."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

FOLDER = Path("data") / "nlu"
FILE = FOLDER / "gelernt.yml"
"""Where accepted examples belong."""
INTENT = re.compile(r"^- intent: (\S+)\s*$", re.MULTILINE)
HEAD = 'version: "3.1"\n# Sätze aus Gesprächen, mit Einwilligung, ohne persönliche Angaben, von Menschen geprüft.\nnlu:\n'
STAND_INS = {
    "Name": "Erika Mustermann", "Anschrift": "Musterstraße 1", "E-Mail": "erika@example.org", "Telefon": "0209 5550100",
    "Kennzeichen": "GE-XX 1", "Datum": "01.03.2026", "Ort": "Musterstadt", "Betrag": "100 Euro", "Nummer": "12345", "Zahl": "3",
}  # fmt: skip
"""What stands in training for what was taken out; all of it invented."""
PLACEHOLDER = re.compile(r"\[([^\]]+)\]")

Examples = dict[str, list[str]]


def intents(root: Path) -> tuple[str, ...]:
    """List every intent that the training data names, retrieval intents with their second half."""
    files = sorted((root / FOLDER).rglob("*.yml"))
    return tuple(sorted({name for file in files for name in INTENT.findall(file.read_text("utf-8"))}))


def read(text: str) -> Examples:
    """Read a file of examples. Raises ValueError when it is no such file."""
    try:
        found = yaml.safe_load(text) or {}
        return {
            str(one["intent"]): [
                line[2:] for line in str(one["examples"]).splitlines() if line.startswith("- ")
            ]
            for one in found.get("nlu", [])
        }
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise ValueError("keine Datei mit Beispielen") from error


def known(root: Path) -> set[tuple[str, str]]:
    """Give what the assistant is trained on already, as (intent, text in lower case without marks of entities)."""
    marks = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
    found = set()
    for file in (root / FOLDER).rglob("*.yml"):
        text = file.read_text("utf-8")
        if INTENT.search(text):
            found |= {
                (intent, marks.sub(r"\1", one).casefold())
                for intent, lines in read(text).items()
                for one in lines
            }
    return found


def as_training(text: str) -> str:
    """Write a reviewed sentence as a training example: stand-ins for placeholders, no signs that Rasa reads as marks."""
    filled = PLACEHOLDER.sub(lambda match: STAND_INS.get(match[1], match[1]), text)
    return re.sub(r"[\[\]{}]", "", " ".join(filled.split()))


def merged(present: Mapping[str, list[str]], fresh: Iterable[tuple[str, str]]) -> str:
    """Give a file's text with new (intent, example) pairs, sorted, each once."""
    together: dict[str, set[str]] = {intent: set(lines) for intent, lines in present.items()}
    for intent, text in fresh:
        together.setdefault(intent, set()).add(text)
    blocks = (
        f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {line}\n" for line in sorted(lines))
        for intent, lines in sorted(together.items())
    )
    return HEAD + "".join(blocks)
