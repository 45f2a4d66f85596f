"""Intent of a text: a lexical and a semantic classifier added up, a gate for what is not ours, all calibrated.

Every number that decides (the semantic share, the temperature, the gate and its threshold) is fitted on held-out
folds of the training data and stored in the model.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from bot.nlu.lexical import Floats, Pair, Strings, chances, prepare, tempered, word_share
from language import encoder

OUT_OF_SCOPE = "out_of_scope"
TURNED_AWAY = 0.03
"""Share of real wishes that the gate may turn away at most, on held-out folds."""
_FOLDS = 3
_TEMPERATURES = np.geomspace(0.2, 2.0, 40)
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)
_NEIGHBOURS = 3
_LONG, _MOST_SENTENCES, _FEWEST_WORDS = 90, 12, 3
_COURTESY = frozenset({"greet", "goodbye", "thanks", "chitchat", "inform", "affirm", "deny"})
"""What a sentence of a long mail says in passing: never the mail's wish."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_ASKS = re.compile(
    r"\?|\b(?:mocht|will|wollen|wurd|hatt|bitt|brauch|benotig|gern|such|bestell|beantrag|anmeld|abmeld|konn|sol|muss|durf|"
    r"hilf|helf)\w*|\b(?:wie|was|wann|wo|wer|wen|wem|wohin|welche[mnrs]?|warum|gibt es)\b"
)
"""Words of a sentence that wants something, as `prepare` writes them."""
_FEWEST = 8

Numbers = npt.NDArray[np.int64]


@dataclass
class _Semantic:
    """Logistic regression on sentence vectors, and the vectors themselves as neighbours."""

    model: LogisticRegression
    own: encoder.Vectors
    strange: encoder.Vectors

    @classmethod
    def fit(cls, vectors: encoder.Vectors, labels: Strings, weights: Floats) -> "_Semantic":
        model = LogisticRegression(C=5.0, max_iter=200, class_weight="balanced")
        model.fit(vectors, labels, sample_weight=weights)
        strange = labels == OUT_OF_SCOPE
        return cls(model, np.ascontiguousarray(vectors[~strange]), np.ascontiguousarray(vectors[strange]))

    def probabilities(self, vectors: encoder.Vectors) -> Floats:
        return chances(self.model, vectors)

    def nearness(self, vectors: encoder.Vectors) -> Floats:
        """(n, 2) mean cosine to the nearest examples that are ours, and to those that are not."""
        columns = []
        for group in (vectors @ self.own.T, vectors @ self.strange.T):
            count = min(_NEIGHBOURS, group.shape[1])
            columns.append(np.partition(group, -count, axis=1)[:, -count:].mean(axis=1))
        return np.asarray(np.stack(columns, axis=1), dtype=np.float64)


@dataclass
class _Fitted:
    """What the held-out folds said."""

    share: float
    temperature: float
    gate: LogisticRegression | None
    threshold: float


@dataclass(frozen=True)
class Judgement:
    """Probabilities of the labels, and how likely the text is none of our business (0 without a gate)."""

    probabilities: Floats
    strangeness: float
    turned_away: bool


