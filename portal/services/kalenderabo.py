"""Calendars that subscribe to a citizen's deadlines under a secret address. The secret is stored as a hash only."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ConflictError, NotFoundError
from portal.schema.erinnerung import KalenderaboZeile
from portal.services import fristenblatt, kalenderdatei

HOECHSTENS = 5


@dataclass(frozen=True)
class Abo:
    """One subscription."""

    id: str
    angelegt: datetime
    zuletzt: datetime | None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def anlegen(context: PortalContext, session: AsyncSession, konto_id: str) -> str:
    """A new secret address; it is shown once.

    Raises
    ------
    ConflictError
        She has as many as are allowed.
    """
    if len(await liste(session, konto_id)) >= HOECHSTENS:
        raise ConflictError(
            f"Mehr als {HOECHSTENS} Adressen gibt es nicht. Bitte widerrufen Sie zuerst eine."
        )
    secret = secrets.token_urlsafe(32)
    session.add(
        KalenderaboZeile(
            id=str(uuid.uuid4()),
            konto_id=konto_id,
            geheimnis_hash=_hash(secret),
            angelegt_utc=context.clock(),
            zuletzt_utc=None,
            widerrufen_utc=None,
        )
    )
    return f"{context.settings.origin}/kalender/{secret}.ics"


async def liste(session: AsyncSession, konto_id: str) -> list[Abo]:
    """Her addresses that are in use, the newest first."""
    rows = await session.scalars(
        select(KalenderaboZeile)
        .where(KalenderaboZeile.konto_id == konto_id, KalenderaboZeile.widerrufen_utc.is_(None))
        .order_by(KalenderaboZeile.angelegt_utc.desc())
    )
    return [Abo(r.id, r.angelegt_utc, r.zuletzt_utc) for r in rows]


async def widerrufen(context: PortalContext, session: AsyncSession, konto_id: str, abo_id: str) -> None:
    """End one address. Raises NotFoundError."""
    row = await session.get(KalenderaboZeile, abo_id)
    if row is None or row.konto_id != konto_id:
        raise NotFoundError("Diese Kalenderadresse gibt es nicht.")
    row.widerrufen_utc = row.widerrufen_utc or context.clock()


async def alle_widerrufen(session: AsyncSession, konto_id: str, jetzt: datetime) -> None:
    """End all addresses of an account, as when it is locked."""
    await session.execute(
        update(KalenderaboZeile)
        .where(KalenderaboZeile.konto_id == konto_id, KalenderaboZeile.widerrufen_utc.is_(None))
        .values(widerrufen_utc=jetzt)
    )


async def lesen(context: PortalContext, session: AsyncSession, secret: str) -> bytes:
    """What a calendar reads: days and a link, nothing of what they are about. Raises NotFoundError."""
    row = await session.scalar(
        select(KalenderaboZeile).where(
            KalenderaboZeile.geheimnis_hash == _hash(secret), KalenderaboZeile.widerrufen_utc.is_(None)
        )
    )
    if row is None:
        raise NotFoundError("Diese Kalenderadresse gibt es nicht.")
    row.zuletzt_utc = context.clock()
    entries = await fristenblatt.liste(context, session, row.konto_id)
    return kalenderdatei.fristen_als_ics(
        entries, jetzt=context.clock(), adresse=context.settings.origin, mit_namen=False
    )
