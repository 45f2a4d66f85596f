"""Use case: an office sees which appointments come, and how documents are to be handed over; never who comes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.schema.termin import TerminZeile
from portal.services import lieferung

VORSCHAU = timedelta(days=14)


@dataclass(frozen=True)
class Amtstermin:
    """One line of the list. The citizen names the number at the counter."""

    nummer: str
    leistung_name: str
    beginn: datetime
    uebergabe: str | None


async def liste(context: PortalContext, session: AsyncSession, stelle_id: str) -> list[Amtstermin]:
    """The appointments of the next 14 days, soonest first."""
    now = context.clock()
    rows = await session.scalars(
        select(TerminZeile)
        .where(
            TerminZeile.stelle_id == stelle_id,
            TerminZeile.status == "gebucht",
            TerminZeile.ende_utc > now,
            TerminZeile.beginn_utc <= now + VORSCHAU,
        )
        .order_by(TerminZeile.beginn_utc, TerminZeile.buchung)
    )
    return [
        Amtstermin(
            row.buchung,
            row.leistung_name,
            row.beginn_utc,
            await lieferung.uebergabe(context, session, row.konto_id, row.leistung),
        )
        for row in rows
    ]
