"""The citizen came back from the login: the same thing goes on by itself."""

from rasa_sdk.events import SlotSet

from actions import start, status, termin, weiter
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech


class ActionAngemeldet(Faehigkeit):
    """Goes on with what the login interrupted."""

    action = "action_angemeldet"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Start, resume or just say that the login worked."""
        pending = gespraech.slot("nach_anmeldung") or {}
        done: list[Event] = [SlotSet("nach_anmeldung", None)]
        match pending.get("art"):
            case "start":
                gespraech.say("utter_anmelden_weiter")
                return done + await start.beginnen(gespraech, str(pending["leistung"]))
            case "weiter":
                gespraech.say("utter_anmelden_weiter")
                return done + await weiter.fortsetzen(gespraech)
            case "termin":
                gespraech.say("utter_anmelden_weiter")
                return done + await termin.buchen(
                    gespraech, str(pending["leistung"]), str(pending["fenster"])
                )
            case "termine":
                return done + await termin.zeigen(gespraech)
            case "status":
                return done + await status.zeigen(gespraech)
            case _:
                gespraech.say("utter_anmelden_fertig")
                return done
