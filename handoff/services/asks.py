"""What a clerk asks the citizen to agree to, in the chat: a data set, a document, that another office takes over."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from handoff.context import HandoffContext
from handoff.domain.limits import check_client_id, clean_text
from handoff.domain.message import Body, Object
from handoff.domain.offers import Json, objects
from handoff.domain.people import Staff
from handoff.domain.weitergabe import Scope, Way, way
from handoff.errors import ConflictError, InvalidInputError
from handoff.schema.desk import AskRow
from handoff.schema.tables import ConversationRow
from handoff.services import conversation as life
from handoff.services import desk_texts as texts
from handoff.services import team
from handoff.services.ask_cards import DATA, DOCUMENT, HANDOVER, OPEN, card
from handoff.services.team import Target, for_writing
from handoff.storage import conversations, log

PURPOSE_MAX_CHARS = 300


@dataclass(frozen=True)
class Handing:
    """How a clerk wants a chat to go on."""

    kind: str
    """`uebergabe` or `einladung`."""
    target: Target
    note: str = ""
    legal_basis: str = ""


async def ask_data(
    context: HandoffContext,
    conversation_id: str,
    staff: Staff,
    client_id: str,
    data_set: str,
    purpose: str,
) -> int:
    """Ask for a set of stored data; safe to repeat with the same client id. Gives the message's number.

    Raises
    ------
    InvalidInputError
        The purpose is empty or too long, or there is no such data set (or an Auskunftssperre holds for it).
    ConflictError
        The chat is no longer this clerk's.
    LoginNeededError, UnavailableError
    """
    purpose = _purpose(purpose)
    citizen = await context.portal.console_citizen(conversation_id, staff)
    if citizen is None:
        raise _not_logged_in()
    found = next((one for one in objects(citizen.get("data_sets")) if one.get("id") == data_set), None)
    if found is None:
        raise InvalidInputError(
            "Diese Daten sind im Konto nicht gespeichert oder dürfen nicht gezeigt werden.", field="what"
        )
    items = [str(one) for one in _list(found.get("fields"))]
    body: Object = {
        "what": data_set,
        "label": found["label"],
        "items": list(items),
        "purpose": purpose,
        "wording": citizen.get("release_text"),
    }
    return await _send(context, conversation_id, staff, client_id, DATA, body)


async def ask_document(
    context: HandoffContext,
    conversation_id: str,
    staff: Staff,
    client_id: str,
    evidence: str,
    purpose: str,
) -> int:
    """Ask for a document of the application in progress: to look at it, or to upload it now. Raises as `ask_data`."""
    purpose = _purpose(purpose)
    draft = await context.portal.console_draft(conversation_id, staff)
    if draft is None:
        raise ConflictError("Zu dieser Unterhaltung gibt es gerade keinen Antrag.", code="kein_entwurf")
    citizen = await context.portal.console_citizen(conversation_id, staff) or {}
    found = next((one for one in objects(draft.get("evidence")) if one.get("id") == evidence), None)
    if found is None:
        raise InvalidInputError("Diese Unterlage gibt es in dem Antrag nicht.", field="what")
    document = found.get("document")
    body: Object = {
        "what": evidence,
        "label": found["label"],
        "items": [],
        "purpose": purpose,
        "draft": draft["id"],
        "help": found.get("help"),
        "document": document.get("id") if isinstance(document, Mapping) else None,
        "wording": citizen.get("release_text"),
    }
    return await _send(context, conversation_id, staff, client_id, DOCUMENT, body)


async def hand_on(
    context: HandoffContext, conversation_id: str, staff: Staff, client_id: str, handing: Handing
) -> Way:
    """Offer the chat to a colleague or another office, or invite a second clerk.

    In one's own office at once; elsewhere by a stated law, if the data are not protected; else the citizen is asked.

    Returns
    -------
    Way
        How it goes on.

    Raises
    ------
    InvalidInputError, ConflictError, UnavailableError
    """
    check_client_id(client_id)
    protection = await _protection(context, conversation_id, staff)
    how = way(
        same_office=handing.target.office == staff.office,
        protected=protection is not None,
        legal_basis=handing.legal_basis.strip(),
    )
    if how is Way.ASK:
        citizen = await context.portal.console_citizen(conversation_id, staff)
        body: Object = {
            "what": handing.kind,
            "label": handing.target.office,
            "items": [],
            "purpose": "",
            "to_office": handing.target.office,
            "to_clerk": handing.target.clerk,
            "note": handing.note,
            "protection": protection,
            "wording": citizen.get("transfer_text") if citizen is not None else None,
        }
        await _send(context, conversation_id, staff, client_id, HANDOVER, body)
        return how
    if how is Way.LAW:
        await log_transfer(
            context, conversation_id, staff, handing.target.office, handing.legal_basis, Scope.ALL, client_id
        )
    async with context.database.write() as session:
        row = await for_writing(session, conversation_id, staff)
        _check_owner(row, staff)
        team.add_offer(
            session,
            row,
            context,
            staff,
            handing.target,
            kind=handing.kind,
            scope=Scope.ALL,
            note=handing.note,
            legal_basis=handing.legal_basis,
        )
        if how is Way.LAW:
            text = texts.TRANSFER_LAW.format(
                function=staff.function, to=handing.target.office, law=handing.legal_basis.strip()
            )
            await life.say(session, row, context, Body(text))
    tell(context, conversation_id)
    return how


def _check_owner(row: ConversationRow, staff: Staff) -> None:
    if row.clerk_id != staff.id:
        raise ConflictError(
            "Weitergeben kann nur, wer das Gespräch führt. Bitte sprechen Sie sich ab.",
            code="nicht_ihr_gespraech",
        )


async def _protection(context: HandoffContext, conversation_id: str, staff: Staff) -> Json:
    """Give the protection of what the chat is about. Without a known service nobody knows what was said: protected."""
    async with context.database.read() as session:
        row = await conversations.find(session, conversation_id)
    bound = row is not None and row.account is not None
    draft = await context.portal.console_draft(conversation_id, staff) if bound else None
    service = str(draft["service"]) if draft is not None else row.service if row is not None else None
    entry = await context.portal.entry(conversation_id, service) if service else None
    return {"kind": "besonders", "law": "Art. 9 DSGVO"} if entry is None else entry.get("protection")


async def log_transfer(
    context: HandoffContext,
    conversation_id: str,
    staff: Staff,
    office: str,
    legal_basis: str,
    scope: Scope,
    key: str,
) -> None:
    """Write the transfer into the citizen's log, if she has one: an anonymous conversation belongs to no account."""
    async with context.database.read() as session:
        row = await conversations.find(session, conversation_id)
    if row is None or row.account is None:
        return
    content = ["Anliegen"]
    draft = await context.portal.console_draft(conversation_id, staff)
    if scope is Scope.ALL:
        content += ["Gesprächsverlauf"] + (["Stand des Antrags"] if draft else [])
    service = str(draft["service"]) if draft else None
    await context.portal.log_transfer(
        conversation_id,
        staff,
        to=office,
        legal_basis=legal_basis,
        content=content,
        service=service,
        key=f"weitergabe:{key}",
    )


