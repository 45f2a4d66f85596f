"""A real OpenID provider for the demo town, for people and for companies: discovery, keys, authorization code with PKCE.

It checks nobody, and says so.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import ECKey

from portal.context import PortalContext
from portal.errors import InvalidInputError, NotFoundError
from portal.settings import demo_oidc, demo_organisation
from portal.web.auth import Context
from portal.web.render import page

router = APIRouter(prefix="/demo/oidc", include_in_schema=False)

CODE_GUELTIG = timedelta(seconds=60)
TOKEN_GUELTIG = timedelta(minutes=5)
PERSONEN: dict[str, dict[str, object]] = {
    "dora": {
        "given_name": "Dora",
        "family_name": "Demo",
        "birthdate": "1985-05-20",
        "email": "dora@beispiel.example",
        "email_verified": True,
        "address": {"street_address": "Probeweg 7", "postal_code": "45879", "locality": "Gelsenkirchen"},
    },
    "emil": {"given_name": "Emil", "family_name": "Entwurf", "birthdate": "1999-12-01"},
}
"""The provider's own, invented people."""
FIRMEN: dict[str, dict[str, object]] = {
    "musterbau": {"organisation_name": "Musterbau GmbH", "organisation_id": "DEMO-0001"},
    "probebaeckerei": {"organisation_name": "Probebäckerei e. K.", "organisation_id": "DEMO-0002"},
}
"""Invented companies, for the demo town's Organisationskonto."""

Text = Annotated[str, Query(max_length=500)]
Feld = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True)
class Grant:
    """What an authorization code stands for."""

    person: str
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    given: datetime


@dataclass
class DemoProvider:
    """Its key and its open codes; both end with the process."""

    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "demo"}, private=True))
    codes: dict[str, Grant] = field(default_factory=dict)


def provider(request: Request, context: PortalContext) -> DemoProvider:
    """The provider of this process. NotFoundError outside of a demo town."""
    if not context.settings.demo:
        raise NotFoundError("Diese Seite gibt es nur in der Demonstration.")
    state = request.app.state
    if not hasattr(state, "demo_oidc"):
        state.demo_oidc = DemoProvider()
    found: DemoProvider = state.demo_oidc
    return found


@router.get("/.well-known/openid-configuration")
async def discovery(request: Request, context: Context) -> dict[str, object]:
    """Where everything is."""
    provider(request, context)
    issuer = demo_oidc(context.settings.origin).issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


@router.get("/jwks")
async def keys(request: Request, context: Context) -> dict[str, object]:
    """The public key."""
    return {"keys": [provider(request, context).key.as_dict(private=False)]}


@router.get("/authorize")
async def authorize_form(
    request: Request,
    context: Context,
    client_id: Text,
    redirect_uri: Text,
    state: Text,
    nonce: Text,
    code_challenge: Text,
    code_challenge_method: Text = "",
    response_type: Text = "",
) -> Response:
    """Ask who one wants to be."""
    provider(request, context)
    known = _known(context, client_id, redirect_uri)
    if response_type != "code" or code_challenge_method != "S256":
        raise InvalidInputError("Diese Anfrage versteht der Demo-Anmeldedienst nicht.")
    fields = {
        "redirect_uri": redirect_uri,
        "client_id": client_id,
        "state": state,
        "nonce": nonce,
        "challenge": code_challenge,
    }
    named = {
        key: one.get("organisation_name") or f"{one['given_name']} {one['family_name']}"
        for key, one in known.items()
    }
    return page(request, "demo_oidc.html", namen=named, firmen=known is FIRMEN, felder=fields)


@router.post("/authorize")
async def authorize(
    request: Request,
    context: Context,
    person: Feld,
    client_id: Feld,
    redirect_uri: Feld,
    state: Feld,
    nonce: Feld,
    challenge: Feld,
) -> Response:
    """Give a code and send the browser back."""
    demo = provider(request, context)
    if person not in _known(context, client_id, redirect_uri):
        raise InvalidInputError("Diese Person gibt es nicht.", field="person")
    code = secrets.token_urlsafe(24)
    demo.codes[code] = Grant(person, client_id, redirect_uri, challenge, nonce, context.clock())
    query = urlencode({"code": code, "state": state, "iss": demo_oidc(context.settings.origin).issuer})
    return RedirectResponse(f"{redirect_uri}?{query}", 303)


@router.post("/token")
async def token(
    request: Request,
    context: Context,
    code: Feld = "",
    redirect_uri: Feld = "",
    code_verifier: Feld = "",
    client_id: Feld = "",
) -> Response:
    """Exchange a code for the ID token; a code counts once."""
    demo = provider(request, context)
    grant = demo.codes.pop(code, None)
    now = context.clock()
    digest = hashlib.sha256(code_verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if (
        grant is None
        or now > grant.given + CODE_GUELTIG
        or (grant.client_id, grant.redirect_uri) != (client_id, redirect_uri)
        or not hmac.compare_digest(grant.challenge, challenge)
    ):
        return JSONResponse({"error": "invalid_grant"}, 400)
    setting = demo_oidc(context.settings.origin)
    claims: dict[str, object] = {
        "iss": setting.issuer,
        "aud": client_id,
        "sub": f"demo-{grant.person}",
        "nonce": grant.nonce,
        "iat": int(now.timestamp()),
        "exp": int((now + TOKEN_GUELTIG).timestamp()),
        "auth_time": int(grant.given.timestamp()),
        "amr": ["demo"],
        **_known(context, client_id, redirect_uri)[grant.person],
    }
    signed = jwt.encode({"alg": "ES256", "kid": "demo"}, claims, demo.key)
    return JSONResponse(
        {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": signed}
    )


def _known(context: PortalContext, client_id: str, redirect_uri: str) -> dict[str, dict[str, object]]:
    """Whom this client may ask for: people, or companies. Raises InvalidInputError for a foreign client."""
    origin = context.settings.origin
    for setting, known in ((demo_oidc(origin), PERSONEN), (demo_organisation(origin), FIRMEN)):
        if (client_id, redirect_uri) == (setting.client_id, setting.redirect_uri(origin)):
            return known
    raise InvalidInputError("Dieses Portal kennt der Demo-Anmeldedienst nicht.")
