"""Short tokens that the portal issues for handoff: signed, ten minutes, tied to a session."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from portal.context import PortalContext
from portal.errors import NotLoggedInError
from portal.services.sitzung import PersonalView, SitzungView

GUELTIG = timedelta(minutes=10)
AUSSTELLER = "amtslotse-portal"
EMPFAENGER = "amtslotse-handoff"
VERFAHREN = "Ed25519"

Claims = dict[str, str | int | list[str] | None]


@dataclass(frozen=True)
class Token:
    """A signed token and the moment at which it ends."""

    token: str
    expires_at: datetime


def issue(context: PortalContext, view: SitzungView | PersonalView) -> Token:
    """Sign a token for a live session (claims: docs/protocol/tokens.md)."""
    now = context.clock()
    claims: Claims = {
        "iss": AUSSTELLER,
        "aud": EMPFAENGER,
        "sid": view.sid,
        "iat": int(now.timestamp()),
        "exp": int((now + GUELTIG).timestamp()),
    }
    if isinstance(view, SitzungView):
        claims |= {"kind": "citizen", "sub": view.konto_id, "trust": view.vertrauen}
    else:
        claims |= {
            "kind": "staff",
            "sub": view.personal_id,
            "login": view.anmeldename,
            "roles": list(view.rollen),
            "office": view.stelle_name,
            "office_id": view.stelle,
            "function": view.funktion,
            "topics": list(view.themen),
        }
    header = {"alg": VERFAHREN, "typ": "JWT"}
    return Token(jwt.encode(header, dict(claims), _key(context), algorithms=[VERFAHREN]), now + GUELTIG)


def citizen_session_of(context: PortalContext, token: str) -> str:
    """The `sid` of a citizen token that this portal issued.

    Raises
    ------
    NotLoggedInError
        The token is forged, too old, or of another kind.
    """
    registry = jwt.JWTClaimsRegistry(
        now=lambda: int(context.clock().timestamp()),
        leeway=0,
        iss={"essential": True, "value": AUSSTELLER},
        aud={"essential": True, "value": EMPFAENGER},
        kind={"essential": True, "value": "citizen"},
        sid={"essential": True},
        exp={"essential": True},
    )
    try:
        claims = jwt.decode(token, _key(context), algorithms=[VERFAHREN]).claims
        registry.validate(claims)
    except (JoseError, ValueError) as error:
        raise NotLoggedInError("Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich wieder an.") from error
    return str(claims["sid"])


def _key(context: PortalContext) -> OKPKey:
    return OKPKey.import_key(json.loads(context.settings.signing_key))
