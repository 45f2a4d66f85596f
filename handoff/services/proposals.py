"""A clerk proposes a correction; only the citizen's yes changes the draft."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from handoff.context import HandoffContext
from handoff.domain.limits import check_client_id, clean_text
from handoff.domain.message import Body, Object
from handoff.domain.offers import Json
from handoff.domain.people import Staff
from handoff.domain.phase import Phase
from handoff.errors import ConflictError, ForbiddenError, InvalidInputError
from handoff.ports import DraftChangedError
from handoff.schema.tables import ProposalRow
from handoff.services import conversation as life
from handoff.services import texts
from handoff.services.desk import PROTECTED_ADDRESS
from handoff.services.drafts import display, field_of
from handoff.services.masking import mask_text
from handoff.services.team import for_writing
from handoff.storage import conversations, log, outbox
from handoff.storage import proposals as store

PAYLOAD = re.compile(r"/proposal_(accept|decline)(\{.*\})")
OPEN, ACCEPTED, DECLINED, STALE = "offen", "angenommen", "abgelehnt", "veraltet"


@dataclass(frozen=True)
class Reply:
    """The citizen's answer to a proposal."""

    proposal_id: str
    accepted: bool


def parse(payload: str) -> Reply | None:
    """Read `/proposal_accept{"id": …}` or `/proposal_decline{"id": …}`; None for any other payload."""
    match = PAYLOAD.fullmatch(payload)
    return None if match is None else Reply(str(json.loads(match[2])["id"]), match[1] == "accept")


async def propose(
    context: HandoffContext, conversation_id: str, staff: Staff, client_id: str, field_id: str, value: str
) -> int:
    """Show the citizen a proposed correction of the current draft; safe to repeat with the same client id.

    Raises
    ------
    ConflictError
        There is no draft, or the chat is no longer this clerk's.
    InvalidInputError
        The draft has no such field, or the value is empty.
    UnavailableError
        The portal does not answer; nothing was stored.
    """
    check_client_id(client_id)
    value = clean_text(value)
    sender = f"clerk:{staff.id}"
    async with context.turnstile(conversation_id):
        async with context.database.read() as session:
            seq = await log.seq_of(session, conversation_id, sender, client_id)
        if seq is not None:
            return seq
        draft = await context.portal.console_draft(conversation_id, staff)
        if draft is None:
            raise ConflictError("Zu dieser Unterhaltung gibt es gerade keinen Antrag.", code="kein_entwurf")
        field = field_of(draft, field_id)
        if field.get("withheld"):
            raise ForbiddenError(PROTECTED_ADDRESS, code="auskunftssperre")
        masked = await mask_text(context, conversation_id, value, f"{sender}:{client_id}")
        secret_ref = masked.secrets[0]["ref"] if masked.is_one_secret else None
        old, new = str(field.get("display") or ""), display(field, masked.text)
        label = str(field["label"])
        row = ProposalRow(id=str(uuid4()), conversation_id=conversation_id, status=OPEN)
        row.body = {
            "draft": draft["id"],
            "version": draft["version"],
            "field": field_id,
            "label": label,
            "old": old,
            "new": new,
            "value": None if secret_ref else masked.text,
            "secret_ref": secret_ref,
        }
        async with context.database.write() as session:
            conversation = await for_writing(session, conversation_id, staff)
            store.add(session, row)
            seq = await log.append(
                session,
                conversation,
                message_id=str(uuid4()),
                author=log.CLERK,
                sender=sender,
                client_id=client_id,
                body=_card(row, staff),
                at=context.clock(),
            )
    context.hub.messages_changed(conversation_id)
    return seq


