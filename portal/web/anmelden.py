"""Logging in and out, for citizens and for staff: the password, then perhaps the second factor."""

import secrets
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.errors import NotFoundError, NotLoggedInError, PortalError
from portal.services import anbieter, anmeldung, gespraeche, passkey, sitzung, zweitfaktor
from portal.services.anmeldung import Begonnen, Offen
from portal.services.bremse import TooManyAttemptsError
from portal.services.konto import LoginFailedError
from portal.services.sitzung import NeueSitzung
from portal.services.zweitfaktor import WrongCodeError
from portal.web.auth import (
    CITIZEN_COOKIE,
    STAFF_COOKIE,
    VISIT_COOKIE,
    Citizen,
    Context,
    MaybeCitizen,
    Staff,
    check_csrf,
    origin_of,
    own_path,
    passkey_hier,
    passkey_ort,
    set_cookie,
    set_device_cookie,
)
from portal.web.render import page, qr_code

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=2000)]
ZurueckQuery = Annotated[str | None, Query()]

PENDING_COOKIE = {"konto": "amtslotse_anmeldung", "personal": "amtslotse_amt_anmeldung"}
"""Secret of a login under way; opens the pages that finish it and nothing else."""
COOKIE = {"konto": CITIZEN_COOKIE, "personal": STAFF_COOKIE}
PREFIX = {"konto": "", "personal": "/amt"}
HOME = {"konto": "/mein", "personal": "/amt"}


@router.get("/anmelden")
async def citizen_form(
    request: Request, context: Context, citizen: MaybeCitizen, zurueck: ZurueckQuery = None
) -> Response:
    """The login form; who is logged in already goes on at once."""
    target = own_path(zurueck, "/mein")
    if citizen is not None:
        return RedirectResponse(target, 303)
    return login_form(request, "konto", target)


@router.post("/anmelden")
async def citizen_login(
    request: Request, context: Context, name: Text = "", passwort: Text = "", zurueck: Text = ""
) -> Response:
    """Begin a citizen's session, or ask for the second factor."""
    if not context.settings.local_accounts:
        raise NotFoundError("Die Anmeldung mit Name und Passwort ist in diesem Portal nicht eingeschaltet.")
    return await _password(request, context, "konto", name, passwort, zurueck)


@router.get("/amt/anmelden")
async def staff_form(request: Request, context: Context, zurueck: ZurueckQuery = None) -> Response:
    """The login form of the town's staff (office inbox and chat console)."""
    return login_form(request, "personal", own_path(zurueck, "/amt"))


@router.post("/amt/anmelden")
async def staff_login(
    request: Request, context: Context, name: Text = "", passwort: Text = "", zurueck: Text = ""
) -> Response:
    """Check a staff member's password, then ask for the second factor."""
    return await _password(request, context, "personal", name, passwort, zurueck)


@router.get("/anmelden/bestaetigen")
async def citizen_factor_form(request: Request, context: Context) -> Response:
    """The second step of a citizen's login."""
    return await _factor_page(request, context, "konto")


@router.post("/anmelden/bestaetigen")
async def citizen_factor(
    request: Request, context: Context, code: Text = "", passkey_antwort: Text = ""
) -> Response:
    """Check the second factor and begin the session."""
    return await _factor(request, context, "konto", code, passkey_antwort)


@router.post("/anmelden/sms")
async def citizen_sms(request: Request, context: Context) -> Response:
    """Send a code to the citizen's number."""
    offen = await _pending(request, context, "konto")
    await check_csrf(request, _secret(request, "konto"))
    try:
        await zweitfaktor.sms_anfordern(context, offen.inhaber, offen.id)
    except TooManyAttemptsError as error:
        return await _factor_page(request, context, "konto", error=error)
    return await _factor_page(
        request, context, "konto", meldung="Der Code ist unterwegs. Er gilt 10 Minuten."
    )


