"""Intent of a text: a network over letters, words and the sentence's vector, with calibrated confidence.

How sure the probabilities may be (the temperature) is fitted on an eighth of the training data that the network has not seen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from bot.nlu.lexical import Features, prepare
from bot.nlu.network import Examples, Floats, Network, Numbers, softmax
from language import encoder

OUT_OF_SCOPE = "out_of_scope"
_HELD_OUT = 8
_TEMPERATURES = np.geomspace(0.2, 3.0, 60)
_LONG, _MOST_SENTENCES, _FEWEST_WORDS = 90, 12, 3
_COURTESY = frozenset({"greet", "goodbye", "thanks", "chitchat", "inform", "affirm", "deny"})
"""What a sentence of a long mail says in passing: never the mail's wish."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_ASKS = re.compile(
    r"\?|\b(?:mocht|will|wollen|wurd|hatt|bitt|brauch|benotig|gern|such|bestell|beantrag|anmeld|abmeld|konn|sol|muss|durf|"
    r"hilf|helf)\w*|\b(?:wie|was|wann|wo|wer|wen|wem|wohin|welche[mnrs]?|warum|gibt es)\b"
)
"""Words of a sentence that wants something, as `prepare` writes them."""

Detail = tuple[str, str | None]
"""An intent and what exactly it is about: a service, a life situation, or nothing."""


@dataclass(frozen=True)
class Judgement:
    """Calibrated probabilities: (labels,) of the intents, (details,) of the details."""

    probabilities: Floats
    details: Floats


class IntentModel:
    """The whole classifier."""

    def __init__(
        self,
        encoder_name: str | None,
        features: Features,
        network: Network,
        labels: list[str],
        details: list[Detail],
        temperature: float,
    ) -> None:
        self._encoder_name = encoder_name
        self._encoder = encoder.load(encoder_name)
        self._features, self._network = features, network
        self.labels, self.details, self._temperature = labels, details, temperature
        self._owners = _owners(labels, details)
        self._says_something = np.array([label not in _COURTESY for label in labels])

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        wants: Sequence[Detail],
        weights: Sequence[float],
        encoder_name: str | None = None,
    ) -> "IntentModel":
        """Fit on `texts` and what each wants; `weights` say how much each counts, `encoder_name` None is the shipped one.

        Raises
        ------
        ValueError
            Fewer than two intents.
        """
        labels = sorted({intent for intent, _ in wants})
        if len(labels) < 2:
            raise ValueError("A classifier needs examples of at least two intents.")
        details = sorted(set(wants), key=lambda want: (want[0], want[1] or ""))
        prepared = [prepare(text) for text in texts]
        features = Features.fit(prepared)
        examples = Examples(
            features.matrix(prepared),
            encoder.load(encoder_name).encode(list(texts)),
            _numbers([intent for intent, _ in wants], labels),
            _numbers(wants, details),
            np.array(weights, dtype=np.float32),
        )
        held_out = np.random.default_rng(0).permutation(len(texts)) % _HELD_OUT == 0
        blind, network = joblib.Parallel(n_jobs=2)(
            joblib.delayed(Network.train)(part, len(labels), len(details))
            for part in (examples.of(np.flatnonzero(~held_out)), examples)
        )
        asked = examples.of(np.flatnonzero(held_out))
        owners = _owners(labels, details)
        margins = blind.margins(asked.features, asked.vectors)
        temperature = min(
            _TEMPERATURES,
            key=lambda t: _loss(_probabilities(margins, owners, t)[0], asked.labels, asked.weights),
        )
        return cls(encoder_name, features, network, labels, details, float(temperature))

    def judge(self, text: str) -> Judgement:
        """What the text wants, with calibrated probabilities; of a long one, its sentences that ask count as much as the whole.

        The mean of the whole and its sentences is squared: sentences that say something else in passing make it less sure than it
        is right (of 490 mails never read 0.93 were right, the mean was 0.76 sure, its square 0.90).
        """
        whole, details = self._read(text)
        sentences = _sentences(text)
        if sentences:
            wanted = np.mean([self._read(sentence)[0] for sentence in sentences], axis=0)
            wanted = wanted * self._says_something
            whole = ((whole + wanted / max(float(wanted.sum()), 1e-12)) / 2) ** 2
            whole = whole / whole.sum()
        return Judgement(whole, details)

    def _read(self, text: str) -> tuple[Floats, Floats]:
        numbers, weights = self._features.row(prepare(text))
        margins = self._network.margins_of_one(numbers, weights, self._encoder.encode([text]))
        intents, details = _probabilities(margins, self._owners, self._temperature)
        return intents[0], details[0]

    def known_share(self, text: str) -> float:
        """Share of the text's words that were seen in training, 0..1; 1 for a text without words."""
        return self._features.known_share(text)

    def save(self, path: Path) -> None:
        """Write the model to a file; the first layer at half precision."""
        rows, *rest = self._network.parts()
        network = (rows.astype(np.float16), *rest)
        stored = (
            self._encoder_name,
            self._features.parts(),
            network,
            self.labels,
            self.details,
            self._temperature,
        )
        joblib.dump(stored, path, compress=1)

    @classmethod
    def load(cls, path: Path) -> "IntentModel":
        """Read what `save` wrote; only from a model archive that was checked against its manifest."""
        name, features, (rows, *rest), labels, details, temperature = joblib.load(path)
        network = Network(rows.astype(np.float32), *rest)
        return cls(name, Features(*features), network, labels, details, temperature)


def _sentences(text: str) -> list[str]:
    """The sentences of a long text that ask for something (all, if none does); greetings and signatures are too short."""
    if len(text) < _LONG:
        return []
    found = [s for s in _SENTENCE.split(text) if len(s.split()) >= _FEWEST_WORDS][:_MOST_SENTENCES]
    asking = [s for s in found if _ASKS.search(prepare(s))]
    return (asking or found) if len(found) > 1 else []


def _numbers(items: Sequence[Any], order: Sequence[Any]) -> Numbers:
    place = {item: number for number, item in enumerate(order)}
    return np.array([place[item] for item in items], dtype=np.int64)


def _owners(labels: list[str], details: list[Detail]) -> Numbers:
    """(details,) the number of each detail's intent."""
    return _numbers([intent for intent, _ in details], labels)


def _probabilities(
    margins: tuple[Floats, Floats], owners: Numbers, temperature: float
) -> tuple[Floats, Floats]:
    """(n, labels) and (n, details): an intent's probability is the mean of its own and of its details' together."""
    own, details = (softmax(part, temperature) for part in margins)
    together = np.zeros_like(own)
    np.add.at(together.T, owners, details.T)
    return (own + together) / 2, details


def _loss(probabilities: Floats, truth: Numbers, weights: Floats) -> float:
    held_out = probabilities[np.arange(len(truth)), truth]
    return float(-(weights * np.log(np.maximum(held_out, 1e-12))).sum())
