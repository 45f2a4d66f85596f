"""Ends a chat in which somebody is abusive; the citizen reads why."""

from handoff.context import HandoffContext
from handoff.domain.message import Body, Object
from handoff.domain.people import Staff
from handoff.errors import InvalidInputError
from handoff.services import conversation as life
from handoff.services import texts
from handoff.services.queue import own_for_writing

REASONS = {
    "beleidigung": "Beleidigungen",
    "drohung": "eine Drohung",
    "belaestigung": "Belästigung",
    "werbung": "Werbung oder Massennachrichten",
}
"""Reasons, as the citizen reads them."""
NOTE_MAX_CHARS = 500


async def end(context: HandoffContext, conversation_id: str, staff: Staff, reason: str, note: str) -> Object:
    """End one's own chat for abuse. What the citizen stored stays; a new conversation is possible.

    Raises
    ------
    InvalidInputError
        The reason is none of `REASONS`.
    ConflictError
        The chat is no longer this clerk's.
    """
    if reason not in REASONS:
        raise InvalidInputError(f"Möglich sind: {', '.join(REASONS)}.", field="reason")
    async with context.database.write() as session:
        row = await own_for_writing(session, conversation_id, staff)
        await life.say(session, row, context, Body(texts.ENDED_FOR_ABUSE.format(reason=REASONS[reason])))
        await life.end(session, row, context, ask=False)
        kept = {"abuse": reason, "abuse_note": note.strip()[:NOTE_MAX_CHARS]}
        row.handover = {**(row.handover or {}), **kept}
        state = await life.state_of(session, row, context)
    life.tell_all(context, conversation_id)
    return state
