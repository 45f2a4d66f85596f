"""Slows down guessing: each try is counted before it is checked, so that many at once gain nothing."""

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import PortalError
from portal.schema.konto import FehlversuchRow

FENSTER = timedelta(minutes=15)
"""Failed tries count this long."""


class TooManyAttemptsError(PortalError):
    """Too many failed tries. The caller waits for `FENSTER`."""

    code = "zu_viele_versuche"
    status = 429


@dataclass(frozen=True)
class Versuch:
    """One try under way; it counts as failed until `gelungen`."""

    ids: tuple[str, ...]
    wofuer: str
    """Keyed hash of its first subject, whose failures a success forgives."""


async def beginnen(context: PortalContext, grenzen: Mapping[str, int]) -> Versuch:
    """Count a try.

    Parameters
    ----------
    grenzen
        Subject (`konto:anna`, `adresse:…`) → how many failures it may have. Only keyed hashes are stored.

    Raises
    ------
    TooManyAttemptsError
        A subject has had too many.
    """
    now = context.clock()
    keys = {pruefwert(context, subject): limit for subject, limit in grenzen.items()}
    rows = [FehlversuchRow(id=str(uuid.uuid4()), schluessel=key, at=now) for key in keys]
    async with context.transaction() as session:
        for key, limit in keys.items():
            query = select(func.count()).where(
                FehlversuchRow.schluessel == key, FehlversuchRow.at > now - FENSTER
            )
            if (await session.scalar(query) or 0) >= limit:
                minutes = int(FENSTER.total_seconds() // 60)
                raise TooManyAttemptsError(
                    f"Es gab zu viele falsche Eingaben. Zu Ihrem Schutz ist die Anmeldung für {minutes} Minuten gesperrt. "
                    "Ihre Daten und Entwürfe bleiben erhalten."
                )
        session.add_all(rows)
    return Versuch(tuple(row.id for row in rows), next(iter(keys)))


async def gelungen(context: PortalContext, session: AsyncSession, versuch: Versuch) -> None:
    """The try was right: it does not count, and its first subject's failures are forgiven."""
    await session.execute(delete(FehlversuchRow).where(FehlversuchRow.id.in_(versuch.ids)))
    await session.execute(delete(FehlversuchRow).where(FehlversuchRow.schluessel == versuch.wofuer))
    await session.execute(delete(FehlversuchRow).where(FehlversuchRow.at < context.clock() - FENSTER))


def pruefwert(context: PortalContext, subject: str) -> str:
    """Keyed hash of something that is not to be stored itself."""
    return hmac.new(context.settings.signing_key.encode(), subject.encode(), hashlib.sha256).hexdigest()
