"""Takes recognised numbers out of a text before anything is stored."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from handoff.context import HandoffContext
from handoff.domain.message import Object
from handoff.domain.offers import Json
from language.structured import find


@dataclass(frozen=True)
class Masked:
    """A text without its secrets."""

    text: str
    secrets: list[Object]
    """`{ref, kind, start, end}`: where in `text` the masked number stands and its reference in the vault."""

    @property
    def is_one_secret(self) -> bool:
        """Whether the text is nothing but one number, so that its reference can stand for it."""
        if len(self.secrets) != 1:
            return False
        start, end = self.secrets[0]["start"], self.secrets[0]["end"]
        return start == len(self.text) - len(self.text.lstrip()) and end == len(self.text.rstrip())


async def mask_text(context: HandoffContext, conversation_id: str, text: str, key: str) -> Masked:
    """Put every recognised Steuer-IdNr, IBAN and document number into the portal's vault and mask it.

    Parameters
    ----------
    key
        Names this message, so that repeating it puts nothing into the vault twice.

    Raises
    ------
    UnavailableError
        The portal does not answer; nothing was stored.
    """
    parts: list[str] = []
    secrets: list[Object] = []
    length = done = 0
    for number, found in enumerate(find(text)):
        once = hashlib.sha256(f"{conversation_id}:{key}:{number}".encode()).hexdigest()
        secret = await context.portal.keep_secret(conversation_id, found.kind, found.value, once)
        before = text[done : found.start]
        start = length + len(before)
        parts += [before, secret.display]
        length = start + len(secret.display)
        secrets.append({"ref": secret.ref, "kind": found.kind, "start": start, "end": length})
        done = found.end
    return Masked("".join([*parts, text[done:]]), secrets)


async def mask_values(
    context: HandoffContext, conversation_id: str, values: Mapping[str, Json] | None, key: str
) -> dict[str, Json] | None:
    """Replace every string that is such a number by its reference in the vault, at any depth.

    Raises
    ------
    UnavailableError
        The portal does not answer; nothing was stored.
    """
    if values is None:
        return None
    return {
        name: await _mask_value(context, conversation_id, value, f"{key}:{name}")
        for name, value in values.items()
    }


async def _mask_value(context: HandoffContext, conversation_id: str, value: Json, key: str) -> Json:
    if isinstance(value, str):
        masked = await mask_text(context, conversation_id, value, key)
        return masked.secrets[0]["ref"] if masked.is_one_secret else masked.text
    if isinstance(value, Mapping):
        return await mask_values(context, conversation_id, value, key)
    if isinstance(value, list):
        return [
            await _mask_value(context, conversation_id, item, f"{key}:{n}") for n, item in enumerate(value)
        ]
    return value
