""" "Andere suchten auch": from the catalogue's relations, and from counts that say nothing about anybody.

Counted is, per day, that somebody began two services within `FENSTER`; no account, session or time of day is stored.
Small counts and services that tell something delicate never appear, and are not even counted.
"""

from collections import Counter
from datetime import timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Leistung
from portal.context import PortalContext
from portal.schema.buendel import MitnutzungZeile
from portal.schema.entwurf import EntwurfZeile
from portal.services import katalog
from portal.services.views import RelatedService

FENSTER = timedelta(days=30)
"""Two services that one person begins within this time belong together."""
AUFBEWAHRT = timedelta(days=365)
MINDESTENS = 5
"""A smaller sum could point to single people."""
HOECHSTENS = 5
NIE = frozenset({"auskunftssperre", "geschlechtseintrag"})
"""Never in a suggestion, whatever a town's file says (§ 51 BMG; SBGG)."""


def zeigbar(service: Leistung) -> bool:
    """Whether a service may be counted and suggested at all."""
    return not service.sensibel and service.id not in NIE


async def zaehlen(context: PortalContext, session: AsyncSession, konto_id: str, service: Leistung) -> None:
    """Count the services that the person began lately beside this one, which she is beginning now.

    Each person counts once for a pair within `FENSTER`: who begins the same service again is not counted again.
    """
    if not zeigbar(service):
        return
    known = context.katalog.leistungen
    since = context.clock() - FENSTER
    begun = Counter(
        await session.scalars(
            select(EntwurfZeile.leistung).where(
                EntwurfZeile.konto_id == konto_id, EntwurfZeile.erstellt_utc >= since
            )
        )
    )
    if begun.pop(service.id, 0) > 1:
        return
    for other in sorted(begun):
        if other in known and zeigbar(known[other]):
            await _erhoehen(context, session, *sorted((service.id, other)))
    await session.execute(delete(MitnutzungZeile).where(MitnutzungZeile.tag < context.today() - AUFBEWAHRT))


async def _erhoehen(context: PortalContext, session: AsyncSession, a: str, b: str) -> None:
    today = context.today()
    raise_by_one = (
        update(MitnutzungZeile)
        .where(MitnutzungZeile.tag == today, MitnutzungZeile.leistung_a == a, MitnutzungZeile.leistung_b == b)
        .values(anzahl=MitnutzungZeile.anzahl + 1)
        .returning(MitnutzungZeile.anzahl)
    )
    if await session.scalar(raise_by_one) is not None:
        return
    try:
        async with session.begin_nested():
            session.add(MitnutzungZeile(tag=today, leistung_a=a, leistung_b=b, anzahl=1))
    except IntegrityError:  # somebody else's first count of the day was faster
        await session.execute(raise_by_one)


async def andere_suchten(
    context: PortalContext, session: AsyncSession, leistung_id: str
) -> list[RelatedService]:
    """What others used beside this service: counted ones first, then those that the catalogue names together.

    A delicate service suggests nothing either: a list beside it would say who comes there.

    Raises
    ------
    NotFoundError
    """
    service = katalog.leistung(context, leistung_id)
    if not zeigbar(service):
        return []
    known = context.katalog.leistungen
    counts = await _summen(context, session, service.id)
    found = {one: "genutzt" for one, _ in counts.most_common()}
    for other in _verwandt(context, service):
        found.setdefault(other, "paket")
    shown = [one for one in found if one in known and one != service.id and zeigbar(known[one])]
    return [
        RelatedService.model_validate({"id": one, "name": known[one].name, "reason": found[one]})
        for one in shown[:HOECHSTENS]
    ]


async def _summen(context: PortalContext, session: AsyncSession, leistung: str) -> Counter[str]:
    """How often each other service was used beside this one in the last year; small sums are missing."""
    rows = await session.scalars(
        select(MitnutzungZeile).where(
            MitnutzungZeile.tag >= context.today() - AUFBEWAHRT,
            or_(MitnutzungZeile.leistung_a == leistung, MitnutzungZeile.leistung_b == leistung),
        )
    )
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row.leistung_b if row.leistung_a == leistung else row.leistung_a] += row.anzahl
    return Counter({other: count for other, count in sums.items() if count >= MINDESTENS})


def _verwandt(context: PortalContext, service: Leistung) -> list[str]:
    """What the catalogue names together: relations in either direction, then neighbours in life situations."""
    found = [*service.beziehungen.oft_zusammen]
    found += [
        other.id
        for other in context.katalog.leistungen.values()
        if service.id in other.beziehungen.oft_zusammen
    ]
    for lage in context.katalog.lebenslagen.values():
        for schritt in lage.schritte:
            if service.id in schritt.nach:
                found.append(schritt.leistung)
            if schritt.leistung == service.id:
                found += schritt.nach
    return list(dict.fromkeys(found))
