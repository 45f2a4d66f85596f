"""A conversation's own life: what its citizen sees of it, calls for a human, its end."""

from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.message import Body, Handover, Message, Object
from handoff.domain.phase import Phase, Step, move
from handoff.domain.queue import places
from handoff.schema.tables import ConversationRow
from handoff.services import texts
from handoff.services.access import Access
from handoff.storage import conversations, log, outbox


async def state_of(session: AsyncSession, conversation: ConversationRow) -> Object:
    """Give the State that clients see."""
    state: Object = {"phase": conversation.phase, "bound": conversation.account is not None}
    if conversation.phase == Phase.WAITING:
        state["place"] = places(await conversations.places_in_queue(session)).get(conversation.id, 1)
    if conversation.phase == Phase.CLERK:
        state["clerk"] = {"function": conversation.clerk_function, "office": conversation.clerk_office}
    return state


async def state(context: HandoffContext, conversation_id: str) -> Object:
    """Read the State that clients see."""
    async with context.database.read() as session:
        return await state_of(session, await _existing(session, conversation_id))


async def since(context: HandoffContext, conversation_id: str, after: int) -> tuple[list[Object], Object]:
    """Read every message after `after` and the State, of one moment."""
    async with context.database.read() as session:
        conversation = await _existing(session, conversation_id)
        messages = await log.after(session, conversation, after)
        return [message.public() for message in messages], await state_of(session, conversation)


async def messages_after(context: HandoffContext, conversation_id: str, after: int) -> list[Message]:
    """Read every message after `after`."""
    async with context.database.read() as session:
        return await log.after(session, await _existing(session, conversation_id), after)


async def close(context: HandoffContext, access: Access) -> Object:
    """End the conversation for the citizen; ending it again changes nothing."""
    async with context.database.write() as session:
        conversation = await conversations.lock(session, access.conversation_id)
        if conversation.phase != Phase.CLOSED:
            await end(session, conversation, context)
        state = await state_of(session, conversation)
    tell_all(context, access.conversation_id)
    return state


async def say(
    session: AsyncSession, conversation: ConversationRow, context: HandoffContext, body: Body
) -> int:
    """Let the gateway itself say something; the conversation must be locked."""
    return await log.append(
        session, conversation, message_id=str(uuid4()), author=log.SYSTEM, body=body, at=context.clock()
    )


async def call_human(
    session: AsyncSession,
    conversation: ConversationRow,
    context: HandoffContext,
    handover: Handover,
    *,
    announce: bool = True,
) -> None:
    """Put a locked conversation at the end of the queue; the engine gets nothing from now on.

    Parameters
    ----------
    announce
        Whether to say so and to offer the way back; False when the bot has just done it.
    """
    conversation.phase = move(Phase(conversation.phase), Step.CALL_HUMAN)
    conversation.handover = handover.stored()
    conversation.queued_at = context.clock()
    conversation.returned = False
    conversation.clerk_seen_seq = conversation.last_seq
    await outbox.clear(session, conversation.id)
    await session.flush()
    if not announce:
        return
    place = places(await conversations.places_in_queue(session))[conversation.id]
    card: Object = {"type": "queue", "reason": handover.reason, "topic": handover.topic}
    button: Object = {"title": texts.BACK_TO_BOT_TITLE, "payload": "/back_to_bot"}
    await say(session, conversation, context, Body(texts.QUEUED.format(place=place), [button], [card]))


async def end(session: AsyncSession, conversation: ConversationRow, context: HandoffContext) -> None:
    """Close a locked conversation."""
    conversation.phase = move(Phase(conversation.phase), Step.CLOSE)
    conversation.lease_until = None
    await outbox.clear(session, conversation.id)
    await say(session, conversation, context, Body(texts.CLOSED))


def tell_all(context: HandoffContext, conversation_id: str) -> None:
    """Tell everybody that the conversation has another phase, after the commit."""
    context.hub.messages_changed(conversation_id)
    context.hub.state_changed(conversation_id)
    context.hub.queue_changed()


async def _existing(session: AsyncSession, conversation_id: str) -> ConversationRow:
    conversation = await conversations.find(session, conversation_id)
    if conversation is None:
        raise LookupError("conversation vanished")
    return conversation
