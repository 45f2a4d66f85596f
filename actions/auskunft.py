"""Questions about a service, answered from the catalogue alone, with source and "Stand prüfen" where it is due."""

from collections.abc import Sequence
from typing import Any

from rasa_sdk.events import SlotSet

from actions import plauderei, rechtsbehelf, status, termin, zustaendigkeit
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech, button
from actions.tuer import portal
from portal.client import ServiceView

PRUEFEN = "stand_pruefen"
GEWAEHR = " (Stand prüfen: Angabe ohne Gewähr, bitte bei der Stelle prüfen)"
# A service that the message names beside its question (score of the search, 0 to 1).
BENANNT = 0.55


def kosten(view: ServiceView) -> str:
    """The fee in words, marked where it is not checked."""
    return view.fee.display + (GEWAEHR if view.fee.mark == PRUEFEN else "")


def antworten(view: ServiceView, aspect: str) -> tuple[str, dict[str, Any]]:
    """Response and its variables for one aspect of a service."""
    office = zustaendigkeit.stelle(view.office)
    match aspect:
        case "kosten":
            return "utter_auskunft_kosten", {"kosten": kosten(view)}
        case "unterlagen":
            required = [one.label + ("" if one.required else " (falls zutreffend)") for one in view.documents]
            return "utter_auskunft_unterlagen", {
                "unterlagen": ", ".join(required) or "keine",
                "daten": ", ".join(view.data) or "keine",
            }
        case "frist" if view.deadline:
            text = view.deadline.text + (GEWAEHR if view.deadline.mark == PRUEFEN else "")
            return "utter_auskunft_frist", {"frist": text}
        case "frist":
            return "utter_auskunft_frist_keine", {}
        case "dauer" if view.duration:
            return "utter_auskunft_dauer", {"dauer": view.duration}
        case "dauer":
            return "utter_auskunft_dauer_unbekannt", {"stelle": office}
        case "oeffnungszeiten" if view.office.hours:
            return "utter_auskunft_oeffnungszeiten", {"stelle": office, "zeiten": view.office.hours}
        case _:
            contact = zustaendigkeit.kontakt(view.office)
            return "utter_auskunft_termin", {
                "stelle": office,
                "weg": view.in_person or "",
                "kontakt": contact,
            }


def quelle(view: ServiceView, aspect: str) -> str:
    """Where the answer comes from."""
    if aspect == "frist" and view.deadline:
        return view.deadline.law
    return ", ".join(view.law) or "Leistungskatalog"


async def beantworten(gespraech: Gespraech, service: str, aspects: Sequence[str]) -> list[Event]:
    """Answer what was asked about one service; outside a form offer to apply."""
    view = await portal().service(gespraech.conversation_id, service)
    in_form = bool(gespraech.slot("entwurf"))
    events: list[Event] = []
    offer: list[Event] = []
    for aspect in aspects:
        if aspect == "termin" and view.appointment:
            await termin.anbieten(gespraech, service, termin.ab_tag(gespraech))
            continue
        start = [] if in_form else [button("Jetzt beantragen", f'/start{{"service": "{service}"}}')]
        if aspect == "zustaendigkeit":
            events += await zustaendigkeit.beantworten(gespraech, view, quelle(view, aspect), start)
            continue
        offer = [SlotSet("angebot", {"art": "beginnen", "leistung": service})]
        response, variables = antworten(view, aspect)
        gespraech.say(response, name=view.name, quelle=quelle(view, aspect), buttons=start, **variables)
    return events if in_form else [SlotSet("leistung", service), *offer, *events]


class ActionAuskunft(Faehigkeit):
    """„Was kostet das?“ and its like."""

    action = "action_auskunft"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Answer for the service of the question, else for the one that is talked about, else ask which."""
        if rechtsbehelf.gemeint(gespraech):
            return rechtsbehelf.erklaeren(gespraech)
        aspects = [str(one) for one in gespraech.entities("aspect")]
        if "datenschutz" in aspects:
            await plauderei.ueber_mich(gespraech)
            return []
        if aspects == ["status"] and gespraech.has_account:
            return await status.zeigen(gespraech)
        if "termin" in aspects and termin.betrifft_eigenen(gespraech):
            return await termin.eigenen_bearbeiten(gespraech)
        named = gespraech.entity("service")
        best = gespraech.hits[0] if gespraech.hits else None
        if not named and best and best["score"] >= BENANNT:
            named = best["id"]
        service = named or gespraech.slot("leistung")
        asked = [one for one in aspects if one != "status"]
        aspects = asked or ["zustaendigkeit"]
        if not service:
            gespraech.say("utter_auskunft_wozu")
            return [SlotSet("angebot", {"art": "aspekt", "aspekte": aspects})]
        if not asked and named:
            await _hinweisen(gespraech, str(named))
        return await beantworten(gespraech, str(service), aspects)


async def _hinweisen(gespraech: Gespraech, service: str) -> None:
    """A question that names a service but no aspect ("Kann ich online wählen?"): what people get wrong most."""
    view = await portal().service(gespraech.conversation_id, service)
    if view.hint:
        gespraech.say("utter_auskunft_hinweis", name=view.name, kurz=view.short, hinweis=view.hint)
