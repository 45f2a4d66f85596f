"""Gives waiting chats to clerks, many in one transaction, with a handful of statements for all of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.database import OUTGOING
from handoff.domain.message import Body
from handoff.domain.people import Staff
from handoff.domain.phase import Phase
from handoff.schema.tables import ConversationRow, MessageRow, OutboxRow
from handoff.storage import duty
from handoff.storage.log import SYSTEM
from handoff.storage.outbox import Kind

_LOCK = 7_205_759
"""Names the advisory lock of all claims on PostgreSQL."""
_CONVERSATIONS: Table = ConversationRow.__table__  # type: ignore[assignment]
_C = _CONVERSATIONS.c
_STILL_WAITING = (
    select(_C.id, _C.last_seq, _C.channel, _C.wait_id)
    .where(_C.id.in_(bindparam("ids", expanding=True)), _C.phase == Phase.WAITING)
    .order_by(_C.id)  # as every writer of several conversations locks them
    .with_for_update()
)
_TAKE = (
    update(_CONVERSATIONS)
    .where(_C.id == bindparam("of_id"))
    .values(
        phase=Phase.CLERK.value,
        clerk_id=bindparam("to_clerk"),
        clerk_function=bindparam("to_function"),
        clerk_office=bindparam("to_office"),
        lease_until=bindparam("until"),
        changed_at=bindparam("now"),
        last_seq=bindparam("to_seq"),
    )
)
_SAY: Table = MessageRow.__table__  # type: ignore[assignment]
_SEND: Table = OutboxRow.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Gift:
    """A waiting chat for a clerk, and what the citizen is told of it."""

    staff: Staff
    told: Body


async def one_at_a_time(session: AsyncSession) -> None:
    """Let claims of several processes follow each other, so that each sees what the last one left; ends with the transaction."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def take(
    session: AsyncSession, gifts: Mapping[str, Gift], lease_until: datetime, now: datetime
) -> set[str]:
    """Give each of these conversations to its clerk if it still waits; gives the ids of those that did.

    Each gets the next message of its log, and its measured wait ends.
    """
    if not gifts:
        return set()
    line = await session.connection()
    waiting = (await line.execute(_STILL_WAITING, {"ids": sorted(gifts)})).all()
    if not waiting:
        return set()
    said = [_message(row.id, row.last_seq + 1, gifts[row.id].told, now) for row in waiting]
    await line.execute(
        _TAKE,
        [
            {
                "of_id": row.id,
                "to_clerk": gifts[row.id].staff.id,
                "to_function": gifts[row.id].staff.function,
                "to_office": gifts[row.id].staff.office,
                "until": lease_until,
                "now": now,
                "to_seq": row.last_seq + 1,
            }
            for row in waiting
        ],
    )
    await line.execute(insert(_SAY), said)
    await _to_channels(
        session, [one for row, one in zip(waiting, said, strict=True) if row.channel is not None]
    )
    waits = {row.wait_id: gifts[row.id].staff.office_id or "*" for row in waiting if row.wait_id is not None}
    await duty.end_waits(session, waits, "mensch", now)
    return {row.id for row in waiting}


def _message(conversation_id: str, seq: int, body: Body, now: datetime) -> dict[str, Any]:
    message_id = str(uuid4())
    return {
        "conversation_id": conversation_id,
        "seq": seq,
        "id": message_id,
        "author": SYSTEM,
        "sender": SYSTEM,
        "client_id": message_id,
        "at": now,
        "offers": False,
        "body": body.stored(),
    }


async def _to_channels(session: AsyncSession, messages: Sequence[Mapping[str, Any]]) -> None:
    if not messages:
        return
    rows: Iterable[dict[str, Any]] = (
        {
            "kind": Kind.CHANNEL.value,
            "key": one["id"],
            "conversation_id": one["conversation_id"],
            "at": one["at"],
            "body": {"seq": one["seq"]},
            "tries": 0,
            "faults": 0,
            "given_up": False,
        }
        for one in messages
    )
    await (await session.connection()).execute(insert(_SEND), list(rows))
    session.info.setdefault(OUTGOING, set()).update(
        (Kind.CHANNEL.value, one["conversation_id"]) for one in messages
    )
