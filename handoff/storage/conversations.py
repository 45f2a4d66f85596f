"""Queries on conversations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.database import Database
from handoff.domain.phase import Phase
from handoff.domain.queue import Ticket
from handoff.schema.tables import ChannelRow, ConversationRow


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


_OWNER_BY_DIGEST = _OWNER.where(ConversationRow.handle_digest == bindparam("digest"))
_OWNER_BY_ID = _OWNER.where(ConversationRow.id == bindparam("id_"))
_LAST_SEQ = select(ConversationRow.last_seq).where(ConversationRow.id == bindparam("id_"))


async def owner_by_digest(database: Database, digest: str) -> Owner | None:
    """Find by the digest of the present handle."""
    row = await database.row(_OWNER_BY_DIGEST, digest=digest)
    return None if row is None else Owner(*row)


async def owner(database: Database, conversation_id: str) -> Owner | None:
    """Find by the internal id."""
    row = await database.row(_OWNER_BY_ID, id_=conversation_id)
    return None if row is None else Owner(*row)


async def last_seq(database: Database, conversation_id: str) -> int:
    """Give the number of the newest message, 0 without any."""
    row = await database.row(_LAST_SEQ, id_=conversation_id)
    return 0 if row is None else int(row[0])


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


async def find_all(session: AsyncSession, ids: Sequence[str]) -> dict[str, ConversationRow]:
    """Find many by the internal id."""
    rows = await session.scalars(select(ConversationRow).where(ConversationRow.id.in_(ids)))
    return {row.id: row for row in rows}


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


_QUEUE = (ConversationRow.returned.desc(), ConversationRow.rank_at, ConversationRow.id)
_TICKET = (
    ConversationRow.id,
    ConversationRow.rank_at,
    ConversationRow.returned,
    ConversationRow.service,
    ConversationRow.office,
    ConversationRow.reason,
    ConversationRow.lang,
    ConversationRow.queued_at,
)


async def waiting(session: AsyncSession, ids: Sequence[str]) -> Sequence[ConversationRow]:
    """List those of these conversations that wait, in the order of the queue."""
    return (
        await session.scalars(
            select(ConversationRow)
            .where(ConversationRow.phase == Phase.WAITING, ConversationRow.id.in_(ids))
            .order_by(*_QUEUE)
        )
    ).all()


async def tickets(
    session: AsyncSession,
    *,
    limit: int | None = None,
    offices: Sequence[str] | None = None,
) -> list[Ticket]:
    """List the head of the queue, in order, without decrypting anything.

    Parameters
    ----------
    limit
        How many at most.
    offices
        Only chats of these offices or of none.
    """
    query = select(*_TICKET).where(ConversationRow.phase == Phase.WAITING).order_by(*_QUEUE).limit(limit)
    if offices is not None:
        query = query.where(or_(ConversationRow.office.is_(None), ConversationRow.office.in_(offices)))
    rows = await session.execute(query)
    return [_ticket(*row) for row in rows]


async def bound(session: AsyncSession, ids: Sequence[str]) -> dict[str, bool]:
    """Tell which of these conversations wait, and which of those are tied to an account."""
    rows = await session.execute(
        select(ConversationRow.id, ConversationRow.account.is_not(None)).where(
            ConversationRow.id.in_(ids), ConversationRow.phase == Phase.WAITING
        )
    )
    return dict(rows.all())


async def count_waiting(session: AsyncSession) -> int:
    """Count who waits."""
    return (await session.scalar(select(func.count()).where(ConversationRow.phase == Phase.WAITING))) or 0


def ticket_of(row: ConversationRow) -> Ticket:
    """Give a conversation as the queue sees it."""
    return _ticket(
        row.id, row.rank_at, row.returned, row.service, row.office, row.reason, row.lang, row.queued_at
    )


def _ticket(
    id_: str,
    rank_at: datetime | None,
    returned: bool,
    service: str | None,
    office: str | None,
    reason: str | None,
    lang: str,
    queued_at: datetime | None,
) -> Ticket:
    if rank_at is None:
        raise LookupError("a waiting conversation has a rank")
    return Ticket(id_, rank_at, returned, service, office, reason or "wunsch", lang, queued_at)


async def of_clerk(session: AsyncSession, clerk_id: str) -> Sequence[ConversationRow]:
    """List the clerk's claimed conversations, oldest first."""
    return (
        await session.scalars(
            select(ConversationRow)
            .where(ConversationRow.phase == Phase.CLERK, ConversationRow.clerk_id == clerk_id)
            .order_by(ConversationRow.queued_at)
        )
    ).all()


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


async def of_person(session: AsyncSession, account: str) -> Sequence[ConversationRow]:
    """List an account's conversations, also those of a messenger that is linked with it; the oldest first."""
    linked = select(ChannelRow.conversation_id).where(ChannelRow.account == account)
    return (
        await session.scalars(
            select(ConversationRow)
            .where((ConversationRow.account == account) | ConversationRow.id.in_(linked))
            .order_by(ConversationRow.created_at, ConversationRow.id)
        )
    ).all()


async def ids_of_account(session: AsyncSession, account: str) -> Sequence[str]:
    """List the ids of the conversations that are tied to an account."""
    return (await session.scalars(select(ConversationRow.id).where(ConversationRow.account == account))).all()
