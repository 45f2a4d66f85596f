"""Search for services in the words of citizens: one engine for chat and portal, in process, without a model."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from language.words import content_words, variants

_FUZZY_CUTOFF = 80.0
_LONG_WORD = 5
_COMPOUND = 0.8
_PREFIXES = ("an", "ab", "um", "ein", "aus", "zu", "weg", "ver", "be")
_OPPOSITE = 0.2
_UNKNOWN_WORD = 0.3
_CONTAINED, _COVERED = 0.55, 0.45
_QUERY_WORDS = 60

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


class SearchIndex:
    """Index of designations that forgives inflection, typing errors, ASCII umlauts and compounds.

    Each designation is compared with the query in two directions: how much of the designation the query
    contains, and how much of the query's known words the document explains. Words count by their rarity.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = tuple(documents)
        rows: list[tuple[int, list[str], float]] = []
        for position, document in enumerate(self._documents):
            names = [variant for name in document.names for variant in variants(name)]
            rows += [(position, words, 1.0) for name in names if (words := content_words(name))]
            rows += [(position, words, 0.6) for text in document.texts if (words := content_words(text))]
        self._vocabulary = sorted({word for _, words, _ in rows for word in words})
        number = {word: i for i, word in enumerate(self._vocabulary)}
        self._by_edge: dict[str, list[int]] = {}
        for word, i in number.items():
            for edge in {f"{word[:_LONG_WORD]}…", f"…{word[-_LONG_WORD:]}"}:
                self._by_edge.setdefault(edge, []).append(i)
        width = max((len(words) for _, words, _ in rows), default=1)
        # (rows, width) numbers of words; the last vocabulary entry is a blank without weight.
        self._row_words = np.full((len(rows), width), len(self._vocabulary), dtype=np.int64)
        for i, (_, words, _) in enumerate(rows):
            self._row_words[i, : len(words)] = [number[word] for word in words]
        self._row_document = np.array([position for position, _, _ in rows], dtype=np.int64)
        self._row_weight = np.array([weight for _, _, weight in rows], dtype=np.float64)
        self._contains = np.zeros((len(self._documents), len(self._vocabulary) + 1), dtype=bool)
        self._contains[self._row_document[:, None], self._row_words] = True
        self._contains[:, -1] = False
        frequency = self._contains[:, :-1].sum(axis=0)
        self._rarity = np.append(np.log1p(len(self._documents) / np.maximum(frequency, 1)), 0.0)

    @classmethod
    def build(cls, documents: Iterable[Document]) -> "SearchIndex":
        """Index the documents; their order decides between equal scores."""
        return cls(tuple(documents))

    def search(self, query: str, limit: int = 5) -> list[Hit]:
        """Best documents first; documents that share no word with the query are left out."""
        words = content_words(query)[:_QUERY_WORDS]
        if not words or not self._vocabulary:
            return []
        likeness = self._likeness(words)
        known = likeness.max(axis=1)
        best_rarity = np.where(likeness > 0, self._rarity[None, :], 0.0).max(axis=1)
        weight = np.where(known > 0, np.maximum(best_rarity, 0.1), _UNKNOWN_WORD * float(self._rarity.max()))

        in_query = likeness.max(axis=0)
        rarity = self._rarity[self._row_words]
        contained = (in_query[self._row_words] * rarity).sum(axis=1) / rarity.sum(axis=1)
        # (words, documents): how well the document explains each word of the query
        explained = np.stack([(self._contains * row[None, :]).max(axis=1) for row in likeness])
        covered = (explained * weight[:, None]).sum(axis=0) / weight.sum()

        row_score = self._row_weight * (
            _CONTAINED * contained**2 + _COVERED * contained * covered[self._row_document]
        )
        scores = np.zeros(len(self._documents))
        np.maximum.at(scores, self._row_document, row_score)
        scores = 0.9 * scores + 0.1 * covered
        order = np.argsort(-scores, kind="stable")[:limit]
        return [
            Hit(self._documents[i].id, round(float(min(scores[i], 1.0)), 4))
            for i in order
            if scores[i] > 0.05
        ]

    def _likeness(self, words: list[str]) -> Floats:
        """(words, vocabulary + 1) likeness in 0..1 of each query word and each word of the index."""
        ratios = process.cdist(words, self._vocabulary, scorer=fuzz.ratio, score_cutoff=_FUZZY_CUTOFF)
        likeness = np.zeros((len(words), len(self._vocabulary) + 1))
        likeness[:, :-1] = np.asarray(ratios, dtype=np.float64) / 100.0
        for i, word in enumerate(words):
            for j in np.nonzero((likeness[i] > 0) & (likeness[i] < 1))[0]:
                other = self._vocabulary[j]
                if min(len(word), len(other)) < _LONG_WORD:
                    likeness[i, j] = 0.0
                elif _differ_in_prefix(word, other):
                    likeness[i, j] = _OPPOSITE
                else:
                    likeness[i, j] **= 2
            edges = (f"{word[:_LONG_WORD]}…", f"…{word[-_LONG_WORD:]}")
            for j in (j for edge in edges for j in self._by_edge.get(edge, ())):
                if likeness[i, j] < _COMPOUND and _compound(word, self._vocabulary[j]):
                    likeness[i, j] = _COMPOUND
        return likeness

    def save(self, path: Path) -> None:
        """Write the indexed documents as JSON; loading builds the same index again."""
        rows = [{"id": d.id, "names": d.names, "texts": d.texts} for d in self._documents]
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "SearchIndex":
        """Read what `save` wrote."""
        rows = json.loads(path.read_text(encoding="utf-8"))
        return cls([Document(row["id"], tuple(row["names"]), tuple(row["texts"])) for row in rows])


def _compound(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    return (
        len(short) >= _LONG_WORD
        and len(long) > len(short) + 1
        and (long.startswith(short) or long.endswith(short))
    )


def _differ_in_prefix(word: str, other: str) -> bool:
    def parts(text: str) -> tuple[str, str]:
        return next(((p, text[len(p) :]) for p in _PREFIXES if text.startswith(p)), ("", text))

    (prefix, rest), (other_prefix, other_rest) = parts(word), parts(other)
    return prefix != other_prefix and rest == other_rest
