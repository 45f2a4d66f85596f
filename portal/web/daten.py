"""The cockpit: which data lies here, who got or saw which of it, when, why, on which basis; and consents with their withdrawal."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.errors import InvalidInputError, PortalError
from portal.services import (
    datenuebersicht,
    datenwunsch,
    dokumentfreigabe,
    einwilligung,
    haushalt,
    komforteinwilligung,
    protokoll,
    stammdaten,
)
from portal.services.sitzung import SitzungView
from portal.web.auth import Citizen, Confirmed, Context
from portal.web.render import german_date, page

router = APIRouter(prefix="/mein", include_in_schema=False)

ARTEN = {
    "uebermittlung": "hat Daten bekommen",
    "einsicht": "hat Daten angesehen",
    "freigabe": "darf Daten bekommen: von Ihnen freigegeben",
    "widerruf": "darf nicht mehr: von Ihnen widerrufen",
    "vertretung": "Vertretung",
    "auskunft": "hat eine Antwort statt eines Papiers bekommen",
    "aenderung": "von Ihnen geändert",
}
"""What the timeline says of an entry, after the office's name."""
EIGENES_PORTAL = {
    "freigabe": "darf das: Sie haben eingewilligt",
    "widerruf": "darf das nicht mehr: von Ihnen widerrufen",
}
"""The same of a consent to what the portal itself does."""
LETZTE = 6
"""Entries of the timeline on the cockpit; the log has all."""
SEITE = 50
"""Entries of one page of the log."""
GEZAEHLT = 5_000
"""Newest entries that the numbers at the top of the cockpit count."""
HILFEN = {
    "geburtsdatum": "So: 17.04.1990",
    "ausweis_gueltig_bis": "So: 17.04.2031",
    "anschrift": "So: Straße Hausnummer, PLZ Ort",
    "kennzeichen": "So: GE-AB 123",
}
"""How a value is written, where it is not obvious."""
MELDUNGEN = {
    "kontakt": "Ihre Kontaktdaten sind gespeichert.",
    "hinweise": "Ihre Wahl ist gespeichert.",
    "angabe": "Ihre Angabe ist gespeichert.",
    "entfernt": "Die Angabe ist gelöscht.",
    "haushalt": "Ihr Haushalt ist gespeichert.",
    "uebernommen": "Die gewählten Angaben stehen jetzt in Ihren Stammdaten.",
}
FOLGEN = {
    "entwurf": "Widerrufen. Es ist nichts abgeflossen. Der Entwurf fragt Sie neu, bevor er diese Angaben verwendet.",
    "angehalten": "Widerrufen. Der Vorgang war noch nicht zugestellt und geht nicht mehr hinaus. Ihr Entwurf ist erhalten.",
    "komfort": "Widerrufen. Das Portal tut das ab sofort nicht mehr.",
    "erteilt": "Ihre Einwilligung ist gespeichert. Sie können sie hier jederzeit widerrufen.",
    "bleibt": "Widerrufen. Was schon bei der Stelle ist, bleibt dort: Sie bearbeitet es nach dem Fachrecht. Eine Rücknahme sagen Sie der Stelle.",
}


@router.get("/daten")
async def cockpit(request: Request, context: Context, citizen: Citizen, meldung: str = "") -> Response:
    """Everything that is known about the citizen, and what became of it."""
    return await cockpit_page(request, context, citizen, meldung=MELDUNGEN.get(meldung))


