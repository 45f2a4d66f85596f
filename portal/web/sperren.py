"""Locking from the link of a warning, and opening a locked account again. A GET never acts: scanners open links."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.errors import NotLoggedInError, PortalError
from portal.services import anmeldung, buergerident, fremdanmeldung, identitaet, sitzung, sperre, sperrlink
from portal.services.anmeldung import Begonnen
from portal.services.bremse import TooManyAttemptsError
from portal.services.zweitfaktor import WrongCodeError
from portal.web.anmelden import PENDING_COOKIE, logged_in
from portal.web.auth import CITIZEN_COOKIE, VISIT_COOKIE, Context, check_csrf, set_cookie
from portal.web.render import page

router = APIRouter(prefix="/konto", include_in_schema=False)


@router.get("/sperren/{geheimnis}")
async def lock_form(request: Request, context: Context, geheimnis: str) -> Response:
    """The page behind the link of a warning; it only shows the button."""
    async with context.transaction() as session:
        known = await sperrlink.konto_von(session, geheimnis, context.clock())
    visit = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(24)
    response = page(
        request,
        "konto/sperren.html",
        ziel=f"/konto/sperren/{geheimnis}" if known else None,
        csrf=sitzung.csrf_token(visit),
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    set_cookie(response, context, VISIT_COOKIE, visit)
    return response


@router.post("/sperren/{geheimnis}")
async def lock(request: Request, context: Context, geheimnis: str) -> Response:
    """Lock the account that the link belongs to."""
    await check_csrf(request, request.cookies.get(VISIT_COOKIE))
    try:
        await sperre.sperren_mit_link(context, geheimnis)
    except NotLoggedInError:
        return RedirectResponse(f"/konto/sperren/{geheimnis}", 303)
    response = RedirectResponse("/konto/gesperrt", 303)
    response.delete_cookie(CITIZEN_COOKIE, path="/")
    return response


@router.get("/gesperrt")
async def locked(request: Request) -> Response:
    """What has happened, and how the account is opened again."""
    return page(request, "konto/gesperrt.html")


@router.get("/entsperren")
async def unlock_form(request: Request, context: Context) -> Response:
    """After the password: the ways to prove one's identity."""
    return await _unlock_page(request, context)


@router.post("/entsperren")
async def unlock(
    request: Request, context: Context, code: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Open the account with a recovery code."""
    try:
        offen = await locked_login(request, context)
    except NotLoggedInError:
        return RedirectResponse("/konto/gesperrt", 303)
    await check_csrf(request, request.cookies.get(PENDING_COOKIE["konto"]))
    try:
        neu = await sperre.entsperren_mit_rettungscode(
            context, offen, code, alt=request.cookies.get(CITIZEN_COOKIE)
        )
    except (WrongCodeError, TooManyAttemptsError) as error:
        return await _unlock_page(request, context, error=error)
    return await logged_in(request, context, "konto", neu, "/mein/sicherheit")


@router.post("/entsperren/ausweis")
async def unlock_with_eid(request: Request, context: Context) -> Response:
    """Send the browser to the eID service."""
    try:
        offen = await locked_login(request, context)
    except NotLoggedInError:
        return RedirectResponse("/konto/gesperrt", 303)
    await check_csrf(request, request.cookies.get(PENDING_COOKIE["konto"]))
    return RedirectResponse(await identitaet.start_unlock(context, offen.id), 303)


@router.post("/entsperren/schalter")
async def unlock_at_counter(request: Request, context: Context) -> Response:
    """A code with which a clerk in the Bürgerbüro can open the account after checking the ID card."""
    try:
        offen = await locked_login(request, context)
    except NotLoggedInError:
        return RedirectResponse("/konto/gesperrt", 303)
    await check_csrf(request, request.cookies.get(PENDING_COOKIE["konto"]))
    code = await buergerident.code_erzeugen(context, offen.inhaber.konto_id or "", "entsperren")
    return page(request, "konto/schaltercode.html", code=code)


async def locked_login(request: Request, context: PortalContext) -> Begonnen:
    """The login of a locked account that this browser has begun. Raises NotLoggedInError."""
    secret = request.cookies.get(PENDING_COOKIE["konto"])
    async with context.transaction() as session:
        offen = await anmeldung.begonnen(session, secret, context.clock())
    if offen.schritt != "gesperrt" or offen.inhaber.konto_id is None:
        raise NotLoggedInError("Dieses Konto ist nicht gesperrt.")
    return offen


async def _unlock_page(
    request: Request, context: PortalContext, *, error: PortalError | None = None
) -> Response:
    try:
        offen = await locked_login(request, context)
    except NotLoggedInError:
        return RedirectResponse("/konto/gesperrt", 303)
    async with context.transaction() as session:
        providers = await fremdanmeldung.dienste_von(context, session, offen.inhaber.konto_id or "")
    return page(
        request,
        "konto/entsperren.html",
        status=error.status if error else 200,
        ausweis=identitaet.provider_of(context) is not None,
        bundid=any(one.quelle == "bundid" for one in providers),
        error=error,
        csrf=sitzung.csrf_token(request.cookies.get(PENDING_COOKIE["konto"]) or ""),
    )
