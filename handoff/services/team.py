"""Clerks among themselves: who is at her desk, chats offered to a colleague or an office, a second clerk."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.message import BERLIN, Body, Object
from handoff.domain.offers import Json
from handoff.domain.people import Staff
from handoff.domain.phase import Phase
from handoff.domain.weitergabe import Scope
from handoff.errors import ConflictError, ForbiddenError, UnknownConversationError
from handoff.schema.desk import OfferRow, ParticipantRow, ScopeRow
from handoff.schema.tables import ConversationRow
from handoff.services import conversation as life
from handoff.services import desk_texts as texts
from handoff.storage import conversations, duty
from handoff.storage import desk as store

TRANSFER, INVITATION = "uebergabe", "einladung"
ACCEPTED, WITHDRAWN = "angenommen", "zurueckgezogen"


@dataclass(frozen=True)
class Target:
    """To whom a chat is offered: a colleague, or everybody of an office."""

    office: str
    clerk: str | None = None


async def inside(context: HandoffContext, chat: str, staff: Staff, *, or_lead: bool = False) -> str:
    """Give the conversation of a chat in which this clerk writes, as its clerk or as the second one.

    Parameters
    ----------
    or_lead
        The lead of the chat's office may too.

    Raises
    ------
    UnknownConversationError
        No chat has this id.
    ForbiddenError
        She is not in it (`nicht_ihr_gespraech`).
    """
    async with context.database.read() as session:
        row = await conversations.by_chat(session, chat)
        if row is None:
            raise UnknownConversationError
        leads = or_lead and staff.leads and row.clerk_office in (None, staff.office)
        if not leads and not await _is_inside(session, row, staff):
            raise ForbiddenError("Dieses Gespräch liegt nicht bei Ihnen.", code="nicht_ihr_gespraech")
        return row.id


async def _is_inside(session: AsyncSession, row: ConversationRow, staff: Staff) -> bool:
    if row.phase != Phase.CLERK:
        return False
    if row.clerk_id == staff.id:
        return True
    second = await store.participant(session, row.id, staff.id)
    return second is not None and second.owner_id == row.clerk_id


async def for_writing(session: AsyncSession, conversation_id: str, staff: Staff) -> ConversationRow:
    """Lock a chat in which this clerk writes; raises ConflictError `nicht_ihr_gespraech` when she lost it meanwhile."""
    row = await conversations.lock(session, conversation_id)
    if not await _is_inside(session, row, staff):
        raise ConflictError("Dieses Gespräch liegt nicht mehr bei Ihnen.", code="nicht_ihr_gespraech")
    return row


async def owner_beside(context: HandoffContext, conversation_id: str, staff: Staff) -> str:
    """Give whose chat it is while this clerk writes in it: her own id, or that of the clerk who invited her."""
    async with context.database.read() as session:
        second = await store.participant(session, conversation_id, staff.id)
    return staff.id if second is None else second.owner_id


async def arrive(context: HandoffContext, staff: Staff) -> None:
    """Note that a clerk is at her desk; the heartbeat says it again."""
    until = context.clock() + timedelta(seconds=context.settings.lease_s)
    async with context.database.write() as session:
        await store.saw(session, staff, until)


async def board(context: HandoffContext, staff: Staff) -> Object:
    """Give what a console shows beside the queue: offers to her, chats in which she is second, colleagues, offices."""
    now = context.clock()
    async with context.database.read() as session:
        colleagues: list[Json] = [
            {"clerk": one.clerk_id, "function": one.function, "office": one.office}
            for one in await store.present(session, now)
            if one.clerk_id != staff.id
        ]
        return {
            "offers": [_offer(offer, row) for offer, row in await store.offers_to(session, staff)],
            "beside": [_beside(row) for row in await store.beside(session, staff.id)],
            "colleagues": colleagues,
            "offices": list(await store.offices(session)),
            "leads": staff.leads,
        }


def _offer(offer: OfferRow, row: ConversationRow) -> Json:
    body = offer.body
    return {
        "id": offer.id,
        "chat": row.chat,
        "kind": offer.kind,
        "scope": offer.scope,
        "topic": (row.handover or {}).get("topic"),
        "note": body["note"] if offer.scope == Scope.ALL else "",
        "from": {"function": body["function"], "office": body["office"]},
        "since": offer.at.astimezone(BERLIN).isoformat(timespec="seconds"),
    }


def _beside(row: ConversationRow) -> Json:
    return {
        "chat": row.chat,
        "topic": (row.handover or {}).get("topic"),
        "clerk": {"function": row.clerk_function, "office": row.clerk_office},
    }


def add_offer(
    session: AsyncSession,
    row: ConversationRow,
    context: HandoffContext,
    staff: Staff,
    target: Target,
    *,
    kind: str,
    scope: Scope,
    note: str,
    legal_basis: str = "",
) -> None:
    """Offer a locked chat to a colleague or an office; it stays where it is until somebody accepts."""
    session.add(
        OfferRow(
            id=str(uuid4()),
            conversation_id=row.id,
            kind=kind,
            status=store.OPEN,
            from_clerk=staff.id,
            to_clerk=target.clerk,
            to_office=target.office,
            scope=scope.value,
            at=context.clock(),
            body={
                "function": staff.function,
                "office": staff.office,
                "note": note,
                "legal_basis": legal_basis,
            },
        )
    )


async def accept(context: HandoffContext, offer_id: str, staff: Staff) -> str:
    """Take over an offered chat, or join it; of any number of clerks one gets a transfer. Gives the conversation's id.

    Raises
    ------
    ConflictError
        Somebody was quicker, or the chat is no longer with who offered it (`angebot_vorbei`).
    """
    async with context.database.write() as session:
        offer = await store.offer(session, offer_id)
        if offer is None or not _is_for(offer, staff):
            raise _gone()
        row = await conversations.lock(session, offer.conversation_id)
        offer = await store.offer(session, offer_id)
        if (
            offer is None
            or offer.status != store.OPEN
            or row.phase != Phase.CLERK
            or row.clerk_id != offer.from_clerk
        ):
            raise _gone()
        offer.status = ACCEPTED
        scope = Scope(offer.scope)
        await _keep_scope(session, row, staff, scope)
        if offer.kind == INVITATION:
            await _join(session, row, context, staff, scope)
        else:
            await _take_over(session, row, context, staff, scope)
        conversation_id = row.id
    life.tell_all(context, conversation_id)
    context.hub.desk_changed(conversation_id)
    return conversation_id


def _is_for(offer: OfferRow, staff: Staff) -> bool:
    if offer.from_clerk == staff.id:
        return False
    return offer.to_clerk == staff.id if offer.to_clerk else offer.to_office == staff.office


def _gone() -> ConflictError:
    return ConflictError(
        "Dieses Angebot gilt nicht mehr: Jemand war schneller, oder es wurde zurückgezogen.",
        code="angebot_vorbei",
    )


async def _keep_scope(session: AsyncSession, row: ConversationRow, staff: Staff, scope: Scope) -> None:
    held = await session.get(ScopeRow, (row.id, staff.office))
    if scope is Scope.ALL:
        if held is not None:
            await session.delete(held)
    elif held is None:
        session.add(ScopeRow(conversation_id=row.id, office=staff.office, from_seq=row.last_seq))


def _what(scope: Scope) -> str:
    return texts.TAKEN_OVER_ALL if scope is Scope.ALL else texts.TAKEN_OVER_TOPIC


async def _take_over(
    session: AsyncSession, row: ConversationRow, context: HandoffContext, staff: Staff, scope: Scope
) -> None:
    row.clerk_id, row.clerk_function, row.clerk_office = staff.id, staff.function, staff.office
    row.lease_until = context.clock() + timedelta(seconds=context.settings.lease_s)
    await duty.hand_on(session, row.wait_id)
    await store.remove_participant(session, row.id, staff.id)
    text = texts.TAKEN_OVER.format(function=staff.function, office=staff.office, what=_what(scope))
    await life.say(session, row, context, Body(text))


async def _join(
    session: AsyncSession, row: ConversationRow, context: HandoffContext, staff: Staff, scope: Scope
) -> None:
    await store.remove_participant(session, row.id, staff.id)
    session.add(
        ParticipantRow(
            conversation_id=row.id,
            clerk_id=staff.id,
            owner_id=row.clerk_id or "",
            function=staff.function,
            office=staff.office,
        )
    )
    text = texts.JOINED.format(function=staff.function, office=staff.office, what=_what(scope))
    await life.say(session, row, context, Body(text))


async def take_back(context: HandoffContext, conversation_id: str, staff: Staff) -> None:
    """Withdraw every open offer of this chat."""
    async with context.database.write() as session:
        await for_writing(session, conversation_id, staff)
        for offer in await store.offers_of(session, conversation_id, staff.id):
            offer.status = WITHDRAWN
    context.hub.desk_changed(conversation_id)
    context.hub.form_changed(conversation_id)


async def step_out(context: HandoffContext, conversation_id: str, staff: Staff) -> None:
    """Leave a chat as its second clerk.

    Raises
    ------
    ConflictError
        It is her own: she hands it over, gives it back or ends it (`eigenes_gespraech`).
    """
    async with context.database.write() as session:
        row = await for_writing(session, conversation_id, staff)
        if row.clerk_id == staff.id:
            raise ConflictError(
                "Das ist Ihr Gespräch. Bitte geben Sie es weiter, zurück oder beenden Sie es.",
                code="eigenes_gespraech",
            )
        await store.remove_participant(session, conversation_id, staff.id)
        text = texts.LEFT.format(function=staff.function, office=staff.office)
        await life.say(session, row, context, Body(text))
    life.tell_all(context, conversation_id)
    context.hub.desk_changed(conversation_id)
