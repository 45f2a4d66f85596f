"""Widerspruch, Einspruch, Klage: explained, never filed.

No button, intent or call of this assistant files one (the wrong form loses the right, and the decision is the citizen's).
It says what holds for every decision, leads to the page that computes the deadline, and offers a human.
"""

import re

from rasa_sdk.events import SlotSet

from actions.faehigkeit import HILFE
from actions.gespraech import Event, Gespraech

GRUND = "rechtsbehelf"
_GEMEINT = re.compile(
    r"\b(?:widerspr[uü]ch\w*|wider?spreche\w*|einspruch\w*|rechtsbehelf\w*|rechtsmittel\w*|verklag\w*|klagen?|anfechten)\b",
    re.IGNORECASE,
)
_UEBERMITTLUNG = re.compile(r"\b(?:weitergabe|übermittlung|uebermittlung|datenweitergabe)", re.IGNORECASE)


def gemeint(gespraech: Gespraech) -> bool:
    """Whether the message speaks of a remedy (and not of the objection to a transfer of registry data)."""
    text = gespraech.text
    return not gespraech.is_payload and bool(_GEMEINT.search(text)) and not _UEBERMITTLUNG.search(text)


def erklaeren(gespraech: Gespraech) -> list[Event]:
    """Say what to do, in which order, and that nothing is filed here."""
    gespraech.say("utter_rechtsbehelf", buttons=[HILFE])
    return [SlotSet("angebot", {"art": "mensch", "grund": GRUND})]
