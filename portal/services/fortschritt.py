"""How far a citizen is with a life situation: her cases, and what she ticked off or ruled out herself."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.schema.buendel import BuendelZeile
from portal.schema.vorgang import VorgangZeile


@dataclass(frozen=True)
class Fortschritt:
    """Ids of services: handed in, ticked off by herself, ruled out by herself."""

    abgegeben: frozenset[str] = frozenset()
    erledigt: frozenset[str] = frozenset()
    entfaellt: frozenset[str] = frozenset()

    def fertig(self, leistung: str) -> bool:
        """Whether a step is behind her."""
        return leistung in self.abgegeben or leistung in self.erledigt


async def laden(session: AsyncSession, konto_id: str, lebenslage: str) -> Fortschritt:
    """Her progress; a case counts wherever it was handed in, unless she began anew after it."""
    row = await session.get(BuendelZeile, (konto_id, lebenslage))
    query = select(VorgangZeile.leistung).where(VorgangZeile.konto_id == konto_id)
    if row is not None and row.neu_ab_utc is not None:
        query = query.where(VorgangZeile.eingegangen_utc >= row.neu_ab_utc)
    ticks = row.haken if row is not None else {}
    return Fortschritt(
        abgegeben=frozenset(await session.scalars(query)),
        erledigt=frozenset(s for s, tick in ticks.items() if tick["stand"] == "erledigt"),
        entfaellt=frozenset(s for s, tick in ticks.items() if tick["stand"] == "entfaellt"),
    )


async def begonnene(session: AsyncSession, konto_id: str) -> list[str]:
    """The life situations that she works on, the one touched last first."""
    rows = await session.scalars(
        select(BuendelZeile.lebenslage)
        .where(BuendelZeile.konto_id == konto_id)
        .order_by(BuendelZeile.geaendert_utc.desc(), BuendelZeile.lebenslage)
    )
    return list(rows)


async def setzen(
    context: PortalContext, session: AsyncSession, konto_id: str, lebenslage: str, leistung: str, stand: str
) -> None:
    """Tick a step off (`erledigt`), rule it out (`entfaellt`), or take that back (anything else)."""
    row = await _zeile(context, session, konto_id, lebenslage)
    ticks = {s: tick for s, tick in row.haken.items() if s != leistung}
    day = context.today().isoformat()
    if stand == "erledigt":
        ticks[leistung] = {"stand": "erledigt", "am": day}
    elif stand == "entfaellt":
        ticks[leistung] = {"stand": "entfaellt", "am": day}
    row.haken = ticks
    row.geaendert_utc = context.clock()


async def neu_beginnen(context: PortalContext, session: AsyncSession, konto_id: str, lebenslage: str) -> None:
    """Begin anew: all ticks go, and what was handed in until now no longer counts. The cases stay."""
    row = await _zeile(context, session, konto_id, lebenslage)
    row.haken = {}
    row.neu_ab_utc = row.geaendert_utc = context.clock()


async def _zeile(
    context: PortalContext, session: AsyncSession, konto_id: str, lebenslage: str
) -> BuendelZeile:
    key = (konto_id, lebenslage)
    row = await session.get(BuendelZeile, key, with_for_update=True)
    if row is not None:
        return row
    row = BuendelZeile(
        konto_id=konto_id, lebenslage=lebenslage, haken={}, neu_ab_utc=None, geaendert_utc=context.clock()
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same person in two windows: the other one was faster
        return await session.get_one(BuendelZeile, key, with_for_update=True)
    return row
