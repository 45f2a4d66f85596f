"""Search for services in the words of citizens: one engine for chat, portal and command, in process.

Five kinds of evidence are added up: rare words, letter groups of the whole document and of its nearest designation,
and likewise the sentence encoder's nearness. Their weights, and how a sum becomes a probability, were fitted by
cross-validation and lie beside the encoder (`models/encoder/search.json`).
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from language import encoder
from language.lexical import Floats, LexicalIndex, Numbers
from language.words import content_words, variants

KINDS = ("words", "letters", "designation_letters", "meaning", "designation_meaning")
"""The kinds of evidence, in the order of `SearchIndex.evidence`."""

_COMPARED = 64
_DIRECTIONS = 64
_LEAST = 0.05


@dataclass(frozen=True)
class Document:
    """What can be found: `names` are full designations (name, synonyms), `texts` describe it further."""

    id: str
    names: tuple[str, ...]
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A document found; `score` in 0..1, how likely it is meant."""

    id: str
    score: float


@dataclass(frozen=True)
class Fusion:
    """How evidence becomes a score: `weights` of the `KINDS`; `bias` is taken off their sum, which `scale` sharpens."""

    weights: tuple[float, ...]
    scale: float
    bias: float

    @classmethod
    def load(cls, folder: Path = encoder.SHIPPED) -> "Fusion":
        """Read what `amtslotse train-encoder` fitted."""
        stored = json.loads((folder / "search.json").read_text(encoding="utf-8"))
        return cls(tuple(stored["weights"]), stored["scale"], stored["bias"])

    def save(self, folder: Path = encoder.SHIPPED) -> None:
        """Write it beside the encoder that it was fitted for."""
        (folder / "search.json").write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")

    def scores(self, evidence: Floats) -> Floats:
        """(n,) probabilities from (n, kinds) evidence."""
        total = np.clip(self.scale * (evidence @ np.array(self.weights) - self.bias), -50, 50)
        return np.asarray(1 / (1 + np.exp(-total)))


