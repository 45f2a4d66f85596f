"""A payment service as docs/protocol/payments.md asks for it, in memory: its book, its key, its moods."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from portal.settings import ZahlungSetting

URL, TOKEN = "https://kasse.test/v1", "geheim"
KEY = ECKey.generate_key("P-256", {"kid": "kasse"}, private=True)
SETTING = ZahlungSetting(URL, TOKEN, "Kasse der Teststadt", {"keys": [KEY.as_dict(private=False)]})  # type: ignore[typeddict-item]


@dataclass
class Bridge:
    """`clock` gives its time; `audience` is the portal it works for."""

    clock: Any
    audience: str
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, int]] = field(default_factory=dict)
    away: bool = False
    page: str = "https://kasse.test/seite"
    calls: list[tuple[str, str]] = field(default_factory=list)

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("away")
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        parts = str(request.url).removeprefix(f"{URL}/payments/").split("/")
        self.calls.append((request.method, "/".join(parts)))
        if request.method == "GET":
            known = parts[0] in self.payments
            return (
                httpx.Response(200, json={"token": self.report(parts[0])}) if known else httpx.Response(404)
            )
        told = json.loads(request.content)
        if len(parts) == 3:
            self.refunds.setdefault(parts[0], {})[parts[2]] = told["betrag_cent"]
            return httpx.Response(204)
        self.payments.setdefault(parts[0], {**told, "stand": "INITIAL"})
        return httpx.Response(200, json={"referenz": f"R-{parts[0]}", "url": f"{self.page}/{parts[0]}"})

    def claims(self, payment: str) -> dict[str, Any]:
        """What it says of a payment."""
        row = self.payments[payment]
        now: datetime = self.clock()
        return {
            "iss": URL,
            "aud": self.audience,
            "jti": f"{payment}:{row['stand']}",
            "exp": int((now + timedelta(minutes=5)).timestamp()),
            "zahlung": payment,
            "kassenzeichen": row["kassenzeichen"],
            "betrag_cent": row["betrag_cent"],
            "stand": row["stand"],
        }

    def report(self, payment: str, key: ECKey = KEY, **changed: Any) -> str:
        claims = {name: v for name, v in (self.claims(payment) | changed).items() if v is not None}
        return jwt.encode({"alg": "ES256", "kid": "kasse"}, claims, key)
