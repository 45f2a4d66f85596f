"""Who is responsible: for a place that the message names, else for the address that the citizen has given already."""

from collections.abc import Sequence

from rasa_sdk.events import SlotSet

from actions import karten
from actions.gespraech import Button, Event, Gespraech, button
from actions.tuer import portal
from portal.client import DraftView, OfficeView, ResponsibilityView, ServiceView

OFFEN = "zustaendigkeit"
"""Kind of the offer that a PLZ or a town answers."""
PRUEFEN = "stand_pruefen"


def stelle(office: OfficeView) -> str:
    """Office and authority in one line."""
    return ", ".join(part for part in (office.name, office.authority) if part)


def kontakt(office: OfficeView) -> str:
    """How to reach an office, marked where nobody checked it; the Behördennummer where no telephone is known."""
    known = [
        f"Ansprechstelle: {office.contact}" if office.contact and "115" not in office.contact else "",
        f"Anschrift: {office.address}" if office.address else "",
        f"Telefon: {office.phone}" if office.phone else "Kontakt über die Behördennummer 115",
    ]
    mark = " (Stand prüfen)" if office.mark == PRUEFEN else ""
    return ", ".join(one for one in known if one) + mark


async def beantworten(
    gespraech: Gespraech, view: ServiceView, quelle: str, buttons: Sequence[Button] = ()
) -> list[Event]:
    """Name the responsible office; ask for the place only where the answer hangs on it and nobody knows it."""
    found = await _ermitteln(gespraech, view.id)
    if found.question is not None and found.question.ask != "plz":
        _welcher_ort(gespraech, found)
        return []
    if found.here is False and found.basis != "stammdaten":
        _anderswo(gespraech, found, quelle)
        return []
    gespraech.say(
        "utter_auskunft_zustaendigkeit",
        name=view.name,
        quelle=quelle,
        buttons=buttons,
        stelle=stelle(view.office),
        kontakt=kontakt(view.office),
    )
    if found.here is False:
        gespraech.say("utter_zustaendigkeit_gespeichert", plz=found.plz, auskunft=found.text)
    elif found.question is not None and not gespraech.slot("entwurf"):
        gespraech.say("utter_zustaendigkeit_plz", frage=found.question.text)
        return [SlotSet("angebot", {"art": OFFEN, "leistung": view.id})]
    return []


async def ergaenzen(gespraech: Gespraech) -> list[Event] | None:
    """Take a message as the answer to the question for the place; None if it is none."""
    offer = gespraech.slot("angebot") or {}
    if offer.get("art") != OFFEN or not (gespraech.entity("plz") or gespraech.entity("town")):
        return None
    service = str(offer["leistung"])
    view = await portal().service(gespraech.conversation_id, service)
    return [SlotSet("leistung", service), *await beantworten(gespraech, view, ", ".join(view.law))]


def im_antrag(gespraech: Gespraech, draft: DraftView, before: str | None) -> None:
    """Say at once that the place just given lies in another town, or no longer does."""
    if draft.elsewhere == before:
        return
    if draft.elsewhere:
        gespraech.say("utter_zustaendigkeit_antrag_anderswo", ort=draft.elsewhere)
    else:
        gespraech.say("utter_zustaendigkeit_antrag_hier", stelle=karten.empfaenger(draft))


async def _ermitteln(gespraech: Gespraech, service: str) -> ResponsibilityView:
    return await portal().responsibility(
        gespraech.conversation_id,
        service,
        plz=str(gespraech.entity("plz") or ""),
        ort=str(gespraech.entity("town") or ""),
    )


def _welcher_ort(gespraech: Gespraech, found: ResponsibilityView) -> None:
    question = found.question
    if question is None:
        return
    payload = '/aspect{{"aspect": "zustaendigkeit", "service": "{}", "plz": "{}", "town": "{}"}}'
    gespraech.say(
        "utter_zustaendigkeit_frage",
        frage=question.text,
        buttons=[
            button(option.label, payload.format(found.service, found.plz, option.id))
            for option in question.options
        ],
    )


def _anderswo(gespraech: Gespraech, found: ResponsibilityView, quelle: str) -> None:
    start = button("Trotzdem vorbereiten", f'/start{{"service": "{found.service}"}}')
    said = f"Nach der Anschrift, die Sie angegeben haben (PLZ {found.plz}): "
    gespraech.say(
        "utter_zustaendigkeit_anderswo",
        name=found.name,
        auskunft=found.text,
        grundlage=said if found.basis == "entwurf" else "",
        quelle=quelle,
        buttons=[] if gespraech.slot("entwurf") else [start],
    )
