"""Base of every action: one turn in, sentences and events out, and no fault loses the conversation."""

import logging
import traceback
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import anmelden, eigenes, einwilligung, postfach, sperrbefehl
from actions.gespraech import Event, Gespraech, button
from portal.client import NotLoggedInError, PortalError, PortalUnreachableError

logger = logging.getLogger(__name__)

HILFE = button("Mit einem Menschen sprechen", "/human")


class Faehigkeit(Action, ABC):
    """One ability of the assistant. A subclass names itself and handles one turn."""

    action: ClassVar[str]
    understood: ClassVar[bool] = True
    """Whether running this ability ends a row of misunderstandings."""
    steps_aside: ClassVar[bool] = False
    """Whether no events at all tell the engine that another ability has to answer."""

    def name(self) -> str:
        """Name under which rules call this action."""
        return self.action

    @abstractmethod
    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Answer one message and return what has to be remembered."""

    def after_failure(self) -> list[Event]:
        """Events that a failed run leaves behind."""
        return []

    def after_login(self, gespraech: Gespraech) -> dict[str, Any]:
        """What goes on by itself once the citizen has logged in (slot `nach_anmeldung`)."""
        return {"art": "weiter"}

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        """Run `handle`; a refusal or a failure becomes a sentence that says what was kept and what comes next."""
        gespraech = Gespraech(dispatcher, tracker)
        events = gespraech.forget_offers()
        try:
            if sperrbefehl.gemeint(gespraech):
                return events + sperrbefehl.anbieten(gespraech)
            for own in (eigenes, postfach, einwilligung):
                if (done := await own.verwerten(gespraech)) is not None:
                    return events + done
            answered = await self.handle(gespraech)
            if not answered and self.steps_aside:
                return []
            if self.understood and gespraech.slot("unklar"):
                events.append(SlotSet("unklar", None))
            return events + answered
        except NotLoggedInError:
            return events + anmelden.verlangen(gespraech, self.after_login(gespraech)) + self.after_failure()
        except PortalUnreachableError:
            if not gespraech.said_this_turn("utter_stoerung_portal"):
                gespraech.say("utter_stoerung_portal", buttons=[HILFE])
        except PortalError as refusal:
            gespraech.say("utter_stoerung_abgelehnt", meldung=refusal.message, buttons=[HILFE])
        except Exception as fault:  # the edge of this process: nobody behind it can answer the citizen
            place = traceback.extract_tb(fault.__traceback__)[-1]
            # No message: it may quote what the citizen wrote.
            logger.error(
                "action %s failed: %s in %s:%s", self.action, type(fault).__name__, place.name, place.lineno
            )
            gespraech.say("utter_stoerung_intern", buttons=[HILFE])
        return events + self.after_failure()
