"""A clerk marks what the assistant understood well, or not. Without the citizen's yes nothing comes of it."""

from handoff.context import HandoffContext
from handoff.domain.limits import clean_text
from handoff.domain.message import Object
from handoff.domain.people import Staff
from handoff.errors import InvalidInputError
from handoff.schema.lead import MarkRow
from handoff.services.team import for_writing
from handoff.storage import desk as store
from handoff.storage import lead, log

VERDICTS = ("gut", "falsch")
WANTED_MAX_CHARS = 300


async def mark(
    context: HandoffContext, conversation_id: str, staff: Staff, seq: int, verdict: str, wanted: str
) -> list[Object]:
    """Mark a message of the assistant, or (an empty verdict) take the mark back; gives the chat's marks.

    Raises
    ------
    InvalidInputError
        The verdict is unknown, the message is none of the assistant's or not shown to this office, or the text is too long.
    ConflictError
        The chat is no longer this clerk's.
    """
    if verdict not in ("", *VERDICTS):
        raise InvalidInputError("Möglich sind: gut, falsch.", field="verdict")
    if len(wanted) > WANTED_MAX_CHARS:
        raise InvalidInputError(f"Bitte höchstens {WANTED_MAX_CHARS} Zeichen.", field="wanted")
    async with context.database.write() as session:
        row = await for_writing(session, conversation_id, staff)
        message = await log.at_seq(session, row, seq)
        hidden = await store.hidden_up_to(session, conversation_id, staff.office)
        if message is None or message.author != log.BOT or seq <= hidden:
            raise InvalidInputError("Nur Antworten des Assistenten lassen sich markieren.", field="seq")
        known = await session.get(MarkRow, (conversation_id, seq))
        if known is not None and not verdict:
            await session.delete(known)
        if verdict:
            known = known or MarkRow(conversation_id=conversation_id, seq=seq)
            known.verdict, known.wanted = verdict, clean_text(wanted) if wanted.strip() else None
            session.add(known)
        await session.flush()
        return [shape(one) for one in await lead.marks(session, conversation_id)]


def shape(row: MarkRow) -> Object:
    """A mark as the console shows it."""
    return {"seq": row.seq, "verdict": row.verdict, "wanted": row.wanted or ""}
