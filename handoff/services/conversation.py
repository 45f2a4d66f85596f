"""A conversation's own life: what its citizen sees of it, calls for a human, its end."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain import switches
from handoff.domain.board import Place
from handoff.domain.estimate import usual_handling_s
from handoff.domain.message import Body, Handover, Message, Object, Since
from handoff.domain.phase import Phase, Step, move
from handoff.domain.queue import rank_at
from handoff.schema.desk import ParticipantRow
from handoff.schema.tables import ConversationRow
from handoff.services import feedback, hours, texts, waiting, waits
from handoff.services.access import Access
from handoff.services.hours import Opening
from handoff.services.together import Together
from handoff.storage import conversations, desk, duty, lead, log, outbox

READ_AT_ONCE = 64
"""Conversations in one look at the database, when many read on at the same time."""


async def state_of(
    session: AsyncSession,
    conversation: ConversationRow,
    context: HandoffContext,
    second: Sequence[ParticipantRow] | None = None,
    assistant: Object | None = None,
) -> Object:
    """Give the State that clients see.

    Parameters
    ----------
    second, assistant
        The chat's second clerks and the `assistant_state`, if they were read already.
    """
    state = _any_state(conversation)
    if conversation.phase == Phase.WAITING:
        now = context.clock()
        board = await context.board.get(now, session)
        place = board.place_of(conversations.ticket_of(conversation))
        state |= waiting_state(place, await hours.opening(session, conversation.office, now))
    if conversation.phase in (Phase.WAITING, Phase.CLERK):
        state |= await assistant_state(session) if assistant is None else assistant
    if conversation.phase == Phase.CLERK:
        state["clerk"] = {"function": conversation.clerk_function, "office": conversation.clerk_office}
        second = await desk.participants(session, conversation) if second is None else second
        if second:
            state["helpers"] = [{"function": one.function, "office": one.office} for one in second]
    return state


def _any_state(conversation: ConversationRow | Row[*tuple[Any, ...]]) -> Object:
    """The part of the State that every phase has, and all of it while the bot is in charge."""
    state: Object = {"phase": conversation.phase, "bound": conversation.account is not None}
    if conversation.feedback == feedback.ASKED:
        state["feedback"] = True
    return state


def waiting_state(place: Place, opening: Opening) -> Object:
    """Give the part of the State that tells a waiting citizen what to expect."""
    told: Object = {"place": place.place}
    if place.estimate is not None:
        expected = place.estimate
        told["estimate"] = {"low_s": expected.low_s, "high_s": expected.high_s, "text": expected.text()}
    if opening.open is False:
        told["open"] = False
        if opening.opens_at is not None:
            told["opens_at"] = opening.opens_at.isoformat(timespec="minutes")
    return told


async def assistant_state(session: AsyncSession) -> Object:
    """Give the part of the State that says that there is no way back to the assistant now."""
    off = switches.assistant(await lead.switches(session))
    return {} if off is None else {"assistant": "aus"}


async def waiting_states(
    context: HandoffContext, conversation_ids: Iterable[str]
) -> list[tuple[str, Object]]:
    """Give the States of those of these conversations that wait, from one look at the queue."""
    now = context.clock()
    board = await context.board.get(now)
    places = board.all_places(conversation_ids)
    found = []
    async with context.database.read() as session:
        openings = {
            office: await hours.opening(session, office, now)
            for office in {one.office for one in board.tickets if one.conversation_id in places}
        }
        bound = await conversations.bound(session, list(places))
        assistant = await assistant_state(session)
    for ticket in board.tickets:
        if ticket.conversation_id in places and ticket.conversation_id in bound:
            state: Object = {"phase": Phase.WAITING.value, "bound": bound[ticket.conversation_id]}
            told = waiting_state(places[ticket.conversation_id], openings[ticket.office])
            found.append((ticket.conversation_id, state | told | assistant))
    return found


async def state(context: HandoffContext, conversation_id: str) -> Object:
    """Read the State that clients see."""
    async with context.database.read() as session:
        return await state_of(session, await _existing(session, conversation_id), context)


async def since(context: HandoffContext, conversation_id: str, after: int) -> Since:
    """Read every message after `after` and the State, of one moment after this call."""
    if context.moments is None:
        context.moments = Together(partial(_since_together, context), READ_AT_ONCE)
    return await context.moments.ask((conversation_id, after))


async def since_with_bot(context: HandoffContext, conversation_id: str, after: int) -> Since | None:
    """The same as `since` for a quarter of its price; None unless the bot is in charge."""
    found = await log.with_bot(context.database, conversation_id, after)
    if found is None:
        return None
    row, messages = found
    return Since(row.chat, row.last_seq, [one.public() for one in messages], _any_state(row))


async def _since_together(
    context: HandoffContext, asked: Sequence[tuple[str, int]]
) -> list[Since | Exception]:
    answers: list[Since | Exception] = []
    async with context.database.read() as session:
        rows = await conversations.find_all(session, [conversation_id for conversation_id, _after in asked])
        second = await desk.participants_of(session, list(rows.values()))
        assistant = await assistant_state(session)
        for conversation_id, after in asked:
            row = rows.get(conversation_id)
            if row is None:
                answers.append(LookupError("conversation vanished"))
                continue
            messages = await log.after(session, row, after) if after < row.last_seq else []
            state = await state_of(session, row, context, second[row.id], assistant)
            answers.append(Since(row.chat, row.last_seq, [one.public() for one in messages], state))
    return answers


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
        state = await state_of(session, conversation, context)
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
    office: str | None = None,
    announce: bool = True,
) -> None:
    """Put a locked conversation at the end of the queue; the engine gets nothing from now on.

    Parameters
    ----------
    office
        Id of the office that the catalogue names for the topic, if it is known.
    announce
        Whether to say so and to offer the way back; False when the bot has just done it.
    """
    conversation.phase = move(Phase(conversation.phase), Step.CALL_HUMAN)
    conversation.handover = handover.stored()
    now = context.clock()
    conversation.queued_at = now
    conversation.reason = handover.reason
    conversation.service = handover.service or handover.topic
    times = (await duty.handling_times(session)).get(conversation.service, ())
    conversation.rank_at = rank_at(now, handover.reason, usual_handling_s(times))
    conversation.office = office
    conversation.returned = False
    conversation.clerk_seen_seq = conversation.last_seq
    await outbox.clear(session, conversation.id)
    conversation.wait_id = await waits.begin(context, session, conversation, now)
    board = await context.board.get(now, session)
    place = board.place_of(conversations.ticket_of(conversation))
    opening = await hours.opening(session, office, now)
    if announce or opening.open is False:
        back = not await assistant_state(session)
        body = waiting.announcement(handover, place, opening, back=back)
        await say(session, conversation, context, body)


async def leave_human(session: AsyncSession, conversation: ConversationRow, context: HandoffContext) -> None:
    """Let a locked conversation's citizen go back to the assistant, out of the queue or from a clerk, who is told by the log."""
    now = context.clock()
    if conversation.phase == Phase.CLERK:
        await duty.end_handling(session, conversation.wait_id, now)
        await say(
            session,
            conversation,
            context,
            Body(texts.LEFT_CLERK.format(function=conversation.clerk_function)),
        )
    else:
        await duty.end_wait(session, conversation.wait_id, "assistent", now)
    conversation.phase = move(Phase(conversation.phase), Step.BACK_TO_BOT)
    conversation.lease_until = conversation.clerk_id = None


async def end(
    session: AsyncSession,
    conversation: ConversationRow,
    context: HandoffContext,
    *,
    result: str | None = None,
    ask: bool = True,
) -> None:
    """Close a locked conversation.

    Parameters
    ----------
    result
        How its clerk closed it.
    ask
        Whether the citizen is asked how it was, if she was not asked before.
    """
    now = context.clock()
    await duty.end_wait(session, conversation.wait_id, "beendet", now)
    if conversation.phase == Phase.CLERK:
        await duty.end_handling(session, conversation.wait_id, now, result=result)
    conversation.phase = move(Phase(conversation.phase), Step.CLOSE)
    conversation.lease_until = None
    await outbox.clear(session, conversation.id)
    card = await feedback.card(session, conversation) if ask else None
    await say(session, conversation, context, Body(texts.CLOSED, cards=[] if card is None else [card]))


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
