"""Tells handoff what happened to a citizen's session or draft, so that her conversations can go on."""

from typing import Literal

import httpx
import structlog
from sqlalchemy import select

from portal.context import PortalContext
from portal.schema.bindung import BindungZeile

Ereignis = Literal["identity_proved", "draft_changed", "logged_out"]

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


async def _tell(context: PortalContext, conversations: list[str], event: Ereignis) -> None:
    if not conversations:
        return
    settings = context.settings
    async with httpx.AsyncClient(
        base_url=settings.handoff_url,
        headers={"Authorization": f"Bearer {settings.portal_token}"},
        timeout=GEDULD_S,
    ) as client:
        for conversation in conversations:
            try:
                answer = await client.post(
                    "/api/conversations/internal/events",
                    json={"conversation_id": conversation, "event": event},
                )
                answer.raise_for_status()
            except httpx.HTTPError as error:
                log.warning("handoff_not_told", ereignis=event, fehler=type(error).__name__)