class IntentModel:
    """The whole classifier."""

    def __init__(self, model: str | None, lexical: Pair, semantic: _Semantic, fitted: _Fitted) -> None:
        self._name = model
        self._encoder = encoder.load(model)
        self._lexical, self._semantic, self._fitted = lexical, semantic, fitted
        self._by_words = lexical.single()
        self.labels: list[str] = [str(label) for label in lexical.by_words.classes_]
        self._says_something = np.array([label not in _COURTESY for label in self.labels])

    @classmethod
    def train(
        cls, texts: Sequence[str], labels: Sequence[str], weights: Sequence[float], model: str | None = None
    ) -> "IntentModel":
        """Fit on `texts`; `weights` say how much each counts, `model` names the encoder (None: the shipped one).

        Raises
        ------
        ValueError
            Fewer than two labels.
        """
        prepared = np.array([prepare(text) for text in texts], dtype=object)
        names, weight = np.array(labels, dtype=object), np.array(weights, dtype=np.float64)
        vectors = encoder.load(model).encode(list(texts))
        order = sorted(set(labels))
        truth = np.array([order.index(name) for name in labels])
        by_words, by_meaning = np.zeros((len(texts), len(order))), np.zeros((len(texts), len(order)))
        near = np.zeros((len(texts), 2))
        gated = (names == OUT_OF_SCOPE).sum() >= _FEWEST
        for fit, check in _folds(prepared, names):
            lexical = Pair.fit(prepared[fit], names[fit], weight[fit])
            by_words[check] = _spread(
                lexical.probabilities(prepared[check]), lexical.by_words.classes_, order
            )
            semantic = _Semantic.fit(vectors[fit], names[fit], weight[fit])
            found = semantic.probabilities(vectors[check])
            by_meaning[check] = _spread(found, semantic.model.classes_, order)
            if gated:
                near[check] = semantic.nearness(vectors[check])
        share = max(_SHARES, key=lambda s: (weight * ((by_words + s * by_meaning).argmax(1) == truth)).sum())
        blind = _mixed(by_words, by_meaning, share)
        temperature = min(_TEMPERATURES, key=lambda t: _loss(tempered(blind, t), truth, weight))
        gate, threshold = None, 1.0
        if gated:
            column = order.index(OUT_OF_SCOPE)
            features = _gate_features(tempered(blind, temperature), near, column)
            gate = LogisticRegression(C=1.0).fit(features, truth == column, sample_weight=weight)
            own = (truth != column) & (weight >= 1)
            threshold = float(np.quantile(chances(gate, features[own])[:, 1], 1 - TURNED_AWAY))
        fitted = _Fitted(share, float(temperature), gate, threshold)
        return cls(model, Pair.fit(prepared, names, weight), _Semantic.fit(vectors, names, weight), fitted)

    def judge(self, text: str) -> Judgement:
        """What the text wants, with calibrated probabilities."""
        vectors = self._encoder.encode([text])
        mixed = self._mixed(text, vectors)
        sentences = _sentences(text)
        if sentences:
            wanted = np.mean([self._mixed(s, self._encoder.encode([s])) for s in sentences], axis=0)
            wanted *= self._says_something
            mixed = (mixed + wanted / max(float(wanted.sum()), 1e-12)) / 2
        probabilities = tempered(mixed, self._fitted.temperature)
        if self._fitted.gate is None:
            return Judgement(probabilities[0], 0.0, False)
        column = self.labels.index(OUT_OF_SCOPE)
        features = _gate_features(probabilities, self._semantic.nearness(vectors), column)
        strangeness = float(chances(self._fitted.gate, features)[0, 1])
        ours = probabilities[0].copy()
        ours[column] = 0.0
        ours *= (1 - strangeness) / max(float(ours.sum()), 1e-12)
        ours[column] = strangeness
        return Judgement(ours, strangeness, strangeness >= self._fitted.threshold)

    def _mixed(self, text: str, vectors: encoder.Vectors) -> Floats:
        by_words = self._by_words(prepare(text))[None, :]
        return _mixed(by_words, self._semantic.probabilities(vectors), self._fitted.share)

    def known_share(self, text: str) -> float:
        """Share of the text's words that were seen in training, 0..1; 1 for a text without words."""
        return word_share(self._lexical, text)

    def save(self, path: Path) -> None:
        """Write the model to a file."""
        joblib.dump((self._name, self._lexical, self._semantic, self._fitted), path, compress=1)

    @classmethod
    def load(cls, path: Path) -> "IntentModel":
        """Read what `save` wrote; only from a model archive that was checked against its manifest."""
        return cls(*joblib.load(path))


def _sentences(text: str) -> list[str]:
    """The sentences of a long text that ask for something (all, if none does); greetings and signatures are too short."""
    if len(text) < _LONG:
        return []
    found = [s for s in _SENTENCE.split(text) if len(s.split()) >= _FEWEST_WORDS][:_MOST_SENTENCES]
    asking = [s for s in found if _ASKS.search(prepare(s))]
    return (asking or found) if len(found) > 1 else []


def _folds(texts: Strings, names: Strings) -> list[tuple[Numbers, Numbers]]:
    return list(StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(texts, names))


def _spread(found: Floats, classes: Strings, order: list[str]) -> Floats:
    """Probabilities in the order of all labels; labels that a fold lacks get none."""
    spread = np.zeros((len(found), len(order)))
    spread[:, [order.index(name) for name in classes]] = found
    return spread


def _mixed(by_words: Floats, by_meaning: Floats, share: float) -> Floats:
    return np.asarray((by_words + share * by_meaning) / (1 + share))


def _loss(probabilities: Floats, truth: Numbers, weight: Floats) -> float:
    held_out = probabilities[np.arange(len(truth)), truth]
    return float(-(weight * np.log(np.maximum(held_out, 1e-12))).sum())


def _gate_features(probabilities: Floats, near: Floats, column: int) -> Floats:
    """(n, 5): odds of being out of scope, sureness of the best intent of ours, nearness to ours and to the others'."""
    strange = probabilities[:, column].clip(1e-6, 1 - 1e-6)
    best = np.delete(probabilities, column, axis=1).max(axis=1)
    return np.stack(
        [np.log(strange / (1 - strange)), np.log(best.clip(1e-6)), near[:, 0], near[:, 1], best * near[:, 0]],
        axis=1,
    )
