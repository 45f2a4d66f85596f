"""A small neural network from letters, words and a sentence vector to labels: one hidden layer, plain numpy.

It learns two things at once, the label and what exactly is meant (its detail), because what they share helps both.
Rows of the first layer are touched only where a text holds them: they learn by Adagrad with one sum of squares a row
(Duchi, Hazan, Singer 2011), the small matrices by Adam (Kingma, Ba 2015).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

_HIDDEN = 128
_EPOCHS, _FEWEST_STEPS = 5, 600
_MOST_AT_ONCE, _FEWEST_AT_ONCE = 256, 16
_ROW_RATE, _RATE, _DECAY = 0.056, 0.007, 0.01
_DROPPED, _FEATURE_KEPT, _VECTOR_KEPT = 0.3, 0.8, 0.8
_SMOOTHED = 0.05
_DETAIL_COUNTS = 0.5

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Examples:
    """What there is to learn, n rows.

    `features` (n, f) and `vectors` (n, d) of the texts; `labels` and `details` (n,) their numbers; `weights` (n,) how much
    each counts.
    """

    features: sparse.csr_matrix
    vectors: Floats
    labels: Numbers
    details: Numbers
    weights: Floats

    def of(self, rows: Numbers) -> "Examples":
        """Some of the rows."""
        return Examples(
            self.features[rows], self.vectors[rows], self.labels[rows], self.details[rows], self.weights[rows]
        )


class Network:
    """The trained network.

    Parameters
    ----------
    rows
        (f, hidden) what each feature adds to the hidden layer.
    vector
        (d, hidden) the same for the sentence vector; `hidden_bias` (hidden,).
    out
        (hidden, labels + details); `out_bias` (labels + details,).
    labels
        How many of the outputs are labels.
    """

    def __init__(
        self, rows: Floats, vector: Floats, hidden_bias: Floats, out: Floats, out_bias: Floats, labels: int
    ) -> None:
        self.rows, self._vector, self._hidden_bias = rows, vector, hidden_bias
        self._out, self._out_bias, self._labels = out, out_bias, labels

    @classmethod
    def train(cls, examples: Examples, labels: int, details: int, seed: int = 0) -> "Network":
        """Learn `labels` and `details`, so many of each; the same seed gives the same network."""
        random = np.random.default_rng(seed)
        count, width = examples.features.shape
        depth = examples.vectors.shape[1]

        def drawn(*shape: int) -> Floats:
            return random.standard_normal(shape, dtype=np.float32) * np.float32(0.06)

        rows, vector, hidden_bias = (
            drawn(width, _HIDDEN),
            drawn(depth, _HIDDEN),
            np.zeros(_HIDDEN, np.float32),
        )
        out, out_bias = drawn(_HIDDEN, labels + details), np.zeros(labels + details, np.float32)
        by_rows = _Adagrad(rows)
        by_matrix = [_Adam(matrix) for matrix in (vector, hidden_bias, out, out_bias)]
        weights = examples.weights * _evened(examples.labels, examples.weights, labels)
        at_once = min(_MOST_AT_ONCE, max(_FEWEST_AT_ONCE, count // 8))
        steps_an_epoch = -(-count // at_once)
        epochs = max(_EPOCHS, -(-_FEWEST_STEPS // steps_an_epoch))
        step = 0
        for _ in range(epochs):
            order = random.permutation(count)
            for start in range(0, count, at_once):
                chosen = order[start : start + at_once]
                batch = examples.of(chosen)
                seen, touched = _touched(batch.features, random)
                vectors = batch.vectors * _kept(random, (len(chosen), 1), _VECTOR_KEPT)
                raised = seen @ rows[touched] + vectors @ vector + hidden_bias
                mask = (raised > 0) * _kept(random, raised.shape, 1 - _DROPPED) / np.float32(1 - _DROPPED)
                hidden = raised * mask
                wrong = _errors(hidden @ out + out_bias, batch, weights[chosen], labels)
                back = (wrong @ out.T) * mask
                slower = 1 - step / (epochs * steps_an_epoch)
                slopes = (vectors.T @ back, back.sum(0), hidden.T @ wrong, wrong.sum(0))
                for adam, slope in zip(by_matrix, slopes, strict=True):
                    adam.step(slope, slower)
                by_rows.step(np.asarray(seen.T @ back), slower, touched)
                step += 1
        return cls(rows, vector, hidden_bias, out, out_bias, labels)

    def margins(self, features: sparse.csr_matrix, vectors: Floats) -> tuple[Floats, Floats]:
        """(n, labels) and (n, details) log odds of many texts."""
        return self._outputs(np.asarray(features @ self.rows), vectors)

    def margins_of_one(self, numbers: Numbers, weights: Floats, vectors: Floats) -> tuple[Floats, Floats]:
        """(1, labels) and (1, details) log odds of one text: numbers of its features and their weights, (1, d) its vector."""
        return self._outputs((weights @ self.rows[numbers])[None, :], vectors)

    def _outputs(self, raised: Floats, vectors: Floats) -> tuple[Floats, Floats]:
        hidden = np.maximum(raised + vectors @ self._vector + self._hidden_bias, 0)
        out = hidden @ self._out + self._out_bias
        return out[:, : self._labels], out[:, self._labels :]

    def parts(self) -> tuple[Floats, Floats, Floats, Floats, Floats, int]:
        """What a copy is made of again."""
        return self.rows, self._vector, self._hidden_bias, self._out, self._out_bias, self._labels


class _Adagrad:
    def __init__(self, matrix: Floats) -> None:
        self._matrix = matrix
        self._squares = np.full(len(matrix), 1e-10, np.float32)

    def step(self, slope: Floats, slower: float, rows: Numbers) -> None:
        self._squares[rows] += (slope * slope).mean(axis=1)
        self._matrix[rows] -= (_ROW_RATE * slower / np.sqrt(self._squares[rows]))[:, None] * slope


class _Adam:
    _MEAN, _SQUARE = 0.9, 0.999

    def __init__(self, matrix: Floats) -> None:
        self._matrix = matrix
        self._mean, self._square, self._steps = np.zeros_like(matrix), np.zeros_like(matrix), 0

    def step(self, slope: Floats, slower: float) -> None:
        self._steps += 1
        self._mean += (1 - self._MEAN) * (slope - self._mean)
        self._square += (1 - self._SQUARE) * (slope * slope - self._square)
        mean = self._mean / (1 - self._MEAN**self._steps)
        square = self._square / (1 - self._SQUARE**self._steps)
        change = mean / (np.sqrt(square) + 1e-8) + _DECAY * self._matrix
        self._matrix -= (_RATE * slower * change).astype(np.float32)


def softmax(margins: Floats, temperature: float = 1.0) -> Floats:
    """Probabilities of log odds, each row adding up to 1; a temperature above 1 makes them less sure."""
    odds = np.exp((margins - margins.max(axis=1, keepdims=True)) / np.float32(temperature))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _errors(out: Floats, batch: Examples, weights: Floats, labels: int) -> Floats:
    """(n, labels + details) slope of the smoothed cross entropies at the outputs."""
    share = (weights / weights.sum())[:, None]
    found = []
    for margins, truth, counts in (
        (out[:, :labels], batch.labels, 1.0),
        (out[:, labels:], batch.details, _DETAIL_COUNTS),
    ):
        wrong = softmax(margins) - np.float32(_SMOOTHED / margins.shape[1])
        wrong[np.arange(len(truth)), truth] -= np.float32(1 - _SMOOTHED)
        found.append(wrong * share * np.float32(counts))
    return np.concatenate(found, axis=1)


def _touched(features: sparse.csr_matrix, random: np.random.Generator) -> tuple[sparse.csr_matrix, Numbers]:
    """The features without the columns that stand in no text, some left out by chance, and the columns' numbers."""
    columns, place = np.unique(features.indices, return_inverse=True)
    kept = features.data * _kept(random, features.data.shape, _FEATURE_KEPT) / np.float32(_FEATURE_KEPT)
    smaller = sparse.csr_matrix(
        (kept, place.astype(np.int32), features.indptr), shape=(features.shape[0], len(columns))
    )
    return smaller, columns.astype(np.int64)


def _kept(random: np.random.Generator, shape: tuple[int, ...], share: float) -> Floats:
    """Ones, and zeros by chance where something is left out for this step."""
    return (random.random(shape, dtype=np.float32) < share).astype(np.float32)


def _evened(truth: Numbers, weights: Floats, labels: int) -> Floats:
    """(n,) weights by which rare labels count more than they are many: the root of how rare they are."""
    count = np.bincount(truth, weights=weights, minlength=labels)
    usual = count.sum() / max(int((count > 0).sum()), 1)
    return np.asarray(np.sqrt(usual / np.maximum(count, 1e-6))[truth], dtype=np.float32)
