"""What a channel can carry, and how a message is cut down to it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from handoff.domain.message import Object
from handoff.domain.offers import Json, Offer, objects, offers_of


class Shows(StrEnum):
    """What may be shown in a channel."""

    PUBLIC = "public"
    """Public information and notices without personal data; everything else as a one-time link into the portal."""
    PERSONAL = "personal"
    """Everything, because the channel is the town's own and proves who reads."""


DOCUMENTS = ("application/pdf", "image/jpeg", "image/png")
"""Media types that the portal takes as uploads."""
DOCUMENT_MAX_BYTES = 10 * 1024**2
"""Largest document that comes through a channel."""


@dataclass(frozen=True)
class Capability:
    """What is declared of a channel (docs/protocol/channels/).

    Parameters
    ----------
    name
        ASCII, in addresses and in the database.
    title
        As citizens read it.
    third_party
        Messages pass through servers that the town does not run; needs a recorded Datenschutz-Folgenabschätzung.
    text_max
        Longest text of one message in characters.
    buttons_max, button_chars
        How many buttons one message carries and how long their titles may be; more or longer ones become a numbered list.
    files_in
        Media types that are taken; empty: none.
    file_max_bytes
        Largest file that is taken.
    """

    name: str
    title: str
    third_party: bool
    shows: Shows
    text_max: int
    buttons_max: int
    button_chars: int
    files_in: tuple[str, ...] = ()
    file_max_bytes: int = 0
    caution: str = ""
    """What people must know before they write here; part of the first message."""
    greets: bool = True
    """Whether a conversation begins with a message that says who answers; a mail says it at its foot."""
    commands: bool = True
    """Whether words like „Link“, „Neu“ and „Verbinden“ are understood, for channels without buttons of their own for it."""


@dataclass(frozen=True)
class Choice:
    """Something to press. `id` (`seq:number`) finds the payload again in the log; payloads never leave the servers."""

    id: str
    title: str


@dataclass(frozen=True)
class Outgoing:
    """A message as a channel sends it.

    Parameters
    ----------
    key
        Unique and the same at each repetition, for channels that recognise repetitions.
    parts
        Texts in order, each short enough; at least one.
    choices
        Buttons for the last part; empty where they are in the text as numbers.
    """

    key: str
    parts: tuple[str, ...]
    choices: tuple[Choice, ...] = ()


NUMBERED = "Antworten Sie mit der Zahl:"
_SENTENCE_END = re.compile(r"(?<=[.!?…:])\s+|\n+")
_SPACE = re.compile(r"\s+")


def choices_of(message: Mapping[str, Json]) -> list[Offer]:
    """List what a message offers to press without values of its own, each payload once, in the order of its numbers.

    The steps of a checklist come as its text numbers them: what is needed first, what is optional after it.
    """
    offers = offers_of(objects(message.get("buttons")), [])
    for card in objects(message.get("cards")):
        if card.get("type") == "checklist":
            steps = sorted(objects(card.get("steps")), key=lambda step: bool(step.get("optional")))
            offers += offers_of([], [{"type": "checklist", "steps": steps}])
    return list({offer.payload: offer for offer in reversed(offers)}.values())[::-1]


def outgoing(message: Object, capability: Capability, text: str) -> Outgoing:
    """Cut a message down to what a channel can carry.

    Parameters
    ----------
    message
        As clients see it (docs/protocol/conversations.md).
    text
        What is to be said, cards included.
    """
    seq = message["seq"]
    offers = choices_of(message)
    choices = tuple(Choice(f"{seq}:{number}", offer.title) for number, offer in enumerate(offers, start=1))
    fits = len(choices) <= capability.buttons_max and all(
        len(choice.title) <= capability.button_chars for choice in choices
    )
    if choices and not fits:
        lines = [f"{number} – {choice.title}" for number, choice in enumerate(choices, start=1)]
        text = "\n".join([text, "", NUMBERED, *lines])
        choices = ()
    return Outgoing(str(seq), tuple(split_text(text, capability.text_max)), choices)


def split_text(text: str, limit: int) -> list[str]:
    """Cut a text into parts of at most `limit` characters: between paragraphs or sentences, else between words.

    A single word longer than `limit` is the only thing that is cut inside.
    """
    text = text.strip()
    parts: list[str] = []
    while len(text) > limit:
        cut = _last_end(_SENTENCE_END, text, limit) or _last_end(_SPACE, text, limit) or (limit, limit)
        parts.append(text[: cut[0]].rstrip())
        text = text[cut[1] :].lstrip()
    return [*parts, text] if text or not parts else parts


def choose(text: str, offers: Sequence[Offer]) -> Offer | None:
    """Find what a person meant who answered a list in words: its number, or a title exactly but for case."""
    said = " ".join(text.split()).rstrip(".)").casefold()
    if said.isascii() and said.isdigit() and len(said) < 4:
        number = int(said)
        return offers[number - 1] if 1 <= number <= len(offers) else None
    return next((offer for offer in offers if " ".join(offer.title.split()).casefold() == said), None)


def _last_end(pattern: re.Pattern[str], text: str, limit: int) -> tuple[int, int] | None:
    found = None
    for match in pattern.finditer(text, 0, limit + 1):
        if match.start() > limit:
            break
        if match.start() > 0:
            found = match.span()
    return found
