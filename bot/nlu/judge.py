"""Rasa component: the last word on a message. Danger first, then the dialogue act, several wishes, the limits."""

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.acts import act, sounds_like_danger
from language.normalise import fold

_FEW_WORDS, _LONGEST_WORD = 2, 40
_SOME_KNOWN, _A_GUESS, _NO_IDEA = 0.25, 0.55, 0.2
_ABOUT_SERVICES = frozenset({"service", "aspect", "life_situation", "status"})
_VALUES = frozenset(
    {"number", "date", "date_range", "time", "amount", "plz", "phone", "email", "licence_plate"}
)
"""Entities that are an answer by themselves; the classifier hears danger in words like "einer" now and then."""
_UNLIKELY_IN_ONE_WORD = frozenset({"out_of_scope", "chitchat", "emergency", "life_situation", "complaint"})
_NOTHING_SAID = re.compile(r"^[\W_]*$", re.UNICODE)
_SPEAKING_SIGNS = frozenset("👍👎✅❌👌💯🙏👋🙋🙅🔄🛑⬅◀↩😂🤣😄😉🙂😍😘😅🤔🥳😎😡🤬😤❤?")
"""Signs that are an answer without any word; data/nlu says which."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Judge(GraphComponent):
    """Corrects the classifier with what the other components found and sets `act` and `out_of_scope`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Limits.

        `service_sure`: score from which a service is named; `gate`: confidence below which a wish is none of ours; `danger`: probability from which a
        message is taken for a call for help (missing one costs more than a false alarm); `danger_in_few_words`: the same for one or two words,
        which are often an answer ("ganz viele", "mein Mann") and seldom alone a call that no rule knows.
        """
        return {
            "service_sure": 0.75,
            "service_margin": 0.1,
            "service_hint": 0.55,
            "situation_sure": 0.5,
            "gate": 0.3,
            "danger": 0.3,
            "danger_in_few_words": 0.6,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Judge":
        """Create the component; nothing is stored in the model."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge each message; payloads ("/intent") are no language."""
        for message in messages:
            text = message.get(TEXT) or ""
            if text.startswith("/"):
                message.set("act", None, add_to_output=True)
                message.set("out_of_scope", False, add_to_output=True)
            elif message.get("ours", True):
                self._judge(message, text)
            else:
                self._report(message, text)
        return messages

    def _report(self, message: Message, text: str) -> None:
        """Leave the classifier's word as it is: it was trained on other intents than ours."""
        name = (message.get(INTENT) or {}).get("name")
        message.set("act", act(text, fold(text)), add_to_output=True)
        message.set("out_of_scope", name == "out_of_scope", add_to_output=True)

    def _judge(self, message: Message, text: str) -> None:
        folded = fold(text)
        intent = dict(message.get(INTENT) or {"name": None, "confidence": 0.0})
        services = message.get("services") or []
        entities = list(message.get(ENTITIES) or [])
        kinds = {entity["entity"] for entity in entities}
        best = services[0]["score"] if services else 0.0
        margin = best - (services[1]["score"] if len(services) > 1 else 0.0)

        danger = self._danger(message, text, folded, entities)
        if not danger and intent["name"] == "emergency":
            intent = _next_best(message, text, entities)

        if danger:
            intent = {"name": "emergency", "confidence": danger}
        elif _NOTHING_SAID.match(text) and _SPEAKING_SIGNS.isdisjoint(text):
            intent = {"name": "out_of_scope", "confidence": 1.0}
        elif (
            not kinds and best < self._config["service_hint"] and (strange := _strange(message, text, intent))
        ):
            intent = strange
        elif intent["confidence"] < self._config["gate"]:
            if best >= self._config["service_hint"]:
                intent = {"name": "service", "confidence": best}
            elif "life_situation" in kinds:
                intent = {"name": "life_situation", "confidence": 0.5}
            elif kinds - {"trait", "aspect", "service", "town"}:
                intent = {"name": "inform", "confidence": 0.5}

        situation = message.get("situation")
        if (
            situation
            and "life_situation" not in kinds
            and situation["confidence"] >= self._config["situation_sure"]
        ):
            entities.append(_of_the_whole("life_situation", situation["id"], text))
        speaks_of_services = intent["name"] in _ABOUT_SERVICES
        if (
            speaks_of_services
            and best >= self._config["service_sure"]
            and margin >= self._config["service_margin"]
        ):
            name = services[0]["id"]
            entities.append(
                {"entity": "service", "value": name, "start": 0, "end": len(text), "extractor": "Judge"}
            )
        message.set(ENTITIES, entities, add_to_output=True)
        message.set(INTENT, intent, add_to_output=True)
        message.set("act", act(text, folded), add_to_output=True)
        message.set("out_of_scope", intent["name"] == "out_of_scope", add_to_output=True)

    def _danger(self, message: Message, text: str, folded: str, entities: list[dict[str, Any]]) -> float:
        """How surely the message calls for help; 0 where it does not."""
        if sounds_like_danger(folded):
            return 1.0
        few = len(text.split()) <= _FEW_WORDS
        likely = float(message.get("danger", 0.0))
        enough = likely >= self._config["danger_in_few_words" if few else "danger"]
        return likely if enough and not _is_a_value(text, entities) else 0.0


def _next_best(message: Message, text: str, entities: list[dict[str, Any]]) -> dict[str, Any]:
    """What else the message may want where it is no call for help."""
    if _is_a_value(text, entities):
        return {"name": "inform", "confidence": 0.5}
    return dict(message.get("intent_ranking")[1])


def _strange(message: Message, text: str, intent: dict[str, Any]) -> dict[str, Any] | None:
    """What to make of words never seen: a few may be a name or a value, many are none of our business."""
    share, words = message.get("known_share", 1.0), text.split()
    if len(words) > _FEW_WORDS or max(map(len, words), default=0) > _LONGEST_WORD:
        return {"name": "out_of_scope", "confidence": 1.0 - share} if share < _SOME_KNOWN else None
    if share > 0:
        return None
    unlikely = intent["name"] in _UNLIKELY_IN_ONE_WORD
    if not all(word[0].isupper() for word in words):
        return (
            {"name": intent["name"], "confidence": min(intent["confidence"], _NO_IDEA)} if unlikely else None
        )
    name = "inform" if unlikely else intent["name"]
    return {"name": name, "confidence": min(intent["confidence"], _A_GUESS)}


def _is_a_value(text: str, entities: list[dict[str, Any]]) -> bool:
    """Whether the message is a number, a date or the like with at most one word beside it: "nur einer"."""
    values = [entity for entity in entities if entity["entity"] in _VALUES]
    rest = list(text)
    for entity in values:
        rest[entity["start"] : entity["end"]] = " " * (entity["end"] - entity["start"])
    return bool(values) and len("".join(rest).split()) <= 1


def _of_the_whole(entity: str, value: str, text: str) -> dict[str, Any]:
    """An entity that the whole message speaks of."""
    return {"entity": entity, "value": value, "start": 0, "end": len(text), "extractor": Judge.__name__}
