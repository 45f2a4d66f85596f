"""Appointments: the next free times as buttons; book, move and cancel."""

import re

from rasa_sdk.events import SlotSet

from actions import anmelden
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Button, Event, Gespraech, button, german
from actions.tuer import portal
from portal.client import AlreadyBookedError, AppointmentView, NotLoggedInError, SlotTakenError

ANGEBOTENE = 5
SICHER = "sicher"
"""What the button „Ja, absagen“ carries, so that one tap on „Termin absagen“ cancels nothing."""
_ABSAGEN = re.compile(r"absag|abzusag|abgesag|storn|absage|nicht kommen|nicht wahrnehmen", re.IGNORECASE)
_VERLEGEN = re.compile(r"verleg|verschieb|umbuch|(?:anderen|späteren|früheren) termin", re.IGNORECASE)
_MEINE = re.compile(r"\bmein\w* termin|wann (?:ist|hab\w*|war)\b.*\btermin\b", re.IGNORECASE)


def waehlen(service: str, name: str = "Termin buchen") -> Button:
    """The button that offers free times for a service."""
    return button(name, f'/appointment{{"service": "{service}"}}')


def _aendern(termin: AppointmentView) -> list[Button]:
    return [
        button("Termin verlegen", f'/appointment_change{{"value": "{termin.id}"}}'),
        button("Termin absagen", f'/appointment_cancel{{"value": "{termin.id}"}}'),
    ]


async def eigene(gespraech: Gespraech, service: str | None = None) -> list[AppointmentView]:
    """The citizen's coming appointments, of one service if named; none without a login."""
    if not gespraech.has_account:
        return []
    try:
        found = await portal().appointments(gespraech.conversation_id)
    except NotLoggedInError:
        return []
    return [one for one in found if service is None or one.service == service]


async def anbieten(gespraech: Gespraech, service: str, ab: str | None = None) -> list[Event]:
    """Offer the next free times of a service; who has an appointment may move or cancel it."""
    if booked := await eigene(gespraech, service):
        gespraech.say(
            "utter_termin_vorhanden",
            leistung=booked[0].name,
            zeit=booked[0].display,
            buttons=_aendern(booked[0]),
        )
        return [SlotSet("leistung", service)] if not gespraech.slot("entwurf") else []
    await _zeigen(gespraech, service, ab, None)
    return [SlotSet("leistung", service)] if not gespraech.slot("entwurf") else []


async def _zeigen(gespraech: Gespraech, service: str, ab: str | None, verlegt: str | None) -> None:
    """Free times as buttons; with `verlegt` (an appointment's id) they move it instead of booking one."""
    free = await portal().slots(gespraech.conversation_id, service, from_=ab, limit=ANGEBOTENE)
    if not free.slots:
        response = "utter_termin_keiner_frei" if free.hours_known else "utter_termin_zeiten_unbekannt"
        gespraech.say(response, leistung=free.name, stelle=free.office)
        return
    head = (
        f'/appointment_change{{"value": "{verlegt}", '
        if verlegt
        else f'/appointment{{"service": "{service}", '
    )
    buttons = [button(slot.display, f'{head}"field": "{slot.id}"}}') for slot in free.slots]
    if free.later_from:
        buttons.append(button("Spätere Tage", f'{head}"date": "{free.later_from}"}}'))
    gespraech.say(
        "utter_termin_auswahl",
        leistung=free.name,
        stelle=", ".join(part for part in (free.office, free.address) if part),
        liste="\n".join(f"• {slot.display}" for slot in free.slots),
        hinweis=f"\n{free.note}" if free.note else "",
        buttons=buttons,
    )


async def buchen(gespraech: Gespraech, service: str, slot: str) -> list[Event]:
    """Book one of the offered times; without a session the login comes first, and then the booking."""
    after_login = {"art": "termin", "leistung": service, "fenster": slot}
    if not gespraech.has_account:
        return anmelden.verlangen(gespraech, after_login)
    try:
        booked = await portal().book(
            gespraech.conversation_id, service, slot, key=gespraech.key("termin", service)
        )
    except NotLoggedInError:
        return anmelden.verlangen(gespraech, after_login)
    except SlotTakenError:
        gespraech.say("utter_termin_vergeben")
        return await anbieten(gespraech, service)
    except AlreadyBookedError:
        return await anbieten(gespraech, service)
    _sagen(gespraech, booked, "utter_termin_gebucht")
    return []


def _sagen(gespraech: Gespraech, termin: AppointmentView, response: str) -> None:
    gespraech.say(
        response,
        leistung=termin.name,
        zeit=termin.display,
        ort=", ".join(part for part in (termin.office, termin.address) if part),
        nummer=termin.number,
        mitbringen=", ".join(termin.bring),
        buttons=_aendern(termin),
    )


