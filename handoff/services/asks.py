"""What a clerk asks the citizen to agree to, in the chat: a data set, a document, that another office takes over."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.limits import check_client_id, clean_text
from handoff.domain.message import Body, Object
from handoff.domain.offers import Json, objects
from handoff.domain.people import Staff
from handoff.domain.phase import Phase
from handoff.domain.weitergabe import Scope, Way, way
from handoff.errors import ConflictError, InvalidInputError
from handoff.ports import DraftChangedError
from handoff.schema.desk import AskRow
from handoff.schema.tables import ConversationRow
from handoff.services import conversation as life
from handoff.services import desk_texts as texts
from handoff.services import team
from handoff.services.team import INVITATION, TRANSFER, Target, for_writing
from handoff.storage import conversations, log
from handoff.storage import desk as store

PAYLOAD = re.compile(r"/ask_(release|topic|decline|withdraw)(\{.*\})")
DATA, DOCUMENT, HANDOVER = "daten", "dokument", "weitergabe"
OPEN, GIVEN, DECLINED, WITHDRAWN = "offen", "erteilt", "abgelehnt", "widerrufen"
PURPOSE_MAX_CHARS = 300
ACCEPT: list[Json] = ["application/pdf", "image/jpeg", "image/png"]
FILE_MAX_BYTES = 25 * 1024 * 1024
LEGAL_BASIS = "Ihre Einwilligung, Art. 6 Abs. 1 Buchstabe a DSGVO"
UPLOAD_TRIES = 3


@dataclass(frozen=True)
class Reply:
    """The citizen's answer: `release`, `topic` (only what it is about), `decline` or `withdraw`."""

    ask_id: str
    word: str


@dataclass(frozen=True)
class Handing:
    """How a clerk wants a chat to go on."""

    kind: str
    """`uebergabe` or `einladung`."""
    target: Target
    note: str = ""
    legal_basis: str = ""


