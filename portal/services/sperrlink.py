"""The link in a warning: it locks the account and opens nothing. And the notice of every change to an account, which carries it."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain.benachrichtigung import Kanal
from portal.schema.benachrichtigung import BenachrichtigungZeile
from portal.schema.zugang import SperrlinkRow
from portal.services import benachrichtigung

SEITE = "/konto/sperren"
GUELTIG = timedelta(days=7)


def _hash(geheimnis: str) -> str:
    return hashlib.sha256(geheimnis.encode("utf-8", "replace")).hexdigest()


async def anlegen(context: PortalContext, session: AsyncSession, konto_id: str) -> str:
    """A path with which the account can be locked, and nothing else; for warnings."""
    geheimnis = secrets.token_urlsafe(32)
    session.add(
        SperrlinkRow(
            id=str(uuid.uuid4()),
            konto_id=konto_id,
            link_hash=_hash(geheimnis),
            laeuft_ab_at=context.clock() + GUELTIG,
        )
    )
    return f"{SEITE}/{geheimnis}"


async def aenderung_melden(
    context: PortalContext, session: AsyncSession, konto_id: str, *, an: tuple[Kanal, str] | None = None
) -> None:
    """Tell the citizen that her account was changed, with a link that locks it; once as long as the notice waits to be sent.

    `an`: a replaced address, which is told too.
    """
    waiting = await session.scalars(
        select(BenachrichtigungZeile).where(
            BenachrichtigungZeile.konto_id == konto_id,
            BenachrichtigungZeile.anlass == "konto_geaendert",
            BenachrichtigungZeile.status == "offen",
        )
    )
    to = an[1] if an else None
    if any((row.verweis or "").startswith(SEITE) and row.an == to for row in waiting):
        return
    link = await anlegen(context, session, konto_id)
    await benachrichtigung.anstossen(
        session, konto_id, "konto_geaendert", jetzt=context.clock(), verweis=link, an=an
    )


async def konto_von(session: AsyncSession, geheimnis: str, now: datetime) -> str | None:
    """The account that this link may lock, or None."""
    row = await session.scalar(select(SperrlinkRow).where(SperrlinkRow.link_hash == _hash(geheimnis)))
    return row.konto_id if row is not None and now < row.laeuft_ab_at else None
