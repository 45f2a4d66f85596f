"""Documents: uploads for a draft and of one's own, what each proves, and to which office it is released."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.domain import unterlagen
from portal.errors import InvalidInputError, PortalError
from portal.services import dokument, dokumentfreigabe, stammdaten, vorgang
from portal.services.sitzung import SitzungView
from portal.services.views import DocumentView
from portal.services.virenscan import scanner
from portal.web.auth import Citizen, Confirmed, Context
from portal.web.grenzen import BoundedRoute
from portal.web.render import download, page

router = APIRouter(prefix="/api/dokumente", tags=["Dokumente"], route_class=BoundedRoute)
pages = APIRouter(prefix="/mein/dokumente", include_in_schema=False)
uploads = APIRouter(prefix="/mein/dokumente", include_in_schema=False, route_class=BoundedRoute)

MELDUNGEN = {
    "gespeichert": "Die Unterlage ist geprüft und verschlüsselt gespeichert.",
    "uebernommen": "Die Angabe steht jetzt in Ihren Stammdaten, mit der Unterlage als Quelle.",
    "freigegeben": "Die Stelle kann diese Unterlage jetzt öffnen. Bis dahin können Sie das widerrufen.",
    "widerrufen": "Widerrufen. Die Stelle hat die Unterlage nicht gesehen und kann sie nicht mehr öffnen.",
    "geloescht": "Die Unterlage ist gelöscht.",
}


@router.post("", status_code=201)
async def upload(
    context: Context,
    citizen: Citizen,
    datei: Annotated[UploadFile, File()],
    entwurf: Annotated[str, Form(max_length=36)],
    nachweis: Annotated[str, Form(max_length=80)],
) -> DocumentView:
    """Keep one file for a piece of evidence of the citizen's own draft."""
    content = await datei.read(dokument.GROESSE_HOECHSTENS + 1)
    checked = await dokument.annehmen(context, datei.filename or "", content)
    async with context.transaction() as session:
        return await dokument.hochladen(
            context, session, citizen.konto_id, entwurf_id=entwurf, nachweis_id=nachweis, datei=checked
        )


@pages.get("")
async def documents(request: Request, context: Context, citizen: Citizen, meldung: str = "") -> Response:
    """All documents with what they prove and who may open them."""
    return await _page(request, context, citizen, meldung=MELDUNGEN.get(meldung))


@uploads.post("")
async def keep(
    request: Request,
    context: Context,
    citizen: Citizen,
    datei: Annotated[UploadFile, File()],
    art: Annotated[str, Form(max_length=40)] = "",
    gueltig_bis: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Keep a document with her own data."""
    content = await datei.read(dokument.GROESSE_HOECHSTENS + 1)
    try:
        until = day(gueltig_bis)
        checked = await dokument.annehmen(context, datei.filename or "", content)
        async with context.transaction() as session:
            await dokument.aufbewahren(
                context, session, citizen.konto_id, art=art, gueltig_bis=until, datei=checked
            )
    except PortalError as error:
        return await _page(request, context, citizen, fehler=error, art=art, gueltig_bis=gueltig_bis)
    return RedirectResponse("/mein/dokumente?meldung=gespeichert", 303)


def day(text: str) -> date | None:
    """The day of a form's optional date field. Raises InvalidInputError."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInputError(
            "Bitte geben Sie den Tag mit Tag, Monat und Jahr an.", field="gueltig_bis"
        ) from None


@pages.get("/{dokument_id}/datei")
async def content(context: Context, citizen: Citizen, dokument_id: str) -> Response:
    """Her own document as a file."""
    async with context.transaction() as session:
        view, data = await dokument.laden(session, dokument_id, konto_id=citizen.konto_id)
    return download(data, view.media_type, view.filename)


@pages.post("/{dokument_id}/angabe")
async def take_over(
    request: Request,
    context: Context,
    citizen: Confirmed,
    dokument_id: str,
    feld: Annotated[str, Form(max_length=40)] = "",
    wert: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Take one value that a document of hers shows over into the master data."""
    try:
        async with context.transaction() as session:
            await dokument.angabe_uebernehmen(
                context, session, citizen.konto_id, dokument_id, feld=feld, wert=wert
            )
    except InvalidInputError as error:
        return await _page(request, context, citizen, fehler=error, eingabe=(dokument_id, feld, wert))
    return RedirectResponse("/mein/dokumente?meldung=uebernommen", 303)


@pages.post("/{dokument_id}/freigabe")
async def release(
    request: Request,
    context: Context,
    citizen: Confirmed,
    dokument_id: str,
    vorgang_id: Annotated[str, Form(max_length=36)] = "",
) -> Response:
    """Release one document to the office of one running case."""
    try:
        async with context.transaction() as session:
            await dokumentfreigabe.nachreichen(context, session, citizen.konto_id, vorgang_id, dokument_id)
    except PortalError as error:
        if error.status == 404:
            raise
        return await _page(request, context, citizen, fehler=error)
    return RedirectResponse("/mein/dokumente?meldung=freigegeben", 303)


@pages.post("/freigaben/{freigabe_id}/widerruf")
async def withdraw(request: Request, context: Context, citizen: Citizen, freigabe_id: str) -> Response:
    """Take back a release that the office has not used."""
    try:
        async with context.transaction() as session:
            await dokumentfreigabe.widerrufen(context, session, citizen.konto_id, freigabe_id)
    except PortalError as error:
        if error.status == 404:
            raise
        return await _page(request, context, citizen, fehler=error)
    return RedirectResponse("/mein/dokumente?meldung=widerrufen", 303)


@pages.post("/{dokument_id}/loeschen")
async def remove(request: Request, context: Context, citizen: Citizen, dokument_id: str) -> Response:
    """Delete a document of her own."""
    try:
        async with context.transaction() as session:
            await dokument.loeschen(session, citizen.konto_id, dokument_id)
    except PortalError as error:
        if error.status == 404:
            raise
        return await _page(request, context, citizen, fehler=error)
    return RedirectResponse("/mein/dokumente?meldung=geloescht", 303)


async def _page(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    art: str = "",
    gueltig_bis: str = "",
    eingabe: tuple[str, str, str] = ("", "", ""),
) -> Response:
    async with context.transaction() as session:
        entries = await dokumentfreigabe.unterlagenliste(context, session, citizen.konto_id)
        cases = await vorgang.liste(session, citizen.konto_id)
    return page(
        request,
        "mein/dokumente.html",
        status=fehler.status if fehler else 200,
        dokumente=entries,
        vorgaenge=[case for case in cases if case.status in dokumentfreigabe.OFFEN],
        felder=stammdaten.FELDER | {"einkommen": "Einkommen"},
        arten=unterlagen.ARTEN,
        scanner=scanner(context.settings.clamd).name,
        art=art,
        gueltig_bis=gueltig_bis,
        uebernehmbar={d.id: dokument.uebernehmbar(d.proves) for d in entries},
        eingabe=eingabe,
        meldung=meldung,
        fehler=fehler,
    )
