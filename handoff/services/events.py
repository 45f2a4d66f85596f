"""What the portal tells: something happened outside the chat that a conversation should know."""

from enum import StrEnum
from uuid import uuid4

from handoff.context import HandoffContext
from handoff.domain.phase import Phase
from handoff.errors import UnknownConversationError
from handoff.storage import conversations, outbox


class Event(StrEnum):
    """The portal's events."""

    IDENTITY_PROVED = "identity_proved"
    DRAFT_CHANGED = "draft_changed"


async def receive(context: HandoffContext, conversation_id: str, event: Event) -> None:
    """Tell the engine while the bot is in charge.

    An event that already waits as the newest message for the engine is not queued twice.

    Raises
    ------
    UnknownConversationError
        No conversation has this id.
    """
    async with context.database.write() as session:
        if await conversations.find(session, conversation_id) is None:
            raise UnknownConversationError
        row = await conversations.lock(session, conversation_id)
        if row.phase == Phase.BOT:
            payload = f"/{event.value}"
            if await outbox.last_payload(session, row.id) != payload:
                await outbox.add(session, row.id, str(uuid4()), context.clock(), payload=payload)
    context.hub.form_changed(conversation_id)