def parse(payload: str) -> Reply | None:
    """Read `/ask_release{"id": …}` and its like; None for any other payload."""
    match = PAYLOAD.fullmatch(payload)
    return None if match is None else Reply(str(json.loads(match[2])["id"]), match[1])


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
    body: Object = {"what": data_set, "label": found["label"], "items": list(items), "purpose": purpose}
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
        body: Object = {
            "what": handing.kind,
            "label": handing.target.office,
            "items": [],
            "purpose": "",
            "to_office": handing.target.office,
            "to_clerk": handing.target.clerk,
            "note": handing.note,
            "protection": protection,
        }
        await _send(context, conversation_id, staff, client_id, HANDOVER, body)
        return how
    if how is Way.LAW:
        await _log_transfer(
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
    _tell(context, conversation_id)
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


async def _log_transfer(
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


async def answer(
    context: HandoffContext,
    conversation_id: str,
    reply: Reply,
    client_id: str,
    title: str,
    values: Mapping[str, Json] | None,
) -> int:
    """Carry out the citizen's answer; the caller holds the conversation's turnstile. Gives her message's number.

    Raises
    ------
    ConflictError
        It was answered before, or the conversation is closed (`anfrage_erledigt`).
    LoginNeededError, UnavailableError
        The ask stays open; nothing was stored.
    """
    async with context.database.read() as session:
        ask = await store.ask(session, conversation_id, reply.ask_id)
        row = await conversations.find(session, conversation_id)
    wanted = GIVEN if reply.word == "withdraw" else OPEN
    if ask is None or row is None or ask.status != wanted or row.phase == Phase.CLOSED:
        raise ConflictError(
            "Diese Anfrage ist schon beantwortet oder nicht mehr gültig. Es wurde nichts geändert.",
            code="anfrage_erledigt",
        )
    body = dict(ask.body)
    status, said = await _carry_out(context, conversation_id, ask, body, reply.word, values)
    async with context.database.write() as session:
        row = await conversations.lock(session, conversation_id)
        current = await store.ask(session, conversation_id, reply.ask_id)
        if current is not None:
            current.status, current.body = status, body
        seq = await log.append(
            session,
            row,
            message_id=str(uuid4()),
            author=log.CITIZEN,
            client_id=client_id,
            body=Body(title),
            at=context.clock(),
        )
        if ask.kind == HANDOVER and status == GIVEN:
            said = await _offer(session, row, context, ask, body)
        await life.say(session, row, context, said)
    _tell(context, conversation_id)
    return seq


async def _carry_out(
    context: HandoffContext,
    conversation_id: str,
    ask: AskRow,
    body: Object,
    word: str,
    values: Mapping[str, Json] | None,
) -> tuple[str, Body]:
    """Do what the citizen decided; notes in `body` what came of it. Gives the ask's new status and what is said."""
    label = str(body["label"])
    if word == "decline":
        text = texts.TRANSFER_DECLINED if ask.kind == HANDOVER else texts.DECLINED.format(label=label)
        return DECLINED, Body(text)
    if word == "withdraw":
        await context.portal.withdraw_release(conversation_id, str(body["release"]), key=f"widerruf:{ask.id}")
        return WITHDRAWN, Body(texts.WITHDRAWN.format(label=label))
    if ask.kind == HANDOVER:
        scope = Scope.TOPIC if word == "topic" else Scope.ALL
        by = _clerk(body)
        await _log_transfer(context, conversation_id, by, str(body["to_office"]), "", scope, ask.id)
        body["scope"] = scope.value
        return GIVEN, Body("")
    what = str(body["what"])
    if ask.kind == DOCUMENT:
        what = await _document(context, conversation_id, ask.id, body, values)
    released = await context.portal.release_to_office(
        conversation_id,
        kind=ask.kind,
        id=what,
        office=ask.office,
        purpose=str(body["purpose"]),
        key=f"freigabe:{ask.id}",
    )
    body["release"], body["items"] = released["id"], released["fields"]
    text = texts.RELEASED.format(label=label, office=ask.office)
    back: Object = {
        "title": texts.WITHDRAW_TITLE,
        "payload": f"/ask_withdraw{json.dumps({'id': ask.id})}",
    }
    return GIVEN, Body(text, [back])


async def _document(
    context: HandoffContext,
    conversation_id: str,
    ask_id: str,
    body: Object,
    values: Mapping[str, Json] | None,
) -> str:
    """Give the document that she releases: the one she has just uploaded, which becomes part of the application."""
    uploaded = (values or {}).get("dokument")
    if not isinstance(uploaded, str):
        if body["document"] is None:
            raise InvalidInputError("Bitte wählen Sie zuerst eine Datei aus.", field="values")
        return str(body["document"])
    for _try in range(UPLOAD_TRIES):
        draft = await context.portal.current_draft(conversation_id)
        if draft is None or draft.get("id") != body["draft"]:
            raise ConflictError(
                "Der Antrag ist nicht mehr offen. Die Datei ist gespeichert, weitergegeben wurde nichts.",
                code="kein_entwurf",
            )
        try:
            await context.portal.put_evidence(
                conversation_id,
                str(draft["id"]),
                str(body["what"]),
                document=uploaded,
                version=int(str(draft["version"])),
                key=f"unterlage:{ask_id}:{draft['version']}",
            )
        except DraftChangedError:
            continue
        return uploaded
    raise ConflictError(
        "Der Antrag wird gerade an anderer Stelle geändert. Bitte versuchen Sie es gleich noch einmal.",
        code="konflikt",
    )


async def _offer(
    session: AsyncSession, row: ConversationRow, context: HandoffContext, ask: AskRow, body: Object
) -> Body:
    """Offer the chat as agreed, if its clerk still has it; gives what the citizen is told."""
    by, scope = _clerk(body), Scope(str(body["scope"]))
    to = str(body["to_office"])
    if row.phase == Phase.CLERK and row.clerk_id == by.id:
        clerk = body["to_clerk"]
        team.add_offer(
            session,
            row,
            context,
            by,
            Target(to, None if clerk is None else str(clerk)),
            kind=str(body["what"]),
            scope=scope,
            note=str(body["note"]),
        )
    agreed = texts.TRANSFER_AGREED_ALL if scope is Scope.ALL else texts.TRANSFER_AGREED_TOPIC
    return Body(agreed.format(to=to, function=by.function))


def _clerk(body: Object) -> Staff:
    by = body["by"]
    if not isinstance(by, Mapping):
        raise TypeError("an ask names its clerk")
    return Staff(str(by["id"]), frozenset(), str(by["office"]), str(by["function"]), ())


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
                body=_card(ask, staff),
                at=context.clock(),
            )
    _tell(context, conversation_id)
    return seq


def _not_logged_in() -> ConflictError:
    return ConflictError(
        "Dafür muss die Person angemeldet sein. Bitten Sie sie, sich im Portal anzumelden.",
        code="person_nicht_angemeldet",
    )


def _card(ask: AskRow, staff: Staff) -> Body:
    body = ask.body
    names = {"function": staff.function, "office": staff.office}
    if ask.kind == HANDOVER:
        template = texts.ASK_INVITE if body["what"] == INVITATION else texts.ASK_TRANSFER
        text = template.format(**names, to=body["to_office"])
        if body["protection"]:
            hint = texts.PROTECTED[body["protection"]["kind"]].format(law=body["protection"]["law"])
            text = f"{text}\n{hint}"
        titles = {
            "release": texts.TRANSFER_ALL_TITLE,
            "topic": texts.TRANSFER_TOPIC_TITLE,
            "decline": texts.TRANSFER_NO_TITLE,
        }
    else:
        template = texts.ASK_DATA if ask.kind == DATA else texts.ASK_DOCUMENT
        text = template.format(
            **names, label=body["label"], items=", ".join(body["items"]), purpose=body["purpose"]
        )
        titles = {"release": texts.RELEASE_TITLE, "decline": texts.DECLINE_TITLE}
    reference = json.dumps({"id": ask.id})
    buttons: list[Object] = [
        {"title": title, "payload": f"/ask_{word}{reference}"} for word, title in titles.items()
    ]
    card: Object = {
        "type": "consent",
        "id": ask.id,
        "kind": ask.kind,
        "label": body["label"],
        "items": body["items"],
        "purpose": body["purpose"],
        "recipient": body.get("to_office") or staff.office,
        "legal_basis": LEGAL_BASIS,
        "protection": body.get("protection"),
        "clerk": staff.sender(),
        "upload": _upload(ask) if ask.kind == DOCUMENT and body["document"] is None else None,
    }
    return Body(text, buttons, [card], staff.sender())


def _upload(ask: AskRow) -> Object:
    body = ask.body
    return {
        "draft": body["draft"],
        "evidence": {"id": body["what"], "label": body["label"], "help": body["help"]},
        "accept": ACCEPT,
        "max_bytes": FILE_MAX_BYTES,
        "url": "/api/dokumente",
        "payload": f"/ask_release{json.dumps({'id': ask.id})}",
    }


def _purpose(purpose: str) -> str:
    purpose = clean_text(purpose)
    if len(purpose) > PURPOSE_MAX_CHARS:
        raise InvalidInputError("Der Zweck ist zu lang: höchstens 300 Zeichen.", field="purpose")
    return purpose


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else []


def _tell(context: HandoffContext, conversation_id: str) -> None:
    context.hub.messages_changed(conversation_id)
    context.hub.form_changed(conversation_id)
    context.hub.desk_changed(conversation_id)


KINDS = (TRANSFER, INVITATION)
