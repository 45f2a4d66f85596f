"""What goes out through a channel: in words that it can carry, and nothing personal where it must not be shown."""

from handoff.context import HandoffContext
from handoff.domain import channel_text
from handoff.domain.channel import Capability, Outgoing, Shows, outgoing, split_text
from handoff.domain.message import Message
from handoff.schema.tables import ChannelRow, ConversationRow
from handoff.services import channel_texts, linking
from handoff.storage import outbox
from handoff.storage.outbox import Kind


async def prepare(
    context: HandoffContext,
    capability: Capability,
    conversation: ConversationRow,
    binding: ChannelRow,
    message: Message,
) -> Outgoing | None:
    """Cut a message of the log down to what this address may see; None if it may not even know of it.

    A conversation without an account holds public information only. One that belongs to an account is shown in full
    where the channel may show personal content to the linked citizen; elsewhere she gets a one-time link into the portal,
    and an address that is not linked with the account gets nothing.
    """
    if conversation.account is not None:
        if binding.account != conversation.account:
            return None
        if capability.shows is Shows.PUBLIC:
            return await _pointer(context, conversation, message)
    public = message.public()
    link = None
    if channel_text.needs_portal(public) and capability.shows is Shows.PUBLIC:
        link = await linking.portal_link(context, conversation.id)
    return outgoing(public, capability, channel_text.in_words(public, context.settings.origin, link))


def notice(key: str, capability: Capability, text: str) -> Outgoing:
    """Cut a notice of the portal down to what the channel can carry."""
    return Outgoing(key, tuple(split_text(text, capability.text_max)))


async def _pointer(
    context: HandoffContext, conversation: ConversationRow, message: Message
) -> Outgoing | None:
    """Point to a message that stands in the portal only; of several that wait, the last one is pointed to."""
    async with context.database.read() as session:
        if await outbox.count(session, Kind.CHANNEL, conversation.id) > 1:
            return None
    link = await linking.portal_link(context, conversation.id)
    text = channel_texts.POINTER.format(link=link, hours=linking.LINK_HOURS)
    return Outgoing(str(message.seq), (text,))
