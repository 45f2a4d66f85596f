"""Notices of the portal: short, without personal data, sent to the messenger that the citizen linked last."""

from datetime import timedelta

from handoff.context import HandoffContext
from handoff.errors import NoMessengerError
from handoff.schema.channels import NoticeRow
from handoff.storage import channels, linking, outbox
from handoff.storage.outbox import Kind

REMEMBERED = timedelta(days=90)
"""So long a notice's key is known, so that its repetition sends nothing."""


async def send(context: HandoffContext, account: str, key: str, text: str) -> None:
    """Put a notice into the outbox; safe to repeat with the same key.

    Raises
    ------
    NoMessengerError
        No channel that is switched on is linked with the account.
    """
    now = context.clock()
    async with context.database.write() as session:
        await linking.forget_notices(session, now - REMEMBERED)
        if await session.get(NoticeRow, key) is not None:
            return
        linked = [row for row, _chat in await channels.of_account(session, account)]
        open_ones = [row for row in linked if row.channel in context.channels]
        if not open_ones:
            raise NoMessengerError
        session.add(NoticeRow(key=key, at=now))
        await outbox.put(
            session, Kind.CHANNEL, open_ones[-1].conversation_id, f"notice:{key}"[:64], now, {"text": text}
        )
