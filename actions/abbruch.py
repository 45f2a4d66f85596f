"""Stop the running form; the draft stays in the portal."""

from actions import entwurf
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech, button


def anhalten(gespraech: Gespraech) -> list[Event]:
    """End the form and offer the way back to it; say so where there is none."""
    if not gespraech.slot("entwurf"):
        gespraech.say("utter_abbruch_nichts")
        return []
    service = gespraech.slot("leistung")
    gespraech.say(
        "utter_abbruch_gespeichert",
        buttons=[button("Weitermachen", f'/start{{"service": "{service}"}}')],
    )
    return entwurf.loslassen()


class ActionAbbruch(Faehigkeit):
    """„Abbrechen“."""

    action = "action_abbruch"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """End the form and offer the way back to it."""
        return anhalten(gespraech)
