"""Who is calling: dependencies that every route declares, and the CSRF check that comes with cookies.

A route takes one of `current_citizen`, `current_staff` (401 without a session) or `optional_citizen` (a public page that
shows more to who is logged in). Unsafe methods with a cookie need the session's CSRF token, as form field `csrf` or as
header `X-CSRF-Token`; a Bearer token needs none, because no browser adds it by itself.
"""

import secrets
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData

from portal.context import PortalContext
from portal.domain import zugang
from portal.errors import ForbiddenError, NotLoggedInError
from portal.services import bestaetigung, buergerident, passkey, redaktion, sitzung, zweitfaktor
from portal.services.sitzung import Herkunft, PersonalView, SitzungView
from portal.services.token import citizen_session_of

CITIZEN_COOKIE = "amtslotse_sitzung"
STAFF_COOKIE = "amtslotse_amt"
VISIT_COOKIE = "amtslotse_besuch"
"""Random value of a browser that is not logged in; its only use is the CSRF token of the login form."""

DEVICE_COOKIE = "amtslotse_geraet"
"""Random value by which an account knows a browser again; opens nothing."""
DEVICE_MAX_AGE_S = 400 * 24 * 3600

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class StaffNotLoggedInError(NotLoggedInError):
    """The caller has no live staff session. The caller logs in at /amt/anmelden."""


class WrongFormError(ForbiddenError):
    """The CSRF token is missing or foreign. The caller reloads the page and sends again."""

    code = "formular_abgelaufen"


def context_of(request: Request) -> PortalContext:
    """The process context; also usable as a dependency."""
    context: PortalContext = request.app.state.context
    return context


Context = Annotated[PortalContext, Depends(context_of)]


async def check_csrf(request: Request, secret: str | None) -> None:
    """Raise WrongFormError unless the request carries the token that belongs to the cookie's secret."""
    token = request.headers.get("X-CSRF-Token")
    if token is None and request.headers.get("Content-Type", "").startswith(FORM_TYPES):
        form: FormData = await request.form()
        value = form.get("csrf")
        token = value if isinstance(value, str) else None
    if secret is None or not sitzung.csrf_matches(secret, token):
        raise WrongFormError(
            "Das Formular ist abgelaufen oder kam nicht von dieser Seite. Es wurde nichts geändert. "
            "Bitte laden Sie die Seite neu und senden Sie es noch einmal."
        )


async def _from_cookie(request: Request, cookie: str) -> SitzungView | PersonalView | None:
    secret = request.cookies.get(cookie)
    if secret is None:
        return None
    context = context_of(request)
    async with context.transaction() as session:
        view = await sitzung.find(session, secret, context.clock())
    if view is None:
        return None
    if request.method not in SAFE_METHODS:
        await check_csrf(request, secret)
    request.state.csrf = sitzung.csrf_token(secret)
    return view


async def optional_citizen(request: Request) -> SitzungView | None:
    """The citizen's session, from a Bearer token or the cookie; None for an anonymous visitor."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    view: SitzungView | PersonalView | None
    if scheme.lower() == "bearer":
        context = context_of(request)
        sid = citizen_session_of(context, token)
        async with context.transaction() as session:
            view = await sitzung.live(session, sid, context.clock())
    else:
        view = await _from_cookie(request, CITIZEN_COOKIE)
    if not isinstance(view, SitzungView):
        return None
    request.state.citizen = view
    return view


async def current_citizen(view: Annotated[SitzungView | None, Depends(optional_citizen)]) -> SitzungView:
    """The citizen's session; NotLoggedInError without one."""
    if view is None:
        raise NotLoggedInError("Bitte melden Sie sich an. Danach geht es an dieser Stelle weiter.")
    return view


async def confirmed_citizen(
    request: Request, view: Annotated[SitzungView, Depends(current_citizen)]
) -> SitzungView:
    """The citizen's session, confirmed with a second factor a short while ago.

    Raises
    ------
    ConfirmationNeededError
        It was not. A form that was sent is kept and goes on after the confirmation (files excepted).
    """
    context = context_of(request)
    if zugang.bestaetigt(view.bestaetigt_at, context.clock()):
        return view
    if request.method in SAFE_METHODS:
        query = f"?{request.url.query}" if request.url.query else ""
        bestaetigung.verlangen(context, view, request.url.path + query)
    form_sent = request.headers.get("Content-Type", "").startswith(FORM_TYPES)
    fields = [
        (name, value)
        for name, value in ((await request.form()).multi_items() if form_sent else [])
        if isinstance(value, str) and name != "csrf"
    ]
    if request.url.path.startswith("/api/") or not form_sent:
        bestaetigung.verlangen(context, view)
    url = await bestaetigung.formular_merken(context, view.sid, request.url.path, fields)
    raise bestaetigung.ConfirmationNeededError(url)


