"""Queries on what joins the channels with the portal: codes, one-time links, files."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.schema.channels import ChannelFileRow, LinkCodeRow, NoticeRow, PortalLinkRow


async def take_code(session: AsyncSession, digest: str, now: datetime) -> str | None:
    """Use up a code that is still good; gives its account."""
    return await session.scalar(
        delete(LinkCodeRow)
        .where(LinkCodeRow.digest == digest, LinkCodeRow.expires_at > now)
        .returning(LinkCodeRow.account)
    )


async def forget_codes(session: AsyncSession, account: str, now: datetime) -> None:
    """Drop an account's codes and all that have expired."""
    await session.execute(
        delete(LinkCodeRow).where((LinkCodeRow.account == account) | (LinkCodeRow.expires_at <= now))
    )


async def find_link(session: AsyncSession, digest: str, now: datetime) -> PortalLinkRow | None:
    """Find a one-time link that is still good."""
    return await session.scalar(
        select(PortalLinkRow).where(PortalLinkRow.digest == digest, PortalLinkRow.expires_at > now)
    )


async def take_link(session: AsyncSession, digest: str, now: datetime) -> str | None:
    """Use up a one-time link that is still good; gives its conversation."""
    return await session.scalar(
        delete(PortalLinkRow)
        .where(PortalLinkRow.digest == digest, PortalLinkRow.expires_at > now)
        .returning(PortalLinkRow.conversation_id)
    )


async def forget_expired(session: AsyncSession, now: datetime) -> None:
    """Drop links and files whose time is over."""
    await session.execute(delete(PortalLinkRow).where(PortalLinkRow.expires_at <= now))
    await session.execute(delete(ChannelFileRow).where(ChannelFileRow.expires_at <= now))


async def files_of(
    session: AsyncSession, account: str, conversations: Iterable[str], now: datetime
) -> Sequence[ChannelFileRow]:
    """List the files of an account and those that came into its conversations, the one that expires first first."""
    its_own = or_(ChannelFileRow.account == account, ChannelFileRow.conversation_id.in_(list(conversations)))
    return (
        await session.scalars(
            select(ChannelFileRow)
            .where(its_own, ChannelFileRow.expires_at > now)
            .order_by(ChannelFileRow.expires_at)
        )
    ).all()


async def forget_files(session: AsyncSession, account: str) -> None:
    """Drop an account's files."""
    await session.execute(delete(ChannelFileRow).where(ChannelFileRow.account == account))


async def claim_files(session: AsyncSession, conversation_id: str, account: str) -> None:
    """Make the files that came before the address was linked the account's; it may leave the conversation later."""
    await session.execute(
        update(ChannelFileRow)
        .where(ChannelFileRow.conversation_id == conversation_id, ChannelFileRow.account.is_(None))
        .values(account=account)
    )


async def forget_notices(session: AsyncSession, before: datetime) -> None:
    """Drop the keys of old notices."""
    await session.execute(delete(NoticeRow).where(NoticeRow.at < before))
