"""What a clerk sees of a chat (docs/protocol/console.md, ChatView)."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.anschrift import hide
from handoff.domain.channel import Shows
from handoff.domain.facts import facts
from handoff.domain.message import BERLIN, Message, Object
from handoff.domain.offers import Json
from handoff.domain.people import Staff
from handoff.errors import HandoffError
from handoff.schema.desk import AskRow
from handoff.schema.tables import ConversationRow
from handoff.services import conversation as life
from handoff.services import desk_texts, marks
from handoff.services.drafts import for_clerk, summary_lines
from handoff.services.filing import note_shape
from handoff.storage import channels, conversations, lead, log
from handoff.storage import desk as store

NO_PORTAL = "Der Antrag kann gerade nicht geladen werden."


async def look(context: HandoffContext, conversation_id: str, staff: Staff) -> Object:
    """Give the ChatView and count everything in it as read by its clerk.

    The portal logs the look at the application for the citizen. An office to which only the topic was given sees neither
    what was said before nor the application.
    """
    async with context.database.read() as session:
        found = await conversations.find(session, conversation_id)
        hidden = await store.hidden_up_to(session, conversation_id, staff.office)
    if found is None:
        raise LookupError("conversation vanished")
    citizen, draft, entry, trouble = await _from_portal(context, found, staff, restricted=hidden > 0)
    async with context.database.write() as session:
        row = await conversations.lock(session, conversation_id)
        if row.clerk_id == staff.id:
            row.clerk_seen_seq = row.last_seq
        if citizen is not None:
            row.address_locked = bool(citizen.get("address_locked"))
        messages = await log.after(session, row, hidden)
        channel = await _channel(session, context, row)
        view: Object = {
            "chat": row.chat,
            "from": hidden,
            "messages": [message.public() for message in readable(row, messages)],
            "state": await life.state_of(session, row, context),
            "citizen": {
                "bound": row.account is not None,
                "trust": row.trust,
                "address_locked": is_locked(row),
                "data_sets": [] if citizen is None else citizen.get("data_sets"),
            },
            "role": await _role(session, row, staff),
            "notes": [note_shape(one) for one in await store.notes(session, row.id, staff.office)],
            "marks": [marks.shape(one) for one in await lead.marks(session, row.id) if one.seq > hidden],
            "asks": [_ask(one) for one in await store.asks(session, row.id, staff.office)],
            "offered": [
                {"kind": one.kind, "office": one.to_office}
                for one in await store.offers_of(session, row.id, staff.id)
            ],
        }
    handover = found.handover or {"reason": None, "topic": None, "summary": []}
    view |= {"topic": handover["topic"], "reason": handover["reason"]}
    view["summary"] = channel + ([] if hidden else _summary(handover["summary"], draft, trouble))
    if draft is not None:
        view["draft"] = for_clerk(draft, context.clock().astimezone(BERLIN).date())
    if entry is not None:
        view["service"] = {**entry, "facts": facts(entry)}
    return view


async def _from_portal(
    context: HandoffContext, row: ConversationRow, staff: Staff, *, restricted: bool
) -> tuple[Mapping[str, Json] | None, Mapping[str, Json] | None, Mapping[str, Json] | None, bool]:
    """Ask the portal for citizen, draft and catalogue entry; the last value tells whether it did not answer."""
    citizen = draft = entry = None
    try:
        if row.account is not None:
            citizen = await context.portal.console_citizen(row.id, staff)
            if not restricted:
                draft = await context.portal.console_draft(row.id, staff)
        service = str(draft["service"]) if draft is not None else row.service
        entry = await context.portal.entry(row.id, service) if service else None
    except HandoffError:
        return citizen, None, None, True  # the chat goes on without the form while the portal is away
    return citizen, draft, entry, False


async def _channel(session: AsyncSession, context: HandoffContext, row: ConversationRow) -> list[Json]:
    """Say through which channel the citizen reads, and what reaches her there; nothing for the chat on a page."""
    binding = await channels.of_conversation(session, row.id)
    adapter = None if binding is None else context.channels.get(binding.channel)
    if binding is None or adapter is None:
        return []
    capability = adapter.capability_for(binding.details or {})
    if capability.shows is Shows.PERSONAL:
        said = desk_texts.CHANNEL_OWN
    else:
        said = desk_texts.CHANNEL_OPEN if row.account is None else desk_texts.CHANNEL_LINK
    return [said.format(title=capability.title)]


def is_locked(row: ConversationRow) -> bool:
    """Tell whether addresses are hidden: an Auskunftssperre holds, or nobody could say yet that none does."""
    return row.account is not None and row.address_locked is not False


def readable(row: ConversationRow, messages: Sequence[Message]) -> list[Message]:
    """Give messages as clerks may read them."""
    return hide(messages) if is_locked(row) else list(messages)


async def locked(context: HandoffContext, conversation_id: str) -> bool:
    """Tell whether clerks may not read addresses in this conversation now."""
    async with context.database.read() as session:
        row = await conversations.find(session, conversation_id)
    return row is None or is_locked(row)


async def read_since(
    context: HandoffContext, conversation_id: str, staff: Staff, after: int
) -> tuple[list[Object], Object]:
    """Read what came after a number, as this clerk may read it, and the State."""
    async with context.database.read() as session:
        row = await conversations.find(session, conversation_id)
        if row is None:
            raise LookupError("conversation vanished")
        hidden = await store.hidden_up_to(session, conversation_id, staff.office)
        messages = readable(row, await log.after(session, row, hidden))
        fresh = [message.public() for message in messages if message.seq > after]
        return fresh, await life.state_of(session, row, context)


async def _role(session: AsyncSession, row: ConversationRow, staff: Staff) -> str:
    if row.clerk_id == staff.id:
        return "inhaber"
    return "leitung" if await store.participant(session, row.id, staff.id) is None else "zweit"


def _summary(said: Sequence[str], draft: Mapping[str, Json] | None, trouble: bool) -> list[Json]:
    summary = list(said) + ([NO_PORTAL] if trouble else [])
    lines = [] if draft is None else summary_lines(draft)
    fresher = {line.partition(":")[0] for line in lines}
    return [*lines, *(line for line in summary if line.partition(":")[0] not in fresher)]


def _ask(row: AskRow) -> Object:
    body = row.body
    return {
        "id": row.id,
        "kind": row.kind,
        "what": body["what"],
        "label": body["label"],
        "items": body["items"],
        "status": row.status,
        "at": row.at.astimezone(BERLIN).isoformat(timespec="seconds"),
        "document_url": f"/amt/freigaben/{body['release']}/dokument"
        if row.kind == "dokument" and row.status == "erteilt"
        else None,
    }