async def verlegen(gespraech: Gespraech, termin: str, slot: str | None, ab: str | None) -> list[Event]:
    """Move an appointment to `slot`, or offer times for that."""
    own = next((one for one in await eigene(gespraech) if one.id == termin), None)
    if own is None:
        return await _keine(gespraech)
    if slot is None:
        await _zeigen(gespraech, own.service, ab, termin)
        return []
    try:
        moved = await portal().move(
            gespraech.conversation_id, termin, slot, key=gespraech.key("verlegen", termin)
        )
    except SlotTakenError:
        gespraech.say("utter_termin_vergeben")
        await _zeigen(gespraech, own.service, None, termin)
        return []
    _sagen(gespraech, moved, "utter_termin_verlegt")
    return []


def absagen_fragen(gespraech: Gespraech, termin: AppointmentView) -> list[Event]:
    """Ask whether she means it; her yes, as a button or in words, cancels."""
    gespraech.say(
        "utter_termin_absagen_sicher",
        leistung=termin.name,
        zeit=termin.display,
        buttons=[
            button("Ja, absagen", f'/appointment_cancel{{"value": "{termin.id}", "field": "{SICHER}"}}'),
            button("Nein", "/deny"),
        ],
    )
    return [SlotSet("angebot", {"art": "termin_absagen", "termin": termin.id})]


async def absagen(gespraech: Gespraech, termin: str) -> list[Event]:
    """Cancel an appointment."""
    cancelled = await portal().cancel(gespraech.conversation_id, termin, key=gespraech.key("absagen", termin))
    gespraech.say(
        "utter_termin_abgesagt",
        leistung=cancelled.name,
        zeit=cancelled.display,
        buttons=[waehlen(cancelled.service, "Neuen Termin suchen")],
    )
    return []


async def _keine(gespraech: Gespraech) -> list[Event]:
    if not gespraech.has_account:
        return anmelden.verlangen(gespraech, {"art": "termine"})
    gespraech.say("utter_termin_keiner")
    return []


async def zeigen(gespraech: Gespraech) -> list[Event]:
    """Her appointments, each with its ways to change it."""
    own = await eigene(gespraech)
    if not own:
        return await _keine(gespraech)
    gespraech.say(
        "utter_termin_liste",
        liste="\n".join(f"• {one.display}: {one.name} ({one.office})" for one in own),
        buttons=[
            button(f"{title}: {one.name}", payload)
            for one in own
            for title, payload in (
                ("Verlegen", f'/appointment_change{{"value": "{one.id}"}}'),
                ("Absagen", f'/appointment_cancel{{"value": "{one.id}"}}'),
            )
        ],
    )
    return []


def betrifft_eigenen(gespraech: Gespraech) -> bool:
    """Whether the words are about an appointment that she has."""
    return not gespraech.is_payload and any(
        words.search(gespraech.text) for words in (_ABSAGEN, _VERLEGEN, _MEINE)
    )


async def eigenen_bearbeiten(gespraech: Gespraech) -> list[Event]:
    """„Ich möchte meinen Termin absagen“ (asked once more), „verlegen“, „wann ist mein Termin?“."""
    own = await eigene(gespraech)
    if len(own) != 1:
        return await zeigen(gespraech)
    if _ABSAGEN.search(gespraech.text):
        return absagen_fragen(gespraech, own[0])
    if _VERLEGEN.search(gespraech.text):
        return await verlegen(gespraech, own[0].id, None, None)
    return await zeigen(gespraech)


def ab_tag(gespraech: Gespraech) -> str | None:
    """The day from which times are wanted, if the message names one that is not over."""
    spoken = str(gespraech.entity("date") or gespraech.entity("date_range") or "").partition("/")[0]
    return spoken if spoken and german(spoken) and spoken >= gespraech.today.isoformat() else None


class ActionTermin(Faehigkeit):
    """„Termin buchen“ and the times that it offers."""

    action = "action_termin"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Book the pressed time, else offer some."""
        service = gespraech.entity("service") or gespraech.slot("leistung")
        if not service:
            gespraech.say("utter_auskunft_wozu")
            return [SlotSet("angebot", {"art": "aspekt", "aspekte": ["termin"]})]
        slot = gespraech.entity("field")
        if slot:
            return await buchen(gespraech, str(service), str(slot))
        return await anbieten(gespraech, str(service), ab_tag(gespraech))


class ActionTerminVerlegen(Faehigkeit):
    """„Termin verlegen“."""

    action = "action_termin_verlegen"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Offer times, or move to the pressed one."""
        slot = gespraech.entity("field")
        return await verlegen(
            gespraech, str(gespraech.entity("value")), str(slot) if slot else None, ab_tag(gespraech)
        )


class ActionTerminAbsagen(Faehigkeit):
    """„Termin absagen“."""

    action = "action_termin_absagen"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Ask once more, or cancel where the button says that she is sure."""
        termin = str(gespraech.entity("value"))
        if gespraech.entity("field") == SICHER:
            return await absagen(gespraech, termin)
        own = next((one for one in await eigene(gespraech) if one.id == termin), None)
        return await zeigen(gespraech) if own is None else absagen_fragen(gespraech, own)
