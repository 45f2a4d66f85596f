"""The citizen's channels: which messengers are linked, a code for a new one, files that came through them."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from portal.errors import UnavailableError
from portal.services import kanaele
from portal.services.kanaele import Code, Uebersicht
from portal.services.sitzung import SitzungView
from portal.web.auth import Citizen, Context
from portal.web.render import download, page

router = APIRouter(prefix="/mein/kanaele", include_in_schema=False)

MELDUNGEN = {
    "getrennt": "Die Verbindung ist gelöst. Hinweise kommen dort nicht mehr an.",
    "geloescht": "Die Datei ist gelöscht.",
}
LEER = Uebersicht(linked=[], files=[], offered=[])


@router.get("")
async def overview(request: Request, context: Context, citizen: Citizen, stand: str = "") -> Response:
    """What is linked, and how to link more."""
    return await _show(request, context, citizen, meldung=MELDUNGEN.get(stand))


@router.post("/code")
async def code(request: Request, context: Context, citizen: Citizen) -> Response:
    """A new code, shown once on the page that answers: it stands in no address."""
    try:
        made = await kanaele.neuer_code(context, citizen.konto_id)
    except UnavailableError as error:
        return await _show(request, context, citizen, fehler=error)
    return await _show(request, context, citizen, code=made)


@router.post("/trennen")
async def end(
    request: Request, context: Context, citizen: Citizen, verbindung: Annotated[str, Form(max_length=64)]
) -> Response:
    """End a link."""
    try:
        await kanaele.trennen(context, citizen.konto_id, verbindung)
    except UnavailableError as error:
        return await _show(request, context, citizen, fehler=error)
    return RedirectResponse("/mein/kanaele?stand=getrennt", 303)


@router.get("/datei")
async def file(
    context: Context, citizen: Citizen, datei_id: Annotated[str, Query(alias="id", max_length=64)]
) -> Response:
    """One of her files."""
    about, content = await kanaele.datei(context, citizen.konto_id, datei_id)
    return download(content, about.media_type, about.name)


@router.post("/dateien/loeschen")
async def delete(
    request: Request, context: Context, citizen: Citizen, datei: Annotated[str, Form(max_length=64)]
) -> Response:
    """Delete one of her files."""
    try:
        await kanaele.datei_loeschen(context, citizen.konto_id, datei)
    except UnavailableError as error:
        return await _show(request, context, citizen, fehler=error)
    return RedirectResponse("/mein/kanaele?stand=geloescht", 303)


async def _show(
    request: Request,
    context: Context,
    citizen: SitzungView,
    *,
    meldung: str | None = None,
    code: Code | None = None,
    fehler: UnavailableError | None = None,
) -> Response:
    try:
        known = LEER if fehler else await kanaele.uebersicht(context, citizen.konto_id)
    except UnavailableError as error:
        known, fehler = LEER, error
    return page(
        request,
        "mein/kanaele.html",
        status=fehler.status if fehler else 200,
        kanaele=known,
        code=code,
        meldung=meldung,
        fehler=fehler,
    )
