"""Decisions and questions of offices on the citizen's pages. Looking is no Abruf; opening is, and asks first."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.domain.rechtsbehelf import WEGE, Weg, trotzdem_zahlen
from portal.errors import ConflictError, InvalidInputError, PortalError
from portal.services import (
    bescheid,
    fristenblatt,
    gebuehr,
    rechtsbehelf,
    rechtsweg,
    rueckfrage,
    stammdaten,
)
from portal.services.sitzung import SitzungView
from portal.web.auth import Citizen, Confirmed, Context
from portal.web.grenzen import BoundedRoute, hochgeladen
from portal.web.render import download, page

router = APIRouter(prefix="/mein", include_in_schema=False, route_class=BoundedRoute)

MELDUNGEN = {
    "geoeffnet": "Sie haben den Bescheid geöffnet. Sie können ihn jetzt herunterladen.",
    "erledigt": "Die Frist gilt für Sie als erledigt. Wir erinnern Sie nicht mehr daran.",
    "uebernommen": "Die Angaben stehen jetzt in Ihren Stammdaten.",
    "verworfen": "Die Angaben wurden nicht übernommen.",
    "beantwortet": "Ihre Antwort liegt bei der Stelle.",
}


@router.get("/bescheide/{bescheid_id}")
async def show(
    request: Request, context: Context, citizen: Citizen, bescheid_id: str, meldung: str | None = None
) -> Response:
    """A decision's page: how it is made known, what opening means, until when what is possible and where."""
    return await _show(request, context, citizen, bescheid_id, meldung=MELDUNGEN.get(meldung or ""))


async def _show(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    bescheid_id: str,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
) -> Response:
    async with context.transaction() as session:
        one = await bescheid.laden(context, session, citizen.konto_id, bescheid_id)
        fees = await gebuehr.liste(context, session, citizen.konto_id)
    service = context.katalog.leistungen.get(one.leistung)
    charged = any(
        fee.vorgang_id == one.vorgang_id and fee.status != "erlassen" and fee.betrag_cent for fee in fees
    )
    usual = Weg(service.rechtsbehelf.weg) if service else None
    differs = one.frist is not None and usual is not None and usual != one.frist.weg
    return page(
        request,
        "mein/bescheid.html",
        status=fehler.status if fehler else 200,
        b=one,
        labels=stammdaten.FELDER,
        datumsfelder=stammdaten.DATUMSFELDER,
        weg=WEGE[one.frist.weg] if one.frist else None,
        ueblich=WEGE[usual] if differs and usual else None,
        ueblich_an=rechtsweg.adressat(context, usual, one.stelle) if usual else None,
        adressat=fristenblatt.adressat(context, one),
        danach=rechtsweg.danach(context, one.frist.weg) if one.frist else None,
        rechtsweg_hinweis=service.rechtsbehelf.hinweis if service else None,
        trotzdem_zahlen=one.frist is not None
        and trotzdem_zahlen(one.frist.weg, service.rechtsgrundlage if service else [], mit_gebuehr=charged),
        heute=context.today(),
        meldung=meldung,
        fehler=fehler,
    )


@router.post("/bescheide/{bescheid_id}/oeffnen")
async def open_(
    request: Request,
    context: Context,
    citizen: Confirmed,
    bescheid_id: str,
    verstanden: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """The Abruf, after she said that she knows what it means."""
    try:
        if not verstanden:
            raise InvalidInputError(
                "Bitte bestätigen Sie, dass Sie den Bescheid jetzt öffnen möchten. Es ist noch nichts geschehen.",
                field="verstanden",
            )
        async with context.transaction() as session:
            await bescheid.abrufen(context, session, citizen.konto_id, bescheid_id)
    except (ConflictError, InvalidInputError) as error:
        return await _show(request, context, citizen, bescheid_id, fehler=error)
    return RedirectResponse(f"{bescheid.pfad(bescheid_id)}?meldung=geoeffnet", 303)


@router.get("/bescheide/{bescheid_id}/datei")
async def file(request: Request, context: Context, citizen: Citizen, bescheid_id: str) -> Response:
    """The decision itself, once it was opened."""
    try:
        async with context.transaction() as session:
            name, content = await bescheid.datei(session, citizen.konto_id, bescheid_id)
    except ConflictError as error:
        return await _show(request, context, citizen, bescheid_id, fehler=error)
    return download(content, "application/pdf", name)


@router.get("/bescheide/{bescheid_id}/entwurf.pdf")
async def draft(request: Request, context: Context, citizen: Citizen, bescheid_id: str) -> Response:
    """An unsent draft of the remedy; nothing is filed."""
    try:
        async with context.transaction() as session:
            content = await rechtsbehelf.entwurf_pdf(context, session, citizen.konto_id, bescheid_id)
    except ConflictError as error:
        return await _show(request, context, citizen, bescheid_id, fehler=error)
    return download(content, "application/pdf", "entwurf-nicht-versandt.pdf")


@router.post("/bescheide/{bescheid_id}/erledigt")
async def settle(context: Context, citizen: Citizen, bescheid_id: str) -> Response:
    """No more reminders of this deadline."""
    async with context.transaction() as session:
        await bescheid.erledigen(context, session, citizen.konto_id, bescheid_id)
    return RedirectResponse(f"{bescheid.pfad(bescheid_id)}?meldung=erledigt", 303)


@router.post("/bescheide/{bescheid_id}/daten")
async def data(
    request: Request,
    context: Context,
    citizen: Confirmed,
    bescheid_id: str,
    felder: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """She decides which of the decision's values go into her master data."""
    try:
        async with context.transaction() as session:
            taken = await bescheid.daten_entscheiden(
                context, session, citizen.konto_id, bescheid_id, felder or []
            )
    except ConflictError as error:
        return await _show(request, context, citizen, bescheid_id, fehler=error)
    said = "uebernommen" if taken else "verworfen"
    return RedirectResponse(f"{bescheid.pfad(bescheid_id)}?meldung={said}", 303)


@router.get("/rueckfragen/{rueckfrage_id}")
async def question(
    request: Request, context: Context, citizen: Citizen, rueckfrage_id: str, meldung: str | None = None
) -> Response:
    """A question of an office, and the form for the answer."""
    return await _question(request, context, citizen, rueckfrage_id, meldung=MELDUNGEN.get(meldung or ""))


@router.post("/rueckfragen/{rueckfrage_id}")
async def answer(
    request: Request,
    context: Context,
    citizen: Citizen,
    rueckfrage_id: str,
    antwort: Annotated[str, Form()] = "",
    datei: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Answer it; on a mistake the form comes back with what was written."""
    try:
        file = await hochgeladen(context, datei)
        async with context.transaction() as session:
            await rueckfrage.beantworten(
                context,
                session,
                citizen.konto_id,
                rueckfrage_id,
                antwort,
                kanal="portal",
                datei=file,
            )
    except PortalError as error:
        if error.status == 404:
            raise
        return await _question(request, context, citizen, rueckfrage_id, fehler=error, antwort=antwort)
    return RedirectResponse(f"{rueckfrage.pfad(rueckfrage_id)}?meldung=beantwortet", 303)


async def _question(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    rueckfrage_id: str,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    antwort: str = "",
) -> Response:
    async with context.transaction() as session:
        asked = await rueckfrage.laden(context, session, citizen.konto_id, rueckfrage_id)
    return page(
        request,
        "mein/rueckfrage.html",
        status=fehler.status if fehler else 200,
        r=asked,
        antwort=antwort,
        meldung=meldung,
        fehler=fehler,
    )
