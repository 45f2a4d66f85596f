"""Rasa component: entities of a message, by rule and library."""

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import catalogue
from bot.nlu.aspects import ASPECTS
from bot.nlu.phrases import PhraseFinder

_FILE = "phrases.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class GermanEntityExtractor(GraphComponent):
    """Adds `entities`: dates as of `metadata["now"]`, structured numbers, places, and the catalogue's phrases."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`catalogue`: path of the export."""
        return {"catalogue": "var/catalogue.json"}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        phrases: dict[str, dict[str, list[str]]] | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._finder = PhraseFinder(phrases or {})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "GermanEntityExtractor":
        """Create the untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the catalogue changed."""
        return catalogue.fingerprint(config["catalogue"])

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the phrases of the catalogue in the model."""
        content = catalogue.read(self._config["catalogue"])
        phrases = {
            "life_situation": {s["id"]: [s["name"], *s["synonyme"]] for s in content["life_situations"]},
            "trait": {t["id"]: [t["label"], *t["words"]] for t in content["traits"]},
            "aspect": {name: list(words) for name, words in ASPECTS.items()},
        }
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(phrases, ensure_ascii=False), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "GermanEntityExtractor":
        """Load the phrases from the model archive."""
        with model_storage.read_from(resource) as folder:
            phrases = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, phrases)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message; payloads ("/intent") bring their own."""
        for message in messages:
            text = message.get(TEXT) or ""
            if text.startswith("/"):
                continue
            found = [(p.kind, p.value, p.start, p.end) for p in self._finder.find(text)]
            rows = [
                {"entity": kind, "value": value, "start": start, "end": end, "extractor": type(self).__name__}
                for kind, value, start, end in found
            ]
            message.set(ENTITIES, (message.get(ENTITIES) or []) + rows, add_to_output=True)
        return messages
