"""Use cases: what a proof says about a citizen becomes master data only value by value, when she agrees."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import NotFoundError
from portal.schema.identitaet import DatenvorschlagRow
from portal.services import stammdaten

VERTRAUEN = {
    "niedrig": "niedrig",
    "substantiell": "substantiell",
    "hoch": "hoch",
    "buergerident": "BürgerIdent",
}
"""Marks of a value, in words. BürgerIdent is none of the eIDAS levels."""


@dataclass(frozen=True)
class Angabe:
    """One value with the trust that its source vouches for."""

    feld: str
    wert: str
    vertrauen: str


@dataclass(frozen=True)
class Vorschlag:
    """Values that wait for the citizen's decision."""

    id: str
    quelle: str
    umstand: str
    angelegt_at: datetime
    angaben: Sequence[Angabe]


async def machen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    quelle: str,
    umstand: str,
    angaben: Sequence[Angabe],
) -> str | None:
    """Propose what is new or better proved than what is known; None if nothing is."""
    known = await stammdaten.load(session, konto_id)
    fresh = [
        a
        for a in angaben
        if a.wert
        and a.feld in stammdaten.FELDER
        and (a.feld not in known or (known[a.feld].wert, known[a.feld].vertrauen) != (a.wert, a.vertrauen))
    ]
    if not fresh:
        return None
    row = DatenvorschlagRow(
        id=str(uuid.uuid4()),
        konto_id=konto_id,
        quelle=quelle,
        werte=[[a.feld, a.wert, a.vertrauen] for a in fresh],
        umstand=umstand,
        angelegt_at=context.clock(),
    )
    session.add(row)
    return row.id


async def offene(session: AsyncSession, konto_id: str) -> list[Vorschlag]:
    """What waits, the newest first."""
    rows = await session.scalars(
        select(DatenvorschlagRow)
        .where(DatenvorschlagRow.konto_id == konto_id, DatenvorschlagRow.erledigt_at.is_(None))
        .order_by(DatenvorschlagRow.angelegt_at.desc())
    )
    return [_view(row) for row in rows]


async def laden(session: AsyncSession, konto_id: str, vorschlag_id: str) -> Vorschlag:
    """One that waits. Raises NotFoundError if it is another's or decided."""
    return _view(await _row(session, konto_id, vorschlag_id))


async def entscheiden(
    context: PortalContext, konto_id: str, vorschlag_id: str, uebernehmen: Collection[str]
) -> int:
    """Take over the values whose fields are named; the others are dropped. Gives how many were taken over."""
    async with context.transaction() as session:
        row = await _row(session, konto_id, vorschlag_id)
        taken = [Angabe(*value) for value in row.werte if value[0] in uebernehmen]
        for trust in dict.fromkeys(a.vertrauen for a in taken):
            values = {a.feld: a.wert for a in taken if a.vertrauen == trust}
            await stammdaten.speichern(context, session, konto_id, values, row.quelle, trust)
        row.werte, row.erledigt_at = [], context.clock()
    return len(taken)


async def _row(session: AsyncSession, konto_id: str, vorschlag_id: str) -> DatenvorschlagRow:
    row = await session.scalar(
        select(DatenvorschlagRow)
        .where(
            DatenvorschlagRow.id == vorschlag_id,
            DatenvorschlagRow.konto_id == konto_id,
            DatenvorschlagRow.erledigt_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise NotFoundError("Dieser Vorschlag ist schon entschieden oder gehört nicht zu Ihrem Konto.")
    return row


def _view(row: DatenvorschlagRow) -> Vorschlag:
    return Vorschlag(row.id, row.quelle, row.umstand, row.angelegt_at, [Angabe(*v) for v in row.werte])
