"""Whether tuned word vectors understand more than untuned ones, tried on files of data/nlu that neither has read."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rich.progress import track

from bot.nlu.lexical import Features, prepare
from bot.nlu.network import Examples, Network

ROUNDS = 3

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
    """Share of wrong intents of the assistant's network with each encoder.

    Parameters
    ----------
    encoders
        Each is given the numbers of the examples that it may learn from, and gives a function from texts to vectors
        (n, dim).
    """
    texts = [example.text for example in examples]
    prepared = [prepare(text) for text in texts]
    labels, intents = _numbered([e.label for e in examples]), _numbered([e.intent for e in examples])
    rounds = _rounds(examples)
    wrong = dict.fromkeys(encoders, 0)
    for number in track(range(ROUNDS), "Vergleich"):
        fit, asked = np.flatnonzero(rounds != number), np.flatnonzero(rounds == number)
        features = Features.fit([prepared[i] for i in fit])
        read, unread = (features.matrix([prepared[i] for i in part]) for part in (fit, asked))
        for name, learn in encoders.items():
            encode = learn(fit)
            known = Examples(
                read,
                encode([texts[i] for i in fit]),
                intents[fit],
                labels[fit],
                np.ones(len(fit), np.float32),
            )
            network = Network.train(known, intents.max() + 1, labels.max() + 1)
            found = network.margins(unread, encode([texts[i] for i in asked]))[0].argmax(axis=1)
            wrong[name] += int((found != intents[asked]).sum())
    return {name: count / len(examples) for name, count in wrong.items()}


def _numbered(names: Sequence[str]) -> Numbers:
    """(n,) each name's place among all in order."""
    return np.asarray(np.unique(np.array(names, dtype=object), return_inverse=True)[1], dtype=np.int64)


def _rounds(examples: Sequence[Example]) -> Numbers:
    """(n,) the round in which each example is asked: an intent's examples of one file together, rounds alike in size."""
    sizes = Counter((example.intent, example.file) for example in examples)
    filled: dict[str, list[int]] = defaultdict(lambda: [0] * ROUNDS)
    place: dict[tuple[str, str], int] = {}
    for (intent, file), size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        place[intent, file] = filled[intent].index(min(filled[intent]))
        filled[intent][place[intent, file]] += size
    return np.array([place[example.intent, example.file] for example in examples])
