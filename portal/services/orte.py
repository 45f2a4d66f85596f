"""Use cases of places: import a table of them, find the municipalities of a PLZ."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.orte import built_in_places
from portal.domain.zustaendigkeit import Gemeinde, Ort
from portal.schema.ort import OrtZeile
from portal.services.ortsliste import Mangel


@dataclass
class Bericht:
    """What an import did."""

    neu: int = 0
    geaendert: int = 0
    unveraendert: int = 0
    gemeinden: int = 0
    maengel: list[Mangel] = field(default_factory=list)


async def importieren(session: AsyncSession, records: Iterable[Ort | Mangel]) -> Bericht:
    """Take over places; what is there already stays as it is. A second import of the same table changes nothing."""
    known = {(row.plz, row.ags): row for row in await session.scalars(select(OrtZeile))}
    report = Bericht()
    towns: set[str] = set()
    for record in records:
        if isinstance(record, Mangel):
            report.maengel.append(record)
            continue
        town = record.gemeinde
        towns.add(town.ags)
        row = known.get((record.plz, town.ags))
        if row is None:
            session.add(
                OrtZeile(
                    plz=record.plz,
                    ags=town.ags,
                    ars=town.ars,
                    name=town.name,
                    amtlich=town.amtlich,
                    kreis=town.kreis,
                    strassen=list(record.strassen),
                )
            )
            report.neu += 1
        elif _ort(row) == record:
            report.unveraendert += 1
        else:
            row.ars, row.name, row.amtlich, row.kreis = town.ars, town.name, town.amtlich, town.kreis
            row.strassen = list(record.strassen)
            report.geaendert += 1
    report.gemeinden = len(towns)
    return report


def _ort(row: OrtZeile) -> Ort:
    return Ort(row.plz, Gemeinde(row.ags, row.name, row.amtlich, row.ars, row.kreis), tuple(row.strassen))


async def mit_plz(session: AsyncSession, plz: str) -> list[Ort]:
    """All places with a PLZ: what was imported, and of the built-in ones those that the import does not know."""
    rows = await session.scalars(select(OrtZeile).where(OrtZeile.plz == plz).order_by(OrtZeile.ags))
    found = [_ort(row) for row in rows]
    known = {place.gemeinde.ags for place in found}
    return found + [p for p in built_in_places() if p.plz == plz and p.gemeinde.ags not in known]


async def gemeinden(session: AsyncSession) -> dict[str, Gemeinde]:
    """All municipalities by AGS."""
    found = {place.gemeinde.ags: place.gemeinde for place in built_in_places()}
    columns = (OrtZeile.ags, OrtZeile.name, OrtZeile.amtlich, OrtZeile.ars, OrtZeile.kreis)
    for row in await session.execute(select(*columns).distinct()):
        found[row[0]] = Gemeinde(*row)
    return found
