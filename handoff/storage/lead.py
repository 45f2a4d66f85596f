"""Queries on the team lead's tables."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.database import Database
from handoff.domain.people import Staff
from handoff.domain.switches import Kind, Switch
from handoff.schema.desk import ReplyRow
from handoff.schema.lead import ChangeRow, ExampleRow, MarkRow, SwitchRow
from handoff.schema.routing import ClerkRow

LISTED = 50


_OFF = select(SwitchRow.id).where(SwitchRow.ended_at.is_(None)).limit(1)


async def anything_off(database: Database) -> bool:
    """Tell whether anything is off now: asked at each turn, and nearly always nothing is."""
    return await database.row(_OFF) is not None


async def switches(session: AsyncSession) -> list[Switch]:
    """List what is off now, the oldest first."""
    rows = await session.scalars(
        select(SwitchRow).where(SwitchRow.ended_at.is_(None)).order_by(SwitchRow.at, SwitchRow.id)
    )
    return [as_switch(row) for row in rows]


def as_switch(row: SwitchRow) -> Switch:
    """Give a switch as the rules see it."""
    return Switch(row.id, Kind(row.kind), row.title, frozenset(row.services), row.notice)


async def switch_rows(session: AsyncSession) -> Sequence[SwitchRow]:
    """List the newest switches, those that hold first."""
    query = select(SwitchRow).order_by(SwitchRow.ended_at.is_not(None), SwitchRow.at.desc()).limit(LISTED)
    return (await session.scalars(query)).all()


def log_change(session: AsyncSession, staff: Staff, office: str | None, what: str, at: datetime) -> None:
    """Note who changed what, in the caller's transaction."""
    session.add(ChangeRow(at=at, by=staff.login or staff.function, office=office, what=what))


async def changes(session: AsyncSession, office: str | None) -> Sequence[ChangeRow]:
    """List the newest changes that concern an office; all of the town for None."""
    query = select(ChangeRow).order_by(ChangeRow.id.desc()).limit(LISTED)
    if office is not None:
        query = query.where((ChangeRow.office == office) | ChangeRow.office.is_(None))
    return (await session.scalars(query)).all()


async def clerks(session: AsyncSession, office: str | None) -> Sequence[ClerkRow]:
    """List the clerks of an office; all of the town for None."""
    query = select(ClerkRow).order_by(ClerkRow.office_name, ClerkRow.login, ClerkRow.id)
    if office is not None:
        query = query.where(ClerkRow.office == office)
    return (await session.scalars(query)).all()


async def own_replies(session: AsyncSession, office: str) -> Sequence[ReplyRow]:
    """List an office's own replies and those of all offices, by title."""
    query = select(ReplyRow).where(ReplyRow.office.in_(("", office))).order_by(ReplyRow.title)
    return (await session.scalars(query)).all()


async def marks(session: AsyncSession, conversation_id: str) -> Sequence[MarkRow]:
    """List the marks on a conversation's messages."""
    query = select(MarkRow).where(MarkRow.conversation_id == conversation_id).order_by(MarkRow.seq)
    return (await session.scalars(query)).all()


async def examples(session: AsyncSession, status: str) -> Sequence[ExampleRow]:
    """List examples of a status, the oldest first."""
    query = select(ExampleRow).where(ExampleRow.status == status).order_by(ExampleRow.hour, ExampleRow.id)
    return (await session.scalars(query)).all()


async def count_examples(session: AsyncSession) -> dict[str, int]:
    """Count examples by status."""
    rows = await session.execute(select(ExampleRow.status, func.count()).group_by(ExampleRow.status))
    return {status: number for status, number in rows}
