"""What the citizen sends: written to the log and the outbox in one transaction, committed before it is acknowledged."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.limits import WAIT_MAX_S, check_client_id, check_payload, clean_text
from handoff.domain.message import Body, Handover, Since
from handoff.domain.offers import Json
from handoff.domain.phase import Phase
from handoff.errors import ForbiddenError, InvalidInputError
from handoff.schema.tables import ConversationRow
from handoff.services import ask_answers, feedback, hours, proposals, switches, texts, waiting
from handoff.services import conversation as life
from handoff.services.access import Access, check_open
from handoff.services.masking import mask_text, mask_values
from handoff.services.writer import Draft, Sent
from handoff.storage import conversations, log, outbox

WITH_HUMAN = (Phase.WAITING, Phase.CLERK)


@dataclass(frozen=True)
class Incoming:
    """What a client wants to say: either text, or the payload of something that was offered."""

    client_id: str
    text: str | None = None
    payload: str | None = None
    values: Mapping[str, Json] | None = None


async def send(context: HandoffContext, access: Access, incoming: Incoming) -> Sent:
    """Take one message of the citizen; safe to repeat with the same client id.

    Raises
    ------
    InvalidInputError
        Text, payload, values or client id are malformed.
    ForbiddenError
        The payload was never offered here (`knopf_unbekannt`).
    ConflictError
        The conversation is closed (`unterhaltung_beendet`).
    UnavailableError
        The portal is needed (a number to keep, a proposal to carry out) and does not answer; nothing was stored.
    """
    check_client_id(incoming.client_id)
    if (incoming.text is None) == (incoming.payload is None):
        raise InvalidInputError("Bitte senden Sie entweder einen Text oder eine Auswahl.", field="text")
    async with context.turnstile(access.conversation_id):
        if incoming.payload is not None:
            async with context.database.read() as session:
                seq = await log.seq_of(session, access.conversation_id, log.CITIZEN, incoming.client_id)
            if seq is not None:
                return Sent(seq, new=False)
            return await _press(context, access.conversation_id, incoming, incoming.payload)
        masked = await mask_text(
            context, access.conversation_id, clean_text(incoming.text or ""), incoming.client_id
        )
        return await context.writer.append(
            Draft(
                access.conversation_id,
                author=log.CITIZEN,
                sender=log.CITIZEN,
                client_id=incoming.client_id,
                body=Body(masked.text),
                gate=access.gate,
                for_engine=outbox.for_engine(text=masked.text, secrets=masked.secrets),
            )
        )


async def _press(context: HandoffContext, conversation_id: str, incoming: Incoming, payload: str) -> Sent:
    check_payload(payload, incoming.values)
    title = await _offered(context, conversation_id, payload)
    answer = proposals.parse(payload)
    if answer is not None:
        seq = await proposals.answer(context, conversation_id, answer, incoming.client_id, title)
        return Sent(seq, new=True)
    asked = ask_answers.parse(payload)
    if asked is not None:
        seq = await ask_answers.answer(
            context, conversation_id, asked, incoming.client_id, title, incoming.values
        )
        return Sent(seq, new=True)
    if payload == feedback.PAYLOAD:
        seq = await feedback.answer(context, conversation_id, incoming.client_id, incoming.values)
        return Sent(seq, new=True)
    values = await mask_values(context, conversation_id, incoming.values, incoming.client_id)
    if payload == waiting.BACK:
        await switches.check_assistant_on(context)
    if payload in waiting.KINDS:
        return await _leave_request(context, conversation_id, incoming, payload, title)
    async with context.database.write() as session:
        conversation = await open_for_writing(session, conversation_id)
        message_id, seq = await write(session, conversation, context, incoming, title)
        left_human = conversation.phase in WITH_HUMAN and payload == waiting.BACK
        called = conversation.phase == Phase.BOT and payload == "/human" and conversation.engine_trouble
        if left_human:
            await life.leave_human(session, conversation, context)
        if called:
            await life.call_human(session, conversation, context, Handover("stoerung", None, []))
        if conversation.phase == Phase.BOT:
            await outbox.add(
                session,
                conversation.id,
                message_id,
                conversation.changed_at,
                payload=payload,
                values=values,
            )
    if left_human or called:
        life.tell_all(context, conversation_id)
    _tell(context, conversation_id)
    return Sent(seq, new=True)


async def _leave_request(
    context: HandoffContext, conversation_id: str, incoming: Incoming, payload: str, title: str
) -> Sent:
    """Take a wish instead of waiting; its number, time or address stand in no message of the log."""
    values = dict(incoming.values or {})
    if isinstance(values.get("text"), str):
        values["text"] = (
            await mask_text(context, conversation_id, str(values["text"]), incoming.client_id)
        ).text
    async with context.database.write() as session:
        row = await open_for_writing(session, conversation_id)
        now = context.clock()
        opening = await hours.opening(session, row.office, now)
        wish = waiting.read(payload, values, opening)
        _message_id, seq = await write(session, row, context, incoming, wish.text or title)
        said = await waiting.leave(session, row, wish, opening, now)
        await life.say(session, row, context, said)
        await outbox.add(session, row.id, str(uuid4()), now, payload=waiting.BACK)
    life.tell_all(context, conversation_id)
    return Sent(seq, new=True)


async def open_for_writing(session: AsyncSession, conversation_id: str) -> ConversationRow:
    """Lock a conversation that is not closed; raises ConflictError `unterhaltung_beendet`."""
    conversation = await conversations.lock(session, conversation_id)
    check_open(conversation.phase)
    return conversation


async def write(
    session: AsyncSession,
    conversation: ConversationRow,
    context: HandoffContext,
    incoming: Incoming,
    text: str,
) -> tuple[str, int]:
    """Write the citizen's message into the log of a locked conversation; gives its id and number."""
    message_id = str(uuid4())
    seq = await log.append(
        session,
        conversation,
        message_id=message_id,
        author=log.CITIZEN,
        body=Body(text),
        at=context.clock(),
        client_id=incoming.client_id,
    )
    return message_id, seq


async def read(context: HandoffContext, access: Access, after: int, wait_s: float) -> Since:
    """Read what came after `after`; waits up to `wait_s` seconds (at most 30) for the first new message."""
    poll = context.hub.begin_poll(access.conversation_id)
    try:
        wait_s = min(wait_s, WAIT_MAX_S)
        if wait_s > 0 and await conversations.last_seq(context.database, access.conversation_id) <= after:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await poll.wait()
        found = await life.since_with_bot(context, access.conversation_id, after)
        return found or await life.since(context, access.conversation_id, after)
    finally:
        context.hub.end_poll(access.conversation_id, poll)


async def _offered(context: HandoffContext, conversation_id: str, payload: str) -> str:
    """Give the title under which the payload was offered here; raises ForbiddenError `knopf_unbekannt`."""
    async with context.database.read() as session:
        async for offer in log.offers_newest_first(session, conversation_id):
            if offer.payload == payload:
                return offer.title
        if payload == waiting.BACK:  # always open to who waits or talks with a human, offered or not
            row = await conversations.find(session, conversation_id)
            if row is not None and row.phase in WITH_HUMAN:
                return texts.BACK_TO_BOT_TITLE
    raise ForbiddenError(
        "Diese Auswahl wurde in dieser Unterhaltung nicht angeboten. Es wurde nichts geändert. "
        "Bitte nutzen Sie eine der gezeigten Schaltflächen oder schreiben Sie Ihr Anliegen.",
        field="payload",
        code="knopf_unbekannt",
    )


def _tell(context: HandoffContext, conversation_id: str) -> None:
    context.hub.messages_changed(conversation_id)
