"""What a clerk does in a claimed chat: look, write, open a masked value, hand back, close."""

from uuid import uuid4

from handoff.context import HandoffContext
from handoff.domain.limits import check_client_id, clean_text
from handoff.domain.message import Body, Object
from handoff.domain.offers import Json
from handoff.domain.people import Staff
from handoff.domain.phase import Phase, Step, move
from handoff.errors import ConflictError, HandoffError, UnknownConversationError
from handoff.services import conversation as life
from handoff.services import texts
from handoff.services.drafts import field_of, for_clerk, summary_lines
from handoff.services.masking import mask_text
from handoff.services.queue import check_own, own_for_writing
from handoff.services.writer import Draft
from handoff.storage import conversations, duty, log, outbox

RESULT_MAX_CHARS = 500


async def look(context: HandoffContext, conversation_id: str, staff: Staff) -> Object:
    """Give the ChatView (docs/protocol/console.md) and count everything in it as read by its clerk."""
    async with context.database.write() as session:
        row = await conversations.lock(session, conversation_id)
        if row.clerk_id == staff.id:
            row.clerk_seen_seq = row.last_seq
        messages: list[Json] = [message.public() for message in await log.after(session, row, 0)]
        state = await life.state_of(session, row, context)
    handover = row.handover or {"reason": None, "topic": None, "summary": []}
    view: Object = {
        "chat": row.chat,
        "topic": handover["topic"],
        "reason": handover["reason"],
        "messages": messages,
        "state": state,
        "citizen": {"bound": row.account is not None, "trust": row.trust},
    }
    summary = list(handover["summary"])
    try:
        draft = await context.portal.current_draft(conversation_id) if row.account is not None else None
        service = (
            None if draft is None else await context.portal.service(conversation_id, str(draft["service"]))
        )
    except HandoffError:
        draft = service = None  # the chat goes on without the form while the portal is away
        summary.append("Der Antrag kann gerade nicht geladen werden.")
    if draft is not None:
        view["draft"] = for_clerk(draft)
        lines = summary_lines(draft)
        fresher = {line.partition(":")[0] for line in lines}
        summary = lines + [line for line in summary if line.partition(":")[0] not in fresher]
    if service is not None:
        view["service"] = dict(service)
    view["summary"] = summary
    return view


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
        sent = await context.writer.append(
            Draft(
                conversation_id,
                author=log.CLERK,
                sender=sender,
                client_id=client_id,
                body=Body(masked.text, sender=staff.sender()),
                gate=lambda standing: check_own(standing.phase, standing.clerk_id, staff),
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
    draft = await context.portal.current_draft(conversation_id)
    if draft is None:
        raise ConflictError("Zu dieser Unterhaltung gibt es gerade keinen Antrag.", code="kein_entwurf")
    field = field_of(draft, field_id)
    if field.get("state") == "vorgeschlagen":
        raise ConflictError("Diese Angabe hat die Person noch nicht freigegeben.", code="nicht_freigegeben")
    text = texts.REVEALED.format(function=staff.function, office=staff.office, label=field["label"])
    value = await context.portal.reveal(conversation_id, str(draft["id"]), field_id, staff)
    async with context.database.write() as session:
        row = await own_for_writing(session, conversation_id, staff)
        await life.say(session, row, context, Body(text))
    context.hub.messages_changed(conversation_id)
    return value


async def hand_back(context: HandoffContext, conversation_id: str, staff: Staff) -> Object:
    """Give the citizen back to the bot, which goes on at the same question."""
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


async def close(context: HandoffContext, conversation_id: str, staff: Staff, result: str) -> Object:
    """End the chat and note its result (at most 500 characters)."""
    async with context.database.write() as session:
        row = await own_for_writing(session, conversation_id, staff)
        await life.end(session, row, context)
        row.handover = {**(row.handover or {}), "result": result.strip()[:RESULT_MAX_CHARS]}
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
