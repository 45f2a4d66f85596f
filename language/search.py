"""Search for services in the words of citizens: one engine for chat, portal and command, in process.

Lexical evidence (rare words, forgiving spelling) and the sentence encoder's are fused; the share of each was fitted
by cross-validation and lies beside the encoder (`models/encoder/search.json`).
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from language import encoder
from language.likeness import Numbers, Vocabulary
from language.words import content_words, variants

_UNKNOWN_WORD = 0.3
_CONTAINED, _COVERED = 0.55, 0.45
_QUERY_WORDS = 60
_TEXT_WEIGHT = 0.6
_COMPARED = 64
_LEAST = 0.05

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Document:
    """What can be found: `names` are full designations (name, synonyms), `texts` describe it further."""

    id: str
    names: tuple[str, ...]
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A document found; `score` in 0..1, from about 0.6 on the query names it."""

    id: str
    score: float


@dataclass(frozen=True)
class Fusion:
    """How much the sentence encoder says: `share` of what the words leave open, from the cosine `floor` on."""

    share: float
    floor: float

    @classmethod
    def load(cls, folder: Path = encoder.SHIPPED) -> "Fusion":
        """Read what `amtslotse train-encoder` fitted."""
        return cls(**json.loads((folder / "search.json").read_text(encoding="utf-8")))

    def fuse(self, by_words: Floats, nearness: Floats) -> Floats:
        """(documents,) scores."""
        filled = self.share * np.maximum(nearness - self.floor, 0) / (1 - self.floor)
        return np.asarray(by_words + (1 - by_words) * filled)


