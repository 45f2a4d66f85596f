"""What the understanding benchmark trains and tests on: Rasa NLU files, or the project's own sets."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from rasa.shared.nlu.training_data.loading import load_data

ROOT = Path(__file__).parents[2]
PROJECT_TRAIN = ROOT / "data" / "nlu"
PROJECT_TEST = ROOT / "tests" / "sets" / "nlu"
SERVICE_PREFIX = "service_"
"""Stock Rasa has one intent a service: this prefix and the id of the catalogue."""


@dataclass(frozen=True)
class Row:
    """One utterance to be understood; `services` are the ids of which any is right, empty where none is asked for."""

    text: str
    intent: str
    services: tuple[str, ...] = ()
    slice: str = "plain"
    oos: str | None = None


@dataclass(frozen=True)
class Example:
    """One training example; `service` is the catalogue's id where the file names it."""

    text: str
    intent: str
    service: str | None = None


def files_of(path: Path) -> list[Path]:
    """The file itself, or all YAML and JSONL files below a folder, sorted."""
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in {".yml", ".yaml", ".jsonl"})


def examples(paths: Sequence[Path]) -> list[Example]:
    """Read training examples from Rasa NLU files."""
    found = []
    for path in paths:
        if path.suffix == ".jsonl":
            continue
        for message in load_data(str(path)).intent_examples:
            metadata = (message.get("metadata") or {}).get("intent") or {}
            service = metadata.get("service") if isinstance(metadata, dict) else None
            found.append(Example(message.get("text"), message.get("intent"), service))
    return found


def sample(paths: Sequence[Path], every: int) -> str:
    """One Rasa NLU file of each block's every n-th example and all lookups, so that both sides learn the same in less time."""
    blocks = []
    for path in paths:
        for block in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu", []):
            if "intent" in block:
                lines = str(block["examples"]).splitlines()[::every]
                block = block | {"examples": "".join(f"{line}\n" for line in lines)}
            blocks.append(block)
    return yaml.safe_dump(
        {"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False, width=10_000
    )


def rows(paths: Sequence[Path], catalogue: dict[str, list[dict[str, object]]]) -> list[Row]:
    """Read test utterances from the project's JSONL sets or from Rasa NLU files."""
    by_nr: dict[object, list[str]] = {}
    for service in catalogue["services"]:
        by_nr.setdefault(service["nr"], []).append(str(service["id"]))
    found: list[Row] = []
    for path in paths:
        if path.suffix != ".jsonl":
            found += [
                Row(e.text, e.intent, (e.service,) if e.service else (), path.stem) for e in examples([path])
            ]
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            wanted = item["services_nr"] if item["intent"] == "service" else []
            services = tuple(one for nr in wanted for one in by_nr.get(nr, ()))
            found.append(Row(item["text"], item["intent"], services, item["slice"], item.get("oos")))
    return found


def stock_training_data(
    training: Sequence[Example], catalogue: dict[str, list[dict[str, object]]], *, own: bool
) -> str:
    """The same data for stock Rasa, one intent a service, as a Rasa NLU file.

    With `own` data the catalogue's names and synonyms, which our components learn from, become examples as well.
    """
    intents: dict[str, dict[str, None]] = {}
    for example in training:
        name = SERVICE_PREFIX + example.service if example.service else example.intent
        intents.setdefault(name, {})[example.text] = None
    if own:
        for service in catalogue["services"]:
            texts = intents.setdefault(f"{SERVICE_PREFIX}{service['id']}", {})
            synonyms = service["synonyme"]
            assert isinstance(synonyms, list)
            texts |= dict.fromkeys([str(service["name"]), *map(str, synonyms)])
    blocks = [
        {
            "intent": name,
            "examples": "".join(f"- {' '.join(text.split())}\n" for text in texts),
        }
        for name, texts in intents.items()
    ]
    return yaml.safe_dump(
        {"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False, width=10_000
    )


def digest(*parts: str) -> str:
    """Short hash of texts: names cached models."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
