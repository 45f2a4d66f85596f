"""Conversations over messengers and mail: which address talks in which conversation, and the way out to it.

An adapter in `handoff/channels` calls `receive` for what comes in and is called as `handoff.ports.Channel` for what
goes out. It never writes to the log itself.
"""

import hmac
import logging
from collections.abc import Mapping
from datetime import datetime

from handoff.context import HandoffContext
from handoff.domain.message import Body
from handoff.domain.offers import Json
from handoff.domain.phase import Phase
from handoff.errors import UnavailableError
from handoff.ports import Delivery, ReceiverDownError, ReceiverRefusedError
from handoff.services import access, channel_notices, channel_out, channel_texts, messages
from handoff.services import conversation as life
from handoff.services.courier import Courier
from handoff.services.writer import Sent
from handoff.storage import channels, conversations, log, outbox
from handoff.storage.outbox import Kind, Parcel

logger = logging.getLogger(__name__)

KEY_MAX_CHARS = 64


def address_digest(context: HandoffContext, channel: str, address: str) -> str:
    """Give the form in which the database finds an address: keyed, so that the table alone tells no number."""
    return hmac.digest(context.settings.keys[-1].encode(), f"{channel}\x00{address}".encode(), "sha256").hex()


async def receive(
    context: HandoffContext, channel: str, address: str, incoming: messages.Incoming, *, lang: str = "de"
) -> Sent:
    """Take a message that came in over a channel; safe to repeat with the same client id.

    Parameters
    ----------
    channel, address
        Who speaks, as the adapter proved it (a signed webhook, an authenticated poll).
    incoming
        Its `client_id` is the channel's own message id, at most 64 characters of `[A-Za-z0-9_-]`.

    Raises
    ------
    HandoffError
        As `messages.send`. An ended conversation is followed by a new one instead.
    """
    return await messages.send(context, await conversation_of(context, channel, address, lang), incoming)


async def conversation_of(
    context: HandoffContext,
    channel: str,
    address: str,
    lang: str = "de",
    *,
    greeting: str | None = None,
    anew: bool = False,
    keep: bool = False,
    details: Mapping[str, Json] | None = None,
) -> access.Access:
    """Give the address's open conversation; starts and binds one if there is none.

    One that belongs to an account is the address's only while the address is linked with that account: who writes from
    a messenger has not logged in.

    Parameters
    ----------
    greeting
        What a new conversation begins with.
    anew
        Start a new one in any case.
    details
        What the adapter notes of the address.
    keep
        Stay with the present one even if it belongs to an account: the message is about linking the address.
    """
    digest = address_digest(context, channel, address)
    async with context.turnstile(f"{channel}:{digest}"):
        async with context.database.read() as session:
            binding = await channels.by_address(session, channel, digest)
            row = None if binding is None else await conversations.find(session, binding.conversation_id)
        if row is not None and binding is not None and not anew:
            is_its_own = keep or row.account is None or row.account == binding.account
            if is_its_own and row.phase != Phase.CLOSED:
                return access.Access(row.id)
        begun = await access.check(context, await access.start(context, lang), None)
        await bind(context, begun.conversation_id, channel, address, greeting, details)
        return access.Access(begun.conversation_id)


async def bind(
    context: HandoffContext,
    conversation_id: str,
    channel: str,
    address: str,
    greeting: str | None = None,
    details: Mapping[str, Json] | None = None,
) -> None:
    """Send a conversation's answers to this address too, beginning with the greeting."""
    async with context.database.write() as session:
        row = await conversations.lock(session, conversation_id)
        await channels.bind(
            session,
            row,
            channel=channel,
            address=address,
            address_digest=address_digest(context, channel, address),
            now=context.clock(),
            details=details,
        )
        if greeting is not None:
            await life.say(session, row, context, Body(greeting))
    context.hub.messages_changed(conversation_id)


async def heard_at(context: HandoffContext, channel: str, address: str) -> datetime | None:
    """Tell when somebody last wrote from an address; None for one that is not bound."""
    async with context.database.read() as session:
        binding = await channels.by_address(session, channel, address_digest(context, channel, address))
        return None if binding is None else binding.heard_at


async def not_delivered(context: HandoffContext, channel: str, address: str, key: str, why: str) -> None:
    """Note that a vendor could not deliver what it had accepted, as if it had refused it at once. Safe to repeat.

    Parameters
    ----------
    key
        `Delivery.key` of what did not arrive.
    why
        For the operator; no content, no address.

    Raises
    ------
    UnavailableError
        The acceptance is not recorded yet: the vendor is to say it again.
    """
    async with context.database.write() as session:
        binding = await channels.by_address(session, channel, address_digest(context, channel, address))
        if binding is None or len(key) > KEY_MAX_CHARS:
            return
        known = await outbox.given_up(session, Kind.CHANNEL, key)
        if known is False:
            raise UnavailableError(channel_texts.NOT_SENT_NOW)
        if known is None:
            logger.warning("accepted and not delivered (%s), conversation %s", why, binding.conversation_id)
            await outbox.put(
                session,
                Kind.CHANNEL,
                binding.conversation_id,
                key,
                context.clock(),
                {"why": why},
                given_up=True,
            )
            await channel_notices.refused(session, context, binding.conversation_id, key)


class ChannelCourier(Courier):
    """Carries what the bot, a clerk or the gateway said to the conversation's messenger."""

    kind = Kind.CHANNEL

    async def deliver(self, parcel: Parcel) -> None:
        """Bring one message to the bound address; a conversation that lost its binding drops what is left."""
        async with self._context.database.read() as session:
            row = await conversations.find(session, parcel.conversation_id)
            binding = await channels.of_conversation(session, parcel.conversation_id)
            seq = parcel.body.get("seq")
            message = (
                await log.at_seq(session, row, seq) if row is not None and isinstance(seq, int) else None
            )
        if binding is not None and row is not None:
            channel = self._context.channels.get(binding.channel)
            if channel is None:
                raise ReceiverDownError(f"channel {binding.channel} is not switched on")
            capability = channel.capability_for(binding.details or {})
            shown = (
                await channel_out.prepare(self._context, capability, row, binding, message)
                if message is not None
                else channel_out.notice(parcel.key, capability, str(parcel.body["text"]))
            )
            if shown is not None:
                await channel.deliver(
                    Delivery(
                        parcel.key,
                        parcel.conversation_id,
                        binding.address,
                        message,
                        shown,
                        binding.details or {},
                        binding.heard_at,
                    )
                )
        async with self._context.database.write() as session:
            await outbox.remove(session, parcel.key, Kind.CHANNEL)

    async def failed(self, parcel: Parcel, error: Exception) -> None:
        """Come back later, or never when the channel refused."""
        if isinstance(error, ReceiverRefusedError):
            async with self._context.database.write() as session:
                await outbox.give_up(session, parcel)
                await channel_notices.refused(session, self._context, parcel.conversation_id, parcel.key)
            return
        await self.put_off(parcel, after_s=error.after_s if isinstance(error, ReceiverDownError) else None)

    def known(self, error: Exception) -> bool:
        """Tell whether the channel said so itself."""
        return isinstance(error, ReceiverDownError | ReceiverRefusedError)
