"""Answers instead of papers: the citizen issues one, the office verifies it, the public key is there for everybody."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from portal.context import PortalContext
from portal.errors import PortalError
from portal.services import auswertung
from portal.services.auswertung import Ergebnis
from portal.services.sitzung import SitzungView
from portal.web.auth import Citizen, Confirmed, Context, Official
from portal.web.render import page

router = APIRouter(include_in_schema=False)


@router.get("/.well-known/amtslotse-jwks.json")
async def keys(context: Context) -> dict[str, object]:
    """The public key by which answers are verified."""
    return auswertung.jwks(context)


@router.get("/mein/antworten")
async def answers(request: Request, context: Context, citizen: Citizen) -> Response:
    """All answers that she can show, as they would be now."""
    return await _page(request, context, citizen)


@router.post("/mein/antworten")
async def issue(
    request: Request,
    context: Context,
    citizen: Confirmed,
    regel: Annotated[str, Form(max_length=40)] = "",
    fuer: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Sign one answer for the purpose that she names, and show it."""
    try:
        async with context.transaction() as session:
            shown, token = await auswertung.ausstellen(context, session, citizen.konto_id, regel, fuer)
    except PortalError as error:
        return await _page(request, context, citizen, fehler=error, fuer=fuer, regel=regel)
    return await _page(
        request, context, citizen, meldung=f"Ausgestellt: {shown.frage}: {shown.antwort}.", token=token
    )


async def _page(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    token: str | None = None,
    fuer: str = "",
    regel: str = "",
) -> Response:
    async with context.transaction() as session:
        previews = await auswertung.vorschauen(context, session, citizen.konto_id)
    return page(
        request,
        "mein/antworten.html",
        status=fehler.status if fehler else 200,
        vorschauen=previews,
        token=token,
        fuer=fuer,
        regel=regel,
        meldung=meldung,
        fehler=fehler,
    )


@router.get("/amt/antworten")
async def verification(request: Request, staff: Official) -> Response:
    """The office's page for an answer that somebody shows."""
    return _verified(request, None, None, "")


@router.post("/amt/antworten")
async def verify(
    request: Request, context: Context, staff: Official, token: Annotated[str, Form(max_length=4000)] = ""
) -> Response:
    """Verify a shown answer: signature, age, rule and origin."""
    try:
        return _verified(request, auswertung.pruefen(context, token), None, token)
    except PortalError as error:
        return _verified(request, None, error, token)


def _verified(
    request: Request, ergebnis: Ergebnis | None, fehler: PortalError | None, token: str
) -> Response:
    return page(
        request,
        "amt/antworten.html",
        status=fehler.status if fehler else 200,
        ergebnis=ergebnis,
        token=token,
        fehler=fehler,
    )
