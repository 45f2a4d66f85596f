"""Short commands that are typed instead of pressed: skip, later, help, go on. Only whole messages count."""

from rasa_sdk.events import SlotSet

from actions import nachweis, ueberspringen
from actions.gespraech import Event, Gespraech

UEBERSPRINGEN = {
    "überspringen",
    "ueberspringen",
    "auslassen",
    "weglassen",
    "keine angabe",
    "frage überspringen",
}
SPAETER = {
    "später",
    "spaeter",
    "später nachreichen",
    "nachreichen",
    "ich reiche es später nach",
    "habe ich noch nicht",
}
HILFE = {
    "hilfe",
    "hilfe bitte",
    "was bedeutet das",
    "was heißt das",
    "was ist gemeint",
    "erklären",
    "verstehe ich nicht",
}
WEITER = {"weiter", "weitermachen", "fortsetzen", "weiter bitte"}


async def ausfuehren(gespraech: Gespraech) -> list[Event] | None:
    """Obey a command that fits what was asked; None if the message is none."""
    said = gespraech.text.lower().strip(" .!?")
    asked = gespraech.slot("frage_art")
    if said in UEBERSPRINGEN and asked in {"field", "identity"}:
        return await ueberspringen.auslassen(gespraech)
    if said in SPAETER and asked == "evidence":
        return await nachweis.beilegen(gespraech, None)
    if said in HILFE and asked == "field":
        return [SlotSet("versuche", max(1, int(gespraech.slot("versuche") or 0)))]
    if said in WEITER:
        return []
    return None
