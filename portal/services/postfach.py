"""Use cases of the postbox."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import NotFoundError
from portal.schema.postfach import NachrichtZeile
from portal.services.views import MessageView


def schreiben(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    *,
    art: str,
    absender: str,
    betreff: str,
    text: str,
    vorgang_id: str | None = None,
    entwurf_id: str | None = None,
) -> str:
    """Put a message into the postbox in the caller's transaction; gives its id."""
    message_id = str(uuid.uuid4())
    session.add(
        NachrichtZeile(
            id=message_id,
            konto_id=konto_id,
            art=art,
            absender=absender,
            betreff=betreff,
            text=text,
            vorgang_id=vorgang_id,
            entwurf_id=entwurf_id,
            eingegangen_utc=context.clock(),
            gelesen_utc=None,
        )
    )
    return message_id


async def liste(session: AsyncSession, konto_id: str) -> list[MessageView]:
    """All messages, the newest first."""
    rows = await session.scalars(
        select(NachrichtZeile)
        .where(NachrichtZeile.konto_id == konto_id)
        .order_by(NachrichtZeile.eingegangen_utc.desc(), NachrichtZeile.id)
    )
    return [_view(r) for r in rows]


async def ungelesen(session: AsyncSession, konto_id: str) -> int:
    """How many messages wait to be read."""
    query = select(func.count()).where(
        NachrichtZeile.konto_id == konto_id, NachrichtZeile.gelesen_utc.is_(None)
    )
    return await session.scalar(query) or 0


async def lesen(
    context: PortalContext, session: AsyncSession, konto_id: str, nachricht_id: str
) -> MessageView:
    """One message, noted as read; a foreign one is as unknown. Raises NotFoundError."""
    row = await session.scalar(
        select(NachrichtZeile).where(NachrichtZeile.id == nachricht_id, NachrichtZeile.konto_id == konto_id)
    )
    if row is None:
        raise NotFoundError("Diese Nachricht gibt es nicht.")
    row.gelesen_utc = row.gelesen_utc or context.clock()
    return _view(row)


def _view(row: NachrichtZeile) -> MessageView:
    return MessageView(
        id=row.id,
        kind=row.art,
        sender=row.absender,
        subject=row.betreff,
        text=row.text,
        case_id=row.vorgang_id,
        draft_id=row.entwurf_id,
        received_at=row.eingegangen_utc,
        read_at=row.gelesen_utc,
    )
