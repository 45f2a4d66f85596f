"""Texts to a channel that are no part of the conversation (notices of the portal, answers to words like „Link“), and what is known of repetitions."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.errors import NoMessengerError
from handoff.schema.channels import NoticeRow
from handoff.schema.tables import ChannelRow
from handoff.storage import channels, outbox
from handoff.storage.outbox import Kind

NOTICE, ANSWER = "notice:", "answer:"
"""What an outbox key begins with: the portal's notice, or an answer to a word like „Link“."""
UNDELIVERED = "unzustellbar"
"""The `art` by which the portal hears that a notice did not arrive."""
REMEMBERED = timedelta(days=90)
"""So long a key is known, so that its repetition does nothing."""


async def send(context: HandoffContext, account: str, key: str, text: str) -> None:
    """Send a notice of the portal to the messenger that the citizen chose for them; safe to repeat with the same key.

    Raises
    ------
    NoMessengerError
        No channel that is switched on is linked with the account.
    """
    async with context.database.write() as session:
        if await known(session, key):
            return
        linked = [row for row, _chat in await channels.of_account(session, account)]
        chosen = receiver(context, linked)
        if chosen is None:
            raise NoMessengerError
        await put_once(session, context, chosen.conversation_id, key, text, prefix=NOTICE)


def receiver(context: HandoffContext, linked: Sequence[ChannelRow]) -> ChannelRow | None:
    """Give the binding that gets the portal's notices: of those that are switched on the chosen one, else the last linked."""
    open_ones = [row for row in linked if row.channel in context.channels]
    chosen = [row for row in open_ones if row.notices] or open_ones
    return chosen[-1] if chosen else None


async def put_once(
    session: AsyncSession,
    context: HandoffContext,
    conversation_id: str,
    key: str,
    text: str,
    prefix: str = ANSWER,
) -> None:
    """Put a text that is no part of the conversation into the channel's outbox; a known key changes nothing."""
    if await known(session, key):
        return
    now = context.clock()
    await remember(session, key, now)
    await outbox.put(session, Kind.CHANNEL, conversation_id, f"{prefix}{key}"[:64], now, {"text": text})


async def refused(session: AsyncSession, context: HandoffContext, conversation_id: str, key: str) -> None:
    """Have the portal take the next way where what a channel refused for good was a notice of the portal."""
    if key.startswith(NOTICE):
        notice = key.removeprefix(NOTICE)
        body = {"art": UNDELIVERED, "notice": notice}
        await outbox.put(session, Kind.NOTICE, conversation_id, notice, context.clock(), body)


async def remember(session: AsyncSession, key: str, now: datetime) -> None:
    """Note the key of something that was taken over."""
    if not await known(session, key):
        session.add(NoticeRow(key=key, at=now))


async def is_known(context: HandoffContext, key: str) -> bool:
    """Tell whether something with this key was done before; also what was said in a conversation that has ended."""
    async with context.database.read() as session:
        return await known(session, key)


async def note(context: HandoffContext, key: str) -> None:
    """Note the key of something that was done."""
    async with context.database.write() as session:
        await remember(session, key, context.clock())


async def known(session: AsyncSession, key: str) -> bool:
    """Tell whether something with this key was taken over before."""
    return await session.get(NoticeRow, key) is not None
