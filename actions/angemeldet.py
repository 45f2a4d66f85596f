"""The citizen came back from the login: the same thing goes on by itself."""

from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions import eigenes, einwilligung, entwurf, postfach, start, status, termin, weiter
from actions.antrag import ValidateAntragForm
from actions.faehigkeit import Faehigkeit
from actions.gespraech import FORM, Event, Gespraech


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
            case "antwort":
                return done + await self._answer_now(gespraech, pending["nachricht"])
            case "termin":
                gespraech.say("utter_anmelden_weiter")
                return done + await termin.buchen(
                    gespraech, str(pending["leistung"]), str(pending["fenster"])
                )
            case "termine":
                return done + await termin.zeigen(gespraech)
            case "fristen":
                return done + await eigenes.zeigen(gespraech)
            case "postfach":
                return done + await postfach.zeigen(gespraech)
            case "einwilligungen":
                return done + await einwilligung.zeigen(gespraech)
            case "status":
                return done + await status.zeigen(gespraech)
            case _:
                gespraech.say("utter_anmelden_fertig")
                return done

    async def _answer_now(self, gespraech: Gespraech, message: dict[str, Any]) -> list[Event]:
        """Write the answer that the login interrupted, then let the form ask what comes next."""
        gespraech.say("utter_anmelden_weiter")
        if await entwurf.falls_vorhanden(gespraech) is None:
            return await weiter.fortsetzen(gespraech)
        answered = await ValidateAntragForm().beantworten(gespraech.about(message))
        return [*answered, FollowupAction(FORM)] if answered else await weiter.fortsetzen(gespraech)
