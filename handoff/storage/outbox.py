"""Queries on the messages that wait for the engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.domain.message import Object
from handoff.domain.offers import Json
from handoff.schema.tables import OutboxRow


@dataclass(frozen=True)
class Pending:
    """A message on its way to the engine."""

    message_id: str
    at: datetime
    text: str | None
    payload: str | None
    values: Mapping[str, Json] | None
    secrets: list[Object]


async def add(
    session: AsyncSession,
    conversation_id: str,
    message_id: str,
    at: datetime,
    *,
    text: str | None = None,
    payload: str | None = None,
    values: Mapping[str, Json] | None = None,
    secrets: Sequence[Object] = (),
) -> None:
    """Put a message into the outbox, in the transaction that writes it to the log."""
    body = {"text": text, "payload": payload, "values": values, "secrets": list(secrets)}
    session.add(OutboxRow(message_id=message_id, conversation_id=conversation_id, at=at, body=body))
    await session.flush()


async def first(session: AsyncSession, conversation_id: str) -> Pending | None:
    """Give the conversation's oldest undelivered message."""
    row = await session.scalar(
        select(OutboxRow)
        .where(OutboxRow.conversation_id == conversation_id)
        .order_by(OutboxRow.position)
        .limit(1)
    )
    if row is None:
        return None
    body = row.body
    return Pending(row.message_id, row.at, body["text"], body["payload"], body["values"], body["secrets"])


async def last_payload(session: AsyncSession, conversation_id: str) -> str | None:
    """Give the newest undelivered payload."""
    row = await session.scalar(
        select(OutboxRow)
        .where(OutboxRow.conversation_id == conversation_id)
        .order_by(OutboxRow.position.desc())
        .limit(1)
    )
    return None if row is None else row.body["payload"]


async def remove(session: AsyncSession, message_id: str) -> bool:
    """Take a delivered message out; False when it was no longer there."""
    return (
        await session.scalar(
            delete(OutboxRow).where(OutboxRow.message_id == message_id).returning(OutboxRow.position)
        )
    ) is not None


async def clear(session: AsyncSession, conversation_id: str) -> None:
    """Drop what the engine need not see any more: a human reads it in the log."""
    await session.execute(delete(OutboxRow).where(OutboxRow.conversation_id == conversation_id))


async def conversations(session: AsyncSession) -> Sequence[str]:
    """List the conversations that have undelivered messages."""
    return (await session.scalars(select(OutboxRow.conversation_id).distinct())).all()
