"""Messages of the log as Rasa's web protocols show them (docs/protocol/channels/rasa.md)."""

import re
from collections.abc import Iterable

from handoff.context import HandoffContext
from handoff.domain import channel_text
from handoff.domain.channel import Capability, Shows, choices_of
from handoff.domain.message import Body, Message, Object
from handoff.errors import ForbiddenError
from handoff.services import access, channel_texts, linking, messages
from handoff.services import conversation as life
from handoff.services.writer import Sent
from handoff.storage import conversations, log

WEB = Capability(
    name="rasa",
    title="Web",
    third_party=False,
    shows=Shows.PUBLIC,
    text_max=20_000,
    buttons_max=50,
    button_chars=200,
    commands=False,
)
_ONE_LINE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")
"""Rasa's web clients read Markdown: a line break needs two spaces before it."""
_ADDRESS = re.compile(r"https?://[^\s<>()]*[^\s<>().,;:!?]")
"""Written out, a long address is wider than these clients' messages; as a link it has a title."""
PAGE_TITLE = "Zur Seite"
PORTAL_TITLE = "Im Portal weitermachen"


async def begin(context: HandoffContext) -> str:
    """Begin a conversation for a Rasa client; its first message says that a machine answers. Gives its handle."""
    handle = await access.start(context, "de")
    allowed = await access.check(context, handle, None)
    async with context.database.write() as session:
        conversation = await conversations.lock(session, allowed.conversation_id)
        await life.say(session, conversation, context, Body(channel_texts.welcome(WEB)))
    return handle


async def send(context: HandoffContext, allowed: access.Access, client_id: str, text: str) -> Sent | None:
    """Take what a Rasa client sends: a text, or the payload of a button that was offered.

    Returns
    -------
    Sent or None
        None for a client's own first payload (`/get_started`) in a conversation that has only its greeting: the
        greeting has answered it.
    """
    if not text.startswith("/"):
        return await messages.send(context, allowed, messages.Incoming(client_id, text))
    try:
        return await messages.send(context, allowed, messages.Incoming(client_id, payload=text))
    except ForbiddenError:
        if len(await life.messages_after(context, allowed.conversation_id, 0)) <= 1:
            return None
        raise


def from_others(found: Iterable[Message]) -> list[Message]:
    """Leave out what the citizen said: her client has shown it."""
    return [message for message in found if message.author != log.CITIZEN]


async def socket_frame(context: HandoffContext, conversation_id: str, message: Message) -> Object:
    """Give a `bot_uttered` body: `text`, or `text` and `quick_replies`; everything else is in `metadata`."""
    text, link = await _words(context, conversation_id, message)
    text = _ADDRESS.sub(rf"[{PAGE_TITLE}](\g<0>)", _ONE_LINE_BREAK.sub("  \n", text))
    replies: list[Object] = [
        {"content_type": "text", "title": offer.title, "payload": offer.payload}
        for offer in choices_of(message.public())
    ]
    if link is not None:
        replies.append({"type": "web_url", "title": PORTAL_TITLE, "url": link, "payload": link})
    frame: Object = {"text": text, "metadata": _metadata(message)}
    if replies:
        frame["quick_replies"] = replies
    return frame


async def rest_message(
    context: HandoffContext, conversation_id: str, recipient_id: str, message: Message
) -> Object:
    """Give one message of the REST answer: `recipient_id`, `text`, `buttons` if there are any, `metadata`."""
    text, _link = await _words(context, conversation_id, message)
    shape: Object = {"recipient_id": recipient_id, "text": text, "metadata": _metadata(message)}
    buttons: list[Object] = [
        {"title": offer.title, "payload": offer.payload} for offer in choices_of(message.public())
    ]
    if buttons:
        shape["buttons"] = buttons
    return shape


async def _words(context: HandoffContext, conversation_id: str, message: Message) -> tuple[str, str | None]:
    public = message.public()
    link = None
    if channel_text.needs_portal(public):
        link = await linking.portal_link(context, conversation_id)
    return channel_text.in_words(public, context.settings.origin, link), link


def _metadata(message: Message) -> Object:
    public = message.public()
    return {
        name: public[name] for name in ("seq", "author", "lang", "at", "cards", "sender") if name in public
    }
