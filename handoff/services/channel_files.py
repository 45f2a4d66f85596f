"""Files that come through a channel: checked by content, kept encrypted until the citizen takes them, answered with a link."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePath
from uuid import uuid4

import filetype
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.channel import Capability
from handoff.domain.message import Body, Object
from handoff.errors import UnknownConversationError
from handoff.schema.base import KEYRING
from handoff.schema.channels import ChannelFileRow
from handoff.services import channel_notices, channel_texts, linking
from handoff.storage import channels, conversations, log
from handoff.storage import linking as storage

KEPT_DAYS = 14
NAME_MAX_CHARS = 120


async def keep(
    context: HandoffContext, capability: Capability, conversation_id: str, key: str, name: str, content: bytes
) -> None:
    """Keep a file, or say why not; safe to repeat with the same key."""
    name = harmless(name)
    kind = filetype.guess(content[:8192])
    media_type = None if kind is None else str(kind.mime)
    fits = media_type in capability.files_in and 0 < len(content) <= capability.file_max_bytes
    if fits:
        link = await linking.portal_link(context, conversation_id)
        said = channel_texts.FILE_KEPT.format(name=name, days=KEPT_DAYS, link=link, hours=linking.LINK_HOURS)
    else:
        megabytes = capability.file_max_bytes // 1024**2
        said = channel_texts.FILE_REFUSED.format(name=name, megabytes=megabytes)
    async with context.database.write() as session:
        conversation = await conversations.lock(session, conversation_id)
        if await log.seq_of(session, conversation.id, log.CITIZEN, key) is not None:
            return
        now = context.clock()
        if fits:
            about: Object = {
                "name": name,
                "media_type": media_type,
                "size": len(content),
                "channel": capability.title,
            }
            session.add(
                ChannelFileRow(
                    id=str(uuid4()),
                    conversation_id=conversation.id,
                    about=about,
                    content=KEYRING.fernet.encrypt(content),
                    expires_at=now + timedelta(days=KEPT_DAYS),
                )
            )
        await log.append(
            session,
            conversation,
            message_id=str(uuid4()),
            author=log.CITIZEN,
            client_id=key,
            body=Body(channel_texts.FILE_SENT.format(name=name)),
            at=now,
        )
        await channel_notices.put_once(session, context, conversation.id, key, said)
    context.hub.messages_changed(conversation_id)


async def of_account(context: HandoffContext, account: str) -> list[Object]:
    """List the files that wait for an account: from its linked contacts or in its conversations."""
    async with context.database.read() as session:
        rows = await _rows(session, account, context)
        return [{"id": row.id, **row.about, "until": row.expires_at.date().isoformat()} for row in rows]


async def load(context: HandoffContext, account: str, file_id: str) -> tuple[Object, bytes]:
    """Give one of the account's files: `{name, media_type, size}` and its bytes.

    Raises
    ------
    UnknownConversationError
        There is no such file for this account.
    """
    async with context.database.read() as session:
        for row in await _rows(session, account, context):
            if row.id == file_id:
                return row.about, KEYRING.fernet.decrypt(row.content)
    raise UnknownConversationError


async def drop(context: HandoffContext, account: str, file_id: str) -> None:
    """Delete one of the account's files; an unknown one deletes nothing."""
    async with context.database.write() as session:
        for row in await _rows(session, account, context):
            if row.id == file_id:
                await session.delete(row)


def harmless(name: str) -> str:
    """Give a file name without folders and control characters; never empty."""
    last = PurePath(name.replace("\\", "/").replace("\x00", "")).name
    return "".join(sign for sign in last if sign.isprintable()).strip()[-NAME_MAX_CHARS:] or "Datei"


async def _rows(session: AsyncSession, account: str, context: HandoffContext) -> Sequence[ChannelFileRow]:
    linked = [row.conversation_id for row, _chat in await channels.of_account(session, account)]
    bound = await conversations.ids_of_account(session, account)
    return await storage.files_in(session, [*linked, *bound], context.clock())
