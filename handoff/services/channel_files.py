"""Files that come through a channel: checked like an upload, kept encrypted until the citizen takes them over in the portal."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePath
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.channel import Capability
from handoff.domain.message import Body, Object
from handoff.errors import UnknownConversationError
from handoff.ports import FileCheck, FileRefusedError
from handoff.schema.base import KEYRING
from handoff.schema.channels import ChannelFileRow
from handoff.schema.tables import ConversationRow
from handoff.services import channel_texts
from handoff.services import conversation as life
from handoff.storage import channels, conversations, log
from handoff.storage import linking as storage

KEPT_DAYS = 14
NAME_MAX_CHARS = 120
TAKE_OVER: Object = {"type": "file", "url": "/mein/kanaele#dateien", "text": channel_texts.FILE_TAKE_OVER}
"""The way to the page where a file is taken over; a channel turns it into a one-time link."""


async def keep(
    context: HandoffContext,
    capability: Capability,
    conversation_id: str,
    key: str,
    name: str,
    content: bytes | None,
) -> None:
    """Keep a file, or say why not; safe to repeat with the same key.

    A file that could not be scanned is kept all the same: it is scanned when the citizen takes it over, and shown to
    nobody before.

    Parameters
    ----------
    content
        None if the channel has it no more.

    Raises
    ------
    UnavailableError
        The portal, which checks, does not answer; nothing was stored. The channel delivers the file again.
    """
    async with context.database.read() as session:
        known = await conversations.find(session, conversation_id)
        if known is None or await log.seq_of(session, known.id, log.CITIZEN, key) is not None:
            return
    name = harmless(name)
    try:
        found = await _checked(context, capability, conversation_id, content)
        sentence = channel_texts.FILE_HELD if found.scanner is None else channel_texts.FILE_KEPT
        said = Body(sentence.format(name=name, days=KEPT_DAYS), cards=[TAKE_OVER])
    except FileRefusedError as error:
        found, said = None, Body(channel_texts.FILE_REFUSED.format(name=name, why=error))
    async with context.database.write() as session:
        conversation = await conversations.lock(session, conversation_id)
        if await log.seq_of(session, conversation.id, log.CITIZEN, key) is not None:
            return
        if found is not None and content is not None:
            session.add(await _row(session, context, capability, conversation, name, content, found))
        await log.append(
            session,
            conversation,
            message_id=str(uuid4()),
            author=log.CITIZEN,
            client_id=key,
            body=Body(channel_texts.FILE_SENT.format(name=name)),
            at=context.clock(),
        )
        await life.say(session, conversation, context, said)
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


async def _checked(
    context: HandoffContext, capability: Capability, conversation_id: str, content: bytes | None
) -> FileCheck:
    """Have the portal check a file as it checks uploads. Raises FileRefusedError."""
    if content is None:
        raise FileRefusedError(channel_texts.FILE_NOT_FETCHED)
    wrong = FileRefusedError(
        channel_texts.FILE_WRONG_KIND.format(megabytes=capability.file_max_bytes // 1024**2)
    )
    if not 0 < len(content) <= capability.file_max_bytes:
        raise wrong
    found = await context.portal.check_file(conversation_id, content)
    if found.media_type not in capability.files_in:
        raise wrong
    return found


async def _row(
    session: AsyncSession,
    context: HandoffContext,
    capability: Capability,
    conversation: ConversationRow,
    name: str,
    content: bytes,
    found: FileCheck,
) -> ChannelFileRow:
    binding = await channels.of_conversation(session, conversation.id)
    about: Object = {
        "name": name,
        "media_type": found.media_type,
        "size": len(content),
        "channel": capability.title,
        "scanner": found.scanner,
    }
    return ChannelFileRow(
        id=str(uuid4()),
        conversation_id=conversation.id,
        account=conversation.account or (binding.account if binding is not None else None),
        about=about,
        content=KEYRING.fernet.encrypt(content),
        expires_at=context.clock() + timedelta(days=KEPT_DAYS),
    )


async def _rows(session: AsyncSession, account: str, context: HandoffContext) -> Sequence[ChannelFileRow]:
    bound = await conversations.ids_of_account(session, account)
    return await storage.files_of(session, account, bound, context.clock())