async def optional_staff(request: Request) -> PersonalView | None:
    """The staff member's session from the staff cookie, or None."""
    view = await _from_cookie(request, STAFF_COOKIE)
    if not isinstance(view, PersonalView):
        return None
    request.state.staff = view
    return view


async def current_staff(view: Annotated[PersonalView | None, Depends(optional_staff)]) -> PersonalView:
    """The staff member's session; StaffNotLoggedInError without one."""
    if view is None:
        raise StaffNotLoggedInError("Bitte melden Sie sich mit Ihrem Dienstkonto an.")
    return view


async def current_official(view: Annotated[PersonalView, Depends(current_staff)]) -> PersonalView:
    """A Sachbearbeiter of an office; ForbiddenError for other staff."""
    if "sachbearbeiter" not in view.rollen or view.stelle is None:
        raise ForbiddenError(
            "Dieser Bereich ist den Sachbearbeiterinnen und Sachbearbeitern einer Stelle vorbehalten."
        )
    return view


async def current_editor(view: Annotated[PersonalView, Depends(current_staff)]) -> PersonalView:
    """An editor of one tier of the catalogue; ForbiddenError for other staff."""
    redaktion.ebene_von(view)
    return view


async def current_identifier(view: Annotated[PersonalView, Depends(current_staff)]) -> PersonalView:
    """A clerk of the Bürgerbüro who may check ID cards; ForbiddenError for other staff."""
    if buergerident.ROLLE not in view.rollen or view.stelle is None:
        raise ForbiddenError("Ausweise prüfen nur dafür berechtigte Beschäftigte im Bürgerbüro.")
    return view


Citizen = Annotated[SitzungView, Depends(current_citizen)]
Confirmed = Annotated[SitzungView, Depends(confirmed_citizen)]
MaybeCitizen = Annotated[SitzungView | None, Depends(optional_citizen)]
Staff = Annotated[PersonalView, Depends(current_staff)]
Identifier = Annotated[PersonalView, Depends(current_identifier)]
Official = Annotated[PersonalView, Depends(current_official)]
Editor = Annotated[PersonalView, Depends(current_editor)]


def set_cookie(
    response: Response, context: PortalContext, name: str, value: str, *, max_age_s: int | None = None
) -> None:
    """A session cookie of the browser: HttpOnly, SameSite=Lax, Secure where the origin is https."""
    response.set_cookie(
        name,
        value,
        httponly=True,
        samesite="lax",
        secure=context.settings.origin.startswith("https:"),
        path="/",
        max_age=max_age_s,
    )


def set_device_cookie(request: Request, response: Response) -> None:
    """Let this browser be known again at the next login."""
    kennung = getattr(request.state, "geraet", None) or request.cookies.get(DEVICE_COOKIE)
    if kennung is not None:
        set_cookie(response, context_of(request), DEVICE_COOKIE, kennung, max_age_s=DEVICE_MAX_AGE_S)


def origin_of(request: Request) -> Herkunft:
    """Where this request comes from, for the list of sessions and for the warning about unknown devices."""
    address = request.client.host if request.client else "unbekannt"
    kennung = request.cookies.get(DEVICE_COOKIE) or secrets.token_urlsafe(24)
    request.state.geraet = kennung
    return Herkunft(
        zugang.geraet(request.headers.get("User-Agent", "")), zugang.netz_grob(address), kennung, address
    )


def passkey_ort(request: Request, context: PortalContext) -> passkey.Ort | passkey.KeinOrt:
    """What passkeys are bound to on the page that is visited, or why there are none."""
    return passkey.ort(context.settings.origin, request.url.hostname)


def passkey_hier(request: Request, context: PortalContext) -> passkey.Ort:
    """The same where passkeys are possible. Raises WrongCodeError elsewhere: no answer can be right there."""
    where = passkey_ort(request, context)
    if isinstance(where, passkey.KeinOrt):
        raise zweitfaktor.WrongCodeError
    return where


def own_path(path: str | None, default: str) -> str:
    """`path` if it leads to a page of this origin, else `default`: a login never sends people elsewhere."""
    if (
        path is None
        or len(path) > 500
        or not path.startswith("/")
        or path.startswith("//")
        or any(sign == "\\" or ord(sign) < 33 for sign in path)
    ):
        return default
    return path
