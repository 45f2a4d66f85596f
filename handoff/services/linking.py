"""Joins a channel with the portal: codes that link a messenger to an account, one-time links into the portal."""

import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.channel import Capability, Shows
from handoff.domain.message import BERLIN, Body, Object
from handoff.domain.phase import Phase
from handoff.schema.channels import LinkCodeRow, PortalLinkRow
from handoff.schema.tables import ChannelRow
from handoff.services import access, channel_notices, channel_texts
from handoff.services import conversation as life
from handoff.storage import channels, conversations
from handoff.storage import linking as storage

CODE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody confuses."""
CODE_LENGTH = 10
CODE_MINUTES = 10
LINK_HOURS = 24
LINK_BYTES = 32


async def new_code(context: HandoffContext, account: str) -> Object:
    """Make a code that links the messenger from which it comes; the account's earlier codes end.

    Returns
    -------
    dict
        `{code, expires_at}`.
    """
    code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
    now = context.clock()
    until = now + timedelta(minutes=CODE_MINUTES)
    async with context.database.write() as session:
        await storage.forget_codes(session, account, now)
        session.add(LinkCodeRow(digest=_code_digest(context, code), account=account, expires_at=until))
    return {
        "code": f"{code[:5]}-{code[5:]}",
        "expires_at": until.astimezone(BERLIN).isoformat(timespec="seconds"),
    }


async def use_code(
    session: AsyncSession, context: HandoffContext, binding: ChannelRow, capability: Capability, code: str
) -> str:
    """Link a locked binding with the account that made the code; gives the sentence that tells what happened."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    account = await storage.take_code(session, _code_digest(context, plain), context.clock())
    if account is None:
        return channel_texts.CODE_UNKNOWN
    binding.account, binding.linked_at = account, context.clock()
    await storage.claim_files(session, binding.conversation_id, account)
    return channel_texts.linked(capability)


async def linked(context: HandoffContext, account: str) -> list[Object]:
    """List an account's linked channels: `[{id, channel, title, shows, notices, linked_at, heard_at}]`, without addresses.

    `notices` marks the one that gets the portal's notices.
    """
    async with context.database.read() as session:
        rows = await channels.of_account(session, account)
    receiver = channel_notices.receiver(context, [row for row, _chat in rows])
    return [
        {
            "id": chat,
            "channel": row.channel,
            "title": title_of(context, row.channel),
            "shows": _shows(context, row),
            "notices": row is receiver,
            "linked_at": _iso(row.linked_at),
            "heard_at": _iso(row.heard_at),
        }
        for row, chat in rows
    ]


def title_of(context: HandoffContext, channel: str) -> str:
    """Give a channel's name as citizens read it."""
    adapter = context.channels.get(channel)
    return channel if adapter is None else adapter.capability.title


def _shows(context: HandoffContext, binding: ChannelRow) -> Shows:
    """Tell what may be shown at an address; a channel that is switched off shows nothing personal."""
    adapter = context.channels.get(binding.channel)
    return Shows.PUBLIC if adapter is None else adapter.capability_for(binding.details or {}).shows


def offered(context: HandoffContext) -> list[Object]:
    """List the channels that may be linked: `[{channel, title, contact}]`."""
    return [
        {"channel": name, "title": one.capability.title, "contact": one.contact}
        for name, one in context.channels.items()
        if one.capability.commands
    ]


async def revoke(context: HandoffContext, account: str, link_id: str) -> None:
    """End a link; one that does not exist, or is another account's, ends nothing."""
    async with context.database.write() as session:
        for row, chat in await channels.of_account(session, account):
            if chat == link_id:
                row.account, row.linked_at, row.notices = None, None, False


async def choose(context: HandoffContext, account: str, link_id: str) -> None:
    """Have the portal's notices go to this linked channel alone; another account's, or an unknown one, changes nothing."""
    async with context.database.write() as session:
        bound = await channels.of_account(session, account)
        if any(chat == link_id for _row, chat in bound):
            for row, chat in bound:
                row.notices = chat == link_id


async def portal_link(context: HandoffContext, conversation_id: str) -> str:
    """Make a one-time link under which a conversation goes on in the portal."""
    token = secrets.token_urlsafe(LINK_BYTES)
    now = context.clock()
    async with context.database.write() as session:
        await storage.forget_expired(session, now)
        session.add(
            PortalLinkRow(
                digest=access.digest(token),
                conversation_id=conversation_id,
                expires_at=now + timedelta(hours=LINK_HOURS),
            )
        )
    return f"{context.settings.origin}/weiter/{token}"


async def link_is_good(context: HandoffContext, token: str) -> bool:
    """Tell whether a one-time link may still be used; looking does not use it."""
    async with context.database.read() as session:
        return await storage.find_link(session, access.digest(token), context.clock()) is not None


async def follow(context: HandoffContext, token: str) -> str | None:
    """Use a one-time link up: gives a new handle for its conversation; earlier handles are dead.

    A conversation that belongs to an account still asks for that account's login besides the handle.

    Returns
    -------
    str or None
        None if the link was used, has expired or never existed.
    """
    handle = secrets.token_urlsafe(access.HANDLE_BYTES)
    async with context.database.write() as session:
        conversation_id = await storage.take_link(session, access.digest(token), context.clock())
        if conversation_id is None:
            return None
        conversation = await conversations.lock(session, conversation_id)
        conversation.handle_digest, conversation.previous_digest = access.digest(handle), None
        if conversation.phase != Phase.CLOSED and conversation.account is None:
            await life.say(session, conversation, context, Body(channel_texts.MOVED))
    context.hub.handle_changed(conversation_id)
    context.hub.messages_changed(conversation_id)
    return handle


def _code_digest(context: HandoffContext, code: str) -> str:
    return hmac.digest(context.settings.keys[-1].encode(), f"code\x00{code}".encode(), "sha256").hex()


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(BERLIN).isoformat(timespec="minutes")
