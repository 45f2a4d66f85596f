"""Tokens by spaCy's German rules."""

from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from language.normalise import clean


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class GermanTokenizer(Tokenizer):
    """Splits a message with `spacy.blank("de")`; offsets refer to the text as written."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """No settings but Rasa's own."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._language = spacy.blank("de")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "GermanTokenizer":
        """Create the component; nothing is stored in the model."""
        return cls({**cls.get_default_config(), **config})

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of the attribute's text, without white space."""
        text = clean(message.get(attribute) or "")
        tokens = [
            Token(token.text, token.idx) for token in self._language.make_doc(text) if not token.is_space
        ]
        return tokens or [Token(text, 0)]
