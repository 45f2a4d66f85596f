"""Intent by characters and words: two linear models whose probabilities are added, with calibrated confidence."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
from scipy.sparse import spmatrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from language.normalise import skeleton

_WORD = re.compile(r"[^\W_]+|\?", re.UNICODE)
_LENGTH = 2_000
_FOLDS = 3
_TEMPERATURES = np.geomspace(0.2, 2.0, 40)

Floats = npt.NDArray[np.float64]
Strings = npt.NDArray[np.object_]


def prepare(text: str) -> str:
    """The text as the features see it: folded, bounded in length."""
    return skeleton(text[:_LENGTH])


class Ngrams:
    """A fitted vectorizer and model for one text at a time: groups are looked up and their coefficients added.

    scikit-learn does the same for many texts at once, but takes some milliseconds before it begins.
    """

    def __init__(self, vectorizer: TfidfVectorizer, model: LogisticRegression) -> None:
        self._groups = vectorizer.build_analyzer()
        self._number: dict[str, int] = vectorizer.vocabulary_
        self._rarity = np.asarray(vectorizer.idf_, dtype=np.float32)
        self._rows = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        self._intercept = np.asarray(model.intercept_, dtype=np.float32)

    def probabilities(self, text: str) -> Floats:
        """(classes,) of one prepared text."""
        counts = Counter(n for group in self._groups(text) if (n := self._number.get(group)) is not None)
        numbers = np.fromiter(counts, dtype=np.int64, count=len(counts))
        often = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        weights = (1 + np.log(often)) * self._rarity[numbers]
        weights = weights / max(float(np.sqrt(weights @ weights)), 1e-12)
        return _softened((weights @ self._rows[numbers] + self._intercept)[None, :])[0]


@dataclass
class Pair:
    """Two logistic regressions, on character and on word n-grams."""

    characters: TfidfVectorizer
    words: TfidfVectorizer
    by_characters: LogisticRegression
    by_words: LogisticRegression

    @classmethod
    def fit(cls, texts: Strings, labels: Strings, weights: Floats) -> "Pair":
        """Fit on prepared texts."""
        characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
        words = TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, tokenizer=_WORD.findall, token_pattern=None
        )
        models = [
            LogisticRegression(C=20.0, solver="liblinear", class_weight="balanced", tol=1e-3).fit(
                features, labels, sample_weight=weights
            )
            for features in (characters.fit_transform(texts), words.fit_transform(texts))
        ]
        return cls(characters, words, *models)

    def probabilities(self, texts: Sequence[str] | Strings) -> Floats:
        """(n, classes) mean of both, of prepared texts."""
        both = (
            chances(model, features.transform(texts))
            for features, model in ((self.characters, self.by_characters), (self.words, self.by_words))
        )
        return np.asarray(sum(both)) / 2

    def single(self) -> Callable[[str], Floats]:
        """A function that gives the same for one prepared text, (classes,), in a tenth of the time."""
        characters, words = Ngrams(self.characters, self.by_characters), Ngrams(self.words, self.by_words)
        return lambda text: (characters.probabilities(text) + words.probabilities(text)) / 2


def chances(model: LogisticRegression, features: npt.NDArray[Any] | spmatrix) -> Floats:
    """(n, classes) probabilities of (n, dim) features, without scikit-learn's checks of them, which take longer for one text."""
    return _softened(np.asarray(features @ model.coef_.T + model.intercept_))


def _softened(margins: Floats) -> Floats:
    """Softmax over the one-against-rest margins, (n, classes); of two classes there is one margin for the second."""
    if margins.shape[1] == 1:
        margins = np.concatenate([-margins, margins], axis=1) / 2
    odds = np.exp(margins - margins.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def tempered(probabilities: Floats, temperature: float) -> Floats:
    """Probabilities sharpened (temperature below 1) or softened (above), rows adding up to 1."""
    logs = np.log(np.maximum(probabilities, 1e-12)) / temperature
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def word_share(pair: Pair, text: str) -> float:
    """Share of the text's words that were seen in training, 0..1; 1 for a text without words."""
    words = _WORD.findall(prepare(text))
    known = pair.words.vocabulary_
    return sum(word in known for word in words) / len(words) if words else 1.0


class LexicalModel:
    """Character and word TF-IDF with logistic regression each; the temperature comes from cross-validation."""

    def __init__(self, pair: Pair, temperature: float) -> None:
        self._pair = pair
        self._single = pair.single()
        self._temperature = temperature
        self.labels: list[str] = list(pair.by_words.classes_)

    @classmethod
    def train(cls, texts: Sequence[str], labels: Sequence[str], weights: Sequence[float]) -> "LexicalModel":
        """Fit on `texts`; `weights` say how much each counts.

        Raises
        ------
        ValueError
            Fewer than two labels.
        """
        prepared = np.array([prepare(text) for text in texts], dtype=object)
        names = np.array(labels, dtype=object)
        weight = np.array(weights, dtype=np.float64)
        best, lowest = 1.0, np.inf
        order = sorted(set(labels))
        blind = np.zeros((len(prepared), len(order)))
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
        for fit, check in folds.split(prepared, names):
            pair = Pair.fit(prepared[fit], names[fit], weight[fit])
            blind[check] = pair.probabilities(prepared[check])
        truth = np.array([order.index(name) for name in labels])
        for temperature in _TEMPERATURES:
            held_out = tempered(blind, temperature)[np.arange(len(truth)), truth]
            loss = -(weight * np.log(np.maximum(held_out, 1e-12))).sum()
            if loss < lowest:
                best, lowest = float(temperature), loss
        return cls(Pair.fit(prepared, names, weight), best)

    def probabilities(self, text: str) -> Floats:
        """(labels,) calibrated probabilities of one text."""
        return tempered(self._single(prepare(text))[None, :], self._temperature)[0]

    def save(self, path: Path) -> None:
        """Write the model to a file."""
        joblib.dump((self._pair, self._temperature), path, compress=1)

    @classmethod
    def load(cls, path: Path) -> "LexicalModel":
        """Read what `save` wrote; only from a model archive that was checked against its manifest."""
        return cls(*joblib.load(path))
