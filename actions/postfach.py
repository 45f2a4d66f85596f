"""„Habe ich neue Post?“: what lies unread in her postbox. A letter is opened on its page, never here."""

import re

from actions import anmelden
from actions.gespraech import Event, Gespraech, german
from actions.tuer import portal

_GEFRAGT = re.compile(
    r"\b(?:habe? ich|gibt es|liegt|zeig\w*)\b[^.?!]*\b(?:post|nachrichten?|bescheide?)\b"
    r"|\bneue post\b|\bmein(?:em|en)? postfach\b",
    re.IGNORECASE,
)
_ANDERES = re.compile(r"\b(?:brief|bescheid) (?:bekommen|erhalten)|\bper post\b|\bdie post\b", re.IGNORECASE)
"""A letter that came by another way, or the way itself."""
HOECHSTENS = 8


async def verwerten(gespraech: Gespraech) -> list[Event] | None:
    """List what is unread; None if the message does not ask for that."""
    text = gespraech.text
    if gespraech.is_payload or not _GEFRAGT.search(text) or _ANDERES.search(text):
        return None
    if gespraech.said_this_turn("utter_postfach_liste") or gespraech.said_this_turn("utter_postfach_leer"):
        return []
    return await zeigen(gespraech)


async def zeigen(gespraech: Gespraech) -> list[Event]:
    """Name sender, subject and page of each."""
    if not gespraech.has_account:
        return anmelden.verlangen(gespraech, {"art": "postfach"})
    unread = await portal().messages(gespraech.conversation_id)
    if not unread:
        gespraech.say("utter_postfach_leer")
        return []
    lines = [
        f"• {one.subject}, von {one.sender}, {german(one.received_at)}: {one.url}"
        for one in unread[:HOECHSTENS]
    ]
    if len(unread) > HOECHSTENS:
        lines.append(f"• und {len(unread) - HOECHSTENS} weitere")
    gespraech.say("utter_postfach_liste", liste="\n".join(lines))
    return []