class SearchIndex:
    """Index of designations that forgives inflection, typing errors, ASCII umlauts and compounds.

    Words and the encoder choose the likeliest documents; only their single designations are looked at.
    Meaning is compared where documents differ: directions in which the designations of one document scatter count less.

    Parameters
    ----------
    documents
        Their order decides between equal scores.
    model
        Name of the encoder; None is the shipped one.
    fusion
        None: as fitted.
    progress
        Called after each document with the number of documents read.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        *,
        model: str | None = None,
        fusion: Fusion | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._documents = tuple(documents)
        self.ids = [document.id for document in self._documents]
        self._encoder = encoder.load(model)
        self._fusion = fusion or Fusion.load()
        rows: list[list[str]] = []
        vectors = [self._encoder.encode([""])[:0]]
        self._starts = np.zeros(len(self._documents) + 1, dtype=np.int64)
        for position, document in enumerate(self._documents):
            texts = [name for full in document.names for name in variants(full)] + list(document.texts)
            kept = [(text, words) for text in texts if (words := content_words(text))]
            rows += [words for _, words in kept]
            if kept:
                vectors.append(self._encoder.encode([text for text, _ in kept]))
            self._starts[position + 1] = len(rows)
            if progress:
                progress(position + 1)
        self._filled = self._starts[1:] > self._starts[:-1]
        self._lexical = LexicalIndex(rows, self._starts)
        found = np.concatenate(vectors)
        self._space = _Space(found, self._starts)

    @classmethod
    def build(cls, documents: Iterable[Document]) -> "SearchIndex":
        """Index the documents with the shipped encoder."""
        return cls(tuple(documents))

    def search(self, query: str, limit: int = 5) -> list[Hit]:
        """Best documents first; those that are hardly meant are left out."""
        if not self._filled.any() or not content_words(query):
            return []
        likely, evidence = self.evidence(query)
        scores = self._fusion.scores(evidence)
        order = np.argsort(-scores, kind="stable")[:limit]
        return [Hit(self.ids[likely[i]], round(float(scores[i]), 4)) for i in order if scores[i] > _LEAST]

    def evidence(self, query: str, compared: int = _COMPARED) -> tuple[Numbers, Floats]:
        """Numbers of the likeliest documents, ascending, and their evidence (n, kinds); the query has content words.

        An index with at most twice as many documents as are to be `compared` has all compared that are not empty.
        """
        sought = self._lexical.look_up(content_words(query))
        words, letters = self._lexical.documents(sought)
        place = self._space.place(self._encoder.encode([query]))[0]
        meaning = self._space.documents(place)
        likely = np.flatnonzero(self._filled)
        if len(likely) > 2 * compared:
            by_words, by_letters, _, by_meaning, _ = self._fusion.weights
            sums = (by_words * words + by_letters * letters + by_meaning * meaning)[likely]
            likely = np.sort(likely[np.argpartition(-sums, compared)[:compared]])
        sizes = self._starts[likely + 1] - self._starts[likely]
        firsts = np.cumsum(sizes) - sizes
        rows = np.repeat(self._starts[likely] - firsts, sizes) + np.arange(int(sizes.sum()))
        letters_of_rows = np.maximum.reduceat(self._lexical.rows(sought, rows), firsts)
        cosines = self._space.rows(place, rows)
        meaning_of_rows = np.maximum.reduceat(cosines, firsts)
        kinds = (words[likely], letters[likely], letters_of_rows, meaning[likely], meaning_of_rows)
        return likely, np.stack(kinds, axis=1)

    def save(self, path: Path) -> None:
        """Write the indexed documents as JSON; loading builds the same index again."""
        rows = [{"id": d.id, "names": d.names, "texts": d.texts} for d in self._documents]
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "SearchIndex":
        """Read what `save` wrote."""
        rows = json.loads(path.read_text(encoding="utf-8"))
        return cls([Document(row["id"], tuple(row["names"]), tuple(row["texts"])) for row in rows])


class _Space:
    """The documents' centres in the directions of the encoder's space that tell documents apart.

    A linear discriminant analysis: the space is stretched so that designations of one document scatter evenly, then
    the directions are kept in which the centres differ most. Products are numpy's own (einsum): they are
    small, and the threads of a linear algebra library would wait for each other on a busy machine.

    Parameters
    ----------
    vectors
        (rows, dim) of the documents' rows; `starts` as in `LexicalIndex`.
    """

    def __init__(self, vectors: encoder.Vectors, starts: Numbers) -> None:
        dim = vectors.shape[1]
        sizes = np.diff(starts)
        filled = sizes > 0
        centres = np.zeros((len(sizes), dim))
        if filled.any():
            centres[filled] = np.add.reduceat(vectors, starts[:-1][filled]) / sizes[filled, None]
        scatter = vectors - centres[np.repeat(np.arange(len(sizes)), sizes)]
        within = scatter.T @ scatter / max(len(vectors), 1)
        values, directions = np.linalg.eigh(within + max(np.trace(within) / dim, 1e-6) * np.eye(dim))
        stretch = (directions / np.sqrt(values)) @ directions.T
        middle = centres[filled].mean(axis=0) if filled.any() else np.zeros(dim)
        apart = (centres[filled] - middle) @ stretch
        _, telling = np.linalg.eigh(apart.T @ apart)
        self._middle = middle.astype(np.float32)
        self._place = (stretch @ telling[:, -_DIRECTIONS:]).astype(np.float32)
        self._centres = self.place(centres.astype(np.float32))
        self._rows = self.place(vectors)

    def place(self, vectors: encoder.Vectors) -> encoder.Vectors:
        """(n, directions) unit vectors of (n, dim) vectors of the encoder."""
        placed = (
            np.einsum("nd,dk->nk", vectors - self._middle, self._place)
            if len(vectors) == 1
            else ((vectors - self._middle) @ self._place)
        )
        lengths = np.sqrt(np.einsum("nk,nk->n", placed, placed))
        return np.asarray(placed / np.maximum(lengths, 1e-6)[:, None], dtype=np.float32)

    def documents(self, place: npt.NDArray[np.float32]) -> Floats:
        """(documents,) cosine of a placed text with the centres."""
        return np.asarray(np.einsum("nk,k->n", self._centres, place), dtype=np.float64)

    def rows(self, place: npt.NDArray[np.float32], rows: Numbers) -> Floats:
        """(len(rows),) cosine of a placed text with single rows, ascending."""
        chosen = self._rows if len(rows) == len(self._rows) else self._rows[rows]
        return np.asarray(np.einsum("nk,k->n", chosen, place), dtype=np.float64)