async def answer(
    context: HandoffContext, conversation_id: str, reply: Reply, client_id: str, title: str
) -> int:
    """Carry out the citizen's answer, in any phase but closed; the caller holds the conversation's turnstile.

    Returns
    -------
    int
        The number of the citizen's message.

    Raises
    ------
    ConflictError
        The proposal was answered before, or the conversation is closed.
    LoginNeededError
        The citizen's session has ended; the proposal stays open.
    UnavailableError
        The portal does not answer; the proposal stays open and nothing was stored.
    """
    async with context.database.read() as session:
        proposal = await store.find(session, conversation_id, reply.proposal_id)
        conversation = await conversations.find(session, conversation_id)
    if (
        proposal is None
        or conversation is None
        or proposal.status != OPEN
        or conversation.phase == Phase.CLOSED
    ):
        raise ConflictError(
            "Dieser Vorschlag ist schon beantwortet oder nicht mehr gültig. Es wurde nichts geändert.",
            code="vorschlag_erledigt",
        )
    status, text = DECLINED, texts.PROPOSAL_DECLINED.format(label=proposal.body["label"])
    if reply.accepted:
        status, text = await _carry_out(context, conversation_id, proposal)
    async with context.database.write() as session:
        conversation = await conversations.lock(session, conversation_id)
        current = await store.find(session, conversation_id, reply.proposal_id)
        if current is not None:
            current.status = status
        seq = await log.append(
            session,
            conversation,
            message_id=str(uuid4()),
            author=log.CITIZEN,
            client_id=client_id,
            body=Body(title),
            at=context.clock(),
        )
        await life.say(session, conversation, context, Body(text))
        if status == ACCEPTED and conversation.phase == Phase.BOT:
            await outbox.add(
                session, conversation_id, str(uuid4()), conversation.changed_at, payload="/draft_changed"
            )
    context.hub.messages_changed(conversation_id)
    context.hub.form_changed(conversation_id)
    return seq


async def _carry_out(context: HandoffContext, conversation_id: str, proposal: ProposalRow) -> tuple[str, str]:
    """Write the correction; a draft that changed elsewhere is read again, and a changed field is not overwritten."""
    body = proposal.body
    version = int(body["version"])
    while True:
        try:
            await context.portal.put_field(
                conversation_id,
                body["draft"],
                body["field"],
                version=version,
                value=body["value"],
                secret_ref=body["secret_ref"],
                key=f"{proposal.id}:{version}",
            )
            return ACCEPTED, texts.PROPOSAL_DONE.format(label=body["label"], new=body["new"])
        except DraftChangedError:
            draft = await context.portal.current_draft(conversation_id)
            newer = _version_to_retry(draft, body)
            if newer is None or newer <= version:
                return STALE, texts.PROPOSAL_STALE.format(label=body["label"])
            version = newer
        except InvalidInputError as error:
            return STALE, texts.PROPOSAL_UNFIT.format(label=body["label"], why=error.message)


def _version_to_retry(draft: Mapping[str, Json] | None, body: Mapping[str, Json]) -> int | None:
    """Give the draft's present version if the proposed field still reads as it did when the clerk proposed."""
    if draft is None or draft.get("id") != body["draft"]:
        return None
    field = field_of(draft, str(body["field"]))
    version = draft.get("version")
    return version if isinstance(version, int) and str(field.get("display") or "") == body["old"] else None


def _card(row: ProposalRow, staff: Staff) -> Body:
    body = row.body
    template = texts.PROPOSAL if body["old"] else texts.PROPOSAL_EMPTY
    text = template.format(label=body["label"], old=body["old"], new=body["new"])
    reference = json.dumps({"id": row.id})
    buttons: list[Object] = [
        {"title": texts.PROPOSAL_ACCEPT_TITLE, "payload": f"/proposal_accept{reference}"},
        {"title": texts.PROPOSAL_DECLINE_TITLE, "payload": f"/proposal_decline{reference}"},
    ]
    card: Object = {
        "type": "proposal",
        "id": row.id,
        "field": {"id": body["field"], "label": body["label"]},
        "old": body["old"],
        "new": body["new"],
        "clerk": staff.sender(),
    }
    return Body(text, buttons, [card], staff.sender())