async def _send(
    context: HandoffContext, conversation_id: str, staff: Staff, client_id: str, kind: str, body: Object
) -> int:
    check_client_id(client_id)
    sender = f"clerk:{staff.id}"
    async with context.turnstile(conversation_id):
        async with context.database.read() as session:
            seq = await log.seq_of(session, conversation_id, sender, client_id)
        if seq is not None:
            return seq
        body["by"] = {"id": staff.id, "office": staff.office, "function": staff.function}
        ask = AskRow(
            id=str(uuid4()),
            conversation_id=conversation_id,
            kind=kind,
            status=OPEN,
            office=staff.office,
            at=context.clock(),
            body=body,
        )
        async with context.database.write() as session:
            row = await for_writing(session, conversation_id, staff)
            if kind == HANDOVER:
                _check_owner(row, staff)
            elif row.account is None:
                raise _not_logged_in()
            session.add(ask)
            seq = await log.append(
                session,
                row,
                message_id=str(uuid4()),
                author=log.CLERK,
                sender=sender,
                client_id=client_id,
                body=card(ask, staff),
                at=context.clock(),
            )
    tell(context, conversation_id)
    return seq


def _not_logged_in() -> ConflictError:
    return ConflictError(
        "Dafür muss die Person angemeldet sein. Bitten Sie sie, sich im Portal anzumelden.",
        code="person_nicht_angemeldet",
    )


def _purpose(purpose: str) -> str:
    purpose = clean_text(purpose)
    if len(purpose) > PURPOSE_MAX_CHARS:
        raise InvalidInputError("Der Zweck ist zu lang: höchstens 300 Zeichen.", field="purpose")
    return purpose


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else []


def tell(context: HandoffContext, conversation_id: str) -> None:
    """Tell everybody that an ask, or its answer, is there."""
    context.hub.messages_changed(conversation_id)
    context.hub.form_changed(conversation_id)
    context.hub.desk_changed(conversation_id)
