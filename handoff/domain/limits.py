"""What a message may look like, and how many may come."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from handoff.domain.offers import Json
from handoff.errors import InvalidInputError

TEXT_MAX_CHARS = 4_000
PAYLOAD_MAX_CHARS = 2_000
VALUES_MAX_BYTES = 16 * 1024
BODY_MAX_BYTES = 256 * 1024
"""Largest request body: 20,000 characters in any JSON escape still get a proper answer."""
WAIT_MAX_S = 30.0

CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Trim a message and drop what no encoding can carry (lone surrogates, NUL).

    Raises
    ------
    InvalidInputError
        `nachricht_leer` or `nachricht_zu_lang` (more than 4,000 characters).
    """
    text = LONE_SURROGATE.sub("\ufffd", text).replace("\x00", "").strip()
    if not text:
        raise InvalidInputError(
            "Ihre Nachricht ist leer. Bitte schreiben Sie, worum es geht.",
            field="text",
            code="nachricht_leer",
        )
    if len(text) > TEXT_MAX_CHARS:
        raise InvalidInputError(
            f"Ihre Nachricht ist mit {len(text)} Zeichen zu lang; möglich sind {TEXT_MAX_CHARS}. "
            "Sie wurde nicht gespeichert. Bitte kürzen Sie sie oder senden Sie mehrere Nachrichten.",
            field="text",
            code="nachricht_zu_lang",
        )
    return text


def check_client_id(client_id: str) -> str:
    """Return the client's id of a message.

    Raises
    ------
    InvalidInputError
        It is not 1 to 64 characters of `[A-Za-z0-9_-]`.
    """
    if not CLIENT_ID.fullmatch(client_id):
        raise InvalidInputError("Die Kennung der Nachricht (client_id) ist ungültig.", field="client_id")
    return client_id


def check_payload(payload: str, values: Mapping[str, Json] | None) -> None:
    """Check the size of a payload and its values.

    Raises
    ------
    InvalidInputError
        The payload is empty or too long, or the values exceed 16 KiB.
    """
    if not payload.startswith("/") or len(payload) > PAYLOAD_MAX_CHARS:
        raise InvalidInputError("Diese Auswahl ist ungültig.", field="payload")
    if values is not None and len(json.dumps(values)) > VALUES_MAX_BYTES:
        raise InvalidInputError(
            "Die Angaben sind zu umfangreich. Sie wurden nicht gespeichert.",
            field="values",
            code="angaben_zu_gross",
        )


@dataclass
class Bucket:
    """A token bucket: `burst` calls at once, then `per_second` a second. Pure: the caller brings the time.

    Parameters
    ----------
    burst, per_second
        Size and refill.
    level
        Tokens left.
    at_s
        Second of the last call, on the caller's monotonic scale.
    """

    burst: int
    per_second: float
    level: float
    at_s: float

    def take(self, now_s: float) -> bool:
        """Take one token; False when none is left."""
        self.level = min(self.burst, self.level + (now_s - self.at_s) * self.per_second)
        self.at_s = now_s
        if self.level < 1:
            return False
        self.level -= 1
        return True

    def is_full(self, now_s: float) -> bool:
        """Tell whether the bucket has refilled, so that it can be forgotten."""
        return self.level + (now_s - self.at_s) * self.per_second >= self.burst
