"""Use cases of the conversations as a citizen's data: they lie with handoff, which hands them out and deletes them."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from pydantic import BaseModel
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.schema.bindung import BindungZeile
from portal.schema.idempotenz import IdempotenzZeile
from portal.schema.konto import GespraechsloeschungRow
from portal.schema.tresor import TresorZeile
from portal.services import gespraeche

GEDULD_S = 20.0
"""How long handing out or deleting may take: years of conversations are decrypted, the assistant is asked as well."""
DIENSTE = ("actions", "handoff")
"""Who calls with `Idempotency-Key`; the stored answers name service and conversation."""
ANTWORTEN_BLEIBEN = timedelta(days=30)
NUMMERN_BLEIBEN = timedelta(days=180)
"""As long as a conversation may be silent before handoff deletes it; what became part of a draft lies there."""

log = structlog.get_logger(__name__)


class Gespraechsdaten(BaseModel):
    """Conversations with their messages, files that were sent, linked messengers, in handoff's shapes (docs/protocol/conversations.md)."""

    conversations: list[dict[str, Any]]
    files: list[dict[str, Any]]
    channels: list[dict[str, Any]]


async def holen(context: PortalContext, konto_id: str) -> Gespraechsdaten | None:
    """A citizen's conversations and linked messengers; None while handoff does not answer."""
    async with gespraeche.client(context, GEDULD_S) as line:
        try:
            answer = await line.post(
                "/api/conversations/internal/accounts/export", json={"account": konto_id}
            )
            answer.raise_for_status()
        except httpx.HTTPError as error:
            log.warning("handoff_not_asked", frage="export", fehler=type(error).__name__)
            return None
    return Gespraechsdaten.model_validate(answer.json())


async def vormerken(context: PortalContext, session: AsyncSession, konto_id: str) -> None:
    """Note that an account's conversations are to be deleted, and delete here what belongs to them."""
    session.add(GespraechsloeschungRow(konto=konto_id, angelegt_at=context.clock()))
    bound = await session.scalars(select(BindungZeile.unterhaltung).where(BindungZeile.konto_id == konto_id))
    await _spuren_loeschen(session, list(bound))


async def loeschen(context: PortalContext) -> int:
    """Let handoff delete the conversations of deleted accounts; gives of how many it did.

    Called at once by whoever deletes an account, and by a job until handoff has done it. Sessions end first: nobody ties a
    conversation to the account afterwards.
    """
    async with context.transaction() as session:
        accounts = list(
            await session.scalars(
                select(GespraechsloeschungRow.konto).order_by(GespraechsloeschungRow.angelegt_at)
            )
        )
    if not accounts:
        return 0
    await gespraeche.widerrufe_melden(context)
    done = 0
    async with gespraeche.client(context, GEDULD_S) as line:
        for konto_id in accounts:
            try:
                answer = await line.post(
                    "/api/conversations/internal/accounts/erasure", json={"account": konto_id}
                )
                answer.raise_for_status()
            except httpx.HTTPError as error:
                log.warning("handoff_not_asked", frage="erasure", fehler=type(error).__name__)
                continue
            async with context.transaction() as session:
                await _spuren_loeschen(session, answer.json()["conversations"])
                await session.execute(
                    delete(GespraechsloeschungRow).where(GespraechsloeschungRow.konto == konto_id)
                )
            done += 1
    return done


async def offen(session: AsyncSession, _jetzt: datetime) -> bool:
    """Whether conversations of a deleted account are still to be deleted."""
    return await session.scalar(select(GespraechsloeschungRow.konto).limit(1)) is not None


async def aufraeumen(context: PortalContext) -> None:
    """Delete stored answers and numbers from chats when their time is over."""
    now = context.clock()
    async with context.transaction() as session:
        await session.execute(delete(IdempotenzZeile).where(IdempotenzZeile.am_utc < now - ANTWORTEN_BLEIBEN))
        await session.execute(delete(TresorZeile).where(TresorZeile.erstellt_utc < now - NUMMERN_BLEIBEN))


async def _spuren_loeschen(session: AsyncSession, unterhaltungen: list[str]) -> None:
    callers = [f"{dienst}:{one}" for dienst in DIENSTE for one in unterhaltungen]
    await session.execute(delete(IdempotenzZeile).where(IdempotenzZeile.aufrufer.in_(callers)))
    await session.execute(delete(TresorZeile).where(TresorZeile.unterhaltung.in_(unterhaltungen)))
    await session.execute(delete(BindungZeile).where(BindungZeile.unterhaltung.in_(unterhaltungen)))
