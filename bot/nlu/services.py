"""Rasa component: which services of the catalogue does the message speak of?"""

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import catalogue, fingerprint
from language.search import SearchIndex

_FILE = "services.json"
_LIMIT = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ServiceRetriever(GraphComponent):
    """Adds `services`: the best five of the catalogue as `{id, nr, leika, name, score}`, best first."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`catalogue`: path of the export."""
        return {"catalogue": "var/catalogue.json"}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        content: catalogue.Catalogue | None = None,
        sentences: dict[str, list[str]] | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._services = {entry["id"]: entry for entry in content["services"]} if content else {}
        self._index = SearchIndex.build(catalogue.documents(content, sentences or {})) if content else None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ServiceRetriever":
        """Create the untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the catalogue or the code changed."""
        return fingerprint.of(config)

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the catalogue, and how citizens wish for its services, in the model."""
        sentences: dict[str, list[str]] = {}
        for message in training_data.intent_examples:
            if service := catalogue.label(message, "service"):
                sentences.setdefault(service, []).append(message.get(TEXT))
        stored = {"catalogue": catalogue.read(self._config["catalogue"]), "sentences": sentences}
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ServiceRetriever":
        """Load the catalogue from the model archive and index it."""
        with model_storage.read_from(resource) as folder:
            stored = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, stored["catalogue"], stored["sentences"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `services` of each message; payloads ("/intent") have none."""
        for message in messages:
            text = message.get(TEXT) or ""
            if self._index is None or text.startswith("/"):
                message.set("services", [], add_to_output=True)
                continue
            hits = self._index.search(text, _LIMIT)
            rows = [
                {key: self._services[hit.id][key] for key in ("id", "nr", "leika", "name")}
                | {"score": hit.score}
                for hit in hits
            ]
            message.set("services", rows, add_to_output=True)
        return messages
