"""The citizen's own area: overview, master data, postbox, deadlines, disclosure log."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.errors import InvalidInputError
from portal.services import fristen, postfach, protokoll, stammdaten, termine, vorgang
from portal.services.sitzung import SitzungView
from portal.web.auth import Citizen, Context
from portal.web.render import download, german_date, page
from portal.web.stand import stand_of

router = APIRouter(prefix="/mein", include_in_schema=False)

ARTEN = {"uebermittlung": "Weitergabe an", "einsicht": "Einsicht durch", "freigabe": "Ihre Freigabe für"}
GESPEICHERT = "Ihre Kontaktdaten sind gespeichert."


@router.get("")
async def overview(request: Request, context: Context, citizen: Citizen) -> Response:
    """Everything at a glance."""
    stand = await stand_of(context, citizen)
    async with context.transaction() as session:
        cases = await vorgang.liste(session, citizen.konto_id)
        known = await stammdaten.load(session, citizen.konto_id)
    vorname = known["vornamen"].wert.split()[0] if "vornamen" in known else None
    return page(
        request,
        "mein/uebersicht.html",
        **stand,
        vorgaenge=cases,
        vorname=vorname,
        stati=vorgang.STATUS,
        meldung=None,
        fehler=None,
    )


@router.get("/daten")
async def master_data(
    request: Request, context: Context, citizen: Citizen, gespeichert: bool = False
) -> Response:
    """Master data with source and date, and a form for the contact data."""
    return await _master_data(request, context, citizen, meldung=GESPEICHERT if gespeichert else None)


@router.post("/daten")
async def change_contact(
    request: Request,
    context: Context,
    citizen: Citizen,
    telefon: Annotated[str, Form(max_length=100)] = "",
    email: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Store the contact data; on a mistake the form comes back as it was filled in."""
    values = {"telefon": telefon, "email": email}
    try:
        await stammdaten.change_contact(context, citizen.konto_id, values)
    except InvalidInputError as error:
        return await _master_data(request, context, citizen, kontakt=values, fehler=error)
    return RedirectResponse("/mein/daten?gespeichert=1", 303)


async def _master_data(
    request: Request,
    context: Context,
    citizen: SitzungView,
    *,
    kontakt: dict[str, str] | None = None,
    meldung: str | None = None,
    fehler: InvalidInputError | None = None,
) -> Response:
    async with context.transaction() as session:
        known = await stammdaten.load(session, citizen.konto_id)
    rows = [
        {
            "label": stammdaten.FELDER[feld],
            "anzeige": german_date(d.wert) if feld in stammdaten.DATUMSFELDER else d.wert,
            "herkunft": d.quelle_label,
            "stand": d.stand,
        }
        for feld, d in known.items()
    ]
    if kontakt is None:
        kontakt = {feld: known[feld].wert if feld in known else "" for feld in stammdaten.KONTAKTFELDER}
    return page(
        request,
        "mein/daten.html",
        status=fehler.status if fehler else 200,
        daten=rows,
        kontakt=kontakt,
        meldung=meldung,
        fehler=fehler,
    )


@router.get("/postfach")
async def postbox(request: Request, context: Context, citizen: Citizen) -> Response:
    """All messages, the newest first."""
    async with context.transaction() as session:
        messages = await postfach.liste(session, citizen.konto_id)
    return page(request, "mein/postfach.html", nachrichten=messages, meldung=None, fehler=None)


@router.get("/postfach/{nachricht_id}")
async def message(request: Request, context: Context, citizen: Citizen, nachricht_id: str) -> Response:
    """One message; opening it marks it as read."""
    async with context.transaction() as session:
        found = await postfach.lesen(context, session, citizen.konto_id, nachricht_id)
    return page(request, "mein/nachricht.html", nachricht=found, meldung=None, fehler=None)


@router.get("/fristen")
async def deadlines(request: Request, context: Context, citizen: Citizen) -> Response:
    """All deadlines, the unsettled first."""
    async with context.transaction() as session:
        entries = await fristen.liste(session, citizen.konto_id)
        coming = await termine.liste(context, session, citizen.konto_id, nur_kommende=True)
    return page(
        request,
        "mein/fristen.html",
        fristen=entries,
        termine=coming,
        heute=context.today(),
        meldung=None,
        fehler=None,
    )


@router.get("/protokoll")
async def log(request: Request, context: Context, citizen: Citizen) -> Response:
    """Who got, or looked at, which data, when, for what, on which basis."""
    async with context.transaction() as session:
        entries = await protokoll.liste(session, citizen.konto_id)
    return page(request, "mein/protokoll.html", eintraege=entries, arten=ARTEN, meldung=None, fehler=None)


@router.get("/vorgaenge/{vorgang_id}")
async def case(request: Request, context: Context, citizen: Citizen, vorgang_id: str) -> Response:
    """A case of hers: what was handed in, and what became of it."""
    async with context.transaction() as session:
        detail = await vorgang.laden(session, citizen.konto_id, vorgang_id)
    return page(request, "mein/vorgang.html", vorgang=detail, stati=vorgang.STATUS, meldung=None, fehler=None)


@router.get("/vorgaenge/{vorgang_id}/pdf")
async def case_pdf(context: Context, citizen: Citizen, vorgang_id: str) -> Response:
    """What was handed in, as a readable PDF."""
    async with context.transaction() as session:
        content = await vorgang.pdf(session, citizen.konto_id, vorgang_id)
    return download(content, "application/pdf", f"{vorgang_id}.pdf")