class SearchIndex:
    """Index of designations that forgives inflection, typing errors, ASCII umlauts and compounds.

    Each designation is compared with the query in two directions: how much of the designation the query
    contains, and how much of the query's known words the document explains. Words count by their rarity.
    What that leaves open, the nearest designation and the document's mean in the encoder's space may fill.

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
        words_of_rows: list[list[str]] = []
        weights: list[float] = []
        vectors: list[npt.NDArray[np.float16]] = []
        centres: list[encoder.Vectors] = []
        self._starts = np.zeros(len(self._documents) + 1, dtype=np.int64)
        for position, document in enumerate(self._documents):
            rows = [(name, 1.0) for full in document.names for name in variants(full)]
            rows += [(text, _TEXT_WEIGHT) for text in document.texts]
            kept = [(text, words, weight) for text, weight in rows if (words := content_words(text))]
            found = self._encoder.encode([text for text, _, _ in kept] or [""])[: len(kept)]
            words_of_rows += [words for _, words, _ in kept]
            weights += [weight for _, _, weight in kept]
            vectors.append(found.astype(np.float16))
            centre = found.mean(axis=0) if len(kept) else np.zeros(found.shape[1], dtype=np.float32)
            centres.append(centre / max(float(np.linalg.norm(centre)), 1e-6))
            self._starts[position + 1] = len(words_of_rows)
            if progress:
                progress(position + 1)
        self._row_weight = np.array(weights)
        self._vectors = np.concatenate(vectors) if vectors else np.zeros((0, 1), dtype=np.float16)
        self._centres = np.stack(centres) if centres else np.zeros((0, 1), dtype=np.float32)
        self._index_words(words_of_rows)

    def _index_words(self, words_of_rows: Sequence[Sequence[str]]) -> None:
        numbers = {word: i for i, word in enumerate(sorted({w for words in words_of_rows for w in words}))}
        self._vocabulary = Vocabulary(list(numbers))
        rows: list[list[int]] = [[] for _ in numbers]
        for row, words in enumerate(words_of_rows):
            for word in words:
                rows[numbers[word]].append(row)
        self._rows: list[Numbers] = [np.array(found, dtype=np.int64) for found in rows]
        document_of_row = np.repeat(np.arange(len(self._documents)), np.diff(self._starts))
        self._document_of_row = document_of_row
        self._holders: list[Numbers] = [np.unique(document_of_row[found]) for found in self._rows]
        frequency = np.array([len(found) for found in self._holders], dtype=np.float64)
        self._rarity = np.log1p(len(self._documents) / np.maximum(frequency, 1))
        self._row_rarity = np.array(
            [sum(self._rarity[numbers[word]] for word in words) for words in words_of_rows]
        )
        self._highest_rarity = float(self._rarity.max()) if len(self._rarity) else 0.0

    @classmethod
    def build(cls, documents: Iterable[Document]) -> "SearchIndex":
        """Index the documents with the shipped encoder."""
        return cls(tuple(documents))

    def search(self, query: str, limit: int = 5) -> list[Hit]:
        """Best documents first; documents that neither share a word with the query nor are near it are left out."""
        if not self._rows or not content_words(query):
            return []
        scores = self._fusion.fuse(*self.evidence(query))
        order = np.argsort(-scores, kind="stable")[:limit]
        return [
            Hit(self._documents[i].id, round(float(min(scores[i], 1.0)), 4))
            for i in order
            if scores[i] > _LEAST
        ]

    def evidence(self, query: str) -> tuple[Floats, Floats]:
        """Lexical score and nearness in the encoder's space, (documents,) each, of a query that has content words."""
        by_words = self._by_words(content_words(query)[:_QUERY_WORDS])
        return by_words, self._nearness(query, by_words)

    def _by_words(self, words: Sequence[str]) -> Floats:
        """(documents,) lexical score in 0..1."""
        contained = np.zeros(len(self._row_weight))
        covered = np.zeros(len(self._documents))
        in_query: dict[int, float] = {}
        total = 0.0
        for word in words:
            numbers, likeness = self._vocabulary.like(word)
            if not len(numbers):
                total += _UNKNOWN_WORD * self._highest_rarity
                continue
            weight = max(float(self._rarity[numbers].max()), 0.1)
            explained = np.zeros(len(self._documents))
            for number, like in zip(numbers.tolist(), likeness.tolist(), strict=True):
                explained[self._holders[number]] = like
                in_query[number] = max(in_query.get(number, 0.0), like)
            covered += weight * explained
            total += weight
        covered /= total
        for number, like in in_query.items():
            contained[self._rows[number]] += like * self._rarity[number]
        contained /= self._row_rarity
        score = (
            self._row_weight
            * contained
            * (_CONTAINED * contained + _COVERED * covered[self._document_of_row])
        )
        best = np.zeros(len(self._documents))
        filled = self._starts[1:] > self._starts[:-1]
        best[filled] = np.maximum.reduceat(score, self._starts[:-1][filled])
        return np.asarray(0.9 * best + 0.1 * covered)

    def _nearness(self, query: str, by_words: Floats) -> Floats:
        """(documents,) cosine: mean of the nearest designation's and the centre's, for the likeliest documents."""
        vector = self._encoder.encode([query])[0]
        centres = self._centres @ vector
        near = np.zeros(len(self._documents))
        count = len(self._documents)
        if count > 2 * _COMPARED:
            likely = np.argpartition(-centres, _COMPARED)[:_COMPARED]
            likely = np.union1d(likely, np.argpartition(-by_words, _COMPARED)[:_COMPARED])
        else:
            likely = np.arange(count)
        likely = likely[self._starts[likely + 1] > self._starts[likely]]
        if not len(likely):
            return near
        sizes = self._starts[likely + 1] - self._starts[likely]
        firsts = np.cumsum(sizes) - sizes
        rows = np.repeat(self._starts[likely] - firsts, sizes) + np.arange(int(sizes.sum()))
        cosines = self._vectors[rows].astype(np.float32) @ vector
        near[likely] = (np.maximum.reduceat(cosines, firsts) + centres[likely]) / 2
        return near

    def save(self, path: Path) -> None:
        """Write the indexed documents as JSON; loading builds the same index again."""
        rows = [{"id": d.id, "names": d.names, "texts": d.texts} for d in self._documents]
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "SearchIndex":
        """Read what `save` wrote."""
        rows = json.loads(path.read_text(encoding="utf-8"))
        return cls([Document(row["id"], tuple(row["names"]), tuple(row["texts"])) for row in rows])
