"""The generic form: whatever the portal wants next is asked, and what the citizen answers goes to the portal.

One Rasa form (`antrag_form`) with one slot (`feld_wert`) serves every service. The form never knows the questions: the
draft's `next` decides. Each answer goes to the portal at once, so nothing depends on the conversation's end.
"""

from typing import Any

from rasa_sdk.events import SlotSet

from actions import antwort, entwurf, fragen, korrektur, kurzbefehle, rechtsbehelf, zustaendigkeit
from actions.antwort import Antwort, Unbrauchbar
from actions.faehigkeit import HILFE, Faehigkeit
from actions.gespraech import Event, Gespraech
from portal.client import DraftView, InvalidValueError, NotFoundError

# After these abilities the citizen has something else to answer first.
WARTEN = {"action_mensch", "action_notfall", "action_aendern", "action_restart"}


class ValidateAntragForm(Faehigkeit):
    """Reads a message as an answer or a correction and writes it to the draft; else lets the form step aside."""

    action = "validate_antrag_form"
    understood = False
    steps_aside = True

    def after_failure(self) -> list[Event]:
        """The form keeps running: its question comes again."""
        return [SlotSet("feld_wert", None)]

    def after_login(self, gespraech: Gespraech) -> dict[str, Any]:
        """The answer is kept through the login and written after it."""
        return {"art": "antwort", "nachricht": gespraech.message}

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """One message. No events at all mean that the form rejects and the rules decide."""
        if not gespraech.slot("entwurf"):
            return [SlotSet("requested_slot", None)]
        if gespraech.abilities_this_turn:
            return []
        if not (kurzbefehle.gemeint(gespraech) or antwort.kommt_in_frage(gespraech)):
            return []
        if rechtsbehelf.gemeint(gespraech):
            return [*rechtsbehelf.erklaeren(gespraech), SlotSet("feld_wert", None)]
        return await self.beantworten(gespraech)

    async def beantworten(self, gespraech: Gespraech) -> list[Event]:
        """Obey a short command, or write what the message answers; no events if it is neither."""
        if (obeyed := await kurzbefehle.ausfuehren(gespraech)) is not None:
            return [*obeyed, SlotSet("feld_wert", None)]
        draft = await entwurf.laden(gespraech)
        asked = entwurf.gefragt(gespraech, draft)
        history = list(gespraech.slot("verlauf") or [])
        answer = korrektur.lesen(gespraech, draft, asked, history)
        if answer is not None and answer.value is None and answer.secret_ref is None:
            return self._ask_again(gespraech, draft, answer)
        reading = answer or (antwort.lesen(gespraech, asked) if asked else None)
        if reading is None:
            return []
        if isinstance(reading, Unbrauchbar):
            gespraech.say(reading.response)
            return self._missed(gespraech)
        return await self._write(gespraech, draft, reading, history)

    async def _write(
        self, gespraech: Gespraech, draft: DraftView, answer: Antwort, history: list[str]
    ) -> list[Event]:
        earlier = entwurf.feld(draft, answer.field)
        corrects = answer.correction or (earlier is not None and earlier.state == "beantwortet")
        try:
            written = await entwurf.schreiben(gespraech, draft, answer)
        except InvalidValueError as refusal:
            gespraech.say("utter_antrag_ungueltig", meldung=refusal.message)
            return self._missed(gespraech)
        field = entwurf.feld(written.draft, answer.field)
        if corrects:
            gespraech.say(
                "utter_korrektur_geaendert",
                feld=field.label if field else answer.field,
                alt=written.before,
                neu=written.after,
            )
        zustaendigkeit.im_antrag(gespraech, written.draft, draft.elsewhere)
        history = [*(one for one in history if one != answer.field), answer.field]
        return [
            *entwurf.merken(gespraech, written.draft),
            SlotSet("feld_wert", None),
            SlotSet("verlauf", history),
            SlotSet("versuche", 0),
            SlotSet("unklar", 0),
        ]

    def _ask_again(self, gespraech: Gespraech, draft: DraftView, answer: Antwort) -> list[Event]:
        field = entwurf.feld(draft, answer.field)
        label = field.label if field else answer.field
        gespraech.say("utter_korrektur_neu_fragen", feld=label, alt=entwurf.anzeige(field))
        return [
            *entwurf.merken(gespraech, draft, wieder=answer.field),
            SlotSet("feld_wert", None),
            SlotSet("versuche", 0),
        ]

    def _missed(self, gespraech: Gespraech) -> list[Event]:
        attempts = int(gespraech.slot("versuche") or 0) + 1
        if attempts >= entwurf.GEDULD:
            gespraech.say("utter_antrag_hilfe", buttons=[HILFE])
        return [SlotSet("feld_wert", None), SlotSet("versuche", attempts)]


class ActionAskFeldWert(Faehigkeit):
    """Asks what the portal wants next: a release, a field, a document, the identity or the confirmation."""

    action = "action_ask_feld_wert"
    understood = False

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Ask once; stay silent while a human was called or another question is open."""
        if WARTEN & set(gespraech.abilities_this_turn) or gespraech.set_this_turn("uebergabe"):
            return []
        if gespraech.said_this_turn("utter_stoerung_portal"):
            return []
        try:
            draft = await entwurf.laden(gespraech)
        except NotFoundError:
            return entwurf.loslassen()
        return await fragen.stellen(gespraech, draft)
