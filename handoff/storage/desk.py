"""Queries on the desk's tables."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.domain.people import Staff
from handoff.domain.phase import Phase
from handoff.schema.desk import (
    AskRow,
    ColleagueRow,
    NoteRow,
    OfferRow,
    ParticipantRow,
    ReplyRow,
    ScopeRow,
)
from handoff.schema.routing import ClerkRow
from handoff.schema.tables import ConversationRow
from handoff.storage.duty import HERE

OPEN = "offen"


async def notes(session: AsyncSession, conversation_id: str, office: str) -> Sequence[NoteRow]:
    """List an office's notes on a conversation, the oldest first."""
    query = select(NoteRow).where(NoteRow.conversation_id == conversation_id, NoteRow.office == office)
    return (await session.scalars(query.order_by(NoteRow.at, NoteRow.id))).all()


async def note_of(
    session: AsyncSession, conversation_id: str, clerk_id: str, client_id: str
) -> NoteRow | None:
    """Find a note that was sent before with this client id."""
    return await session.scalar(
        select(NoteRow).where(
            NoteRow.conversation_id == conversation_id,
            NoteRow.clerk_id == clerk_id,
            NoteRow.client_id == client_id,
        )
    )


async def asks(session: AsyncSession, conversation_id: str, office: str) -> Sequence[AskRow]:
    """List what an office asked in a conversation, the oldest first."""
    query = select(AskRow).where(AskRow.conversation_id == conversation_id, AskRow.office == office)
    return (await session.scalars(query.order_by(AskRow.at, AskRow.id))).all()


async def ask(session: AsyncSession, conversation_id: str, ask_id: str) -> AskRow | None:
    """Find an ask of this conversation, as the database has it now."""
    return await session.scalar(
        select(AskRow)
        .where(AskRow.id == ask_id, AskRow.conversation_id == conversation_id)
        .execution_options(populate_existing=True)
    )


async def offer(session: AsyncSession, offer_id: str) -> OfferRow | None:
    """Find an offer, as the database has it now."""
    return await session.get(OfferRow, offer_id, populate_existing=True)


async def offers_to(session: AsyncSession, staff: Staff) -> Sequence[tuple[OfferRow, ConversationRow]]:
    """List the open offers to this clerk or her office, the oldest first; those whose chat moved on are gone."""
    query = (
        select(OfferRow, ConversationRow)
        .join(ConversationRow, ConversationRow.id == OfferRow.conversation_id)
        .where(
            OfferRow.status == OPEN,
            ConversationRow.phase == Phase.CLERK,
            ConversationRow.clerk_id == OfferRow.from_clerk,
            OfferRow.from_clerk != staff.id,
            or_(
                OfferRow.to_clerk == staff.id,
                OfferRow.to_clerk.is_(None) & (OfferRow.to_office == staff.office),
            ),
        )
        .order_by(OfferRow.at, OfferRow.id)
    )
    return [(found[0], found[1]) for found in (await session.execute(query)).all()]


async def offers_of(session: AsyncSession, conversation_id: str, clerk_id: str) -> Sequence[OfferRow]:
    """List the open offers of a chat that its clerk made."""
    return (
        await session.scalars(
            select(OfferRow).where(
                OfferRow.conversation_id == conversation_id,
                OfferRow.status == OPEN,
                OfferRow.from_clerk == clerk_id,
            )
        )
    ).all()


async def participant(session: AsyncSession, conversation_id: str, clerk_id: str) -> ParticipantRow | None:
    """Find a second clerk."""
    return await session.get(ParticipantRow, (conversation_id, clerk_id))


async def participants(session: AsyncSession, row: ConversationRow) -> Sequence[ParticipantRow]:
    """List the second clerks whom the chat's present clerk invited."""
    return (await participants_of(session, [row]))[row.id]


async def participants_of(
    session: AsyncSession, rows: Sequence[ConversationRow]
) -> dict[str, list[ParticipantRow]]:
    """List for many conversations the second clerks whom each one's present clerk invited."""
    owners = {row.id: row.clerk_id for row in rows if row.phase == Phase.CLERK}
    found: dict[str, list[ParticipantRow]] = {row.id: [] for row in rows}
    if owners:
        query = select(ParticipantRow).where(ParticipantRow.conversation_id.in_(list(owners)))
        for one in await session.scalars(query.order_by(ParticipantRow.clerk_id)):
            if one.owner_id == owners[one.conversation_id]:
                found[one.conversation_id].append(one)
    return found


async def beside(session: AsyncSession, clerk_id: str) -> Sequence[ConversationRow]:
    """List the chats in which somebody is the second clerk."""
    return (
        await session.scalars(
            select(ConversationRow)
            .join(ParticipantRow, ParticipantRow.conversation_id == ConversationRow.id)
            .where(
                ParticipantRow.clerk_id == clerk_id,
                ConversationRow.phase == Phase.CLERK,
                ConversationRow.clerk_id == ParticipantRow.owner_id,
            )
            .order_by(ConversationRow.queued_at)
        )
    ).all()


async def remove_participant(session: AsyncSession, conversation_id: str, clerk_id: str) -> None:
    """Take a second clerk out."""
    await session.execute(
        delete(ParticipantRow).where(
            ParticipantRow.conversation_id == conversation_id, ParticipantRow.clerk_id == clerk_id
        )
    )


async def hidden_up_to(session: AsyncSession, conversation_id: str, office: str) -> int:
    """Give the last message that an office does not see; 0: it sees all."""
    row = await session.get(ScopeRow, (conversation_id, office))
    return 0 if row is None else row.from_seq


async def replies(session: AsyncSession, office: str) -> Sequence[ReplyRow]:
    """List an office's canned replies and those for all offices; its own hides a common one of the same title."""
    rows = (
        await session.scalars(
            select(ReplyRow).where(ReplyRow.office.in_(("", office))).order_by(ReplyRow.title)
        )
    ).all()
    own = {row.title for row in rows if row.office}
    return [row for row in rows if row.office or row.title not in own]


async def saw(session: AsyncSession, staff: Staff, until: datetime) -> None:
    """Note that a clerk is at her desk."""
    row = await session.get(ColleagueRow, staff.id)
    if row is None:
        row = ColleagueRow(clerk_id=staff.id, function=staff.function, office=staff.office)
        session.add(row)
    row.function, row.office, row.present_until = staff.function, staff.office, until


async def present(session: AsyncSession, now: datetime) -> Sequence[ColleagueRow]:
    """List who is at a desk now and not on a break."""
    return (
        await session.scalars(
            select(ColleagueRow)
            .outerjoin(ClerkRow, ClerkRow.id == ColleagueRow.clerk_id)
            .where(
                ColleagueRow.present_until > now,
                or_(ClerkRow.id.is_(None), ClerkRow.presence == HERE),
            )
            .order_by(ColleagueRow.office, ColleagueRow.function, ColleagueRow.clerk_id)
        )
    ).all()


async def offices(session: AsyncSession) -> Sequence[str]:
    """List every office that ever had somebody at a desk."""
    return (await session.scalars(select(ColleagueRow.office).distinct().order_by(ColleagueRow.office))).all()
