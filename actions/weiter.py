"""Go on at the same question: after a pause, after a human, after a change on a page."""

from rasa_sdk.events import FollowupAction, SlotSet

from actions import entwurf
from actions.faehigkeit import Faehigkeit
from actions.gespraech import FORM, Event, Gespraech


async def fortsetzen(gespraech: Gespraech, response: str = "utter_weiter") -> list[Event]:
    """Load the draft as it is now and let the form ask; without one, offer a new beginning."""
    draft = await entwurf.falls_vorhanden(gespraech)
    if draft is None:
        gespraech.say("utter_weiter_nichts")
        return entwurf.loslassen() if gespraech.in_form else []
    gespraech.say(response, leistung=draft.name)
    events = [*entwurf.merken(gespraech, draft), SlotSet("feld_wert", None), SlotSet("versuche", 0)]
    if gespraech.slot("entwurf") != draft.id:
        events.append(SlotSet("verlauf", []))
    return [*events, FollowupAction(FORM)]


class ActionZurueckgegeben(Faehigkeit):
    """A clerk handed the conversation back, or the citizen left the queue."""

    action = "action_zurueckgegeben"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """The bot goes on where the citizen was; what the clerk changed is in the draft."""
        if not gespraech.slot("entwurf"):
            gespraech.say("utter_weiter_ohne_antrag")
            return []
        return await fortsetzen(gespraech)


class ActionEntwurfGeaendert(Faehigkeit):
    """A page or a clerk changed the draft."""

    action = "action_entwurf_geaendert"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Take the change over and ask what is open now."""
        if not gespraech.slot("entwurf"):
            return []
        return await fortsetzen(gespraech, "utter_weiter_geaendert")


class ActionIdentitaetNachgewiesen(Faehigkeit):
    """The citizen came back from the eID page."""

    action = "action_identitaet_nachgewiesen"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """From now on the act has its full effect."""
        return [SlotSet("ohne_ausweis", None), *await fortsetzen(gespraech, "utter_identitaet_nachgewiesen")]
