"""Takes addresses out of what a clerk reads, where an Auskunftssperre (§ 51 BMG) forbids to show them.

Two nets: whatever looks like a street with a number or a postcode with a town, and every answer to a question for an address.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from handoff.domain.message import Message
from handoff.domain.offers import objects

HIDDEN = "[Anschrift verdeckt]"
ADDRESS_TYPES = frozenset({"address", "plz"})

_KINDS = (
    r"(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|damm|ufer|hof|steig|pfad|markt|wall|berg|tor|kamp|heide|busch|"
    r"feld|siedlung)"
)
_NAME = r"[A-ZÄÖÜ][\wäöüß.-]*"
_STREET = (
    rf"(?:[A-ZÄÖÜa-zäöüß.-]+(?i:{_KINDS})"  # Ahstraße, Hans-Böckler-Allee
    rf"|(?:{_NAME} ){{1,2}}(?i:{_KINDS})"  # Lange Straße
    rf"|(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den) {_NAME})"  # Am Stadtgarten
)
STREET = re.compile(
    rf"\b{_STREET}\s*(?:Nr\.?|Nummer|Hausnummer)?\s*\d{{1,4}}\s?[a-zA-Z]?\b(?!\s*(?:Uhr|Euro|€|Tage))"
)
TOWN = re.compile(r"\b(?:D-)?\d{5}(?:\s+[A-ZÄÖÜ][\wäöüß-]+(?:[ -][A-ZÄÖÜ][\wäöüß-]+)*)?\b")


def without_addresses(text: str) -> str:
    """Replace what looks like an address; better a word too much than a door too many."""
    return TOWN.sub(HIDDEN, STREET.sub(HIDDEN, text))


def hide(messages: Sequence[Message]) -> list[Message]:
    """Give a conversation as a clerk may read it while the address is protected."""
    shown: list[Message] = []
    asked = False
    for message in messages:
        answered = asked and message.author == "citizen"
        text = HIDDEN if answered else without_addresses(message.body.text)
        if message.author == "bot":
            asked = asks_for_address(message)
        shown.append(replace(message, body=replace(message.body, text=text)))
    return shown


def asks_for_address(message: Message) -> bool:
    """Tell whether a message's question card asks for an address or a postcode."""
    for card in message.body.cards:
        if card.get("type") == "question":
            for field in objects([card.get("field")]):
                return field.get("type") in ADDRESS_TYPES
    return False
