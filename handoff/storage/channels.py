"""Queries on the messengers and mailboxes that conversations are bound to."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.domain.offers import Json
from handoff.schema.tables import ChannelRow, ConversationRow


async def bind(
    session: AsyncSession,
    conversation: ConversationRow,
    *,
    channel: str,
    address: str,
    address_digest: str,
    now: datetime,
    details: Mapping[str, Json] | None = None,
) -> None:
    """Send a locked conversation's answers to this address from now on.

    An address talks in one conversation at a time: its earlier conversation loses it. What the citizen settled for the
    address (its link with an account, whether notices go there) goes on.
    """
    earlier = await by_address(session, channel, address_digest)
    account = linked_at = known = None
    notices = False
    if earlier is not None:
        account, linked_at, known = earlier.account, earlier.linked_at, earlier.details
        notices = earlier.notices
        await session.execute(delete(ChannelRow).where(ChannelRow.conversation_id == earlier.conversation_id))
        former = await session.get(ConversationRow, earlier.conversation_id)
        if former is not None and former is not conversation:
            former.channel = None
    await session.execute(delete(ChannelRow).where(ChannelRow.conversation_id == conversation.id))
    conversation.channel = channel
    session.add(
        ChannelRow(
            conversation_id=conversation.id,
            channel=channel,
            address=address,
            address_digest=address_digest,
            bound_at=now,
            heard_at=now,
            account=account,
            linked_at=linked_at,
            notices=notices,
            details=dict(details) if details is not None else known,
        )
    )
    await session.flush()


async def by_address(session: AsyncSession, channel: str, address_digest: str) -> ChannelRow | None:
    """Find the binding of an address."""
    return await session.scalar(
        select(ChannelRow).where(ChannelRow.channel == channel, ChannelRow.address_digest == address_digest)
    )


async def of_conversation(session: AsyncSession, conversation_id: str) -> ChannelRow | None:
    """Find a conversation's binding."""
    return await session.get(ChannelRow, conversation_id)


async def unbind(session: AsyncSession, conversation: ConversationRow) -> None:
    """Send a locked conversation's answers to the widget only."""
    conversation.channel = None
    await session.execute(delete(ChannelRow).where(ChannelRow.conversation_id == conversation.id))


async def lock(session: AsyncSession, conversation_id: str) -> ChannelRow:
    """Get a conversation's binding for writing. Raises NoResultFound."""
    return (
        await session.scalars(
            select(ChannelRow)
            .where(ChannelRow.conversation_id == conversation_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()


async def of_account(session: AsyncSession, account: str) -> list[tuple[ChannelRow, str]]:
    """List the bindings that are linked with an account, each with its chat's id, oldest link first."""
    rows = await session.execute(
        select(ChannelRow, ConversationRow.chat)
        .join(ConversationRow, ConversationRow.id == ChannelRow.conversation_id)
        .where(ChannelRow.account == account)
        .order_by(ChannelRow.linked_at)
    )
    return [(row, chat) for row, chat in rows]
