"""The citizen's channels: which messengers are linked, a code for a new one, files that came through them."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from portal.errors import NotFoundError, PortalError, UnavailableError
from portal.services import kanaele, sperrlink, uebernahme
from portal.services.kanaele import Code, Uebersicht
from portal.services.sitzung import SitzungView
from portal.services.virenscan import scanner
from portal.web.auth import Citizen, Confirmed, Context
from portal.web.dokumente import day
from portal.web.render import download, page

router = APIRouter(prefix="/mein/kanaele", include_in_schema=False)

MELDUNGEN = {
    "getrennt": "Die Verbindung ist gelöst. Hinweise kommen dort nicht mehr an.",
    "gewaehlt": "Hinweise gehen ab jetzt an diesen Messenger, wenn Sie „Messenger“ als Weg gewählt haben.",
    "geloescht": "Die Datei ist gelöscht.",
}
LEER = Uebersicht(linked=[], files=[], offered=[])


@router.get("")
async def overview(request: Request, context: Context, citizen: Citizen, stand: str = "") -> Response:
    """What is linked, and how to link more."""
    return await _show(request, context, citizen, meldung=MELDUNGEN.get(stand))


@router.post("/code")
async def code(request: Request, context: Context, citizen: Confirmed) -> Response:
    """A new code, shown once on the page that answers: it stands in no address."""
    try:
        made = await kanaele.neuer_code(context, citizen.konto_id)
    except UnavailableError as error:
        return await _show(request, context, citizen, fehler=error)
    async with context.transaction() as session:
        await sperrlink.aenderung_melden(context, session, citizen.konto_id)
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


@router.post("/hinweise")
async def choose_for_notices(
    request: Request, context: Context, citizen: Confirmed, verbindung: Annotated[str, Form(max_length=64)]
) -> Response:
    """Have notices go to this messenger; told on the way that held before."""
    async with context.transaction() as session:
        await sperrlink.aenderung_melden(context, session, citizen.konto_id)
    try:
        await kanaele.waehlen(context, citizen.konto_id, verbindung)
    except UnavailableError as error:
        return await _show(request, context, citizen, fehler=error)
    return RedirectResponse("/mein/kanaele?stand=gewaehlt", 303)


@router.get("/datei")
async def file(
    context: Context, citizen: Citizen, datei_id: Annotated[str, Query(alias="id", max_length=64)]
) -> Response:
    """One of her files."""
    about, content = await uebernahme.oeffnen(context, citizen.konto_id, datei_id)
    return download(content, about.media_type, about.name)


@router.get("/uebernehmen")
async def choose(
    request: Request,
    context: Context,
    citizen: Citizen,
    datei_id: Annotated[str, Query(alias="id", max_length=64)],
) -> Response:
    """Where one of her files is to go."""
    return await _choose(request, context, citizen, datei_id)


@router.post("/uebernehmen")
async def take(
    request: Request,
    context: Context,
    citizen: Citizen,
    datei: Annotated[str, Form(max_length=64)],
    ziel: Annotated[str, Form(max_length=200)] = "",
    gueltig_bis: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Check a file and take it over, after she has said where to."""
    try:
        place = await uebernahme.uebernehmen(
            context,
            citizen.konto_id,
            datei,
            ziel,
            gueltig_bis=day(gueltig_bis),
            vertrauen=citizen.vertrauen,
        )
    except NotFoundError:
        raise
    except PortalError as error:
        return await _choose(
            request, context, citizen, datei, fehler=error, ziel=ziel, gueltig_bis=gueltig_bis
        )
    if place.entwurf_id is None:
        return RedirectResponse("/mein/dokumente?meldung=gespeichert", 303)
    return RedirectResponse(
        f"/mein/antraege/{place.entwurf_id}?meldung=hochgeladen#nachweis-{place.nachweis_id}", 303
    )


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


async def _choose(
    request: Request,
    context: Context,
    citizen: SitzungView,
    datei_id: str,
    *,
    fehler: PortalError | None = None,
    ziel: str = "",
    gueltig_bis: str = "",
) -> Response:
    try:
        waiting = (await uebernahme.wartende(context, citizen.konto_id)).files
    except UnavailableError as error:
        return await _show(request, context, citizen, fehler=error)
    file = next((one for one in waiting if one.id == datei_id), None)
    if file is None and fehler is None:
        raise NotFoundError("Diese Datei gibt es nicht (mehr).")
    if file is None:  # malware: it is gone
        return await _show(request, context, citizen, fehler=fehler)
    async with context.transaction() as session:
        targets = await uebernahme.ziele(context, session, citizen.konto_id, citizen.vertrauen)
    return page(
        request,
        "mein/uebernehmen.html",
        status=fehler.status if fehler else 200,
        datei=file,
        ziele=targets,
        ziel=ziel,
        gueltig_bis=gueltig_bis,
        scanner=scanner(context.settings.clamd).name,
        meldung=None,
        fehler=fehler,
    )


async def _show(
    request: Request,
    context: Context,
    citizen: SitzungView,
    *,
    meldung: str | None = None,
    code: Code | None = None,
    fehler: PortalError | None = None,
) -> Response:
    away = isinstance(fehler, UnavailableError)
    try:
        known = LEER if away else await uebernahme.wartende(context, citizen.konto_id)
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
