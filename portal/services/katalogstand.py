"""One number in the database says which state of the catalogue holds, for every process of the portal."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.schema.redaktion import KatalogstandZeile

_ZEILE = 1


async def nummer(session: AsyncSession) -> int:
    """The number of the state that holds."""
    found = await session.scalar(select(KatalogstandZeile.nummer).where(KatalogstandZeile.id == _ZEILE))
    return found or 0


async def weiterzaehlen(session: AsyncSession) -> int:
    """Count one more state, in the transaction that makes it; gives its number. Two at once wait for each other."""
    counted: int | None = await session.scalar(
        update(KatalogstandZeile)
        .where(KatalogstandZeile.id == _ZEILE)
        .values(nummer=KatalogstandZeile.nummer + 1)
        .returning(KatalogstandZeile.nummer)
    )
    if counted is None:
        session.add(KatalogstandZeile(id=_ZEILE, nummer=1))
        await session.flush()
        return 1
    return counted
