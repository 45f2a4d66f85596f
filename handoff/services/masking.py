"""Takes recognised numbers out of a text before anything is stored."""

import hashlib
from dataclasses import dataclass

from handoff.context import HandoffContext
from handoff.domain.message import Object
from language.structured import find


@dataclass(frozen=True)
class Masked:
    """A text without its secrets."""

    text: str
    secrets: list[Object]
    """`{ref, kind, start, end}`: where in `text` the masked number stands and its reference in the vault."""


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
