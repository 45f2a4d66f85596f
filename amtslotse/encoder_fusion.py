"""Fitting how much the sentence encoder says in the search, on designations and sentences that the index lacks."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypedDict

import numpy as np
import numpy.typing as npt
from rich.progress import track

from language.search import Document, Fusion, SearchIndex
from language.words import content_words
from portal.catalogue.wishes import labelled_wishes

SHARES = (0.0, 0.3, 0.5, 0.7, 0.9)
FLOORS = (0.0, 0.15, 0.3, 0.45)
FOLDS = 3

Wish = tuple[str, str]
"""A text and the id of the service that it means."""


class Service(TypedDict):
    """What the index needs to know of a service."""

    id: str
    name: str
    kurz: str
    synonyme: list[str]


def fit(root: Path, catalogue: Path) -> Fusion:
    """Choose share and floor by the mean reciprocal rank over held-out folds, and store them beside the encoder."""
    services: list[Service] = json.loads(catalogue.read_text(encoding="utf-8"))["services"]
    candidates = [Fusion(share, floor) for share in SHARES for floor in FLOORS]
    sentences = list(labelled_wishes(root / "data" / "nlu"))
    synonyms = [(name, service["id"]) for service in services for name in service["synonyme"]]
    ranks = np.concatenate(
        [
            np.stack(
                [
                    _reciprocal_ranks(index, asked, candidates)
                    for index, asked in _rounds(services, kind, other)
                ]
            ).mean(axis=0, keepdims=True)
            for kind, other in ((sentences, synonyms), (synonyms, sentences))
            if len(kind) > FOLDS
        ]
    ).mean(axis=0)
    best = candidates[int(ranks.argmax())]
    target = root / "models" / "encoder" / "search.json"
    target.write_text(json.dumps({"share": best.share, "floor": best.floor}) + "\n", encoding="utf-8")
    return best


def _rounds(
    services: Sequence[Service], held_out: Sequence[Wish], kept: Sequence[Wish]
) -> Iterator[tuple[SearchIndex, list[Wish]]]:
    order = np.random.default_rng(0).permutation(len(held_out))
    for fold in track(range(FOLDS), "Suche wird abgestimmt"):
        asked = {int(i) for i in order[fold::FOLDS]}
        names: dict[str, list[str]] = {service["id"]: [service["name"]] for service in services}
        for text, service in (*kept, *(wish for i, wish in enumerate(held_out) if i not in asked)):
            names.setdefault(service, []).append(text)
        documents = [Document(s["id"], tuple(names[s["id"]]), (s["kurz"],)) for s in services]
        index = SearchIndex(documents, fusion=Fusion(0.0, 0.0))
        yield index, [held_out[i] for i in asked]


def _reciprocal_ranks(
    index: SearchIndex, asked: Sequence[Wish], candidates: Sequence[Fusion]
) -> npt.NDArray[np.float64]:
    """(candidates,) mean reciprocal rank."""
    found: list[list[float]] = []
    for text, service in asked:
        if service in index.ids and content_words(text):
            place = index.ids.index(service)
            words, nearness = index.evidence(text)
            scores = [fusion.fuse(words, nearness) for fusion in candidates]
            found.append([1 / (1 + int((s > s[place]).sum())) if s[place] > 0 else 0.0 for s in scores])
    return np.asarray(np.array(found).mean(axis=0))
