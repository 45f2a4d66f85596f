"""One question back: the last answer is opened again."""

from rasa_sdk.events import SlotSet

from actions import entwurf
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech


class ActionZurueck(Faehigkeit):
    """Overrides Rasa's own `action_back`, which would undo events and not answers."""

    action = "action_back"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Open the newest answer again and say what it was."""
        if not gespraech.slot("entwurf"):
            gespraech.say("utter_zurueck_nichts")
            return []
        history = list(gespraech.slot("verlauf") or [])
        if not history:
            gespraech.say("utter_zurueck_anfang")
            return []
        draft = await entwurf.laden(gespraech)
        last = history.pop()
        field = entwurf.feld(draft, last)
        if field is None:
            gespraech.say("utter_zurueck_anfang")
            return []
        gespraech.say("utter_zurueck_frage", feld=field.label, alt=entwurf.anzeige(field))
        return [
            *entwurf.merken(gespraech, draft, wieder=last),
            SlotSet("verlauf", history),
            SlotSet("versuche", 0),
        ]
