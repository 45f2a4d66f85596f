"""Begin an application, or go on with the one that is already open."""

from rasa_sdk.events import FollowupAction, SlotSet

from actions import anmelden, entwurf
from actions.faehigkeit import Faehigkeit
from actions.gespraech import FORM, Event, Gespraech
from actions.tuer import portal
from portal.client import NotLoggedInError


async def beginnen(gespraech: Gespraech, service: str) -> list[Event]:
    """Open the citizen's draft of a service and let the form ask; without a session, show the login first."""
    after_login = {"art": "start", "leistung": service}
    if not gespraech.has_account:
        return [SlotSet("leistung", service), *anmelden.verlangen(gespraech, after_login)]
    try:
        draft = await portal().open_draft(
            gespraech.conversation_id, service, key=gespraech.key("start", service)
        )
    except NotLoggedInError:
        return [SlotSet("leistung", service), *anmelden.verlangen(gespraech, after_login)]
    resumed = draft.progress.answered > 0
    gespraech.say("utter_start_weiter" if resumed else "utter_start_beginn", leistung=draft.name)
    wishes = [one for one in gespraech.slot("wuensche") or [] if one != service]
    return [
        *entwurf.merken(gespraech, draft),
        SlotSet("wuensche", wishes),
        SlotSet("nach_anmeldung", None),
        SlotSet("verlauf", []),
        SlotSet("versuche", 0),
        SlotSet("feld_wert", None),
        FollowupAction(FORM),
    ]


class ActionStart(Faehigkeit):
    """„Jetzt beantragen“."""

    action = "action_start"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Start the service of the button, else the one that was talked about."""
        service = gespraech.entity("service") or gespraech.slot("leistung")
        if not service:
            gespraech.say("utter_start_was")
            return []
        return await beginnen(gespraech, str(service))
