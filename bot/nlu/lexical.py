"""A text as numbers: which groups of letters and which words stand in it, the rare ones weighing more."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from language.normalise import skeleton

_WORD = re.compile(r"[^\W_]+|\?", re.UNICODE)
_LENGTH = 2_000
_MANY = 2_000
_SEEN_LETTERS, _SEEN_WORDS = 3, 2
"""In how many texts a group of letters and a word must stand to count, where there are `_MANY` texts; else in one."""

Numbers = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]


def prepare(text: str) -> str:
    """The text as the features see it: folded, bounded in length."""
    return skeleton(text[:_LENGTH])


class Features:
    """Groups of two to five letters, and words and pairs of words, by tf-idf; each of the two kinds of length one."""

    def __init__(self, letters: TfidfVectorizer, words: TfidfVectorizer, known: frozenset[str]) -> None:
        self._kinds = (letters, words)
        self._known = known
        self._looked_up = [
            (kind.build_analyzer(), kind.vocabulary_, np.asarray(kind.idf_, dtype=np.float32))
            for kind in self._kinds
        ]
        self.size = sum(len(kind.vocabulary_) for kind in self._kinds)

    @classmethod
    def fit(cls, texts: Sequence[str]) -> "Features":
        """Learn from prepared texts what there is and how rare it is."""
        many = len(texts) >= _MANY
        letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=_SEEN_LETTERS if many else 1
        )
        words = TfidfVectorizer(
            ngram_range=(1, 2),
            sublinear_tf=True,
            tokenizer=_WORD.findall,
            token_pattern=None,
            min_df=_SEEN_WORDS if many else 1,
        )
        known = frozenset(word for text in texts for word in _WORD.findall(text))
        return cls(letters.fit(texts), words.fit(texts), known)

    def matrix(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """(n, size) float32 of prepared texts."""
        return sparse.hstack([kind.transform(texts) for kind in self._kinds], "csr", np.float32)

    def row(self, text: str) -> tuple[Numbers, Weights]:
        """The same of one prepared text, numbers and their weights, without what a matrix takes before it begins."""
        numbers, weights, start = [], [], 0
        for groups_of, number, rarity in self._looked_up:
            counts = Counter(n for group in groups_of(text) if (n := number.get(group)) is not None)
            found = np.fromiter(counts, dtype=np.int64, count=len(counts))
            often = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
            weight = (1 + np.log(often)) * rarity[found]
            weights.append(weight / max(float(np.sqrt(weight @ weight)), 1e-12))
            numbers.append(found + start)
            start += len(number)
        return np.concatenate(numbers), np.concatenate(weights).astype(np.float32)

    def known_share(self, text: str) -> float:
        """Share of the text's words that were seen in training, 0..1; 1 for a text without words."""
        words = _WORD.findall(prepare(text))
        return sum(word in self._known for word in words) / len(words) if words else 1.0

    def parts(self) -> tuple[TfidfVectorizer, TfidfVectorizer, frozenset[str]]:
        """What a copy is made of again."""
        return (*self._kinds, self._known)