@router.get("/amt/anmelden/bestaetigen")
async def staff_factor_form(request: Request, context: Context) -> Response:
    """The second step of a staff member's login; who has no factor yet sets one up here."""
    return await _factor_page(request, context, "personal")


@router.post("/amt/anmelden/bestaetigen")
async def staff_factor(
    request: Request, context: Context, code: Text = "", passkey_antwort: Text = ""
) -> Response:
    """Check the second factor and begin the session."""
    return await _factor(request, context, "personal", code, passkey_antwort)


@router.post("/abmelden")
async def citizen_logout(request: Request, context: Context, citizen: Citizen) -> Response:
    """End the session everywhere: page, chat, tokens."""
    async with context.transaction() as session:
        await sitzung.revoke(session, citizen.sid, context.clock())
    await gespraeche.widerrufe_melden(context)
    response = RedirectResponse("/?abgemeldet=1", 303)
    response.delete_cookie(CITIZEN_COOKIE, path="/")
    return response


@router.post("/amt/abmelden")
async def staff_logout(context: Context, staff: Staff) -> Response:
    """End the staff session: inbox, console, tokens."""
    async with context.transaction() as session:
        await sitzung.revoke(session, staff.sid, context.clock())
    await gespraeche.widerrufe_melden(context)
    response = RedirectResponse("/amt/anmelden", 303)
    response.delete_cookie(STAFF_COOKIE, path="/")
    return response


def login_url(path: str, *, staff: bool = False) -> str:
    """Where somebody without a session is sent, to come back to `path`."""
    return f"{'/amt' if staff else ''}/anmelden?zurueck={quote(path, safe='/')}"


async def _password(
    request: Request, context: PortalContext, art: str, name: str, passwort: str, zurueck: str
) -> Response:
    await check_csrf(request, request.cookies.get(VISIT_COOKIE))
    target = own_path(zurueck, HOME[art])
    try:
        found = await anmeldung.mit_passwort(
            context, art, name, passwort, origin_of(request), target, alt=request.cookies.get(COOKIE[art])
        )
    except (LoginFailedError, TooManyAttemptsError) as error:
        return login_form(request, art, target, name=name, error=error)
    return await proceed(request, context, art, found, target)


async def proceed(
    request: Request, context: PortalContext, art: str, found: NeueSitzung | Offen, target: str
) -> Response:
    """After the first proof: into the portal, or to the page that asks for what is missing."""
    if isinstance(found, Offen):
        step = "/konto/entsperren" if found.schritt == "gesperrt" else f"{PREFIX[art]}/anmelden/bestaetigen"
        response = RedirectResponse(step, 303)
        set_cookie(response, context, PENDING_COOKIE[art], found.geheimnis)
        set_device_cookie(request, response)
        response.delete_cookie(VISIT_COOKIE, path="/")
        return response
    return await logged_in(request, context, art, found, target)


async def logged_in(
    request: Request, context: PortalContext, art: str, neu: NeueSitzung, target: str
) -> Response:
    """Give the browser its new session and go on to `target`."""
    if target == "/amt":
        async with context.transaction() as session:
            target = _workplace(await sitzung.find(session, neu.geheimnis, context.clock()))
    await gespraeche.widerrufe_melden(context)
    response = RedirectResponse(target, 303)
    set_cookie(response, context, COOKIE[art], neu.geheimnis)
    set_device_cookie(request, response)
    response.delete_cookie(VISIT_COOKIE, path="/")
    response.delete_cookie(PENDING_COOKIE[art], path="/")
    return response


def _workplace(view: object) -> str:
    """Where a member of staff works: the office's inbox, the editors' pages or the chat console."""
    roles = view.rollen if isinstance(view, sitzung.PersonalView) else ()
    if "sachbearbeiter" in roles:
        return "/amt"
    return "/redaktion" if any(role.startswith("redaktion") for role in roles) else "/konsole"


