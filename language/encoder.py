"""Sentences as vectors: a static embedding, one vector a word, served by numpy alone.

`models/encoder/` holds the shipped one with its recipe; an operator may name any sentence-transformers model instead.
"""

import hashlib
import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from language.normalise import skeleton

SHIPPED = Path(__file__).parents[1] / "models" / "encoder"
NGRAMS = (3, 4, 5)
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_LONGEST_WORD, _MOST_WORDS = 60, 400
_SHORTEST_PART = 4
_CACHED_WORDS = 50_000

Vectors = npt.NDArray[np.float32]


class EncoderError(Exception):
    """The encoder's file is missing or is not the one of its checksum. Fetch models/encoder/ again, or train it anew."""


class Encoder(Protocol):
    """Anything that gives vectors for texts; `name` changes when its vectors change."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, each row of length one (a text without words: zeros)."""
        ...


class StaticEncoder:
    """Weighted mean of word vectors; unknown words are put together from known parts and from letter groups.

    Parameters
    ----------
    words
        Known words through `language.normalise.skeleton`.
    vectors
        (words, dim) int8; `scales` (words,) float32 turns a row into a vector that carries the word's weight.
    buckets
        (buckets, dim) int8 vectors of hashed letter groups; `bucket_scales` (buckets,) likewise.
    """

    def __init__(
        self,
        name: str,
        words: Sequence[str],
        vectors: npt.NDArray[np.int8],
        scales: Vectors,
        buckets: npt.NDArray[np.int8],
        bucket_scales: Vectors,
    ) -> None:
        self.name = name
        self.dim = int(vectors.shape[1])
        self._number = {word: i for i, word in enumerate(words)}
        self._vectors, self._scales = vectors, scales
        self._buckets, self._bucket_scales = buckets, bucket_scales
        self._word = lru_cache(_CACHED_WORDS)(self._vector)

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> "StaticEncoder":
        """Read the encoder of a folder and check it against its checksum.

        Raises
        ------
        EncoderError
            The file is missing, or it is another than `encoder.sha256` says.
        """
        file, checksum = folder / "encoder.npz", folder / "encoder.sha256"
        try:
            expected = checksum.read_text(encoding="ascii").split()[0]
            found = hashlib.sha256(file.read_bytes()).hexdigest()
        except FileNotFoundError as error:
            raise EncoderError(f"{error.filename} is missing") from error
        if found != expected:
            raise EncoderError(
                f"{file} is not the encoder of {checksum.name}: {found[:12]}, not {expected[:12]}"
            )
        with np.load(file, allow_pickle=False) as stored:
            words = bytes(stored["words"]).decode("utf-8").split("\n")
            return cls(
                found[:12],
                words,
                stored["vectors"],
                stored["scales"].astype(np.float32),
                stored["buckets"],
                stored["bucket_scales"].astype(np.float32),
            )

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts.

        Returns
        -------
        Vectors
            (n, dim) float32, L2-normalised; zeros for a text without words.
        """
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(out, texts, strict=True):
            for word in _WORD.findall(skeleton(text))[:_MOST_WORDS]:
                row += self._word(word[:_LONGEST_WORD])
        lengths = np.linalg.norm(out, axis=1, keepdims=True)
        return np.divide(out, lengths, out=out, where=lengths > 0)

    def _vector(self, word: str) -> Vectors:
        number = self._number.get(word)
        if number is not None:
            return self._known(number)
        letters = bucket_numbers(word, len(self._buckets))
        scaled = self._buckets[letters].astype(np.float32) * self._bucket_scales[letters, None]
        by_letters: Vectors = scaled.mean(axis=0)
        parts = self._parts(word)
        if not parts:
            return by_letters
        by_parts = sum((self._known(i) for i in parts), np.zeros(self.dim, dtype=np.float32)) / len(parts)
        return np.asarray((by_letters + 2 * by_parts) / 3, dtype=np.float32)

    def _known(self, number: int) -> Vectors:
        return np.asarray(self._vectors[number] * self._scales[number], dtype=np.float32)

    def _parts(self, word: str) -> list[int]:
        """Known words that make up a compound, longest last part first; empty where they cover too little."""
        parts, end, covered = [], len(word), 0
        while end >= _SHORTEST_PART:
            starts = range(0, end - _SHORTEST_PART + 1)
            start = next((s for s in starts if word[s:end] in self._number), None)
            if start is None:
                end -= 1
                continue
            parts.append(self._number[word[start:end]])
            covered += end - start
            end = start
        return parts if covered >= 0.7 * len(word) else []


def bucket_numbers(word: str, buckets: int) -> list[int]:
    """Hash the letter groups of a word (its edges marked) into `buckets` numbers."""
    marked = f"<{word}>"
    groups = (marked[i : i + n] for n in NGRAMS for i in range(max(len(marked) - n + 1, 1)))
    return [zlib.crc32(group.encode()) % buckets for group in groups]


class NamedEncoder:
    """A sentence-transformers model that the operator names; needs the extra `training` (torch)."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        self.name = name
        self._model = SentenceTransformer(name, device="cpu")

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, L2-normalised."""
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


@lru_cache(maxsize=4)
def load(name: str | None = None) -> Encoder:
    """The encoder of that name, loaded once a process: None is the shipped one, a folder or a model's name another."""
    if name is None:
        return StaticEncoder.load()
    if (Path(name) / "encoder.sha256").exists():
        return StaticEncoder.load(Path(name))
    return NamedEncoder(name)
