"""Internal notes, and the chat filed to the application as a Vermerk."""

from uuid import uuid4

from handoff.context import HandoffContext
from handoff.domain.anschrift import hide, without_addresses
from handoff.domain.limits import check_client_id, clean_text
from handoff.domain.message import BERLIN, Body, Message, Object
from handoff.domain.people import Staff
from handoff.errors import ConflictError
from handoff.schema.desk import NoteRow
from handoff.services import conversation as life
from handoff.services import desk_texts as texts
from handoff.services.masking import mask_text
from handoff.services.team import for_writing
from handoff.storage import conversations, log
from handoff.storage import desk as store

AUTHORS = {
    log.CITIZEN: "Bürgerin oder Bürger",
    log.BOT: "Assistent (Maschine)",
    log.SYSTEM: "Hinweis",
    log.CLERK: "Mensch",
}


async def note(
    context: HandoffContext, conversation_id: str, staff: Staff, client_id: str, text: str
) -> Object:
    """Write an internal note; safe to repeat with the same client id. Only the clerk's own office reads it.

    Raises
    ------
    InvalidInputError, ConflictError
    UnavailableError
        It holds a number for the vault and the portal does not answer; nothing was stored.
    """
    check_client_id(client_id)
    masked = await mask_text(context, conversation_id, clean_text(text), f"notiz:{staff.id}:{client_id}")
    async with context.database.write() as session:
        await for_writing(session, conversation_id, staff)
        row = await store.note_of(session, conversation_id, staff.id, client_id)
        if row is None:
            row = NoteRow(
                id=str(uuid4()),
                conversation_id=conversation_id,
                clerk_id=staff.id,
                client_id=client_id,
                office=staff.office,
                at=context.clock(),
                body={"text": masked.text, "function": staff.function},
            )
            session.add(row)
        shape = note_shape(row)
    context.hub.form_changed(conversation_id)
    return shape


def note_shape(row: NoteRow) -> Object:
    """A note as the console shows it."""
    return {
        "id": row.id,
        "text": row.body["text"],
        "function": row.body["function"],
        "at": row.at.astimezone(BERLIN).isoformat(timespec="seconds"),
    }


async def file(
    context: HandoffContext,
    conversation_id: str,
    staff: Staff,
    client_id: str,
    text: str,
    *,
    transcript: bool,
) -> Object:
    """File the chat to the application: a Vermerk that its office gets with the case. The citizen is told.

    Parameters
    ----------
    transcript
        Whether what was said goes along. A protected address never does.

    Raises
    ------
    ConflictError
        There is no application, or the chat is no longer this clerk's.
    InvalidInputError, LoginNeededError, UnavailableError
        Nothing was filed.
    """
    check_client_id(client_id)
    masked = await mask_text(context, conversation_id, clean_text(text), f"vermerk:{staff.id}:{client_id}")
    draft = await context.portal.console_draft(conversation_id, staff)
    if draft is None:
        raise ConflictError("Zu dieser Unterhaltung gibt es gerade keinen Antrag.", code="kein_entwurf")
    async with context.database.write() as session:
        row = await for_writing(session, conversation_id, staff)
        start = await store.hidden_up_to(session, conversation_id, staff.office)
        messages = await log.after(session, row, start) if transcript else []
        locked = row.account is not None and row.address_locked is not False
        cited = without_addresses(masked.text) if locked else masked.text
    filed = await context.portal.file_note(
        conversation_id,
        staff,
        draft=str(draft["id"]),
        text=cited,
        lines=[_line(message) for message in (hide(messages) if locked else messages)],
        key=f"vermerk:{staff.id}:{client_id}",
    )
    async with context.database.write() as session:
        row = await conversations.lock(session, conversation_id)
        said = await log.seq_of(session, conversation_id, log.SYSTEM, f"vermerk-{filed['id']}")
        if said is None:
            template = texts.FILED_CASE if filed["reference"] else texts.FILED_DRAFT
            sentence = template.format(
                function=staff.function,
                service=filed["service"],
                office=filed["office"],
                reference=filed["reference"],
            )
            if transcript:
                sentence += texts.WITH_TRANSCRIPT
            await log.append(
                session,
                row,
                message_id=str(uuid4()),
                author=log.SYSTEM,
                client_id=f"vermerk-{filed['id']}",
                body=Body(sentence),
                at=context.clock(),
            )
    life.tell_all(context, conversation_id)
    return {"id": filed["id"], "office": filed["office"], "reference": filed["reference"]}


def _line(message: Message) -> Object:
    sender = message.body.sender
    author = f"{sender['function']}, {sender['office']}" if sender else AUTHORS.get(message.author, "Hinweis")
    return {
        "at": message.at.astimezone(BERLIN).isoformat(timespec="seconds"),
        "author": author,
        "text": message.body.text,
    }
