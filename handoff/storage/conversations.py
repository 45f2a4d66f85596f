"""Queries on conversations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.database import Database
from handoff.domain.people import Staff
from handoff.domain.phase import Phase
from handoff.domain.queue import Waiting
from handoff.schema.tables import ConversationRow


@dataclass(frozen=True)
class Owner:
    """To whom a conversation belongs, and in which language."""

    id: str
    handle_digest: str
    account: str | None
    sid: str | None
    trust: str | None
    lang: str


_OWNER = select(
    ConversationRow.id,
    ConversationRow.handle_digest,
    ConversationRow.account,
    ConversationRow.sid,
    ConversationRow.trust,
    ConversationRow.lang,
)


async def owner_by_digest(database: Database, digest: str) -> Owner | None:
    """Find by the digest of the present handle."""
    row = await database.row(_OWNER.where(ConversationRow.handle_digest == digest))
    return None if row is None else Owner(*row)


async def owner(database: Database, conversation_id: str) -> Owner | None:
    """Find by the internal id."""
    row = await database.row(_OWNER.where(ConversationRow.id == conversation_id))
    return None if row is None else Owner(*row)


async def by_login_digest(session: AsyncSession, digest: str) -> ConversationRow | None:
    """Find by the digest of the present handle or of the one before the last login."""
    return await session.scalar(
        select(ConversationRow).where(
            or_(ConversationRow.handle_digest == digest, ConversationRow.previous_digest == digest)
        )
    )


async def by_chat(session: AsyncSession, chat: str) -> ConversationRow | None:
    """Find by the consoles' id."""
    return await session.scalar(select(ConversationRow).where(ConversationRow.chat == chat))


async def find(session: AsyncSession, conversation_id: str) -> ConversationRow | None:
    """Find by the internal id."""
    return await session.get(ConversationRow, conversation_id)


async def lock(session: AsyncSession, conversation_id: str) -> ConversationRow:
    """Get the conversation for writing; until the commit nobody else writes it. Raises NoResultFound."""
    return (
        await session.scalars(
            select(ConversationRow)
            .where(ConversationRow.id == conversation_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()


async def waiting(session: AsyncSession) -> Sequence[ConversationRow]:
    """List all waiting conversations, in no order."""
    return (
        await session.scalars(select(ConversationRow).where(ConversationRow.phase == Phase.WAITING))
    ).all()


async def places_in_queue(session: AsyncSession) -> list[Waiting]:
    """List what the order of the queue needs, without decrypting anything."""
    rows = await session.execute(
        select(ConversationRow.id, ConversationRow.queued_at, ConversationRow.returned).where(
            ConversationRow.phase == Phase.WAITING
        )
    )
    return [Waiting(id_, since, returned) for id_, since, returned in rows if since is not None]


async def of_clerk(session: AsyncSession, clerk_id: str) -> Sequence[ConversationRow]:
    """List the clerk's claimed conversations, oldest first."""
    return (
        await session.scalars(
            select(ConversationRow)
            .where(ConversationRow.phase == Phase.CLERK, ConversationRow.clerk_id == clerk_id)
            .order_by(ConversationRow.queued_at)
        )
    ).all()


async def claim(
    session: AsyncSession, conversation_id: str, staff: Staff, lease_until: datetime, now: datetime
) -> bool:
    """Take a waiting conversation in one statement; False when somebody else was quicker."""
    claimed = await session.scalar(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id, ConversationRow.phase == Phase.WAITING)
        .values(
            phase=Phase.CLERK.value,
            clerk_id=staff.id,
            clerk_function=staff.function,
            clerk_office=staff.office,
            lease_until=lease_until,
            changed_at=now,
        )
        .returning(ConversationRow.id)
        .execution_options(synchronize_session=False)
    )
    return claimed is not None


async def renew_leases(session: AsyncSession, clerk_id: str, lease_until: datetime) -> None:
    """Let all of the clerk's chats live until then."""
    await session.execute(
        update(ConversationRow)
        .where(ConversationRow.phase == Phase.CLERK, ConversationRow.clerk_id == clerk_id)
        .values(lease_until=lease_until)
        .execution_options(synchronize_session=False)
    )


async def with_expired_lease(session: AsyncSession, now: datetime) -> Sequence[str]:
    """List the ids of claimed conversations whose clerk has gone silent."""
    return (
        await session.scalars(
            select(ConversationRow.id).where(
                ConversationRow.phase == Phase.CLERK, ConversationRow.lease_until <= now
            )
        )
    ).all()


async def next_lease_end(session: AsyncSession) -> datetime | None:
    """Give the moment at which the next lease ends; None without claimed chats."""
    return await session.scalar(
        select(func.min(ConversationRow.lease_until)).where(ConversationRow.phase == Phase.CLERK)
    )


async def ids_of_account(session: AsyncSession, account: str) -> Sequence[str]:
    """List the ids of the conversations that are tied to an account."""
    return (await session.scalars(select(ConversationRow.id).where(ConversationRow.account == account))).all()
