"""Verifies the portal's tokens."""

import json
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey

from handoff.context import Clock
from handoff.domain.people import Citizen, Staff
from handoff.errors import LoginNeededError

ISSUER, AUDIENCE = "amtslotse-portal", "amtslotse-handoff"
ALGORITHMS = ["EdDSA", "Ed25519"]
"""Both names of the same signature (RFC 8037 and RFC 9864)."""


class Verifier:
    """Turns a token into the person that it speaks for.

    Parameters
    ----------
    public_key
        The portal's Ed25519 key as JWK (JSON).
    clock
        Decides whether a token has expired.
    ended
        Raises LoginNeededError for a session that the portal has ended.
    """

    def __init__(
        self, public_key: str, clock: Clock, ended: Callable[[str], None] = lambda _sid: None
    ) -> None:
        self._key = OKPKey.import_key(json.loads(public_key))
        self._clock = clock
        self._ended = ended

    def citizen(self, token: str) -> Citizen:
        """Read a citizen's token; raises LoginNeededError when it is forged, expired or another kind."""
        claims = self._claims(token, "citizen")
        return Citizen(str(claims["sub"]), str(claims["sid"]), str(claims.get("trust", "niedrig")))

    def staff(self, token: str) -> tuple[Staff, datetime]:
        """Read a staff token: who, and until when. Raises LoginNeededError when it is forged, expired or another kind."""
        claims = self._claims(token, "staff")
        staff = Staff(
            id=str(claims["sub"]),
            roles=frozenset(_texts(claims.get("roles"))),
            office=str(claims.get("office") or ""),
            function=str(claims.get("function") or ""),
            topics=_texts(claims.get("topics")),
            office_id=str(claims["office_id"]) if claims.get("office_id") else None,
            sid=str(claims["sid"]),
            login=str(claims.get("login") or ""),
        )
        return staff, datetime.fromtimestamp(int(str(claims["exp"])), UTC)

    def _claims(self, token: str, kind: str) -> Mapping[str, object]:
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock().timestamp()),
            leeway=0,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            kind={"essential": True, "value": kind},
            sub={"essential": True},
            sid={"essential": True},
            exp={"essential": True},
        )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SecurityWarning)  # the older name of the same algorithm
                claims = jwt.decode(token, self._key, algorithms=ALGORITHMS).claims
            registry.validate(claims)
        except (JoseError, ValueError) as error:
            raise LoginNeededError(
                "Ihre Anmeldung ist abgelaufen oder ungültig. Bitte melden Sie sich wieder an."
            ) from error
        self._ended(str(claims["sid"]))
        return claims


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()
