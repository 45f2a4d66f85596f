"""Login when it is needed, and going on with the same thing afterwards."""

from typing import Any

from rasa_sdk.events import SlotSet

from actions import karten
from actions.gespraech import Event, Gespraech

LOGIN_TEXT = "Zur Anmeldung im Bürgerportal"


def verlangen(gespraech: Gespraech, danach: dict[str, Any]) -> list[Event]:
    """Show the way to the login and remember what goes on afterwards (`nach_anmeldung`)."""
    if not gespraech.said_this_turn("utter_anmelden_noetig"):
        gespraech.say("utter_anmelden_noetig", card=karten.anmeldung(LOGIN_TEXT))
    if gespraech.set_this_turn("nach_anmeldung"):
        return []  # what was interrupted first goes on
    return [SlotSet("nach_anmeldung", danach)]
