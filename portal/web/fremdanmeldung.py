"""Logging in, and proving who one is, with an identity provider: OIDC (redirects) and BundID (SAML, forms)."""

import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.errors import PortalError
from portal.services import anbieter_saml, anbieteranfrage, fremdanmeldung, gespraeche, nachweis
from portal.services.anbieter import Weg
from portal.services.sitzung import NeueSitzung
from portal.web.anmelden import COOKIE, HOME, login_form, proceed
from portal.web.auth import (
    VISIT_COOKIE,
    Confirmed,
    Context,
    current_citizen,
    optional_citizen,
    origin_of,
    own_path,
    set_cookie,
)
from portal.web.headers import CONTENT_SECURITY_POLICY
from portal.web.render import page

router = APIRouter(include_in_schema=False)

ZurueckQuery = Annotated[str | None, Query(max_length=500)]
BUNDID = "bundid"


@router.get("/anmelden/mit/{dienst}")
async def citizen_start(
    request: Request, context: Context, dienst: str, zurueck: ZurueckQuery = None
) -> Response:
    """Send a citizen to the provider."""
    return await _start(request, context, "konto", dienst, zurueck)


@router.get("/anmelden/mit/{dienst}/zurueck")
async def citizen_back(request: Request, context: Context, dienst: str) -> Response:
    """The provider's answer."""
    return await _back(request, context, "konto", dienst, dict(request.query_params))


@router.get("/amt/anmelden/mit/{dienst}")
async def staff_start(
    request: Request, context: Context, dienst: str, zurueck: ZurueckQuery = None
) -> Response:
    """Send a member of staff to the town's directory."""
    return await _start(request, context, "personal", dienst, zurueck)


@router.get("/amt/anmelden/mit/{dienst}/zurueck")
async def staff_back(request: Request, context: Context, dienst: str) -> Response:
    """The directory's answer."""
    return await _back(request, context, "personal", dienst, dict(request.query_params))


@router.post("/anmelden/bundid/antwort")
async def bundid_answer(
    context: Context, saml: Annotated[str, Form(alias="SAMLResponse", max_length=700_000)]
) -> Response:
    """The BundID's form comes from its page, so without our cookie: keep it, and let the browser come by itself."""
    anfrage = anbieter_saml.bezug(saml)
    await anbieteranfrage.antwort_ablegen(context, BUNDID, anfrage, saml)
    return RedirectResponse(f"/anmelden/bundid/weiter?anfrage={anfrage}", 303)


@router.get("/anmelden/bundid/weiter")
async def bundid_back(
    request: Request, context: Context, anfrage: Annotated[str, Query(max_length=64)]
) -> Response:
    """The browser that asked comes with its cookie; now the answer is checked."""
    async with context.transaction() as session:
        answer = await anbieteranfrage.abgelegte_antwort(session, anfrage)
    return await _back(request, context, "konto", BUNDID, {"state": anfrage, "SAMLResponse": answer})


@router.get("/identitaet/nachweis/mit/{dienst}")
async def proof_start(
    request: Request, context: Context, citizen: Confirmed, dienst: str, zurueck: ZurueckQuery = None
) -> Response:
    """Send a citizen who is logged in to the provider, to prove who she is; it leads into this account from then on."""
    weg = await nachweis.beginnen(context, citizen, dienst, own_path(zurueck, HOME["konto"]))
    return _away(request, weg)


async def _proved(request: Request, context: PortalContext, dienst: str, antwort: dict[str, str]) -> Response:
    citizen = await current_citizen(await optional_citizen(request))
    target, proposal = await nachweis.abschliessen(context, citizen, dienst, antwort)
    await gespraeche.tell_session(context, citizen.sid, "identity_proved")
    if proposal is not None:
        target = f"/mein/vorschlaege/{proposal}?zurueck={target}"
    return RedirectResponse(target, 303)


async def _start(
    request: Request, context: PortalContext, art: str, dienst: str, zurueck: str | None
) -> Response:
    besuch = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(24)
    weg = await fremdanmeldung.beginnen(context, art, dienst, besuch, own_path(zurueck, HOME[art]))
    response = _away(request, weg)
    set_cookie(response, context, VISIT_COOKIE, besuch)
    return response


def _away(request: Request, weg: Weg) -> Response:
    """To the provider: a redirect, or a form that its page takes."""
    response: Response
    if weg.felder:
        response = page(request, "anmelden_weiter.html", ziel=weg.url, felder=weg.felder)
        target = urlsplit(weg.url)
        policy = CONTENT_SECURITY_POLICY.replace(
            "form-action 'self'", f"form-action 'self' {target.scheme}://{target.netloc}"
        )
        response.headers["Content-Security-Policy"] = policy
    else:
        response = RedirectResponse(weg.url, 303)
    return response


async def _back(
    request: Request, context: PortalContext, art: str, dienst: str, antwort: dict[str, str]
) -> Response:
    async with context.transaction() as session:
        purpose = await anbieteranfrage.zweck(session, antwort.get("state", ""))
    if purpose == nachweis.ZWECK:
        return await _proved(request, context, dienst, antwort)
    try:
        found, target, proposal = await fremdanmeldung.beenden(
            context,
            art,
            dienst,
            antwort,
            request.cookies.get(VISIT_COOKIE, ""),
            origin_of(request),
            alt=request.cookies.get(COOKIE[art]),
        )
    except PortalError as error:
        return login_form(request, art, HOME[art], error=error)
    if proposal is not None and isinstance(found, NeueSitzung):
        target = f"/mein/vorschlaege/{proposal}?zurueck={target}"
    return await proceed(request, context, art, found, target)
