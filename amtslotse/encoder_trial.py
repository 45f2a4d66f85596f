"""Whether tuned word vectors understand more than untuned ones, tried on files of data/nlu that neither has read."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rich.progress import track
from sklearn.linear_model import LogisticRegression

from bot.nlu.lexical import Pair, prepare

ROUNDS = 3
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)
"""How much the vectors' classifier counts beside that of letters and words; the best one is reported."""

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Example:
    """A sentence of data/nlu: its intent, what exactly it wants (`label`), and the file that holds it."""

    text: str
    intent: str
    label: str
    file: str


def errors(
    examples: Sequence[Example], encoders: dict[str, Callable[[Numbers], Callable[[Sequence[str]], Floats]]]
) -> dict[str, float]:
    """Share of wrong intents of letters, words and vectors added up, for each encoder.

    Parameters
    ----------
    encoders
        Each is given the numbers of the examples that it may learn from, and gives a function from texts to vectors
        (n, dim).
    """
    texts = [example.text for example in examples]
    prepared = np.array([prepare(text) for text in texts], dtype=object)
    names = np.array([example.intent for example in examples], dtype=object)
    order = sorted(set(names))
    truth = np.array([order.index(name) for name in names])
    rounds = _rounds(examples)
    by_words = np.zeros((len(texts), len(order)))
    by_meaning = {name: by_words.copy() for name in encoders}
    for number in track(range(ROUNDS), "Vergleich"):
        fit, asked = np.flatnonzero(rounds != number), np.flatnonzero(rounds == number)
        pair = Pair.fit(prepared[fit], names[fit], np.ones(len(fit)))
        by_words[asked] = pair.probabilities(prepared[asked])
        for name, learn in encoders.items():
            encode = learn(fit)
            model = LogisticRegression(C=5.0, max_iter=200, class_weight="balanced")
            model.fit(encode([texts[i] for i in fit]), names[fit])
            by_meaning[name][asked] = model.predict_proba(encode([texts[i] for i in asked]))
    return {
        name: min(float(((by_words + share * found).argmax(axis=1) != truth).mean()) for share in SHARES)
        for name, found in by_meaning.items()
    }


def _rounds(examples: Sequence[Example]) -> Numbers:
    """(n,) the round in which each example is asked: an intent's examples of one file together, rounds alike in size."""
    sizes = Counter((example.intent, example.file) for example in examples)
    filled: dict[str, list[int]] = defaultdict(lambda: [0] * ROUNDS)
    place: dict[tuple[str, str], int] = {}
    for (intent, file), size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        place[intent, file] = filled[intent].index(min(filled[intent]))
        filled[intent][place[intent, file]] += size
    return np.array([place[example.intent, example.file] for example in examples])
