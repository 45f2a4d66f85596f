"""A plain yes or no outside a question of the form: it answers what was offered last."""

import re

from rasa_sdk.events import SlotSet

from actions import (
    abbruch,
    abgabe,
    angabe,
    eigenes,
    freigabe,
    leistung,
    mensch,
    nachweis,
    neustart,
    start,
    termin,
    weiter,
)
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech

_WILL_NICHT = re.compile(
    r"\b(?:will|wollte|möchte|moechte|brauche)\b.*\b(?:doch nicht|nicht mehr|gar nicht|lieber nicht)\b",
    re.IGNORECASE,
)
"""„Nein, ich will das doch nicht“: that is no answer to the question, the whole thing is unwanted."""


_NUR_GEZEIGT = {"beginnen", "zeigen", "wahl"}
"""Offers that stand beside information: a no may go on to say what is wanted instead."""


class ActionJa(Faehigkeit):
    """„Ja“."""

    action = "action_ja"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Do what was offered; without an offer, go on with an open application."""
        offer = gespraech.slot("angebot") or {}
        match offer.get("art"):
            case "leistung" | "beginnen":
                return await start.beginnen(gespraech, str(offer["leistung"]))
            case "zeigen":
                return await leistung.zeigen(gespraech, str(offer["leistung"]))
            case "mensch":
                return await mensch.rufen(gespraech, str(offer["grund"]), "utter_mensch_gerufen")
            case "termin_absagen":
                return await termin.absagen(gespraech, str(offer["termin"]))
            case "rueckfrage":
                return await eigenes.senden(gespraech, offer)
            case "neustart":
                return neustart.durchfuehren(gespraech)
        match gespraech.slot("frage_art"):
            case "release":
                return await freigabe.freigeben(gespraech, None, {})
            case "confirm":
                return await abgabe.abgeben(gespraech)
            case "evidence":
                gespraech.say("utter_nachweis_fehlt")
                return []
            case "identity":
                gespraech.say("utter_identitaet_ja")
                return []
        if gespraech.has_account:
            return await weiter.fortsetzen(gespraech)
        gespraech.say("utter_ja_nein_wozu")
        return []


class ActionNein(Faehigkeit):
    """„Nein“."""

    action = "action_nein"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Decline what was offered; nothing is lost by it."""
        offer = gespraech.slot("angebot") or {}
        if offer.get("art") == "leistung":
            gespraech.say("utter_weiteres_spaeter")
            declined = offer["leistung"]
            return [
                SlotSet(slot, [one for one in gespraech.slot(slot) or [] if one != declined])
                for slot in ("wuensche", "schritte")
            ]
        if offer and offer.get("art") not in _NUR_GEZEIGT:
            gespraech.say("utter_ja_nein_gut")
            return []
        asked = gespraech.slot("frage_art")
        if asked in {"release", "confirm"} and _WILL_NICHT.search(gespraech.text):
            return abbruch.anhalten(gespraech)
        match asked:
            case "release":
                return await freigabe.freigeben(gespraech, [], {})
            case "confirm":
                return await abgabe.zum_aendern(gespraech)
            case "evidence":
                return await nachweis.beilegen(gespraech, None)
            case "identity":
                return [SlotSet("ohne_ausweis", gespraech.slot("entwurf"))]
        if (used := await angabe.verwerten(gespraech)) is not None:
            return used
        gespraech.say("utter_ja_nein_gut")
        return []
