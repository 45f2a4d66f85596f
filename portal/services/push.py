"""Web Push (RFC 8030, 8291, 8292): browsers that a citizen switched on, and the sender that reaches them.

The push service between portal and browser sees neither text nor account: the content is encrypted for the browser, the address is
a random one. Addresses come from browsers, so only the known services' hosts are called, over TLS, without following redirects.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import http_ece
import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.benachrichtigung import PushaboZeile
from portal.services.versand import GEDULD_S, Hinweis, LaterError, UnreachableRecipientError

GERAETE_HOECHSTENS = 10
TTL = timedelta(days=2)
"""How long a push service keeps a notice for a browser that is off."""
JWT_GILT = timedelta(hours=12)
PUNKT_BYTES, GEHEIMNIS_BYTES = 65, 16
"""A browser's public key (uncompressed point of P-256) and its authentication secret (RFC 8291)."""
LOOPBACK = "127.0.0.1"
FORT = (404, 410)
"""The push service says that the subscription has ended (RFC 8030, 7.3)."""


@dataclass(frozen=True)
class Geraet:
    """One browser that is switched on."""

    id: str
    name: str
    seit: datetime


def oeffentlicher_schluessel(context: PortalContext) -> str | None:
    """What a browser needs to subscribe (`applicationServerKey`, base64url); None: this installation has no Web Push."""
    if not context.settings.push_key:
        return None
    key = ECKey.import_key(json.loads(context.settings.push_key)).as_dict(private=False)
    return _b64(b"\x04" + _bytes(str(key["x"])) + _bytes(str(key["y"])))


async def liste(session: AsyncSession, konto_id: str) -> list[Geraet]:
    """Her browsers, the newest first."""
    rows = await session.scalars(
        select(PushaboZeile)
        .where(PushaboZeile.konto_id == konto_id)
        .order_by(PushaboZeile.angelegt_utc.desc(), PushaboZeile.id)
    )
    return [Geraet(row.id, row.abo["geraet"], row.angelegt_utc) for row in rows]


async def einschalten(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    *,
    endpoint: str,
    p256dh: str,
    auth: str,
    geraet: str,
) -> None:
    """Add a browser; one that is known already changes to this account and to its new keys.

    Raises
    ------
    InvalidInputError
        The address is no known push service's, or the keys are no keys. Nothing was stored.
    ConflictError
        Too many browsers, or no Web Push here.
    """
    if not context.settings.push_key:
        raise ConflictError("Dieses Portal sendet keine Push-Hinweise.")
    if not _erlaubt(context, endpoint) or not _schluessel_stimmen(p256dh, auth):
        raise InvalidInputError(
            "Ihr Browser hat keine Push-Adresse genannt, die wir nutzen können. Es wurde nichts eingeschaltet.",
            field="endpoint",
        )
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    await session.execute(delete(PushaboZeile).where(PushaboZeile.endpunkt_hash == digest))
    number = await session.scalar(select(func.count()).where(PushaboZeile.konto_id == konto_id))
    if (number or 0) >= GERAETE_HOECHSTENS:
        raise ConflictError(
            f"Sie haben schon {GERAETE_HOECHSTENS} Geräte eingeschaltet. Bitte schalten Sie zuerst eines aus."
        )
    session.add(
        PushaboZeile(
            id=str(uuid.uuid4()),
            konto_id=konto_id,
            endpunkt_hash=digest,
            abo={"endpoint": endpoint, "p256dh": p256dh, "auth": auth, "geraet": geraet},
            angelegt_utc=context.clock(),
        )
    )
    await session.flush()


async def ausschalten(session: AsyncSession, konto_id: str, abo_id: str) -> None:
    """Switch a browser off. Raises NotFoundError if it is not hers."""
    gone = await session.scalar(
        delete(PushaboZeile)
        .where(PushaboZeile.id == abo_id, PushaboZeile.konto_id == konto_id)
        .returning(PushaboZeile.id)
    )
    if gone is None:
        raise NotFoundError("Dieses Gerät ist schon ausgeschaltet.")


