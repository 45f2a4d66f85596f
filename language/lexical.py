"""What words say in the search: rare stems (BM25) and groups of letters (tf-idf), which forgive spelling and compounds."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

_LETTERS = (3, 4)
_SATURATION, _LENGTH = 1.2, 0.5  # k1 and b of BM25
_QUERY_WORDS = 60
_COMMON, _COMMON_SHARE = 200, 0.03

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


class LexicalIndex:
    """Words and letter groups of the rows (designations, texts) of documents.

    Parameters
    ----------
    rows
        The rows' words (`language.words.content_words`), those of a document beside each other.
    starts
        (documents + 1,) number of each document's first row, and of the rows at the end.
    """

    def __init__(self, rows: Sequence[Sequence[str]], starts: Numbers) -> None:
        self._words: dict[str, int] = {}
        self._groups: dict[str, int] = {}
        self._groups_of: dict[str, Numbers] = {}
        words = _counts([self._numbered(row) for row in rows], len(self._words))
        groups = _counts([self._grouped(row) for row in rows], len(self._groups))
        documents = len(starts) - 1
        owners = np.repeat(np.arange(documents), np.diff(starts))
        gather = sparse.csr_matrix(
            (np.ones(len(owners)), (owners, np.arange(len(owners)))), shape=(documents, len(owners))
        )
        self._by_word = _Postings(_okapi((gather @ words).tocsr()))
        of_documents = (gather @ groups).tocsr()
        found_in = np.bincount(of_documents.indices, minlength=len(self._groups))
        self._rarity = np.log((1 + documents) / (1 + found_in)) + 1
        self._highest = float(self._rarity.max()) if len(self._rarity) else 1.0
        by_group = _tfidf(of_documents, self._rarity)
        # Groups that very many documents share say little about which one is meant; leaving them out saves most of the time.
        common = found_in > max(_COMMON, _COMMON_SHARE * documents)
        by_group.data[common[by_group.indices]] = 0.0
        by_group.eliminate_zeros()
        self._by_group = _Postings(by_group)
        self._rows = _tfidf(groups, self._rarity)

    def _numbered(self, row: Sequence[str]) -> Numbers:
        return np.array([self._words.setdefault(word, len(self._words)) for word in row], dtype=np.int64)

    def _grouped(self, row: Sequence[str]) -> Numbers:
        for word in row:
            if word not in self._groups_of:
                numbers = [self._groups.setdefault(g, len(self._groups)) for g in letter_groups([word])]
                self._groups_of[word] = np.array(numbers, dtype=np.int64)
        return np.concatenate([self._groups_of[word] for word in row])

    def look_up(self, words: Sequence[str]) -> "Sought":
        """What of a query's words is known here; of very many words the first."""
        words = words[:_QUERY_WORDS]
        known = np.array([self._words[word] for word in words if word in self._words], dtype=np.int64)
        counted = Counter(letter_groups(words))
        found = [(self._groups[group], count) for group, count in counted.items() if group in self._groups]
        numbers = np.array([number for number, _ in found], dtype=np.int64)
        weights = 1 + np.log(np.array([count for _, count in found], dtype=np.float64))
        weights *= self._rarity[numbers]
        unknown = len(counted) - len(found)
        length = float(np.sqrt((weights**2).sum() + unknown * self._highest**2))
        return Sought(known, max(len(words), 1), numbers, weights / max(length, 1e-9))

    def documents(self, sought: "Sought") -> tuple[Floats, Floats]:
        """(documents,) each: BM25 of the stems, 0 to about 1, and cosine of the letter groups."""
        by_words = self._by_word.sums(sought.words, np.ones(len(sought.words))) / sought.count
        return by_words, self._by_group.sums(sought.groups, sought.weights)

    def rows(self, sought: "Sought", rows: Numbers) -> Floats:
        """(len(rows),) cosine of the letter groups with single rows, ascending."""
        weights = np.zeros(len(self._groups))
        weights[sought.groups] = sought.weights
        chosen = self._rows if len(rows) == self._rows.shape[0] else self._rows[rows]
        return np.asarray(chosen @ weights)


@dataclass(frozen=True)
class Sought:
    """A query: `words` known of `count`, and its known letter groups; the unknown ones make their weights smaller."""

    words: Numbers
    count: int
    groups: Numbers
    weights: Floats


class _Postings:
    """A weighted matrix (documents, terms), read by term."""

    def __init__(self, matrix: sparse.csr_matrix) -> None:
        self._documents = matrix.shape[0]
        by_term = matrix.tocsc()
        self._starts, self._holders, self._weights = (
            by_term.indptr,
            by_term.indices,
            by_term.data.astype(np.float32),
        )

    def sums(self, terms: Numbers, weights: Floats) -> Floats:
        """(documents,) sum of the terms' weights, each times the query's."""
        found = np.zeros(self._documents, dtype=np.float32)
        for term, weight in zip(terms.tolist(), weights.tolist(), strict=True):
            start, end = self._starts[term], self._starts[term + 1]
            found[self._holders[start:end]] += weight * self._weights[start:end]
        return found.astype(np.float64)


def letter_groups(words: Iterable[str]) -> list[str]:
    """Groups of three and four letters of each word, its edges marked."""
    return [
        marked[i : i + size]
        for marked in (f"<{word}>" for word in words)
        for size in _LETTERS
        for i in range(max(len(marked) - size + 1, 1))
    ]


def _counts(rows: Sequence[Numbers], columns: int) -> sparse.csr_matrix:
    """(rows, columns) how often each number stands in each row."""
    ends = np.cumsum([0, *(len(row) for row in rows)])
    numbers = np.concatenate([*rows, np.zeros(0, dtype=np.int64)])
    counted = sparse.csr_matrix((np.ones(len(numbers)), numbers, ends), shape=(len(rows), columns))
    counted.sum_duplicates()
    return counted


def _okapi(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """BM25 weights, divided by about the highest that a word can get."""
    documents, terms = counts.shape
    found_in = np.bincount(counts.indices, minlength=terms)
    rarity = np.log1p((documents - found_in + 0.5) / (found_in + 0.5))
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    usual = max(float(lengths.mean()), 1.0) if documents else 1.0
    owners = np.repeat(np.arange(documents), np.diff(counts.indptr))
    slack = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[owners] / usual)
    weighed = counts.copy()
    weighed.data = counts.data * (_SATURATION + 1) / (counts.data + slack) * rarity[counts.indices]
    highest = float(rarity.max()) * 2 if terms else 1.0
    return weighed / highest


def _tfidf(counts: sparse.csr_matrix, rarity: Floats) -> sparse.csr_matrix:
    """Weights 1 + log(count), times the rarity; each row of length one."""
    weighed = counts.copy()
    weighed.data = (1 + np.log(counts.data)) * rarity[counts.indices]
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    owners = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    weighed.data /= np.maximum(lengths, 1e-9)[owners]
    return weighed
