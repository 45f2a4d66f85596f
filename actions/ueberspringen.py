"""Leave out what need not be: an optional question, or the identity (then it stays a Vorbereitung)."""

from rasa_sdk.events import SlotSet

from actions import entwurf
from actions.antwort import Antwort
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech


async def auslassen(gespraech: Gespraech) -> list[Event]:
    """Only what is not required can be left out; the portal has the last word."""
    if gespraech.slot("frage_art") == "identity":
        return [SlotSet("ohne_ausweis", gespraech.slot("entwurf"))]
    draft = await entwurf.laden(gespraech)
    field = entwurf.gefragt(gespraech, draft)
    if field is None or field.required:
        gespraech.say("utter_antrag_pflicht")
        return []
    written = await entwurf.schreiben(gespraech, draft, Antwort(field.id, None))
    return [*entwurf.merken(gespraech, written.draft), SlotSet("versuche", 0)]


class ActionUeberspringen(Faehigkeit):
    """„Überspringen“."""

    action = "action_ueberspringen"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Leave out what was asked."""
        if not gespraech.slot("entwurf"):
            gespraech.say("utter_antrag_keiner")
            return []
        return await auslassen(gespraech)