@router.post("/daten")
async def change_contact(
    request: Request,
    context: Context,
    citizen: Confirmed,
    telefon: Annotated[str, Form(max_length=100)] = "",
    email: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Store the contact data; on a mistake the form comes back as it was filled in."""
    values = {"telefon": telefon, "email": email}
    try:
        await stammdaten.change_contact(context, citizen.konto_id, values)
    except InvalidInputError as error:
        return await cockpit_page(request, context, citizen, kontakt=values, fehler=error)
    return RedirectResponse("/mein/daten?meldung=kontakt", 303)


@router.post("/daten/hinweise")
async def set_wishes(
    request: Request,
    context: Context,
    citizen: Citizen,
    hinweise: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """How to be told of disclosures and looks."""
    try:
        async with context.transaction() as session:
            await datenuebersicht.hinweise_waehlen(context, session, citizen.konto_id, hinweise)
    except InvalidInputError as error:
        return await cockpit_page(request, context, citizen, fehler=error)
    return RedirectResponse("/mein/daten?meldung=hinweise#hinweise", 303)


async def cockpit_page(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    *,
    kontakt: dict[str, str] | None = None,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    eingaben: dict[str, str] | None = None,
) -> Response:
    """The cockpit, after a refusal with what was typed."""
    async with context.transaction() as session:
        known = await stammdaten.load(session, citizen.konto_id)
        entries = await protokoll.liste(session, citizen.konto_id, hoechstens=GEZAEHLT)
        wishes = await datenwunsch.laden(session, citizen.konto_id)
        household = await haushalt.liste(session, citizen.konto_id)
        documents = await dokumentfreigabe.unterlagenliste(context, session, citizen.konto_id)
        consents = await einwilligung.liste(context, session, citizen.konto_id)
    rows = [
        {
            "feld": feld,
            "label": stammdaten.FELDER[feld],
            "anzeige": german_date(d.wert) if feld in stammdaten.DATUMSFELDER else d.wert,
            "herkunft": d.quelle_label,
            "vertrauen": d.vertrauen,
            "stand": d.stand,
            "gueltig_bis": d.gueltig_bis,
            "eingabe": german_date(d.wert) if feld in stammdaten.DATUMSFELDER else d.wert,
            "eigene": feld in stammdaten.EIGENE_PRUEFUNG,
            "abgelaufen": not d.gilt(context.today()),
            "unterlagen": [one for one in documents if feld in one.proves and not one.expired],
        }
        for feld, d in known.items()
    ]
    if kontakt is None:
        kontakt = {feld: known[feld].wert if feld in known else "" for feld in stammdaten.KONTAKTFELDER}
    got = {e.office for e in entries if e.kind == "uebermittlung"}
    return page(
        request,
        "mein/daten.html",
        status=fehler.status if fehler else 200,
        daten=rows,
        kontakt=kontakt,
        haushalt=household,
        beziehungen=haushalt.BEZIEHUNGEN,
        unterlagen=len(documents),
        angaben={feld: stammdaten.FELDER[feld] for feld in stammdaten.EIGENE_PRUEFUNG if feld not in known},
        hilfen=HILFEN,
        eingaben=eingaben or {},
        stellen=len(got),
        einsichten=sum(e.kind == "einsicht" for e in entries),
        offene=sum(c.state in ("gueltig", "unterwegs") for c in consents),
        eintraege=entries[:LETZTE],
        weitere=len(entries) > LETZTE,
        arten=ARTEN,
        eigenes_portal=EIGENES_PORTAL,
        wuensche=wishes,
        hinweisarten=datenwunsch.HINWEISE,
        meldung=meldung,
        fehler=fehler,
    )


@router.get("/protokoll")
async def log(
    request: Request, context: Context, citizen: Citizen, vor: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """Who got, or looked at, which data, when, for what, on which basis; further back page by page."""
    async with context.transaction() as session:
        entries = await protokoll.liste(session, citizen.konto_id, hoechstens=SEITE + 1, vor=vor)
    return page(
        request,
        "mein/protokoll.html",
        eintraege=entries[:SEITE],
        aeltere=entries[SEITE - 1].number if len(entries) > SEITE else None,
        blaettert=vor is not None,
        arten=ARTEN,
        eigenes_portal=EIGENES_PORTAL,
        meldung=None,
        fehler=None,
    )


@router.get("/einwilligungen")
async def consents(request: Request, context: Context, citizen: Citizen, folge: str = "") -> Response:
    """All consents with their text, and one button each to withdraw."""
    return await _consents(request, context, citizen, meldung=FOLGEN.get(folge))


@router.post("/einwilligungen/{freigabe_id}/widerruf")
async def withdraw(request: Request, context: Context, citizen: Citizen, freigabe_id: str) -> Response:
    """Withdraw one consent."""
    try:
        async with context.transaction() as session:
            done = await einwilligung.widerrufen(context, session, citizen.konto_id, freigabe_id)
    except PortalError as error:
        if error.status == 404:
            raise
        return await _consents(request, context, citizen, fehler=error)
    return RedirectResponse(f"/mein/einwilligungen?folge={done.outcome}", 303)


@router.post("/einwilligungen/komfort")
async def consent(
    context: Context, citizen: Citizen, zweck: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Consent to reminders, or to earlier answers being offered."""
    async with context.transaction() as session:
        await komforteinwilligung.erteilen(context, session, citizen.konto_id, zweck)
    return RedirectResponse("/mein/einwilligungen?folge=erteilt", 303)


async def _consents(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
) -> Response:
    async with context.transaction() as session:
        entries = await einwilligung.liste(context, session, citizen.konto_id)
        offers = await komforteinwilligung.angebote(session, citizen.konto_id)
    return page(
        request,
        "mein/einwilligungen.html",
        status=fehler.status if fehler else 200,
        einwilligungen=entries,
        angebote=[one for one in offers if not one.erteilt],
        meldung=meldung,
        fehler=fehler,
    )
