"""Use cases of a person's key: made when first needed, destroyed when she is erased."""

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.schema import schluessel as verfahren
from portal.schema.schluessel import SchluesselZeile


@dataclass(frozen=True)
class Personenschluessel:
    """The key of one person. `inhaber`: the random id under which she stands in the log."""

    inhaber: str
    _schluessel: bytes

    def verschluesseln(self, inhalt: bytes, wofuer: str) -> bytes:
        """Encrypt; `wofuer` names the place where the result belongs, such as `dokument:<id>`."""
        return verfahren.verschluesseln(self._schluessel, inhalt, wofuer)

    def entschluesseln(self, verschluesselt: bytes, wofuer: str) -> bytes:
        """Decrypt what belongs to this place; cryptography.exceptions.InvalidTag otherwise."""
        return verfahren.entschluesseln(self._schluessel, verschluesselt, wofuer)


async def vorhanden(session: AsyncSession, konto_id: str) -> Personenschluessel | None:
    """The person's key, None when she has none: nothing was written yet, or she was erased."""
    row = await session.get(SchluesselZeile, konto_id)
    return Personenschluessel(row.inhaber, row.schluessel) if row else None


async def fuer(context: PortalContext, session: AsyncSession, konto_id: str) -> Personenschluessel:
    """The person's key; made now if she has none."""
    found = await vorhanden(session, konto_id)
    if found is not None:
        return found
    try:
        async with session.begin_nested():
            session.add(
                SchluesselZeile(
                    konto_id=konto_id,
                    inhaber=str(uuid.uuid4()),
                    schluessel=verfahren.neuer_schluessel(),
                    angelegt_utc=context.clock(),
                )
            )
    except IntegrityError:  # another process made her first key at the same time
        pass
    row = await session.get_one(SchluesselZeile, konto_id)
    return Personenschluessel(row.inhaber, row.schluessel)


async def konten(session: AsyncSession) -> list[tuple[str, str]]:
    """Account and random id of everybody who has a key."""
    rows = await session.execute(select(SchluesselZeile.konto_id, SchluesselZeile.inhaber))
    return [(konto_id, holder) for konto_id, holder in rows]


async def vernichten(session: AsyncSession, konto_id: str) -> None:
    """Destroy a person's key. All that was encrypted with it is unreadable from now on."""
    await session.execute(delete(SchluesselZeile).where(SchluesselZeile.konto_id == konto_id))