async def alle_ausschalten(session: AsyncSession, konto_id: str) -> None:
    """Switch all of her browsers off, as the lock does."""
    await session.execute(delete(PushaboZeile).where(PushaboZeile.konto_id == konto_id))


@dataclass(frozen=True)
class PushSender:
    """Sends a notice to every browser of an account; one that took it is enough."""

    context: PortalContext

    async def senden(self, hinweis: Hinweis) -> None:
        """Send; subscriptions that have ended are deleted.

        Raises
        ------
        UnreachableRecipientError
            No browser is left.
        LaterError
            None took it, and a push service asks to come back later.
        """
        async with self.context.transaction() as session:
            rows = await session.scalars(select(PushaboZeile).where(PushaboZeile.konto_id == hinweis.an))
            subscriptions = [(row.id, row.abo) for row in rows]
        content = json.dumps(
            {"titel": hinweis.betreff, "text": hinweis.text, "link": urlsplit(hinweis.link).path},
            ensure_ascii=False,
        ).encode()
        taken, later = 0, []
        async with httpx.AsyncClient(timeout=GEDULD_S, trust_env=False) as client:
            for abo_id, abo in subscriptions:
                outcome = await self._einem(client, abo, content, hinweis.key)
                if outcome == "fort":
                    async with self.context.transaction() as session:
                        await session.execute(delete(PushaboZeile).where(PushaboZeile.id == abo_id))
                elif isinstance(outcome, LaterError):
                    later.append(outcome)
                else:
                    taken += outcome == "angenommen"
        if taken:
            return
        if later:
            raise max(later, key=lambda one: one.nach_s)
        raise UnreachableRecipientError

    async def _einem(
        self, client: httpx.AsyncClient, abo: Mapping[str, str], content: bytes, key: str
    ) -> str | LaterError:
        endpoint = abo["endpoint"]
        if not _erlaubt(self.context, endpoint):
            return "abgelehnt"
        body = http_ece.encrypt(
            content,
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=_bytes(abo["p256dh"]),
            auth_secret=_bytes(abo["auth"]),
            version="aes128gcm",
        )
        headers = {
            "Authorization": self._ausweis(endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(TTL.total_seconds())),
            "Topic": key.replace("-", ""),
        }
        try:
            answer = await client.post(endpoint, content=body, headers=headers)
        except httpx.HTTPError:
            return LaterError()
        if answer.status_code in FORT:
            return "fort"
        if answer.status_code == 429 or answer.status_code >= 500:
            wait = answer.headers.get("Retry-After", "")
            return LaterError(int(wait) if wait.isdecimal() else 0)
        return "angenommen" if answer.is_success else "abgelehnt"

    def _ausweis(self, endpoint: str) -> str:
        """`Authorization` after RFC 8292: who sends, to which push service, until when."""
        settings = self.context.settings
        parts = urlsplit(endpoint)
        claims: dict[str, Any] = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((self.context.clock() + JWT_GILT).timestamp()),
        }
        if settings.mail_from:
            claims["sub"] = f"mailto:{settings.mail_from}"
        elif settings.origin.startswith("https:"):
            claims["sub"] = settings.origin
        key = ECKey.import_key(json.loads(settings.push_key))
        token = jwt.encode({"alg": "ES256", "typ": "JWT"}, claims, key, algorithms=["ES256"])
        return f"vapid t={token}, k={oeffentlicher_schluessel(self.context)}"


def _erlaubt(context: PortalContext, endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        return False
    services: Sequence[str] = context.settings.push_services
    known = any(host == service or host.endswith(f".{service}") for service in services)
    secure = parts.scheme == "https" or (parts.scheme == "http" and host == LOOPBACK)
    return known and secure and parts.username is None and len(endpoint) <= 1000


def _schluessel_stimmen(p256dh: str, auth: str) -> bool:
    try:
        point, secret = _bytes(p256dh), _bytes(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return (len(point), len(secret)) == (PUNKT_BYTES, GEHEIMNIS_BYTES)


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
