"""Tells handoff what happened to a citizen's session or draft, so that her conversations can go on."""

from datetime import datetime, timedelta
from typing import Literal

import httpx
import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.schema.bindung import BindungZeile
from portal.schema.zugang import WiderrufRow

Ereignis = Literal["identity_proved", "draft_changed"]

WIDERRUFE_AUF_EINMAL = 200
WIDERRUF_BLEIBT = timedelta(days=1)
GEDULD_S = 2.0
"""How long a page waits for handoff. The bot reads the draft at every turn anyway; this only makes it speak at once."""

log = structlog.get_logger(__name__)


async def tell_session(context: PortalContext, sid: str, event: Ereignis) -> None:
    """Tell every conversation bound to a session. Best effort: handoff being away changes nothing here."""
    async with context.transaction() as session:
        query = select(BindungZeile.unterhaltung).where(BindungZeile.sid == sid)
        conversations = list(await session.scalars(query))
    await _tell(context, conversations, event)


async def tell_draft(context: PortalContext, konto_id: str, entwurf_id: str) -> None:
    """Tell the conversations that work on a draft that a page changed it. Best effort."""
    async with context.transaction() as session:
        query = select(BindungZeile.unterhaltung).where(
            BindungZeile.konto_id == konto_id, BindungZeile.entwurf_id == entwurf_id
        )
        conversations = list(await session.scalars(query))
    await _tell(context, conversations, "draft_changed")


async def widerrufe_melden(context: PortalContext) -> int:
    """Tell handoff which sessions have ended: it refuses their tokens and cuts their connections. Gives how many it took.

    Called at once by whoever ended a session, and by a job until handoff has heard it.
    """
    now = context.clock()
    async with context.transaction() as session:
        query = (
            select(WiderrufRow.sid).where(WiderrufRow.gemeldet_at.is_(None)).order_by(WiderrufRow.angelegt_at)
        )
        sids = list(await session.scalars(query.limit(WIDERRUFE_AUF_EINMAL)))
    if not sids:
        return 0
    async with client(context) as line:
        try:
            answer = await line.post("/api/conversations/internal/revocations", json={"sids": sids})
            answer.raise_for_status()
        except httpx.HTTPError as error:
            log.warning("handoff_not_told", ereignis="revocations", fehler=type(error).__name__)
            return 0
    async with context.transaction() as session:
        await session.execute(update(WiderrufRow).where(WiderrufRow.sid.in_(sids)).values(gemeldet_at=now))
        await session.execute(delete(WiderrufRow).where(WiderrufRow.gemeldet_at < now - WIDERRUF_BLEIBT))
    return len(sids)


async def widerrufe_offen(session: AsyncSession, _jetzt: datetime) -> bool:
    """Whether handoff has still to hear of an ended session."""
    query = select(WiderrufRow.sid).where(WiderrufRow.gemeldet_at.is_(None))
    return await session.scalar(query.limit(1)) is not None


def client(context: PortalContext, geduld_s: float = GEDULD_S) -> httpx.AsyncClient:
    """The line to handoff, with the portal's token; to be used as a context manager."""
    settings = context.settings
    return httpx.AsyncClient(
        base_url=settings.handoff_url,
        headers={"Authorization": f"Bearer {settings.portal_token}"},
        timeout=geduld_s,
        trust_env=False,
    )


async def _tell(context: PortalContext, conversations: list[str], event: Ereignis) -> None:
    if not conversations:
        return
    async with client(context) as line:
        for conversation in conversations:
            try:
                answer = await line.post(
                    "/api/conversations/internal/events",
                    json={"conversation_id": conversation, "event": event},
                )
                answer.raise_for_status()
            except httpx.HTTPError as error:
                log.warning("handoff_not_told", ereignis=event, fehler=type(error).__name__)
