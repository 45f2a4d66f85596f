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

from bot.nlu import catalogue, fingerprint
from bot.nlu.understanding import OUT_OF_SCOPE, Detail, IntentModel, Judgement

_FILE = "intents.joblib"
_SITUATIONS_FILE = "life_situations.json"
_WISHES = ("{}", "Ich möchte {}", "{} bitte", "ich brauche {}")
_WISH, _SITUATION = "service", "life_situation"
_DANGER = "emergency"
_OWN_WEIGHT = 1.0
_ENOUGH_SENTENCES = 10  # whose wording was written down needs no names beside it
_DESIGNATION_WORDS = 3  # longer names of the catalogue are sentences, which "Ich möchte …" does not fit
_NAME_WEIGHT = 0.2


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
        known_situations: frozenset[str] = frozenset(),
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
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
        """Train again when the catalogue or the code changed."""
        return fingerprint.of(config)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example with an intent; of what few wrote about, from the catalogue's designations as well."""
        content = catalogue.read(self._config["catalogue"])
        examples = [
            (m.get(TEXT), _wanted(m), _OWN_WEIGHT) for m in training_data.intent_examples if m.get(TEXT)
        ]
        written = Counter(want for _, want, _ in examples)
        if any(intent == _WISH for intent, _ in written):
            examples += [
                (text, want, _NAME_WEIGHT)
                for text, want in _designations(content)
                if written[want] < _ENOUGH_SENTENCES
            ]
        texts, wants, weights = zip(*examples, strict=True)
        with self._model_storage.write_to(self._resource) as folder:
            IntentModel.train(texts, wants, weights, self._config["encoder"]).save(folder / _FILE)
            ids = [situation["id"] for situation in content["life_situations"]]
            (folder / _SITUATIONS_FILE).write_text(json.dumps(ids), encoding="utf-8")
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
            known = frozenset(json.loads((folder / _SITUATIONS_FILE).read_text(encoding="utf-8")))
        return cls(config, model_storage, resource, model, known)

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
            message.set("intent", ranking[0], add_to_output=True)
            message.set("strangeness", self._probability(OUT_OF_SCOPE, judgement), add_to_output=True)
            message.set("ours", _WISH in self._model.labels)
            message.set("danger", self._probability(_DANGER, judgement))
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set("known_share", self._model.known_share(text))
            if ranking[0]["name"] == _SITUATION:
                message.set("situation", self._situation(judgement), add_to_output=True)
        return messages

    def _probability(self, intent: str, judgement: Judgement) -> float:
        """How likely the text wants this; 0 where the training data knew no such intent."""
        labels = self._model.labels if self._model else []
        return float(judgement.probabilities[labels.index(intent)]) if intent in labels else 0.0

    def _situation(self, judgement: Judgement) -> dict[str, Any] | None:
        """The likeliest life situation of the catalogue, its confidence among all of them."""
        details = self._model.details if self._model else []
        shares = {
            name: float(share)
            for (intent, name), share in zip(details, judgement.details, strict=True)
            if intent == _SITUATION and name in self._known_situations
        }
        if not shares:
            return None
        best = max(shares, key=lambda name: shares[name])
        return {"id": best, "confidence": shares[best] / max(sum(shares.values()), 1e-12)}


def _wanted(message: Message) -> Detail:
    """The example's intent, and the service or life situation that its metadata name."""
    return message.get(INTENT), catalogue.label(message, _WISH) or catalogue.label(message, _SITUATION)


def _designations(content: catalogue.Catalogue) -> list[tuple[str, Detail]]:
    """Names of the catalogue as citizens would say them: services as wishes, life situations as they are."""
    found: list[tuple[str, Detail]] = []
    for number, service in enumerate(content["services"]):
        for place, name in enumerate((service["name"], *service["synonyme"])):
            if len(name.split()) <= _DESIGNATION_WORDS:
                found.append((_WISHES[(number + place) % len(_WISHES)].format(name), (_WISH, service["id"])))
    for situation in content["life_situations"]:
        found += [
            (name, (_SITUATION, situation["id"])) for name in (situation["name"], *situation["synonyme"])
        ]
    return found
