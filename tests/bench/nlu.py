"""`make bench-nlu`: our understanding against stock Rasa, trained on the same data, asked the same utterances in one run.

``TRAIN=… TEST=…`` name any Rasa NLU files or folders; the default is data/nlu and tests/sets/nlu. Stock Rasa would learn from all of
data/nlu for half a day, so there each side learns from every sixteenth example, and ours from all of them as well.
"""

import argparse
import json
import platform
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import yaml
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.metrics import roc_auc_score

from bot.parse import Parser
from tests.bench import nlu_data, nlu_entities, stock

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
RESULTS = nlu_data.ROOT / "docs" / "benchmarks"
CACHE = nlu_data.ROOT / "var" / "bench"
SLICES = ("plain", "typos", "no_umlauts", "colloquial", "dialect", "keywords", "long_mail")
ACTS = (
    "affirm", "deny", "cancel", "back", "repeat", "restart", "thanks", "complaint", "human", "bot_challenge", "greet",
    "goodbye",
)  # fmt: skip
ROUNDS, BINS = 2_000, 15
EVERY = 16
"""Of the project's own examples the two sides compare themselves on each so-manieth."""
Floats = np.ndarray


def main() -> None:
    """Train both sides, ask both, print and store what came out."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--train", type=Path, default=nlu_data.PROJECT_TRAIN)
    arguments.add_argument("--test", type=Path, default=nlu_data.PROJECT_TEST)
    arguments.add_argument("--name", default="nlu")
    arguments.add_argument(
        "--every", type=int, help="the two compared sides learn from each n-th example only"
    )
    arguments.add_argument("--ours-only", action="store_true")
    chosen = arguments.parse_args()
    catalogue = json.loads((nlu_data.ROOT / "var" / "catalogue.json").read_text(encoding="utf-8"))
    sampled = chosen.train == nlu_data.PROJECT_TRAIN and not chosen.ours_only
    every = chosen.every or (EVERY if sampled else 1)
    files = nlu_data.files_of(chosen.train)
    CACHE.mkdir(parents=True, exist_ok=True)
    everything = nlu_data.sample(files, 1)
    training = nlu_data.examples([written(everything)])
    rows = nlu_data.rows(nlu_data.files_of(chosen.test), catalogue)
    own = any(example.intent == "service" for example in training)
    sides = {"ours": stock.train("ours", our_config(), everything, CACHE)}
    compared = "ours"
    if not chosen.ours_only:
        learned = training
        if every > 1:
            part = nlu_data.sample(files, every)
            learned = nlu_data.examples([written(part)])
            compared = f"ours, 1 of {every}"
            sides[compared] = stock.train("ours", our_config(), part, CACHE)
        data = nlu_data.stock_training_data(learned, catalogue, own=own)
        sides["stock" if every == 1 else f"stock, 1 of {every}"] = stock.train(
            "stock", stock.CONFIG, data, CACHE
        )
    parsers = {name: Parser(side.path) for name, side in sides.items()}
    answers = ask(parsers, rows)
    result = {
        "train": chosen.train.name,
        "every": every,
        "test": chosen.test.name,
        "examples": len(training),
        "utterances": len(rows),
        "training_s": {name: side.seconds for name, side in sides.items()},
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "sides": {name: measures(rows, found) for name, found in answers.items()},
    }
    if chosen.test == nlu_data.PROJECT_TEST:
        result["sides"]["ours"]["entities"] = nlu_entities.measures(parsers["ours"], NOW)
    if not chosen.ours_only:
        *_, theirs = answers.values()
        result["error_ratio"] = ratios(rows, answers[compared], theirs)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{chosen.name}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    plot(rows, answers, RESULTS / f"{chosen.name}.png")
    show(result)


def written(merged: str) -> Path:
    """The training file of these examples."""
    path = CACHE / f"train-{nlu_data.digest(merged)}.yml"
    path.write_text(merged, encoding="utf-8")
    return path


def our_config() -> str:
    """The project's pipeline without policies, the catalogue by its full path; changes with the code (its hash is in it)."""
    config = yaml.safe_load((nlu_data.ROOT / "config.yml").read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if "catalogue" in component:
            component["catalogue"] = str(nlu_data.ROOT / component["catalogue"])
    config.pop("policies", None)
    code = [
        p.read_text()
        for folder in ("bot/nlu", "language")
        for p in sorted((nlu_data.ROOT / folder).glob("*.py"))
    ]
    encoder = (nlu_data.ROOT / "models/encoder/encoder.sha256").read_text()
    return f"# {nlu_data.digest(*code, encoder)}\n" + yaml.safe_dump(config, sort_keys=False)


def ask(parsers: dict[str, Parser], rows: list[nlu_data.Row]) -> dict[str, list[dict[str, Any]]]:
    """Every utterance to both sides in turn; each answer with its time in ms."""
    answers: dict[str, list[dict[str, Any]]] = {name: [] for name in parsers}
    for row in track(rows, "Fragen"):
        for name, parser in parsers.items():
            begin = time.perf_counter()
            found = parser.understand(row.text, NOW)
            answers[name].append(found | {"ms": (time.perf_counter() - begin) * 1000})
    return answers


def understood(found: dict[str, Any]) -> tuple[str, str | None, float, float]:
    """Intent, best service, confidence, and a score for being out of scope."""
    intent, sure = found["intent"]["name"] or "", float(found["intent"]["confidence"])
    if "strangeness" in found:
        services = found.get("services") or []
        return intent, services[0]["id"] if services else None, sure, float(found["strangeness"])
    ranking = {row["name"]: row["confidence"] for row in found.get("intent_ranking", [])}
    strange = float(ranking.get("out_of_scope", 0.0))
    if intent.startswith(nlu_data.SERVICE_PREFIX):
        return "service", intent.removeprefix(nlu_data.SERVICE_PREFIX), sure, strange
    return ("out_of_scope" if intent == "nlu_fallback" else intent), None, sure, strange


def correct(rows: list[nlu_data.Row], found: list[dict[str, Any]]) -> Floats:
    """(n,) bool: the intent is right and, for a wish, its first service."""

    def right(row: nlu_data.Row, answer: dict[str, Any]) -> bool:
        intent, service, _, _ = understood(answer)
        return intent == row.intent and (not row.services or service in row.services)

    return np.array([right(row, answer) for row, answer in zip(rows, found, strict=True)])


def measures(rows: list[nlu_data.Row], found: list[dict[str, Any]]) -> dict[str, Any]:
    """All numbers of one side."""
    right = correct(rows, found)
    told = [understood(answer) for answer in found]
    hit = np.array([t[0] == row.intent for t, row in zip(told, rows, strict=True)])
    sure, strange = np.array([t[2] for t in told]), np.array([t[3] for t in told])
    slices = np.array([row.slice for row in rows])
    kinds = np.array([row.oos or "" for row in rows])
    result: dict[str, Any] = {
        "error": float(1 - right.mean()),
        "intent_error": float(1 - hit.mean()),
        "error_by_slice": {s: float(1 - right[slices == s].mean()) for s in dict.fromkeys(slices)},
        "error_by_intent": {
            i: float(1 - right[[r.intent == i for r in rows]].mean())
            for i in sorted({r.intent for r in rows})
        },
        "ece": calibration_error(sure, hit),
        "ms_p50": float(np.percentile([a["ms"] for a in found], 50)),
        "ms_p95": float(np.percentile([a["ms"] for a in found], 95)),
    }
    intents = np.array([row.intent for row in rows])
    if (acts := np.isin(intents, ACTS)).any():
        result["acts_right"] = float(hit[acts].mean())
    if (danger := intents == "emergency").any():
        called = np.array([t[0] == "emergency" for t in told])
        result["emergencies_found"] = float(called[danger].mean())
        result["false_alarms"] = float(called[~danger].mean())
    outside = np.array([row.intent == "out_of_scope" for row in rows])
    if outside.any() and not outside.all():
        threshold = float(np.quantile(strange[~outside], 0.97))
        result["out_of_scope"] = {
            "auroc": float(roc_auc_score(outside, strange)),
            "turned_away_at_3_percent": {
                k: float((strange[kinds == k] > threshold).mean())
                for k in ("far", "near")
                if (kinds == k).any()
            },
        }
    return result


def calibration_error(sure: Floats, right: Floats) -> float:
    """Expected calibration error over 15 bins of equal width."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    return float(sum(gaps))


def ratios(
    rows: list[nlu_data.Row], ours: list[dict[str, Any]], other: list[dict[str, Any]]
) -> dict[str, Any]:
    """Our error by the other's: all and each slice, with a paired bootstrap interval (95 %)."""
    wrong, theirs = ~correct(rows, ours), ~correct(rows, other)
    slices = np.array([row.slice for row in rows])
    random = np.random.default_rng(0)
    result = {}
    for name in ("all", *dict.fromkeys(slices)):
        chosen = np.nonzero((slices == name) | (name == "all"))[0]
        samples = random.choice(chosen, (ROUNDS, len(chosen)))
        drawn = wrong[samples].sum(1) / np.maximum(theirs[samples].sum(1), 1)
        low, high = np.percentile(drawn, [2.5, 97.5])
        ratio = wrong[chosen].sum() / max(theirs[chosen].sum(), 1)
        result[name] = {"ratio": float(ratio), "low": float(low), "high": float(high)}
    return result


def plot(rows: list[nlu_data.Row], answers: dict[str, list[dict[str, Any]]], path: Path) -> None:
    """Errors by slice, and our confusions."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(17, 7.5))
    names = list(dict.fromkeys(row.slice for row in rows))
    for place, (side, found) in enumerate(answers.items()):
        by_slice = measures(rows, found)["error_by_slice"]
        left.bar(np.arange(len(names)) + 0.4 * place, [by_slice[n] for n in names], 0.38, label=side)
    left.set_xticks(np.arange(len(names)) + 0.2, names, rotation=45, ha="right")
    left.set_ylabel("error of intent and top-1 service")
    left.legend()
    labels = sorted({row.intent for row in rows})
    counts = Counter((row.intent, understood(a)[0]) for row, a in zip(rows, answers["ours"], strict=True))
    matrix = np.array([[counts[t, p] for p in labels] for t in labels], dtype=float)
    right.imshow(matrix / np.maximum(matrix.sum(1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
    right.set_xticks(range(len(labels)), labels, rotation=90)
    right.set_yticks(range(len(labels)), labels)
    right.set_title("ours: wanted (rows), understood (columns)")
    for i, j in zip(*np.nonzero(matrix), strict=True):
        right.text(j, i, int(matrix[i, j]), ha="center", va="center", fontsize=6)
    figure.tight_layout()
    figure.savefig(path, dpi=90)


def show(result: dict[str, Any]) -> None:
    """Print the table."""
    ratio = result.get("error_ratio", {})
    heads = (*result["sides"], "ratio of the last two" if ratio else "")
    table = Table("", *heads, title=f"{result['utterances']} utterances")

    def line(label: str, values: list[float], name: str = "") -> None:
        r = ratio.get(name)
        shown = f"{r['ratio']:.2f} [{r['low']:.2f}, {r['high']:.2f}]" if r else ""
        table.add_row(label, *(f"{value:.3f}" for value in values), shown)

    sides = list(result["sides"].values())
    line("error, intent and service", [s["error"] for s in sides], "all")
    for name in sides[0]["error_by_slice"]:
        line(f"  {name}", [s["error_by_slice"][name] for s in sides], name)
    line("error, intent alone", [s["intent_error"] for s in sides])
    line("ECE", [s["ece"] for s in sides])
    if "out_of_scope" in sides[0]:
        line("out of scope, AUROC", [s["out_of_scope"]["auroc"] for s in sides])
        for kind in sides[0]["out_of_scope"]["turned_away_at_3_percent"]:
            values = [s["out_of_scope"]["turned_away_at_3_percent"][kind] for s in sides]
            line(f"  {kind} turned away at 3 %", values)
    for label, key in (
        ("dialogue acts right", "acts_right"),
        ("emergencies found", "emergencies_found"),
        ("others taken for one", "false_alarms"),
    ):
        if key in sides[0]:
            line(label, [s[key] for s in sides])
    if "entities" in sides[0]:
        found = sides[0]["entities"]
        for label, value in {
            "structured entities, F1": found["structured_f1"],
            **found["f1_by_type"],
        }.items():
            table.add_row(label, f"{value:.3f}", *([""] * len(sides)))
    line("parse p50, ms", [s["ms_p50"] for s in sides])
    line("parse p95, ms", [s["ms_p95"] for s in sides])
    Console().print(table)


if __name__ == "__main__":
    main()
