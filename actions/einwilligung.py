"""„Welche Einwilligungen habe ich gegeben?“ and their withdrawal, one by one, as easy as on the page."""

import re

from rasa_sdk.events import SlotSet

from actions import anmelden
from actions.gespraech import Event, Gespraech, button
from actions.tuer import portal
from portal.client import PortalError

_GEFRAGT = re.compile(
    r"\b(?:welche|meine|zeig\w*)\b[^.?!]*\b(?:einwilligungen|freigaben|zustimmungen)\b", re.IGNORECASE
)
_WAHL = re.compile(r"\s*widerruf(?:e|en)?\s+(\d{1,2})\s*[.!]?\s*", re.IGNORECASE)
_WIDERRUF = re.compile(r"\b(freigabe|einwilligung|zustimmung)", re.IGNORECASE)
_ERKLAERT = re.compile(
    r"\bwiderr?uf|\bzurück(ziehen|nehmen|zuziehen|zunehmen)\b|\b(ziehe?|nehme?)\b.*\bzurück", re.IGNORECASE
)
HOECHSTENS = 8


def will_widerrufen(text: str) -> bool:
    """Whether the citizen says that she withdraws her release; a question about it is none."""
    return "?" not in text and bool(_WIDERRUF.search(text)) and bool(_ERKLAERT.search(text))


async def verwerten(gespraech: Gespraech) -> list[Event] | None:
    """List what can be withdrawn, or withdraw what she chose from the list; None if it is neither.

    What was released in the open application is withdrawn by `freigabe`.
    """
    if gespraech.is_payload:
        return None
    if chosen := _WAHL.fullmatch(gespraech.text):
        done = gespraech.said_this_turn("utter_einwilligung_widerrufen")
        return [] if done else await _widerrufen(gespraech, int(chosen[1]))
    withdraws = will_widerrufen(gespraech.text)
    if (withdraws and gespraech.slot("entwurf")) or not (withdraws or _GEFRAGT.search(gespraech.text)):
        return None
    if any(
        gespraech.said_this_turn(f"utter_einwilligung_{word}") for word in ("liste", "keine")
    ) or gespraech.set_this_turn("nach_anmeldung"):
        return []
    return await zeigen(gespraech)


async def zeigen(gespraech: Gespraech) -> list[Event]:
    """List what she can still withdraw, numbered, with a button each."""
    if not gespraech.has_account:
        return anmelden.verlangen(gespraech, {"art": "einwilligungen"})
    found = (await portal().consents(gespraech.conversation_id))[:HOECHSTENS]
    if not found:
        gespraech.say("utter_einwilligung_keine")
        return []
    gespraech.say(
        "utter_einwilligung_liste",
        liste="\n".join(
            f"{n}. {one.office}: {one.purpose} ({', '.join(one.fields)}). {one.consequence}"
            for n, one in enumerate(found, 1)
        ),
        buttons=[button(f"Widerrufen {n}", f"Widerrufen {n}") for n, _ in enumerate(found, 1)],
    )
    return [SlotSet("angebot", {"art": "einwilligungen", "liste": [one.id for one in found]})]


async def _widerrufen(gespraech: Gespraech, number: int) -> list[Event]:
    offer = gespraech.slot("angebot") or {}
    shown = offer.get("liste", []) if offer.get("art") == "einwilligungen" else []
    if not 1 <= number <= len(shown):
        return await zeigen(gespraech)
    try:
        done = await portal().withdraw_consent(
            gespraech.conversation_id, shown[number - 1], key=gespraech.key("widerruf", shown[number - 1])
        )
    except PortalError as refusal:
        if refusal.status not in (404, 409):
            raise
        return await zeigen(gespraech)
    gespraech.say("utter_einwilligung_widerrufen", folge=done.text)
    return []
