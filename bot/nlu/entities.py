"""Rasa component: entities of a message, by rule and library."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import catalogue, fingerprint
from bot.nlu.aspects import ASPECTS
from bot.nlu.phrases import Phrase, PhraseFinder
from language import addresses, contacts, dates, persons, structured
from language.normalise import clean

_FILE = "phrases.json"
_LENGTH = 5_000
_OUTSIDE_THE_DOMAIN = "dokument"
# The town of Essen is also the German word for eating.
_A_WORD_TOO = re.compile(r"essen")
_TO_THE_TOWN = re.compile(r"\s*,?\s+(?:in\s+)?|,")
_PLACED = re.compile(r"\b(?:in|nach|aus|von|bei|stadt|ort)\W+$", re.IGNORECASE)


class Entity(NamedTuple):
    """One entity: its name, its normalised value and where it stands."""

    name: str
    value: str | int
    start: int
    end: int

    def overlaps(self, start: int, end: int) -> bool:
        """Whether the entity and the stretch share a character."""
        return self.start < end and start < self.end


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
        """Train again when the catalogue or the code changed."""
        return fingerprint.of(config)

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the phrases of the catalogue in the model."""
        content = catalogue.read(self._config["catalogue"])
        phrases = {
            "life_situation": {s["id"]: [s["name"], *s["synonyme"]] for s in content["life_situations"]},
            "trait": {t["id"]: [t["label"], *t["words"]] for t in content["traits"]},
            "aspect": {name: list(words) for name, words in ASPECTS.items()},
            "town": {
                town: [town]
                for table in training_data.lookup_tables
                if table["name"] == "town"
                for town in table["elements"]
            },
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
            rows = [
                {**entity._asdict(), "entity": entity.name, "extractor": type(self).__name__}
                for entity in self.find(text, message.get("metadata") or {})
            ]
            for row in rows:
                del row["name"]
            message.set(ENTITIES, (message.get(ENTITIES) or []) + rows, add_to_output=True)
        return messages

    def find(self, text: str, metadata: dict[str, Any]) -> list[Entity]:
        """Every entity of a text, as of `metadata["now"]` and outside the stretches of `metadata["secrets"]`."""
        text = clean(text[:_LENGTH])
        hidden = [Entity("", "", int(s["start"]), int(s["end"])) for s in metadata.get("secrets") or []]
        found: list[Entity] = []
        for entity in _values(text, metadata.get("now")):
            inside_address = entity.name == "plz"
            taken = hidden + [other for other in found if not (inside_address and other.name == "address")]
            if not any(other.overlaps(entity.start, entity.end) for other in taken):
                found.append(entity)
        phrases = [
            Entity(p.kind, p.value, p.start, p.end)
            for p in self._finder.find(text)
            if not _is_a_word(p, text)
        ]
        found = [entity for entity in found if entity.name != _OUTSIDE_THE_DOMAIN]
        found = [_with_town(entity, phrases, text) for entity in found]
        return sorted(found + phrases, key=lambda entity: (entity.start, entity.end))


def _with_town(entity: Entity, phrases: list[Entity], text: str) -> Entity:
    """An address with the known town right behind it ("hochstr. 5 in gelsenkirchen")."""
    if entity.name != "address" or "," in str(entity.value):
        return entity
    for town in phrases:
        if town.name == "town" and _TO_THE_TOWN.fullmatch(text, entity.end, town.start):
            written = text[town.start : town.end]
            return Entity(entity.name, f"{entity.value}, {written}", entity.start, town.end)
    return entity


def _is_a_word(phrase: Phrase, text: str) -> bool:
    """Whether "essen" in small letters, with no word of place before it, is the verb."""
    written = text[phrase.start : phrase.end]
    alone = not text[: phrase.start].strip() and not text[phrase.end :].strip(" .!")
    return bool(
        phrase.kind == "town"
        and _A_WORD_TOO.fullmatch(written)
        and not alone
        and not _PLACED.search(text[: phrase.start])
        and not text[: phrase.start].rstrip()[-5:].isdigit()
    )


def _values(text: str, now: object) -> Iterator[Entity]:
    """Values by falling precedence: of two that overlap the first one counts."""
    for number in structured.find(text):
        yield Entity(number.kind, number.value, number.start, number.end)
    everyday = contacts.find(text)
    for value in everyday:
        if value.kind in ("email", "phone", "amount", "licence_plate"):
            yield Entity(value.kind, value.value, value.start, value.end)
    places = addresses.find_addresses(text)
    if isinstance(now, str):
        for span in dates.find(text, datetime.fromisoformat(now).date()):
            if not any(place.start < span.start and span.end < place.end for place in places):
                yield Entity("date" if span.single else "date_range", span.value, span.start, span.end)
    for place in (*places, *persons.find_persons(text)):
        yield Entity(place.kind, place.value, place.start, place.end)
    for value in everyday:
        yield Entity(value.kind, value.value, value.start, value.end)
