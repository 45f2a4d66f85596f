"""Queries on what is on its way out: to the engine, to a channel, as a notice (docs/protocol/delivery.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.database import OUTGOING, Database
from handoff.domain.message import Object
from handoff.domain.offers import Json
from handoff.schema.tables import OutboxRow


class Kind(StrEnum):
    """Where a row goes."""

    ENGINE = "engine"
    CHANNEL = "channel"
    NOTICE = "notice"


@dataclass(frozen=True)
class Parcel:
    """One row of the outbox, as its carrier sees it."""

    kind: Kind
    key: str
    """The same at each try: the receiver tells a repetition by it."""
    conversation_id: str
    at: datetime
    body: Mapping[str, Json]
    tries: int
    """Failed tries so far."""
    faults: int
    """Those of them that were the receiver's fault with this very row."""
    due_at: datetime | None
    taken_until: datetime | None

    def wait_s(self, now: datetime) -> float:
        """Give the seconds until it may be tried, 0 if it may be now."""
        moments = [moment for moment in (self.due_at, self.taken_until) if moment is not None]
        return max(0.0, *((moment - now).total_seconds() for moment in moments), 0.0)


async def put(
    session: AsyncSession,
    kind: Kind,
    conversation_id: str,
    key: str,
    at: datetime,
    body: Mapping[str, Json],
    *,
    due_at: datetime | None = None,
    given_up: bool = False,
) -> None:
    """Put something into the outbox, in the transaction that causes it; with `given_up` for the operator only."""
    session.add(
        OutboxRow(
            kind=kind.value,
            key=key,
            conversation_id=conversation_id,
            at=at,
            body=dict(body),
            due_at=due_at,
            given_up=given_up,
        )
    )
    await session.flush()
    session.info.setdefault(OUTGOING, set()).add((kind.value, conversation_id))


async def add(
    session: AsyncSession,
    conversation_id: str,
    message_id: str,
    at: datetime,
    *,
    text: str | None = None,
    payload: str | None = None,
    values: Mapping[str, Json] | None = None,
    secrets: Sequence[Object] = (),
) -> None:
    """Put a message for the engine into the outbox, in the transaction that writes it to the log."""
    body = for_engine(text=text, payload=payload, values=values, secrets=secrets)
    await put(session, Kind.ENGINE, conversation_id, message_id, at, body)


def for_engine(
    *,
    text: str | None = None,
    payload: str | None = None,
    values: Mapping[str, Json] | None = None,
    secrets: Sequence[Object] = (),
) -> Object:
    """Give the body of a row of the kind `engine`."""
    return {"text": text, "payload": payload, "values": values, "secrets": list(secrets)}


_OLDEST = (
    select(
        OutboxRow.kind,
        OutboxRow.key,
        OutboxRow.conversation_id,
        OutboxRow.at,
        OutboxRow.body,
        OutboxRow.tries,
        OutboxRow.faults,
        OutboxRow.due_at,
        OutboxRow.taken_until,
    )
    .where(
        OutboxRow.conversation_id == bindparam("of_conversation"),
        OutboxRow.kind == bindparam("of_kind"),
        OutboxRow.given_up.is_(False),
    )
    .order_by(OutboxRow.position)
    .limit(1)
)


async def first(database: Database, kind: Kind, conversation_id: str) -> Parcel | None:
    """Give the conversation's oldest undelivered row of a kind."""
    row = await database.row(_OLDEST, of_conversation=conversation_id, of_kind=kind.value)
    return None if row is None else Parcel(Kind(row.kind), *row[1:])


async def take(session: AsyncSession, parcel: Parcel, now: datetime, until: datetime) -> bool:
    """Reserve a row for this process; False when another one has it or it is gone."""
    taken = await session.scalar(
        update(OutboxRow)
        .where(
            OutboxRow.kind == parcel.kind,
            OutboxRow.key == parcel.key,
            or_(OutboxRow.taken_until.is_(None), OutboxRow.taken_until <= now),
        )
        .values(taken_until=until)
        .returning(OutboxRow.position)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


async def put_off(session: AsyncSession, parcel: Parcel, due_at: datetime, *, fault: bool) -> None:
    """Note a failed try and when the next one may be."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.kind == parcel.kind, OutboxRow.key == parcel.key)
        .values(
            tries=OutboxRow.tries + 1,
            faults=OutboxRow.faults + int(fault),
            due_at=due_at,
            taken_until=None,
        )
        .execution_options(synchronize_session=False)
    )


async def give_up(session: AsyncSession, parcel: Parcel) -> None:
    """Never try this row again; it stays for the operator."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.kind == parcel.kind, OutboxRow.key == parcel.key)
        .values(given_up=True, tries=OutboxRow.tries + 1)
        .execution_options(synchronize_session=False)
    )


async def given_up(session: AsyncSession, kind: Kind, key: str) -> bool | None:
    """Tell whether a row was given up; None if there is none."""
    return await session.scalar(
        select(OutboxRow.given_up).where(OutboxRow.kind == kind, OutboxRow.key == key)
    )


async def last_payload(session: AsyncSession, conversation_id: str) -> str | None:
    """Give the newest payload that waits for the engine."""
    row = await session.scalar(
        select(OutboxRow)
        .where(OutboxRow.conversation_id == conversation_id, OutboxRow.kind == Kind.ENGINE)
        .order_by(OutboxRow.position.desc())
        .limit(1)
    )
    return None if row is None else row.body["payload"]


async def remove(session: AsyncSession, key: str, kind: Kind = Kind.ENGINE) -> bool:
    """Take a delivered row out; False when it was no longer there."""
    return (
        await session.scalar(
            delete(OutboxRow)
            .where(OutboxRow.kind == kind, OutboxRow.key == key)
            .returning(OutboxRow.position)
        )
    ) is not None


async def clear(session: AsyncSession, conversation_id: str) -> None:
    """Drop what the engine need not see any more: a human reads it in the log."""
    await session.execute(
        delete(OutboxRow).where(OutboxRow.conversation_id == conversation_id, OutboxRow.kind == Kind.ENGINE)
    )


async def conversations(
    session: AsyncSession, kind: Kind = Kind.ENGINE, *, older_than: datetime | None = None
) -> Sequence[str]:
    """List the conversations that have undelivered rows of a kind (put in before `older_than`)."""
    query = select(OutboxRow.conversation_id).where(OutboxRow.kind == kind, OutboxRow.given_up.is_(False))
    if older_than is not None:
        query = query.where(OutboxRow.at < older_than)
    return (await session.scalars(query.distinct())).all()


async def count(session: AsyncSession, kind: Kind, conversation_id: str) -> int:
    """Count a conversation's undelivered rows of a kind."""
    return (
        await session.scalar(
            select(func.count()).where(
                OutboxRow.conversation_id == conversation_id,
                OutboxRow.kind == kind,
                OutboxRow.given_up.is_(False),
            )
        )
    ) or 0


async def counts(session: AsyncSession) -> dict[tuple[str, bool], int]:
    """Count the rows by kind and whether they were given up, for health and metrics."""
    rows = await session.execute(
        select(OutboxRow.kind, OutboxRow.given_up, func.count()).group_by(OutboxRow.kind, OutboxRow.given_up)
    )
    return {(kind, given_up): number for kind, given_up, number in rows}
