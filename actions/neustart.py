"""Start the conversation over; asks first, and drafts stay in the portal."""

from rasa_sdk.events import SlotSet

from actions import entwurf
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech, button

_VERGESSEN = (
    "leistung", "lebenslage", "merkmale", "schritte", "wuensche", "nach_anmeldung", "ohne_ausweis", "unklar",
)  # fmt: skip


def durchfuehren(gespraech: Gespraech) -> list[Event]:
    """Forget what the conversation was about. Nothing in the portal changes."""
    gespraech.say("utter_neustart_fertig")
    return [*entwurf.loslassen(), *(SlotSet(slot, None) for slot in _VERGESSEN)]


class ActionNeustart(Faehigkeit):
    """Overrides Rasa's own `action_restart`, which would forget at once."""

    action = "action_restart"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Ask before anything is forgotten."""
        gespraech.say(
            "utter_neustart_sicher", buttons=[button("Ja, neu beginnen", "/affirm"), button("Nein", "/deny")]
        )
        return [SlotSet("angebot", {"art": "neustart"})]
