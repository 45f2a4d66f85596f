"""Queries on the one ordered log of each conversation."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.database import Database
from handoff.domain.message import Body, Message, Object
from handoff.domain.offers import Offer, offers_of
from handoff.domain.phase import Phase
from handoff.schema.tables import ConversationRow, MessageRow
from handoff.storage import outbox

CITIZEN, BOT, CLERK, SYSTEM = "citizen", "bot", "clerk", "system"


async def append(
    session: AsyncSession,
    conversation: ConversationRow,
    *,
    message_id: str,
    author: str,
    body: Body,
    at: datetime,
    sender: str | None = None,
    client_id: str | None = None,
) -> int:
    """Write the next message; the conversation must be locked.

    Parameters
    ----------
    sender
        Whose client ids are meant; default the author.
    client_id
        Default the message's own id.

    Returns
    -------
    int
        Its `seq`, one more than the last.
    """
    conversation.last_seq += 1
    conversation.changed_at = at
    session.add(
        MessageRow(
            conversation_id=conversation.id,
            seq=conversation.last_seq,
            id=message_id,
            author=author,
            sender=sender or author,
            client_id=client_id or message_id,
            at=at,
            offers=bool(body.buttons or body.cards),
            body=body.stored(),
        )
    )
    await session.flush()
    if conversation.channel is not None and author != CITIZEN:
        out: Object = {"seq": conversation.last_seq}
        await outbox.put(session, outbox.Kind.CHANNEL, conversation.id, message_id, at, out)
    return conversation.last_seq


_COLUMNS = (MessageRow.seq, MessageRow.author, MessageRow.at, MessageRow.client_id, MessageRow.body)
_AFTER = (
    select(*_COLUMNS)
    .where(MessageRow.conversation_id == bindparam("of_conversation"), MessageRow.seq > bindparam("after"))
    .order_by(MessageRow.seq)
)


async def after(session: AsyncSession, conversation: ConversationRow, seq: int) -> list[Message]:
    """List the messages after `seq`, in order."""
    rows = await session.execute(_AFTER, {"of_conversation": conversation.id, "after": seq})
    return [_message(row, conversation.lang) for row in rows]


_WITH_BOT = (
    select(
        ConversationRow.chat,
        ConversationRow.last_seq,
        ConversationRow.phase,
        ConversationRow.account,
        ConversationRow.feedback,
        ConversationRow.lang,
        *_COLUMNS,
    )
    .outerjoin(
        MessageRow,
        and_(MessageRow.conversation_id == ConversationRow.id, MessageRow.seq > bindparam("after")),
    )
    .where(ConversationRow.id == bindparam("of_conversation"), ConversationRow.phase == Phase.BOT.value)
    .order_by(MessageRow.seq)
)


async def with_bot(
    database: Database, conversation_id: str, seq: int
) -> tuple[Row[*tuple[Any, ...]], list[Message]] | None:
    """Read the conversation's row and its messages after `seq` in one statement; None unless the bot is in charge."""
    rows = await database.rows(_WITH_BOT, of_conversation=conversation_id, after=seq)
    if not rows:
        return None
    return rows[0], [_message(row, row.lang) for row in rows if row.seq is not None]


async def at_seq(session: AsyncSession, conversation: ConversationRow, seq: int) -> Message | None:
    """Give the message of this number."""
    row = await session.get(MessageRow, (conversation.id, seq))
    return None if row is None else _message(row, conversation.lang)


async def last(session: AsyncSession, conversation: ConversationRow) -> Message | None:
    """Give the newest message."""
    row = await session.get(MessageRow, (conversation.id, conversation.last_seq))
    return None if row is None else _message(row, conversation.lang)


async def last_not_from_citizen(session: AsyncSession, conversation: ConversationRow) -> Message | None:
    """Give the newest message of bot, clerk or gateway."""
    row = await session.scalar(
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation.id, MessageRow.author != CITIZEN)
        .order_by(MessageRow.seq.desc())
        .limit(1)
    )
    return None if row is None else _message(row, conversation.lang)


async def seq_of(session: AsyncSession, conversation_id: str, sender: str, client_id: str) -> int | None:
    """Give the number of a message that was sent before with this client id."""
    return await session.scalar(
        select(MessageRow.seq).where(
            MessageRow.conversation_id == conversation_id,
            MessageRow.sender == sender,
            MessageRow.client_id == client_id,
        )
    )


async def last_texts(session: AsyncSession, rows: Sequence[ConversationRow]) -> dict[str, str]:
    """Give what the citizens of many conversations said last."""
    newest = (
        select(MessageRow.conversation_id, func.max(MessageRow.seq).label("seq"))
        .where(MessageRow.conversation_id.in_([row.id for row in rows]), MessageRow.author == CITIZEN)
        .group_by(MessageRow.conversation_id)
        .subquery()
    )
    found = await session.execute(
        select(MessageRow.conversation_id, MessageRow.body).join(
            newest,
            (MessageRow.conversation_id == newest.c.conversation_id) & (MessageRow.seq == newest.c.seq),
        )
    )
    return {id_: str(body["text"]) for id_, body in found}


async def unread(session: AsyncSession, rows: Sequence[ConversationRow]) -> dict[str, int]:
    """Count for many conversations what the citizen wrote since their clerk looked."""
    found = await session.execute(
        select(MessageRow.conversation_id, func.count())
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(
            MessageRow.conversation_id.in_([row.id for row in rows]),
            MessageRow.author == CITIZEN,
            MessageRow.seq > ConversationRow.clerk_seen_seq,
        )
        .group_by(MessageRow.conversation_id)
    )
    return dict(found.all())


async def count_from_citizen(session: AsyncSession, conversation_id: str, after_seq: int) -> int:
    """Count the citizen's messages after `after_seq`."""
    return (
        await session.scalar(
            select(func.count()).where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.author == CITIZEN,
                MessageRow.seq > after_seq,
            )
        )
    ) or 0


async def offers_newest_first(session: AsyncSession, conversation_id: str) -> AsyncIterator[Offer]:
    """Go through everything that was offered, newest message first; decrypts only as far as the caller reads."""
    before = None
    while True:
        query = select(MessageRow).where(MessageRow.conversation_id == conversation_id, MessageRow.offers)
        if before is not None:
            query = query.where(MessageRow.seq < before)
        row = await session.scalar(query.order_by(MessageRow.seq.desc()).limit(1))
        if row is None:
            return
        for offer in offers_of(row.body["buttons"], row.body["cards"]):
            yield offer
        before = row.seq


def _message(row: MessageRow | Row[*tuple[Any, ...]], lang: str) -> Message:
    return Message(
        seq=row.seq,
        author=row.author,
        lang=lang,
        at=row.at,
        client_id=row.client_id if row.author == CITIZEN else None,
        body=Body(row.body["text"], row.body["buttons"], row.body["cards"], row.body["sender"]),
    )
