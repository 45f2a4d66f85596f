"""The citizen's explicit confirmation, and the receipt."""

from rasa_sdk.events import SlotSet

from actions import entwurf, fragen, karten, termin, weiter, weiteres
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Button, Event, Gespraech, button, german
from actions.tuer import portal
from portal.client import CaseView, DraftChangedError, PortalError, TooEarlyError


async def abgeben(gespraech: Gespraech) -> list[Event]:
    """Hand over exactly the version that was shown; the receipt says what it means."""
    draft_id, version = str(gespraech.slot("entwurf")), int(gespraech.slot("entwurf_version"))
    try:
        result = await portal().submit(
            gespraech.conversation_id, draft_id, version=version, key=gespraech.key("abgabe", draft_id)
        )
    except DraftChangedError as conflict:
        gespraech.say("utter_abgabe_veraendert")
        return entwurf.merken(gespraech, conflict.draft)
    except TooEarlyError as refusal:
        gespraech.say("utter_abgabe_zu_frueh", ab=german(refusal.from_))
        return entwurf.loslassen()
    except PortalError as refusal:
        if refusal.code == "bestaetigung_noetig":
            gespraech.say(
                "utter_abgabe_bestaetigen",
                buttons=[button("Bestätigen und absenden", "/confirm"), button("Etwas ändern", "/change")],
            )
            return []
        if refusal.code != "mitzeichnung_fehlt":
            raise
        draft = await entwurf.laden(gespraech)
        fragen.anderer_elternteil(gespraech, draft)
        return entwurf.merken(gespraech, draft)
    case, deadline, draft = result.case, result.deadline, result.draft
    gespraech.say(
        f"utter_abgabe_erhalten_{'anderswo' if draft.elsewhere else case.effect}",
        card=karten.quittung(case, deadline.text if deadline else None),
        leistung=draft.name,
        stelle=case.office,
        ort=draft.elsewhere,
        zeichen=case.reference,
        seite=case.url,
        buttons=[] if draft.elsewhere else await _vorsprechen(gespraech, case),
    )
    if deadline and case.effect == "vorbereitung":
        gespraech.say("utter_abgabe_frist", frist=deadline.text, tag=german(deadline.date))
    return [
        *entwurf.loslassen(),
        SlotSet("ohne_ausweis", None),
        *await weiteres.anbieten(gespraech, erledigt=draft.service),
    ]


async def _vorsprechen(gespraech: Gespraech, case: CaseView) -> list[Button]:
    """A Vorbereitung can end at the counter: the way to an appointment, where one can be booked."""
    if case.effect != "vorbereitung":
        return []
    try:
        view = await portal().service(gespraech.conversation_id, case.service)
    except PortalError:
        return []
    return [termin.waehlen(case.service)] if view.appointment else []


async def zum_aendern(gespraech: Gespraech) -> list[Event]:
    """Offer the answers that were given as buttons."""
    draft = await entwurf.laden(gespraech)
    given = [one for one in draft.fields if one.state == "beantwortet"]
    if not given:
        gespraech.say("utter_korrektur_noch_nichts")
        return []
    gespraech.say(
        "utter_korrektur_welche",
        buttons=[button(f"{one.label}: {one.display}", f'/correct{{"field": "{one.id}"}}') for one in given],
    )
    return []


class ActionBestaetigen(Faehigkeit):
    """„Bestätigen und absenden“."""

    action = "action_bestaetigen"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Only after the summary was shown."""
        if not gespraech.slot("entwurf"):
            gespraech.say("utter_antrag_keiner")
            return []
        if gespraech.slot("frage_art") == "parent":
            return await weiter.fortsetzen(gespraech)
        if gespraech.slot("frage_art") != "confirm":
            gespraech.say("utter_abgabe_noch_nicht")
            return []
        return await abgeben(gespraech)


class ActionAendern(Faehigkeit):
    """„Etwas ändern“ at the summary, and corrections that name no field."""

    action = "action_aendern"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Offer the answers that were given as buttons; without a draft there is nothing to change."""
        if not gespraech.slot("entwurf"):
            gespraech.say("utter_korrektur_nichts_da")
            return []
        return await zum_aendern(gespraech)
