"""Rasa component: what does the message want?"""

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

_FILE = "intents.joblib"
_WISHES = ("{}", "Ich möchte {}", "{} bitte", "ich brauche {}")
_OWN_WEIGHT = 1.0
_WISH_WEIGHT = 0.2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class GermanIntentClassifier(IntentClassifier, GraphComponent):
    """Adds `intent` and `intent_ranking`; learns from data/nlu and from the catalogue's own designations."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`catalogue`: path of the export; `ranking`: how many intents the ranking names."""
        return {"catalogue": "var/catalogue.json", "ranking": 3}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: LexicalModel | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

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
        return catalogue.fingerprint(config["catalogue"])

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example with an intent, and from the catalogue's designations as wishes."""
        examples = [
            (m.get(TEXT), m.get(INTENT), _OWN_WEIGHT) for m in training_data.intent_examples if m.get(TEXT)
        ]
        known = {text.casefold() for text, _, _ in examples}
        for number, service in enumerate(catalogue.read(self._config["catalogue"])["services"]):
            for place, name in enumerate((service["name"], *service["synonyme"])):
                wish = _WISHES[(number + place) % len(_WISHES)].format(name)
                if wish.casefold() not in known:
                    examples.append((wish, "service", _WISH_WEIGHT))
        texts, labels, weights = zip(*examples, strict=True)
        self._model = LexicalModel.train(texts, labels, weights)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder / _FILE)
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
            return cls(config, model_storage, resource, LexicalModel.load(folder / _FILE))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of each message; payloads ("/intent") are left to Rasa."""
        for message in messages:
            text = message.get(TEXT) or ""
            if self._model is None or text.startswith("/"):
                continue
            probabilities = self._model.probabilities(text)
            order = probabilities.argsort()[::-1][: self._config["ranking"]]
            ranking = [{"name": self._model.labels[i], "confidence": float(probabilities[i])} for i in order]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
