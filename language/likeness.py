"""How alike two German words are: the same stem, a slip of the thumb, a part of a compound."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

_FUZZY_CUTOFF = 80.0
_LONG_WORD = 5
_COMPOUND = 0.8
_PREFIXES = ("an", "ab", "um", "ein", "aus", "zu", "weg", "ver", "be")
_OPPOSITE = 0.2
_MOST_CANDIDATES = 60
_CACHED_WORDS = 20_000

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


class Vocabulary:
    """The words of an index, found again by words that are like them.

    Parameters
    ----------
    words
        Stems, each once; their positions are their numbers.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)
        self._number = {word: i for i, word in enumerate(self._words)}
        by_edge: dict[str, list[int]] = {}
        by_letters: dict[str, list[int]] = {}
        for word, i in self._number.items():
            for edge in _edges(word):
                by_edge.setdefault(edge, []).append(i)
            for group in _groups(word):
                by_letters.setdefault(group, []).append(i)
        # Shortest first: the nearest compounds are looked at before the others.
        self._by_edge = {
            edge: sorted(numbers, key=lambda i: len(self._words[i])) for edge, numbers in by_edge.items()
        }
        self._by_letters = {group: np.array(numbers) for group, numbers in by_letters.items()}
        self.like = lru_cache(_CACHED_WORDS)(self._like)

    def _like(self, word: str) -> tuple[Numbers, Floats]:
        """Numbers of the words like this one and their likeness in 0..1, least alike first."""
        found = dict(self._misspelt(word))
        for edge in _edges(word):
            for j in self._by_edge.get(edge, [])[:_MOST_CANDIDATES]:
                if found.get(j, 0.0) < _COMPOUND and _compound(word, self._words[j]):
                    found[j] = _COMPOUND
        if word in self._number:
            found[self._number[word]] = 1.0
        ordered = sorted(found.items(), key=lambda item: item[1])
        return np.array([j for j, _ in ordered], dtype=np.int64), np.array([like for _, like in ordered])

    def _misspelt(self, word: str) -> dict[int, float]:
        if len(word) < _LONG_WORD:
            return {}
        lists = [self._by_letters[group] for group in _groups(word) if group in self._by_letters]
        if not lists:
            return {}
        shared = np.bincount(np.concatenate(lists), minlength=len(self._words))
        candidates = np.nonzero(shared >= max(2, shared.max() // 2))[0]
        if len(candidates) > _MOST_CANDIDATES:
            candidates = candidates[np.argsort(-shared[candidates], kind="stable")[:_MOST_CANDIDATES]]
        texts = {int(j): self._words[j] for j in candidates if len(self._words[j]) >= _LONG_WORD}
        matches = process.extract(word, texts, scorer=fuzz.ratio, score_cutoff=_FUZZY_CUTOFF, limit=None)
        return {
            j: _OPPOSITE if _differ_in_prefix(word, other) else (ratio / 100.0) ** 2
            for other, ratio, j in matches
        }


def _edges(word: str) -> set[str]:
    return {f"{word[:_LONG_WORD]}…", f"…{word[-_LONG_WORD:]}"}


def _groups(word: str) -> set[str]:
    marked = f"<{word}>"
    return {marked[i : i + 3] for i in range(len(marked) - 2)}


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
