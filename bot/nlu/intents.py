"""Rasa component: what does the message want?"""

import json
from collections import Counter
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import catalogue
from bot.nlu.lexical import LexicalModel
from bot.nlu.understanding import OUT_OF_SCOPE, IntentModel

_FILE = "intents.joblib"
_SITUATIONS_FILE = "life_situations.joblib"
_SITUATION_IDS_FILE = "life_situations.json"
_FEWEST_EXAMPLES = 3
_WISHES = ("{}", "Ich möchte {}", "{} bitte", "ich brauche {}")
_WISH = "service"
_DANGER = "emergency"
_OWN_WEIGHT = 1.0
_DESIGNATION_WORDS = 3  # longer names of the catalogue are sentences, which "Ich möchte …" does not fit
_WISH_WEIGHT = 0.2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class GermanIntentClassifier(IntentClassifier, GraphComponent):
    """Adds `intent`, `intent_ranking`, `strangeness` and `situation`; learns from data/nlu and the catalogue's designations.

    `situation` is `{id, confidence}` of the likeliest life situation of the catalogue, or None. Examples name theirs by
    `metadata: {life_situation: id}`.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`catalogue`: path of the export; `ranking`: how many intents the ranking names; `encoder`: None is the shipped
        one, else the name of a sentence-transformers model (needs the extra `training`).
        """
        return {"catalogue": "var/catalogue.json", "ranking": 3, "encoder": None}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
        situations: LexicalModel | None = None,
        known_situations: frozenset[str] = frozenset(),
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
        self._situations = situations
        self._known_situations = known_situations

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "GermanIntentClassifier":
        """Create the untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the catalogue changed."""
        return catalogue.fingerprint(config)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example with an intent, and from the catalogue's designations as wishes."""
        content = catalogue.read(self._config["catalogue"])
        examples = [
            (m.get(TEXT), m.get(INTENT), _OWN_WEIGHT) for m in training_data.intent_examples if m.get(TEXT)
        ]
        known = {text.casefold() for text, _, _ in examples}
        ours = any(label == _WISH for _, label, _ in examples)
        for number, service in enumerate(content["services"] if ours else ()):
            for place, name in enumerate((service["name"], *service["synonyme"])):
                wish = _WISHES[(number + place) % len(_WISHES)].format(name)
                if len(name.split()) <= _DESIGNATION_WORDS and wish.casefold() not in known:
                    examples.append((wish, _WISH, _WISH_WEIGHT))
        texts, labels, weights = zip(*examples, strict=True)
        situations = _situation_examples(training_data, content)
        with self._model_storage.write_to(self._resource) as folder:
            IntentModel.train(texts, labels, weights, self._config["encoder"]).save(folder / _FILE)
            if len({label for _, label in situations}) > 1:
                texts, labels = zip(*situations, strict=True)
                LexicalModel.train(texts, labels, [_OWN_WEIGHT] * len(texts)).save(folder / _SITUATIONS_FILE)
            ids = [situation["id"] for situation in content["life_situations"]]
            (folder / _SITUATION_IDS_FILE).write_text(json.dumps(ids), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "GermanIntentClassifier":
        """Load the trained component from the model archive."""
        with model_storage.read_from(resource) as folder:
            model = IntentModel.load(folder / _FILE)
            file = folder / _SITUATIONS_FILE
            situations = LexicalModel.load(file) if file.exists() else None
            known = frozenset(json.loads((folder / _SITUATION_IDS_FILE).read_text(encoding="utf-8")))
        return cls(config, model_storage, resource, model, situations, known)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of each message; payloads ("/intent") are left to Rasa."""
        for message in messages:
            text = message.get(TEXT) or ""
            if self._model is None or text.startswith("/"):
                continue
            judgement = self._model.judge(text)
            probabilities = judgement.probabilities
            order = probabilities.argsort()[::-1][: self._config["ranking"]]
            ranking = [{"name": self._model.labels[i], "confidence": float(probabilities[i])} for i in order]
            if OUT_OF_SCOPE in self._model.labels:
                ranking = _gated(ranking, judgement.turned_away, judgement.strangeness)
            message.set("intent", ranking[0], add_to_output=True)
            message.set("strangeness", judgement.strangeness, add_to_output=True)
            message.set("ours", _WISH in self._model.labels)
            if _DANGER in self._model.labels:
                message.set("danger", float(probabilities[self._model.labels.index(_DANGER)]))
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set("known_share", self._model.known_share(text))
            if ranking[0]["name"] == "life_situation":
                message.set("situation", self._situation(text), add_to_output=True)
        return messages

    def _situation(self, text: str) -> dict[str, Any] | None:
        if self._situations is None:
            return None
        probabilities = self._situations.probabilities(text)
        best = int(probabilities.argmax())
        name = self._situations.labels[best]
        return (
            {"id": name, "confidence": float(probabilities[best])} if name in self._known_situations else None
        )


def _situation_examples(training_data: TrainingData, content: catalogue.Catalogue) -> list[tuple[str, str]]:
    """Texts and their life situation; situations with too few examples to learn from are left out."""
    examples = [
        (m.get(TEXT), label)
        for m in training_data.intent_examples
        if (label := catalogue.label(m, "life_situation"))
    ]
    examples += [(name, s["id"]) for s in content["life_situations"] for name in (s["name"], *s["synonyme"])]
    count = Counter(label for _, label in examples)
    return [(text, label) for text, label in examples if count[label] >= _FEWEST_EXAMPLES]


def _gated(ranking: list[dict[str, Any]], turned_away: bool, strangeness: float) -> list[dict[str, Any]]:
    """The ranking with the gate's verdict first."""
    others = [row for row in ranking if row["name"] != OUT_OF_SCOPE]
    strange = {"name": OUT_OF_SCOPE, "confidence": strangeness}
    if turned_away or not others:
        return [strange, *others]
    rest = [strange] if len(others) < len(ranking) else []
    return [others[0], *sorted([*others[1:], *rest], key=lambda row: -row["confidence"])]
