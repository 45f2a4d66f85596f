"""Logging in and out, for citizens and for staff."""

import secrets
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from portal.errors import PortalError
from portal.services import gespraeche, konto, sitzung
from portal.web.auth import (
    CITIZEN_COOKIE,
    STAFF_COOKIE,
    VISIT_COOKIE,
    Citizen,
    Context,
    MaybeCitizen,
    Staff,
    check_csrf,
    own_path,
    set_cookie,
)
from portal.web.render import page

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]
ZurueckQuery = Annotated[str | None, Query()]


@router.get("/anmelden")
async def citizen_form(
    request: Request, context: Context, citizen: MaybeCitizen, zurueck: ZurueckQuery = None
) -> Response:
    """The login form; who is logged in already goes on at once."""
    target = own_path(zurueck, "/mein")
    if citizen is not None:
        return RedirectResponse(target, 303)
    return _form(request, "anmelden.html", target)


@router.post("/anmelden")
async def citizen_login(
    request: Request, context: Context, name: Text = "", passwort: Text = "", zurueck: Text = ""
) -> Response:
    """Begin a citizen's session and go on where she came from."""
    await check_csrf(request, request.cookies.get(VISIT_COOKIE))
    target = own_path(zurueck, "/mein")
    alt = request.cookies.get(CITIZEN_COOKIE)
    try:
        neu = await konto.login_citizen(context, name, passwort, _address(request), alt=alt)
    except (konto.LoginFailedError, konto.TooManyAttemptsError) as error:
        return _form(request, "anmelden.html", target, name=name, error=error)
    return _logged_in(request, CITIZEN_COOKIE, neu.geheimnis, target)


@router.post("/abmelden")
async def citizen_logout(request: Request, context: Context, citizen: Citizen) -> Response:
    """End the session everywhere: page, chat, tokens."""
    async with context.transaction() as session:
        await sitzung.revoke(session, citizen.sid, context.clock())
    await gespraeche.tell_session(context, citizen.sid, "logged_out")
    response = RedirectResponse("/?abgemeldet=1", 303)
    response.delete_cookie(CITIZEN_COOKIE, path="/")
    return response


@router.get("/amt/anmelden")
async def staff_form(request: Request, context: Context, zurueck: ZurueckQuery = None) -> Response:
    """The login form of the town's staff (office inbox and chat console)."""
    return _form(request, "amt/anmelden.html", own_path(zurueck, "/amt"))


@router.post("/amt/anmelden")
async def staff_login(
    request: Request, context: Context, name: Text = "", passwort: Text = "", zurueck: Text = ""
) -> Response:
    """Begin a staff session."""
    await check_csrf(request, request.cookies.get(VISIT_COOKIE))
    target = own_path(zurueck, "/amt")
    alt = request.cookies.get(STAFF_COOKIE)
    try:
        neu = await konto.login_staff(context, name, passwort, _address(request), alt=alt)
    except (konto.LoginFailedError, konto.TooManyAttemptsError) as error:
        return _form(request, "amt/anmelden.html", target, name=name, error=error)
    if target == "/amt":
        async with context.transaction() as session:
            target = _workplace(await sitzung.find(session, neu.geheimnis, context.clock()))
    return _logged_in(request, STAFF_COOKIE, neu.geheimnis, target)


def _workplace(view: object) -> str:
    """Where a member of staff works: the office's inbox, the editors' pages or the chat console."""
    roles = view.rollen if isinstance(view, sitzung.PersonalView) else ()
    if "sachbearbeiter" in roles:
        return "/amt"
    return "/redaktion" if any(role.startswith("redaktion") for role in roles) else "/konsole"


@router.post("/amt/abmelden")
async def staff_logout(context: Context, staff: Staff) -> Response:
    """End the staff session."""
    async with context.transaction() as session:
        await sitzung.revoke(session, staff.sid, context.clock())
    response = RedirectResponse("/amt/anmelden", 303)
    response.delete_cookie(STAFF_COOKIE, path="/")
    return response


def login_url(path: str, *, staff: bool = False) -> str:
    """Where somebody without a session is sent, to come back to `path`."""
    return f"{'/amt' if staff else ''}/anmelden?zurueck={quote(path, safe='/')}"


def _form(
    request: Request, template: str, zurueck: str, *, name: str = "", error: PortalError | None = None
) -> Response:
    visit = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(24)
    response = page(
        request,
        template,
        status=error.status if error else 200,
        zurueck=zurueck,
        name=name,
        error=error,
        csrf=sitzung.csrf_token(visit),
    )
    set_cookie(response, request.app.state.context, VISIT_COOKIE, visit)
    return response


def _logged_in(request: Request, cookie: str, secret: str, target: str) -> Response:
    response = RedirectResponse(target, 303)
    set_cookie(response, request.app.state.context, cookie, secret)
    response.delete_cookie(VISIT_COOKIE, path="/")
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client else "unbekannt"
