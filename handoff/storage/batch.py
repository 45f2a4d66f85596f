"""Writes many messages of many conversations in one transaction, with a handful of statements for all of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, tuple_, update

from handoff.database import OUTGOING
from handoff.schema.tables import ConversationRow, MessageRow, OutboxRow
from handoff.storage.outbox import Kind

_CONVERSATIONS: Table = ConversationRow.__table__  # type: ignore[assignment]
_MESSAGES: Table = MessageRow.__table__  # type: ignore[assignment]
_OUTBOX: Table = OutboxRow.__table__  # type: ignore[assignment]
_C = _CONVERSATIONS.c
_STANDING = select(
    _C.id,
    _C.handle_digest,
    _C.account,
    _C.phase,
    _C.clerk_id,
    _C.channel,
    _C.lang,
    _C.last_seq,
    _C.engine_trouble,
).with_for_update()
_ONE = _STANDING.where(_C.id == bindparam("id_"))
_SEVERAL = _STANDING.where(_C.id.in_(bindparam("ids", expanding=True))).order_by(_C.id)
_KNOWN = select(
    _MESSAGES.c.conversation_id, _MESSAGES.c.sender, _MESSAGES.c.client_id, _MESSAGES.c.seq
).where(
    tuple_(_MESSAGES.c.conversation_id, _MESSAGES.c.sender, _MESSAGES.c.client_id).in_(
        bindparam("keys", expanding=True)
    )
)
_ADVANCE = (
    update(_CONVERSATIONS)
    .where(_C.id == bindparam("of_id"))
    .values(last_seq=bindparam("to_seq"), changed_at=bindparam("now"))
)
_TAKE_OUT = (
    delete(_OUTBOX)
    .where(_OUTBOX.c.kind == Kind.ENGINE.value, _OUTBOX.c.key.in_(bindparam("keys", expanding=True)))
    .returning(_OUTBOX.c.key)
)
_RECOVERED = (
    update(_CONVERSATIONS).where(_C.id.in_(bindparam("ids", expanding=True))).values(engine_trouble=False)
)
_INSERT_MESSAGES, _INSERT_OUTGOING = insert(_MESSAGES), insert(_OUTBOX)
_SEEN = update(_CONVERSATIONS).where(_C.id == bindparam("of_id")).values(clerk_seen_seq=bindparam("to_seq"))


@dataclass
class Standing:
    """What a conversation is like at the moment of writing; locked until the commit."""

    id: str
    handle_digest: str
    account: str | None
    phase: str
    clerk_id: str | None
    channel: str | None
    lang: str
    last_seq: int
    engine_trouble: bool


Key = tuple[str, str, str]
"""Conversation, sender, client id: names a message however often it is sent."""


def standings(connection: Connection, ids: Iterable[str]) -> dict[str, Standing]:
    """Lock the conversations, always in the same order, so that two processes never wait for each other."""
    wanted = sorted(set(ids))
    if len(wanted) == 1:  # most often; a list is written into the statement anew each time
        rows = connection.execute(_ONE, {"id_": wanted[0]})
    else:
        rows = connection.execute(_SEVERAL, {"ids": wanted})
    return {row.id: Standing(*row) for row in rows}


def known(connection: Connection, keys: Sequence[Key]) -> dict[Key, int]:
    """Give the numbers of those messages that were written before."""
    if not keys:
        return {}
    rows = connection.execute(_KNOWN, {"keys": list(keys)})
    return {(row.conversation_id, row.sender, row.client_id): row.seq for row in rows}


def take_out(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Take answered messages out of the outbox; gives the keys of those that still waited there."""
    if not keys:
        return set()
    return set(connection.execute(_TAKE_OUT, {"keys": list(keys)}).scalars())


def recover(connection: Connection, ids: Iterable[str]) -> None:
    """Note that the assistant answers again in these conversations."""
    connection.execute(_RECOVERED, {"ids": sorted(ids)})


def write(
    connection: Connection,
    messages: Sequence[Mapping[str, Any]],
    outgoing: Sequence[Mapping[str, Any]],
    advanced: Mapping[str, int],
    seen: Mapping[str, int],
    now: datetime,
) -> None:
    """Write messages and outbox rows and move the conversations' counters.

    Parameters
    ----------
    messages, outgoing
        Complete rows of the two tables.
    advanced
        New `last_seq` by conversation.
    seen
        New `clerk_seen_seq` by conversation.
    """
    connection.execute(_INSERT_MESSAGES, list(messages))
    connection.execute(_ADVANCE, [{"of_id": id_, "to_seq": seq, "now": now} for id_, seq in advanced.items()])
    if seen:
        connection.execute(_SEEN, [{"of_id": id_, "to_seq": seq} for id_, seq in seen.items()])
    if outgoing:
        connection.execute(_INSERT_OUTGOING, list(outgoing))
        told = connection.info.setdefault(OUTGOING, set())
        told.update((row["kind"], row["conversation_id"]) for row in outgoing)
