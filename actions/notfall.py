"""Danger: the numbers first, and a human at once. Never treated as an answer of a form."""

from actions import mensch
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech


class ActionNotfall(Faehigkeit):
    """A message that sounds like danger."""

    action = "action_notfall"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Say the help lines before anything else, then call a human."""
        gespraech.say("utter_notfall_nummern")
        return await mensch.rufen(gespraech, "notfall", "utter_notfall_mensch")