def _secret(request: Request, art: str) -> str | None:
    return request.cookies.get(PENDING_COOKIE[art])


async def _pending(request: Request, context: PortalContext, art: str) -> Begonnen:
    async with context.transaction() as session:
        found = await anmeldung.begonnen(session, _secret(request, art), context.clock())
    if (found.inhaber.konto_id is None) != (art == "personal") or found.schritt == "gesperrt":
        raise NotLoggedInError("Bitte beginnen Sie die Anmeldung noch einmal.")
    return found


async def _factor(
    request: Request, context: PortalContext, art: str, code: str, passkey_antwort: str
) -> Response:
    try:
        offen = await _pending(request, context, art)
    except NotLoggedInError as error:
        return login_form(request, art, HOME[art], error=error)
    await check_csrf(request, _secret(request, art))
    alt = request.cookies.get(COOKIE[art])
    try:
        if offen.schritt == "einrichten":
            await zweitfaktor.totp_bestaetigen(context, offen.inhaber, code)
        elif passkey_antwort:
            where = passkey_hier(request, context)
            await passkey.pruefen(context, offen.inhaber, passkey_antwort, offen.id, where)
        else:
            await zweitfaktor.pruefen(context, offen.inhaber, code, offen.id)
    except (WrongCodeError, TooManyAttemptsError) as error:
        return await _factor_page(request, context, art, error=error)
    neu = await anmeldung.abschliessen(context, offen, alt=alt)
    return await logged_in(request, context, art, neu, offen.zurueck)


async def _factor_page(
    request: Request,
    context: PortalContext,
    art: str,
    *,
    error: PortalError | None = None,
    meldung: str | None = None,
) -> Response:
    try:
        offen = await _pending(request, context, art)
    except NotLoggedInError as ended:
        return login_form(request, art, HOME[art], error=ended)
    setup = None
    async with context.transaction() as session:
        factors = await zweitfaktor.liste(session, offen.inhaber)
        name = await anmeldung.name_von(session, offen.inhaber)
        setup = await zweitfaktor.totp_begonnen(session, offen.inhaber, name)
    if offen.schritt == "einrichten" and setup is None:
        setup = await zweitfaktor.totp_beginnen(context, offen.inhaber, name)
    arten = {factor.art for factor in factors}
    options = None
    where = passkey_ort(request, context)
    if "passkey" in arten and isinstance(where, passkey.Ort):
        options = await passkey.anfrage(context, offen.inhaber, offen.id, where)
    return page(
        request,
        "amt/bestaetigen.html" if art == "personal" else "anmelden_bestaetigen.html",
        status=error.status if error else 200,
        ziel=f"{PREFIX[art]}/anmelden/bestaetigen",
        sms_ziel=f"{PREFIX[art]}/anmelden/sms",
        einrichtung=setup if offen.schritt == "einrichten" else None,
        qr=qr_code(setup.uri) if setup and offen.schritt == "einrichten" else None,
        arten=arten,
        passkey=options,
        kein_passkey=where if "passkey" in arten and isinstance(where, passkey.KeinOrt) else None,
        error=error,
        meldung=meldung,
        csrf=sitzung.csrf_token(_secret(request, art) or ""),
    )


def login_form(
    request: Request, art: str, zurueck: str, *, name: str = "", error: PortalError | None = None
) -> Response:
    """The login page: providers first, then name and password where they are switched on."""
    visit = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(24)
    context: PortalContext = request.app.state.context
    response = page(
        request,
        "amt/anmelden.html" if art == "personal" else "anmelden.html",
        status=error.status if error else 200,
        zurueck=zurueck,
        name=name,
        error=error,
        lokal=context.settings.local_accounts or art == "personal",
        dienste=list(anbieter.dienste(context, art).values()),
        csrf=sitzung.csrf_token(visit),
    )
    set_cookie(response, context, VISIT_COOKIE, visit)
    return response
