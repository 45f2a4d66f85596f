"""Changing what lies here: master data, household, values of a case; taking everything away; deleting the account."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.errors import ConflictError, InvalidInputError, PortalError
from portal.services import (
    auskunftsblatt,
    datenauskunft,
    gespraechsdaten,
    haushalt,
    katalog,
    kontoloeschung,
    stammdaten,
    vorgang,
)
from portal.web.auth import CITIZEN_COOKIE, Citizen, Confirmed, Context
from portal.web.daten import cockpit_page
from portal.web.render import download, page

router = APIRouter(prefix="/mein", include_in_schema=False)

Text = Annotated[str, Form(max_length=300)]


@router.post("/daten/angaben")
async def state(
    request: Request, context: Context, citizen: Confirmed, feld: Text = "", wert: Text = ""
) -> Response:
    """State or correct one master datum."""
    try:
        async with context.transaction() as session:
            await stammdaten.angeben(context, session, citizen.konto_id, feld, wert)
    except InvalidInputError as error:
        return await cockpit_page(
            request, context, citizen, fehler=error, eingaben={"feld": feld, "wert": wert}
        )
    return RedirectResponse("/mein/daten?meldung=angabe#stammdaten", 303)


@router.post("/daten/angaben/{feld}/loeschen")
async def remove(context: Context, citizen: Confirmed, feld: str) -> Response:
    """Delete one master datum."""
    async with context.transaction() as session:
        await stammdaten.entfernen(context, session, citizen.konto_id, feld)
    return RedirectResponse("/mein/daten?meldung=entfernt#stammdaten", 303)


@router.post("/daten/haushalt")
async def add_member(
    request: Request,
    context: Context,
    citizen: Confirmed,
    vornamen: Text = "",
    familienname: Text = "",
    geburtsdatum: Text = "",
    beziehung: Text = "",
) -> Response:
    """Add a person to the household."""
    person = {
        "vornamen": vornamen,
        "familienname": familienname,
        "geburtsdatum": geburtsdatum,
        "beziehung": beziehung,
    }
    try:
        async with context.transaction() as session:
            await haushalt.hinzufuegen(
                context,
                session,
                citizen.konto_id,
                vornamen=vornamen,
                familienname=familienname,
                geburtsdatum=geburtsdatum,
                beziehung=beziehung,
            )
    except PortalError as error:
        return await cockpit_page(request, context, citizen, fehler=error, eingaben=person)
    return RedirectResponse("/mein/daten?meldung=haushalt#haushalt", 303)


@router.post("/daten/haushalt/{mitglied_id}/entfernen")
async def remove_member(context: Context, citizen: Confirmed, mitglied_id: str) -> Response:
    """Take a person out of the household."""
    async with context.transaction() as session:
        await haushalt.entfernen(context, session, citizen.konto_id, mitglied_id)
    return RedirectResponse("/mein/daten?meldung=haushalt#haushalt", 303)


@router.get("/daten/auskunft.json")
async def as_json(context: Context, citizen: Citizen) -> Response:
    """Everything that lies here, for another program."""
    talks = await gespraechsdaten.holen(context, citizen.konto_id)
    async with context.transaction() as session:
        found = await datenauskunft.sammeln(context, session, citizen.konto_id, talks)
    content = datenauskunft.als_json(found)
    return download(content, "application/json", "meine-daten.json")


@router.get("/daten/auskunft.pdf")
async def as_pdf(context: Context, citizen: Citizen) -> Response:
    """Everything that lies here, to read."""
    talks = await gespraechsdaten.holen(context, citizen.konto_id)
    async with context.transaction() as session:
        found = await datenauskunft.sammeln(context, session, citizen.konto_id, talks)
    content = auskunftsblatt.als_pdf(context, found)
    return download(content, "application/pdf", "meine-daten.pdf")


@router.post("/vorgaenge/{vorgang_id}/uebernehmen")
async def take_over(
    context: Context,
    citizen: Confirmed,
    vorgang_id: str,
    felder: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Take chosen values of a delivered case over into the master data."""
    async with context.transaction() as session:
        detail = await vorgang.laden(session, citizen.konto_id, vorgang_id)
        if not await vorgang.ist_zugestellt(session, vorgang_id):
            raise ConflictError("Der Vorgang ist noch nicht zugestellt. Übernehmen können Sie danach.")
        service = katalog.leistung(context, detail.case.service)
        offer = await stammdaten.uebernehmbar(session, citizen.konto_id, service, detail.package)
        await stammdaten.uebernehmen(context, session, citizen.konto_id, offer, felder or [])
    return RedirectResponse("/mein/daten?meldung=uebernommen#stammdaten", 303)


@router.get("/konto/loeschen")
async def before_deletion(request: Request, citizen: Citizen) -> Response:
    """What goes and what stays, before anything is deleted."""
    return _deletion(request)


@router.post("/konto/loeschen")
async def delete_account(
    request: Request, context: Context, citizen: Confirmed, verstanden: Annotated[bool, Form()] = False
) -> Response:
    """Delete the account for good."""
    if not verstanden:
        return _deletion(
            request,
            fehler=InvalidInputError(
                "Bitte bestätigen Sie, dass Sie alles gelesen haben. Es wurde nichts gelöscht."
            ),
        )
    try:
        async with context.transaction() as session:
            await kontoloeschung.loeschen(context, session, citizen.konto_id)
    except PortalError as error:
        return _deletion(request, fehler=error)
    await gespraechsdaten.loeschen(context)
    request.state.citizen = None
    answer = page(request, "geloescht.html", bleibt=kontoloeschung.BLEIBT)
    answer.delete_cookie(CITIZEN_COOKIE, path="/")
    return answer


def _deletion(request: Request, *, fehler: PortalError | None = None) -> Response:
    return page(
        request,
        "mein/loeschen.html",
        status=fehler.status if fehler else 200,
        weg=kontoloeschung.WEG,
        bleibt=kontoloeschung.BLEIBT,
        meldung=None,
        fehler=fehler,
    )
