"""What words say in the search: rare stems (BM25) and groups of letters (tf-idf), which forgive spelling and compounds."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from language.words import content_words

_LETTERS = (3, 4)
_SATURATION, _LENGTH = 1.2, 0.5  # k1 and b of BM25
_QUERY_WORDS = 60
_COMMON, _COMMON_SHARE = 200, 0.1

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


class LexicalIndex:
    """Words and letter groups of the rows (designations, texts) of documents.

    Parameters
    ----------
    rows
        The rows' texts, those of a document beside each other.
    starts
        (documents + 1,) number of each document's first row, and of the rows at the end.
    """

    def __init__(self, rows: Iterable[str], starts: Numbers) -> None:
        self._words: dict[str, int] = {}
        self._groups: dict[str, int] = {}
        words_of_rows, groups_of_rows = [], []
        for row in rows:
            words = content_words(row)
            words_of_rows.append(Counter(self._words.setdefault(word, len(self._words)) for word in words))
            groups = letter_groups(words)
            groups_of_rows.append(
                Counter(self._groups.setdefault(group, len(self._groups)) for group in groups)
            )
        documents = len(starts) - 1
        words = _counts(words_of_rows, len(self._words))
        groups = _counts(groups_of_rows, len(self._groups))
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

    def documents(self, query: str) -> tuple[Floats, Floats]:
        """(documents,) each: BM25 of the stems, 0 to about 1, and cosine of the letter groups."""
        words = content_words(query)[:_QUERY_WORDS]
        known = np.array([self._words[word] for word in words if word in self._words], dtype=np.int64)
        by_words = self._by_word.sums(known, np.ones(len(known))) / max(len(words), 1)
        return by_words, self._by_group.sums(*self._weighed(words))

    def rows(self, query: str, rows: Numbers) -> Floats:
        """(len(rows),) cosine of the letter groups with single rows."""
        numbers, weights = self._weighed(content_words(query)[:_QUERY_WORDS])
        sought = np.zeros(len(self._groups))
        sought[numbers] = weights
        return np.asarray(self._rows[rows] @ sought)

    def _weighed(self, words: Sequence[str]) -> tuple[Numbers, Floats]:
        """Numbers and weights of the query's known letter groups; the unknown ones make the weights smaller."""
        counted = Counter(letter_groups(words))
        known = [group for group in counted if group in self._groups]
        numbers = np.array([self._groups[group] for group in known], dtype=np.int64)
        weights = (1 + np.log(np.array([counted[group] for group in known], dtype=np.float64))) * (
            self._rarity[numbers] if len(numbers) else 1.0
        )
        unknown = len(counted) - len(known)
        length = float(np.sqrt((weights**2).sum() + unknown * self._highest**2))
        return numbers, weights / max(length, 1e-9)


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


def _counts(rows: Sequence[Counter[int]], columns: int) -> sparse.csr_matrix:
    ends = np.cumsum([0, *(len(row) for row in rows)])
    numbers = np.fromiter((number for row in rows for number in row), dtype=np.int64, count=int(ends[-1]))
    counts = np.fromiter((count for row in rows for count in row.values()), np.float64, count=int(ends[-1]))
    return sparse.csr_matrix((counts, numbers, ends), shape=(len(rows), columns))


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
