"""What a clerk does in a claimed chat: write, open a masked value, hand back, close."""

from uuid import uuid4

from handoff.context import HandoffContext
from handoff.domain.limits import check_client_id, clean_text
from handoff.domain.message import Body, Object
from handoff.domain.people import Staff
from handoff.domain.phase import Phase, Step, move
from handoff.errors import ConflictError, ForbiddenError, InvalidInputError, UnknownConversationError
from handoff.services import conversation as life
from handoff.services import desk_texts, switches, team, texts
from handoff.services.drafts import field_of
from handoff.services.masking import mask_text
from handoff.services.queue import check_own, own_for_writing
from handoff.services.writer import Draft
from handoff.storage import conversations, duty, log, outbox
from handoff.storage import desk as store

PROTECTED_ADDRESS = "Für diese Person gilt eine Auskunftssperre. Ihre Anschrift wird hier nicht gezeigt."

REASON_MAX_CHARS = 500
RESULTS = {
    "geloest": "Anliegen gelöst",
    "teilweise": "Teilweise gelöst",
    "weiterverwiesen": "An andere verwiesen",
    "offen": "Nicht gelöst",
}
"""How a chat can end."""


async def send(context: HandoffContext, conversation_id: str, staff: Staff, client_id: str, text: str) -> int:
    """Write to the citizen; safe to repeat with the same client id. Gives the message's number.

    Raises
    ------
    InvalidInputError
        Text or client id are malformed.
    ConflictError
        The chat is no longer this clerk's.
    UnavailableError
        The text holds a number for the vault and the portal does not answer; nothing was stored.
    """
    check_client_id(client_id)
    text = clean_text(text)
    sender = f"clerk:{staff.id}"
    async with context.turnstile(conversation_id):
        masked = await mask_text(context, conversation_id, text, f"{sender}:{client_id}")
        owner = await team.owner_beside(context, conversation_id, staff)
        sent = await context.writer.append(
            Draft(
                conversation_id,
                author=log.CLERK,
                sender=sender,
                client_id=client_id,
                body=Body(masked.text, sender=staff.sender()),
                gate=lambda standing: check_own(standing.phase, standing.clerk_id, owner, staff),
            )
        )
    return sent.seq


async def reveal(context: HandoffContext, conversation_id: str, staff: Staff, field_id: str) -> str:
    """Open a masked value: the portal logs the look, and the citizen reads about it in the chat.

    Raises
    ------
    ConflictError
        There is no draft, the citizen has not released the field, or the chat is no longer this clerk's.
    UnavailableError
        The portal does not answer.
    """
    draft = await context.portal.console_draft(conversation_id, staff)
    if draft is None:
        raise ConflictError("Zu dieser Unterhaltung gibt es gerade keinen Antrag.", code="kein_entwurf")
    field = field_of(draft, field_id)
    if field.get("state") == "vorgeschlagen":
        raise ConflictError("Diese Angabe hat die Person noch nicht freigegeben.", code="nicht_freigegeben")
    if field.get("withheld"):
        raise ForbiddenError(PROTECTED_ADDRESS, code="auskunftssperre")
    text = texts.REVEALED.format(function=staff.function, office=staff.office, label=field["label"])
    await _check_scope(context, conversation_id, staff)
    value = await context.portal.reveal(conversation_id, str(draft["id"]), field_id, staff)
    async with context.database.write() as session:
        row = await team.for_writing(session, conversation_id, staff)
        await life.say(session, row, context, Body(text))
    context.hub.messages_changed(conversation_id)
    return value


async def hand_back(context: HandoffContext, conversation_id: str, staff: Staff) -> Object:
    """Give the citizen back to the bot, which goes on at the same question.

    Raises
    ------
    ConflictError
        The chat is no longer this clerk's, or the assistant is switched off (`assistent_aus`).
    """
    await switches.check_assistant_on(context)
    async with context.database.write() as session:
        row = await own_for_writing(session, conversation_id, staff)
        await duty.end_handling(session, row.wait_id, context.clock())
        row.phase = move(Phase(row.phase), Step.HAND_BACK)
        row.lease_until = None
        await life.say(session, row, context, Body(texts.HANDED_BACK.format(function=row.clerk_function)))
        row.clerk_id = None
        await outbox.add(session, row.id, str(uuid4()), row.changed_at, payload="/handed_back")
        state = await life.state_of(session, row, context)
    life.tell_all(context, conversation_id)
    return state


async def _check_scope(context: HandoffContext, conversation_id: str, staff: Staff) -> None:
    """Raise ForbiddenError where only the topic was given to this office, not the application."""
    async with context.database.read() as session:
        if await store.hidden_up_to(session, conversation_id, staff.office):
            raise ForbiddenError("Der Antrag wurde Ihrer Stelle nicht freigegeben.", code="nicht_freigegeben")


async def released(context: HandoffContext, conversation_id: str, staff: Staff, ask_id: str) -> list[Object]:
    """Show what the citizen released after an ask: the portal logs the look, and she reads about it in the chat.

    Raises
    ------
    ConflictError
        It is not released (any more), or the chat is no longer this clerk's.
    ForbiddenError
        It was released to another office, or an Auskunftssperre holds.
    """
    async with context.database.read() as session:
        ask = await store.ask(session, conversation_id, ask_id)
    if ask is None or ask.status != "erteilt" or not ask.body.get("release"):
        raise ConflictError("Das ist nicht freigegeben.", code="nicht_freigegeben")
    values = await context.portal.released_values(conversation_id, str(ask.body["release"]), staff)
    async with context.database.write() as session:
        row = await team.for_writing(session, conversation_id, staff)
        text = desk_texts.DATA_SEEN.format(
            function=staff.function, office=staff.office, label=ask.body["label"]
        )
        await life.say(session, row, context, Body(text))
    context.hub.messages_changed(conversation_id)
    return values


async def close(
    context: HandoffContext, conversation_id: str, staff: Staff, result: str, reason: str
) -> Object:
    """End the chat with a result of `RESULTS` and a reason, for the office alone.

    Raises
    ------
    InvalidInputError
        The result is unknown, or the reason missing or longer than 500 characters.
    ConflictError
        The chat is no longer this clerk's.
    """
    reason = reason.strip()
    if result not in RESULTS:
        raise InvalidInputError("Bitte wählen Sie ein Ergebnis.", field="result")
    if not 0 < len(reason) <= REASON_MAX_CHARS:
        raise InvalidInputError("Bitte nennen Sie einen Grund mit höchstens 500 Zeichen.", field="reason")
    async with context.database.write() as session:
        row = await own_for_writing(session, conversation_id, staff)
        await life.end(session, row, context, result=result)
        row.handover = {**(row.handover or {}), "result": result, "reason_closed": reason}
        state = await life.state_of(session, row, context)
    life.tell_all(context, conversation_id)
    return state


async def chat_id(context: HandoffContext, conversation_id: str) -> str:
    """Give the id under which consoles know a conversation."""
    async with context.database.read() as session:
        row = await conversations.find(session, conversation_id)
    if row is None:
        raise UnknownConversationError
    return row.chat
