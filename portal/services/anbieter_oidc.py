"""OpenID Connect: authorization code with PKCE, state and nonce; the ID token is checked against the provider's keys."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.services.anbieter import Organisation, Person, Weg, frisch
from portal.services.datenvorschlag import Angabe
from portal.services.identitaet import IdentityProofError
from portal.settings import OidcSetting

GEDULD_S = 10.0
UHR = timedelta(seconds=60)
"""How far the provider's clock may be off."""
ALGORITHMEN = ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"]
"""Signatures with public keys only: `none` and shared secrets are refused."""


class OidcDienst:
    """One OpenID provider."""

    quelle = "oidc"

    def __init__(self, setting: OidcSetting, origin: str) -> None:
        self.id, self.name = setting.id, setting.name
        self._setting = setting
        self._redirect_uri = setting.redirect_uri(origin)
        self._neu = setting.art != "personal"
        """Whether a login that the provider still remembers is not enough."""

    async def beginnen(self, anfrage: str, now: datetime) -> Weg:
        metadata = await self._metadata()
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        url = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self._setting.client_id,
            "code",
            redirect_uri=self._redirect_uri,
            scope="openid profile email",
            state=anfrage,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            **({"prompt": "login", "max_age": "0"} if self._neu else {}),
        )
        return Weg(url, geheim={"nonce": nonce, "verifier": verifier, "begonnen": now.isoformat()})

    async def pruefen(
        self, anfrage: str, geheim: Mapping[str, str], antwort: Mapping[str, str], now: datetime
    ) -> Person:
        if antwort.get("state") != anfrage or not antwort.get("code") or "error" in antwort:
            raise IdentityProofError
        if antwort.get("iss", self._setting.issuer) != self._setting.issuer:
            raise IdentityProofError  # RFC 9207: another provider's answer
        metadata = await self._metadata()
        try:
            token = await self._token(metadata["token_endpoint"], antwort["code"], geheim["verifier"])
            claims = self._claims(token, await self._keys(metadata), geheim["nonce"], now)
            if self._neu:
                frisch(geheim, datetime.fromtimestamp(int(claims["auth_time"]), UTC), UHR)
            company = self._organisation(claims)
        except (httpx.HTTPError, JoseError, KeyError, ValueError, TypeError, OverflowError) as error:
            raise IdentityProofError from error
        return Person(
            subjekt=str(claims["sub"]),
            vertrauen=self._setting.vertrauen,
            angaben=_angaben(claims, self._setting.vertrauen),
            faktor_erfuellt=self._setting.faktor or "mfa" in (claims.get("amr") or ()),
            dienstname=str(claims.get("preferred_username") or ""),
            organisation=company,
        )

    def _organisation(self, claims: Mapping[str, Any]) -> Organisation | None:
        if self._setting.art != "organisation":
            return None
        name, number = (
            str(claims[one]).strip() for one in (self._setting.name_claim, self._setting.id_claim)
        )
        if not (2 <= len(name) <= 200 and 1 <= len(number) <= 100):
            raise ValueError("no company in the answer")
        return Organisation(name, number)

    def _claims(self, token: str, keys: KeySet, nonce: str, now: datetime) -> dict[str, Any]:
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(now.timestamp()),
            leeway=int(UHR.total_seconds()),
            iss={"essential": True, "value": self._setting.issuer},
            aud={"essential": True, "value": self._setting.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        claims = jwt.decode(token, keys, algorithms=ALGORITHMEN).claims
        registry.validate(claims)
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if claims.get("azp", self._setting.client_id) != self._setting.client_id or len(audiences) > 1:
            raise ValueError("the token was made for somebody else")
        return claims

    async def _metadata(self) -> dict[str, Any]:
        issuer = self._setting.issuer.rstrip("/")
        try:
            async with _http() as client:
                answer = await client.get(f"{issuer}/.well-known/openid-configuration")
            metadata: dict[str, Any] = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise IdentityProofError from error
        if metadata.get("issuer") != self._setting.issuer:
            raise IdentityProofError
        return metadata

    async def _keys(self, metadata: Mapping[str, Any]) -> KeySet:
        async with _http() as client:
            answer = await client.get(metadata["jwks_uri"])
        return KeySet.import_key_set(answer.raise_for_status().json())

    async def _token(self, endpoint: str, code: str, verifier: str) -> str:
        """Exchange the code for the ID token."""
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "client_id": self._setting.client_id,
            "code_verifier": verifier,
        }
        secret = self._setting.client_secret
        auth = httpx.BasicAuth(self._setting.client_id, secret) if secret else None
        async with _http() as client:
            answer = await client.post(endpoint, data=body, auth=auth or httpx.USE_CLIENT_DEFAULT)
        return str(answer.raise_for_status().json()["id_token"])


def transport() -> httpx.AsyncBaseTransport | None:
    """How the provider is reached: over the network. Tests put their own in its place."""
    return None


def _http() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=GEDULD_S, trust_env=False, transport=transport())


def _angaben(claims: Mapping[str, Any], vertrauen: str) -> list[Angabe]:
    names = {"familienname": "family_name", "vornamen": "given_name", "geburtsdatum": "birthdate"}
    found = [Angabe(feld, str(claims[name]), vertrauen) for feld, name in names.items() if claims.get(name)]
    address = claims.get("address")
    if isinstance(address, Mapping) and address.get("street_address"):
        place = f"{address.get('postal_code', '')} {address.get('locality', '')}".strip()
        found.append(Angabe("anschrift", f"{address['street_address']}, {place}", vertrauen))
    if claims.get("email") and claims.get("email_verified") is True:
        found.append(Angabe("email", str(claims["email"]), "niedrig"))
    return found
