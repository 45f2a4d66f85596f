"""What comes in through a channel: the same use case as the widget's, with the words that channels without buttons need."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handoff.context import HandoffContext
from handoff.domain.channel import Capability, choices_of, choose
from handoff.domain.message import Message
from handoff.domain.offers import Json, Offer
from handoff.errors import HandoffError, UnavailableError
from handoff.services import channel_files, channel_notices, channel_texts, channels, linking, messages
from handoff.services.access import Access
from handoff.storage import channels as bindings
from handoff.storage import conversations, log

_CODE = re.compile(r"/?(?:verbinden|start)[\s:]+([A-Za-z0-9 -]{8,24})", re.IGNORECASE)


@dataclass(frozen=True)
class InboundFile:
    """A file that somebody sent. `content` is empty for one that is too large, None for one that cannot be fetched any more."""

    name: str
    content: bytes | None


@dataclass(frozen=True)
class Inbound:
    """One message of a channel.

    Parameters
    ----------
    key
        What the channel calls this message; the same again is a repetition and changes nothing.
    text
        What was written; None if a choice was pressed or only files came.
    choice
        Id of a `domain.channel.Choice`.
    answer
        What to say to something that is not read (a place, a sticker); nothing of it is stored.
    details
        What is to be noted of the address, for answering in the same thread.
    """

    key: str
    text: str | None = None
    choice: str | None = None
    files: Sequence[InboundFile] = ()
    answer: str | None = None
    details: Mapping[str, Json] | None = None


async def take(context: HandoffContext, capability: Capability, address: str, inbound: Inbound) -> None:
    """Take one message of a channel; safe to repeat with the same key.

    Mistakes of the writer are answered in the conversation, because a messenger shows no errors.

    Parameters
    ----------
    address
        Who speaks, as the adapter proved it (a signed webhook, an authenticated poll).

    Raises
    ------
    UnavailableError
        A part that is needed does not answer; nothing was stored. The channel delivers the message again.
    """
    client_id = client_id_of(capability.name, address, inbound.key)
    if await channel_notices.is_known(context, client_id):
        return
    links = capability.commands and _CODE.fullmatch((inbound.text or "").strip()) is not None
    conversation_id = await _conversation(context, capability, address, keep=links, details=inbound.details)
    await _note(context, conversation_id, inbound)
    try:
        await _take(context, capability, address, conversation_id, inbound, client_id)
    except UnavailableError:
        raise
    except HandoffError as error:
        await say_once(context, conversation_id, f"{client_id}-fehler", error.message)
    await channel_notices.note(context, client_id)


async def answer(context: HandoffContext, capability: Capability, address: str, key: str, text: str) -> None:
    """Tell an address something that is no part of its conversation, once for each key."""
    client_id = client_id_of(capability.name, address, key)
    await say_once(context, await _conversation(context, capability, address), client_id, text)


def client_id_of(channel: str, address: str, key: str) -> str:
    """Give the client id of a message from an address: any text becomes one that the log takes."""
    digest = hashlib.sha256("\x00".join((channel, address, key)).encode("utf-8", "replace")).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


async def say_once(context: HandoffContext, conversation_id: str, key: str, text: str) -> None:
    """Answer something that is no part of the conversation, once for each key: it stands in no log, links least of all."""
    async with context.database.write() as session:
        await channel_notices.put_once(session, context, conversation_id, key, text)


async def _conversation(
    context: HandoffContext,
    capability: Capability,
    address: str,
    *,
    anew: bool = False,
    keep: bool = False,
    details: Mapping[str, Json] | None = None,
) -> str:
    greeting = channel_texts.welcome(capability) if capability.greets else None
    allowed = await channels.conversation_of(
        context, capability.name, address, greeting=greeting, anew=anew, keep=keep, details=details
    )
    return allowed.conversation_id


async def _note(context: HandoffContext, conversation_id: str, inbound: Inbound) -> None:
    async with context.database.write() as session:
        binding = await bindings.lock(session, conversation_id)
        binding.heard_at = context.clock()
        if inbound.details is not None:
            binding.details = dict(inbound.details)


async def _take(
    context: HandoffContext,
    capability: Capability,
    address: str,
    conversation_id: str,
    inbound: Inbound,
    client_id: str,
) -> None:
    if inbound.answer is not None:
        await say_once(context, conversation_id, client_id, inbound.answer)
    for number, file in enumerate(inbound.files):
        await channel_files.keep(
            context, capability, conversation_id, f"{client_id}-{number}", file.name, file.content
        )
    text = (inbound.text or "").strip()
    if (
        text
        and capability.commands
        and await _command(context, capability, address, conversation_id, text, client_id)
    ):
        return
    if inbound.choice is not None:
        payload = await _payload_of(context, conversation_id, inbound.choice)
        incoming = messages.Incoming(client_id, payload=payload)
    elif text:
        offer = choose(text, await _last_choices(context, conversation_id))
        incoming = (
            messages.Incoming(client_id, payload=offer.payload)
            if offer
            else messages.Incoming(client_id, text)
        )
    else:
        return
    await messages.send(context, Access(conversation_id), incoming)


async def _command(
    context: HandoffContext,
    capability: Capability,
    address: str,
    conversation_id: str,
    text: str,
    client_id: str,
) -> bool:
    word = text.casefold().strip(" .!/„“\"'")
    code = _CODE.fullmatch(text)
    if word == "start":
        await say_once(context, conversation_id, client_id, channel_texts.HELP)
    elif word == "link":
        link = await linking.portal_link(context, conversation_id)
        said = channel_texts.LINK.format(link=link, hours=linking.LINK_HOURS)
        await say_once(context, conversation_id, client_id, said)
    elif word == "neu":
        conversation_id = await _conversation(context, capability, address, anew=True)
        await say_once(context, conversation_id, client_id, channel_texts.STARTED_ANEW)
    elif word == "trennen" or code is not None:
        async with context.database.write() as session:
            binding = await bindings.lock(session, conversation_id)
            if code is not None:
                said = await linking.use_code(session, context, binding, capability, code[1])
            else:
                known = channel_texts.UNLINKED if binding.account else channel_texts.NOT_LINKED
                said = known.format(title=capability.title)
                binding.account, binding.linked_at, binding.notices = None, None, False
        await say_once(context, conversation_id, client_id, said)
    else:
        return False
    return True


async def _last_choices(context: HandoffContext, conversation_id: str) -> list[Offer]:
    """Give what the newest message of the other side offers; a number means nothing after any later message."""
    async with context.database.read() as session:
        conversation = await conversations.find(session, conversation_id)
        said = None if conversation is None else await log.last_not_from_citizen(session, conversation)
    return _choices(said)


async def _payload_of(context: HandoffContext, conversation_id: str, choice: str) -> str:
    """Give the payload of a choice's id; one that was never offered becomes one that the log's own rule refuses."""
    seq, _, number = choice.partition(":")
    said = None
    if len(choice) < 16 and all(part.isascii() and part.isdigit() for part in (seq, number)):
        async with context.database.read() as session:
            conversation = await conversations.find(session, conversation_id)
            said = None if conversation is None else await log.at_seq(session, conversation, int(seq))
    offers = _choices(said)
    wanted = int(number) if said is not None else 0
    return offers[wanted - 1].payload if 1 <= wanted <= len(offers) else "/unbekannt"


def _choices(message: Message | None) -> list[Offer]:
    if message is None or message.author == log.CITIZEN:
        return []
    return choices_of(message.public())
