"""The port to a payment provider, and the demo town's provider behind it.

A provider sends the browser to its own page (no card data comes here), and reports the outcome from server to server, signed. What the
browser says on its return counts for nothing.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy import select

from portal.context import PortalContext
from portal.domain.zahlung import Stand
from portal.errors import ForbiddenError, NotFoundError
from portal.schema.zahlung import DemoKasseZeile

MELDUNG_GUELTIG = timedelta(minutes=5)


class PaymentReportError(ForbiddenError):
    """The report is forged, too old or not meant for us. Nothing was changed; the provider sends a sound one."""

    code = "meldung_ungueltig"

    def __init__(self) -> None:
        super().__init__("Diese Meldung ist ungültig. Es wurde nichts geändert.")


@dataclass(frozen=True)
class Auftrag:
    """What a provider is asked to collect. `zahlung_id` is the key: the same one twice is one payment."""

    zahlung_id: str
    kassenzeichen: str
    betrag_cent: int
    zurueck: str


@dataclass(frozen=True)
class Beginn:
    """The provider took it over."""

    referenz: str
    url: str


@dataclass(frozen=True)
class Meldung:
    """What a provider says of a payment."""

    id: str
    zahlung_id: str
    kassenzeichen: str
    betrag_cent: int
    stand: Stand


class Zahlungsanbieter(Protocol):
    """A payment provider."""

    @property
    def id(self) -> str:
        """Short stable name, stored with each payment."""

    @property
    def name(self) -> str:
        """As people read it."""

    async def beginnen(self, auftrag: Auftrag) -> Beginn:
        """Announce a payment and get the address to send the browser to; any exception: unknown."""

    async def fragen(self, zahlung_id: str) -> Meldung | None:
        """Ask for a payment's state; None when the provider knows nothing of it."""

    async def erstatten(self, zahlung_id: str, erstattung_id: str, betrag_cent: int) -> None:
        """Give money back, once for each `erstattung_id`; any exception: try again."""

    def pruefen(self, meldung: str, jetzt: datetime) -> Meldung:
        """Check a signed report. Raises PaymentReportError."""


class DemoAnbieter:
    """Stands in for a provider in the demo town: own page, own book, signed reports, no money. Says on its page that it is one."""

    id, name = "demo", "Zahlungsdienst der Demonstration"

    def __init__(self, context: PortalContext) -> None:
        self._context = context
        secret = hashlib.sha256(b"demo-kasse" + context.settings.signing_key.encode()).digest()
        self._key = OctKey.import_key(secret)

    async def beginnen(self, auftrag: Auftrag) -> Beginn:
        async with self._context.transaction() as session:
            row = await session.scalar(
                select(DemoKasseZeile).where(DemoKasseZeile.zahlung_id == auftrag.zahlung_id)
            )
            if row is None:
                row = DemoKasseZeile(
                    referenz=uuid.uuid4().hex,
                    zahlung_id=auftrag.zahlung_id,
                    kassenzeichen=auftrag.kassenzeichen,
                    betrag_cent=auftrag.betrag_cent,
                    erstattungen={},
                    status=Stand.INITIAL,
                    zurueck=auftrag.zurueck,
                )
                session.add(row)
        return Beginn(row.referenz, f"/bezahlen/demo?referenz={row.referenz}")

    async def fragen(self, zahlung_id: str) -> Meldung | None:
        async with self._context.transaction() as session:
            row = await session.scalar(select(DemoKasseZeile).where(DemoKasseZeile.zahlung_id == zahlung_id))
        if row is None:
            return None
        return Meldung(
            f"abfrage:{row.referenz}:{row.status}",
            row.zahlung_id,
            row.kassenzeichen,
            row.betrag_cent,
            Stand(row.status),
        )

    async def erstatten(self, zahlung_id: str, erstattung_id: str, betrag_cent: int) -> None:
        async with self._context.transaction() as session:
            row = (
                await session.scalars(select(DemoKasseZeile).where(DemoKasseZeile.zahlung_id == zahlung_id))
            ).one()
            row.erstattungen = {**row.erstattungen, erstattung_id: betrag_cent}

    def pruefen(self, meldung: str, jetzt: datetime) -> Meldung:
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(jetzt.timestamp()),
            leeway=0,
            iss={"essential": True, "value": "demo-kasse"},
            aud={"essential": True, "value": "amtslotse-portal"},
            exp={"essential": True},
            jti={"essential": True},
        )
        try:
            claims = jwt.decode(meldung, self._key, algorithms=["HS256"]).claims
            registry.validate(claims)
            return Meldung(
                str(claims["jti"]),
                str(claims["zahlung"]),
                str(claims["kassenzeichen"]),
                int(claims["betrag_cent"]),
                Stand(claims["stand"]),
            )
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise PaymentReportError from error

    async def seite(self, referenz: str) -> DemoKasseZeile:
        """What the provider's own page shows. Raises NotFoundError."""
        async with self._context.transaction() as session:
            row = await session.get(DemoKasseZeile, referenz)
        if row is None:
            raise NotFoundError("Diese Zahlung gibt es nicht.")
        return row

    async def entscheiden(self, referenz: str, stand: Stand) -> tuple[str, str]:
        """The payer pressed a button on the provider's page; gives the signed report and the way back. Raises NotFoundError."""
        async with self._context.transaction() as session:
            row = await session.get(DemoKasseZeile, referenz, with_for_update=True)
            if row is None:
                raise NotFoundError("Diese Zahlung gibt es nicht.")
            if row.status == Stand.INITIAL:
                row.status = stand
        return self.unterschreiben(row), row.zurueck

    def unterschreiben(self, row: DemoKasseZeile) -> str:
        """The signed report of a payment's present state."""
        claims = {
            "iss": "demo-kasse",
            "aud": "amtslotse-portal",
            "jti": f"{row.referenz}:{row.status}",
            "exp": int((self._context.clock() + MELDUNG_GUELTIG).timestamp()),
            "zahlung": row.zahlung_id,
            "kassenzeichen": row.kassenzeichen,
            "betrag_cent": row.betrag_cent,
            "stand": row.status,
        }
        return jwt.encode({"alg": "HS256"}, claims, self._key)


def demo_anbieter(context: PortalContext) -> DemoAnbieter:
    """The demo's provider; NotFoundError outside of a demo town."""
    if not context.settings.demo:
        raise NotFoundError("Online bezahlen ist hier noch nicht eingerichtet.")
    return DemoAnbieter(context)


def anbieter_von(context: PortalContext) -> Zahlungsanbieter | None:
    """The provider of this installation; None where none is set up. In a demo town no money flows, whatever the settings say."""
    from portal.services.zahlungsdienst import Zahlungsdienst

    settings = context.settings
    if settings.demo:
        return DemoAnbieter(context)
    return Zahlungsdienst(settings.zahlung, settings.origin, context.clock()) if settings.zahlung else None
