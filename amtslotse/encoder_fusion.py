"""Fitting how much each kind of evidence says in the search, on designations and sentences that the index lacks."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypedDict

import numpy as np
import numpy.typing as npt
from rich.progress import track
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from language import encoder
from language.search import KINDS, Document, Fusion, SearchIndex
from language.words import content_words
from portal.catalogue.wishes import labelled_wishes, strange_wishes

FOLDS = 3
_RESTRAINT = 1e-4
"""Keeps the weights from growing without bound; so small that it decides nothing else."""
_EVEN = Fusion((1.0,) * len(KINDS), 1.0, 0.0)

Wish = tuple[str, str]
"""A text and the id of the service that it means."""

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


class Service(TypedDict):
    """What the index needs to know of a service."""

    id: str
    name: str
    kurz: str
    synonyme: list[str]


def fit(root: Path, catalogue: Path) -> Fusion:
    """Choose weights, scale and bias on held-out folds, and store them beside the encoder.

    The weights make the service that was meant the likeliest one; scale and bias make the score a probability,
    with the wishes that are none of ours counted as well.
    """
    services: list[Service] = json.loads(catalogue.read_text(encoding="utf-8"))["services"]
    known = {service["id"] for service in services}
    wishes = [(name, service["id"]) for service in services for name in service["synonyme"]]
    wishes += [wish for wish in labelled_wishes(root / "data" / "nlu") if wish[1] in known]
    evidence: list[Floats] = []
    meant: list[int] = []
    for index, asked in _rounds(services, [wish for wish in wishes if content_words(wish[0])]):
        evidence += [index.evidence(text, len(services))[1] for text, _ in asked]
        meant += [index.ids.index(service) for _, service in asked]
    stacked, truth = np.stack(evidence), np.array(meant)
    weights = _weights(stacked, truth)
    strange = [
        index.evidence(text, len(services))[1]
        for text in strange_wishes(root / "data" / "nlu")
        if content_words(text)
    ]
    scale, bias = _calibration(stacked @ weights, truth, [found @ weights for found in strange])
    best = Fusion(tuple(round(float(w), 3) for w in weights), round(scale, 3), round(bias, 3))
    best.save(root / encoder.SHIPPED.relative_to(encoder.SHIPPED.parents[1]))
    return best


def _rounds(services: Sequence[Service], wishes: Sequence[Wish]) -> Iterator[tuple[SearchIndex, list[Wish]]]:
    """Each fold's index of all that is not asked, and what is asked."""
    order = np.random.default_rng(0).permutation(len(wishes))
    for fold in track(range(FOLDS), "Suche wird abgestimmt"):
        asked = {int(i) for i in order[fold::FOLDS]}
        held_out = {wishes[i][0] for i in asked}
        names: dict[str, list[str]] = {service["id"]: [service["name"]] for service in services}
        for text, service in wishes:
            if text not in held_out:
                names[service].append(text)
        documents = [Document(s["id"], tuple(names[s["id"]]), (s["kurz"],)) for s in services]
        yield SearchIndex(documents, fusion=_EVEN), [wishes[i] for i in asked]


def _weights(evidence: Floats, truth: Numbers) -> Floats:
    """(kinds,) weights, none negative, under which the services that were meant are likeliest.

    Parameters
    ----------
    evidence
        (wishes, services, kinds); `truth` (wishes,) is the number of the service meant.
    """
    asked = np.arange(len(truth))

    def loss(weights: Floats) -> tuple[float, Floats]:
        sums = evidence @ weights
        odds = np.exp(sums - sums.max(axis=1, keepdims=True))
        likely = odds / odds.sum(axis=1, keepdims=True)
        lost = -np.log(likely[asked, truth] + 1e-12).mean() + _RESTRAINT * float(weights @ weights)
        expected = np.einsum("wsk,ws->wk", evidence, likely)
        slope = (expected - evidence[asked, truth]).mean(axis=0) + 2 * _RESTRAINT * weights
        return float(lost), np.asarray(slope)

    start = np.ones(evidence.shape[2])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start))
    return np.asarray(found.x)


def _calibration(sums: Floats, truth: Numbers, strange: Sequence[Floats]) -> tuple[float, float]:
    """Scale and bias that turn the sum of the best service into the probability that it was meant."""
    best = np.concatenate([sums.max(axis=1), [found.max() for found in strange]])
    right = np.concatenate([sums.argmax(axis=1) == truth, np.zeros(len(strange), dtype=bool)])
    model = LogisticRegression(C=1e3).fit(best[:, None], right)
    scale = float(model.coef_[0, 0])
    return scale, float(-model.intercept_[0] / scale)
