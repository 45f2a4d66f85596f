"""A payment service over HTTP, as docs/protocol/payments.md describes it: a town's bridge to its payment platform answers these calls.

Everything that the portal believes of a payment is signed with the service's own key; only the begin of one is not, and proves nothing.
"""

from datetime import datetime
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.domain.zahlung import Stand
from portal.services.zahlungsanbieter import Auftrag, Beginn, Meldung, PaymentReportError
from portal.settings import ZahlungSetting

GEDULD_S = 10.0
UHR_S = 60
"""How far the service's clock may be off."""
ALGORITHMEN = ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"]
"""Signatures with public keys only: `none` and shared secrets are refused."""


class Zahlungsdienst:
    """The payment service that the settings name."""

    id = "zahlungsdienst"

    def __init__(self, setting: ZahlungSetting, origin: str, jetzt: datetime) -> None:
        self.name = setting.name
        self._setting, self._origin, self._jetzt = setting, origin, jetzt

    async def beginnen(self, auftrag: Auftrag) -> Beginn:
        answer = await self._call(
            "PUT",
            f"payments/{auftrag.zahlung_id}",
            {
                "kassenzeichen": auftrag.kassenzeichen,
                "betrag_cent": auftrag.betrag_cent,
                "waehrung": "EUR",
                "zurueck": f"{self._origin}{auftrag.zurueck}",
                "meldung": f"{self._origin}/api/payments/callback/{self.id}",
            },
        )
        told = answer.raise_for_status().json()
        url = str(told["url"])
        if urlsplit(url).scheme != "https":
            raise ValueError("the payment page must be reached by https")
        return Beginn(str(told["referenz"])[:80], url)

    async def fragen(self, zahlung_id: str) -> Meldung | None:
        answer = await self._call("GET", f"payments/{zahlung_id}")
        if answer.status_code == 404:
            return None
        report = self.pruefen(str(answer.raise_for_status().json()["token"]), self._jetzt)
        if report.zahlung_id != zahlung_id:
            raise PaymentReportError
        return report

    async def erstatten(self, zahlung_id: str, erstattung_id: str, betrag_cent: int) -> None:
        path = f"payments/{zahlung_id}/refunds/{erstattung_id}"
        (await self._call("PUT", path, {"betrag_cent": betrag_cent})).raise_for_status()

    def pruefen(self, meldung: str, jetzt: datetime) -> Meldung:
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(jetzt.timestamp()),
            leeway=UHR_S,
            iss={"essential": True, "value": self._setting.url},
            aud={"essential": True, "value": self._origin},
            exp={"essential": True},
            jti={"essential": True},
        )
        try:
            keys = KeySet.import_key_set(self._setting.keys)
            claims = jwt.decode(meldung, keys, algorithms=ALGORITHMEN).claims
            registry.validate(claims)
            return Meldung(
                str(claims["jti"])[:80],
                str(claims["zahlung"]),
                str(claims["kassenzeichen"]),
                int(claims["betrag_cent"]),
                Stand(claims["stand"]),
            )
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise PaymentReportError from error

    async def _call(self, method: str, path: str, body: dict[str, object] | None = None) -> httpx.Response:
        head = {"Authorization": f"Bearer {self._setting.token}"}
        async with httpx.AsyncClient(timeout=GEDULD_S, trust_env=False, transport=transport()) as client:
            return await client.request(method, f"{self._setting.url}/{path}", json=body, headers=head)


def transport() -> httpx.AsyncBaseTransport | None:
    """How the service is reached: over the network. Tests put their own in its place."""
    return None
