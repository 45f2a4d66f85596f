"""What the citizen answers to a clerk's ask: she releases, declines, or takes back."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.message import Body, Object
from handoff.domain.offers import Json
from handoff.domain.people import Staff
from handoff.domain.phase import Phase
from handoff.domain.weitergabe import Scope
from handoff.errors import ConflictError, InvalidInputError
from handoff.ports import DraftChangedError
from handoff.schema.desk import AskRow
from handoff.schema.tables import ConversationRow
from handoff.services import conversation as life
from handoff.services import desk_texts as texts
from handoff.services import team
from handoff.services.ask_cards import DECLINED, DOCUMENT, GIVEN, HANDOVER, OPEN, WITHDRAWN
from handoff.services.asks import log_transfer, tell
from handoff.services.team import Target
from handoff.storage import conversations, log
from handoff.storage import desk as store

PAYLOAD = re.compile(r"/ask_(release|topic|decline|withdraw)(\{.*\})")
UPLOAD_TRIES = 3


@dataclass(frozen=True)
class Reply:
    """The citizen's answer: `release`, `topic` (only what it is about), `decline` or `withdraw`."""

    ask_id: str
    word: str


def parse(payload: str) -> Reply | None:
    """Read `/ask_release{"id": …}` and its like; None for any other payload."""
    match = PAYLOAD.fullmatch(payload)
    return None if match is None else Reply(str(json.loads(match[2])["id"]), match[1])


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
    tell(context, conversation_id)
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
        await log_transfer(context, conversation_id, by, str(body["to_office"]), "", scope, ask.id)
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
