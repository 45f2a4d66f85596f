"""Delivery to the responsible office: a port, its first adapter, and the job that empties the outbox.

The outbox row is written in the transaction that creates the case. The job takes a row with a lease, delivers, then
notes it: a crash in between delivers again, and every adapter recognises a case that it already has.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.schema.vorgang import PosteingangZeile, VorgangZeile, ZustellungZeile

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
"""How long one attempt may take before another worker tries."""
PAUSE_HOECHSTENS = timedelta(hours=1)
ZUGESTELLT = "zugestellt"
ANGEHALTEN = "angehalten"
"""The citizen withdrew her release before the case arrived: it is never delivered."""


@dataclass(frozen=True)
class Sendung:
    """One case on its way. `vorgang_id` is the key by which an adapter recognises it."""

    vorgang_id: str
    aktenzeichen: str
    stelle_id: str
    paket: bytes
    paket_sha256: str
    pdf: bytes


class Zustellkanal(Protocol):
    """A way to an office. Delivering the same `vorgang_id` again must change nothing."""

    async def zustellen(self, context: PortalContext, sendung: Sendung) -> None:
        """Deliver; any exception means "not delivered, try again"."""
        ...


class Posteingang:
    """First adapter: the office's inbox in this portal."""

    async def zustellen(self, context: PortalContext, sendung: Sendung) -> None:
        """Lay the case into the inbox, once; not if it was stopped meanwhile."""
        async with context.transaction() as session:
            row = await session.scalar(
                select(ZustellungZeile)
                .where(ZustellungZeile.vorgang_id == sendung.vorgang_id)
                .with_for_update()
            )
            if row is not None and row.status == ANGEHALTEN:
                return
            if await session.get(PosteingangZeile, sendung.vorgang_id) is None:
                session.add(
                    PosteingangZeile(
                        vorgang_id=sendung.vorgang_id,
                        stelle_id=sendung.stelle_id,
                        eingang_utc=context.clock(),
                        beleg=bytes.fromhex(sendung.paket_sha256),
                    )
                )


KANAELE: Mapping[str, Zustellkanal] = {"posteingang": Posteingang()}


def einreihen(
    context: PortalContext, session: AsyncSession, vorgang_id: str, kanal: str = "posteingang"
) -> None:
    """Put a case into the outbox, in the transaction that creates it."""
    session.add(
        ZustellungZeile(
            id=str(uuid.uuid4()),
            vorgang_id=vorgang_id,
            kanal=kanal,
            status="offen",
            versuche=0,
            naechster_versuch_utc=context.clock(),
            zugestellt_utc=None,
            fehler=None,
        )
    )


async def bedarf(session: AsyncSession, jetzt: datetime) -> bool:
    """Whether something is due."""
    query = select(ZustellungZeile.id).where(
        ZustellungZeile.status == "offen", ZustellungZeile.naechster_versuch_utc <= jetzt
    )
    return await session.scalar(query.limit(1)) is not None


async def anhalten(context: PortalContext, session: AsyncSession, vorgang_id: str) -> bool:
    """Stop a delivery. False when the case has arrived or an attempt is under way; then it is too late."""
    row = await session.scalar(
        select(ZustellungZeile).where(ZustellungZeile.vorgang_id == vorgang_id).with_for_update()
    )
    if row is None or row.status != "offen":
        return False
    attempt_runs = row.versuche > 0 and row.fehler is None and row.naechster_versuch_utc > context.clock()
    if attempt_runs or await session.get(PosteingangZeile, vorgang_id) is not None:
        return False
    row.status = ANGEHALTEN
    return True


async def zustellen_faellige(context: PortalContext, kanaele: Mapping[str, Zustellkanal] = KANAELE) -> int:
    """Deliver everything that is due now; gives how many arrived."""
    arrived = 0
    while (zustellung_id := await _nehmen(context)) is not None:
        arrived += await _versuchen(context, zustellung_id, kanaele)
    return arrived


async def _nehmen(context: PortalContext) -> str | None:
    """Lease the next due row: one statement, so that two workers never hold the same."""
    now = context.clock()
    due = (
        select(ZustellungZeile.id)
        .where(ZustellungZeile.status == "offen", ZustellungZeile.naechster_versuch_utc <= now)
        .order_by(ZustellungZeile.naechster_versuch_utc)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    async with context.transaction() as session:
        taken: str | None = await session.scalar(
            update(ZustellungZeile)
            .where(ZustellungZeile.id == due)
            .values(versuche=ZustellungZeile.versuche + 1, naechster_versuch_utc=now + LEASE, fehler=None)
            .returning(ZustellungZeile.id)
        )
    return taken


async def _versuchen(context: PortalContext, zustellung_id: str, kanaele: Mapping[str, Zustellkanal]) -> bool:
    async with context.transaction() as session:
        row = await session.get_one(ZustellungZeile, zustellung_id)
        case = await session.get_one(VorgangZeile, row.vorgang_id)
        kanal, attempts = row.kanal, row.versuche
        parcel = Sendung(case.id, case.aktenzeichen, case.stelle_id, case.paket, case.paket_sha256, case.pdf)
    try:
        await kanaele[kanal].zustellen(context, parcel)
    except (
        Exception
    ) as error:  # the edge of the process: whatever an adapter throws, the case stays in the outbox
        log.warning("delivery_failed", versuch=attempts, fehler=type(error).__name__)
        pause = min(timedelta(seconds=2**attempts), PAUSE_HOECHSTENS)
        values = {"fehler": type(error).__name__, "naechster_versuch_utc": context.clock() + pause}
        delivered = False
    else:
        values = {"status": ZUGESTELLT, "zugestellt_utc": context.clock(), "fehler": None}
        delivered = True
    async with context.transaction() as session:
        await session.execute(
            update(ZustellungZeile)
            .where(ZustellungZeile.id == zustellung_id, ZustellungZeile.status != ANGEHALTEN)
            .values(**values)
        )
    return delivered
