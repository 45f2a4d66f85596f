"""Group commit: what citizens, clerks and assistant write at the same time reaches the disk together, and is acknowledged after that."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from handoff.database import Database
from handoff.domain.message import Body, Message
from handoff.domain.offers import Json
from handoff.domain.phase import Phase
from handoff.errors import HandoffError, UnknownConversationError
from handoff.hub import Hub
from handoff.storage import batch
from handoff.storage.batch import Standing
from handoff.storage.log import BOT, CITIZEN, CLERK
from handoff.storage.outbox import Kind

MOST_AT_ONCE = 64
"""Messages in one transaction; bounds the wait of the first for the last."""

Gate = Callable[[Standing], None]
"""Raises the HandoffError that keeps a message out; asked inside the transaction that writes it."""


@dataclass(frozen=True)
class Sent:
    """An acknowledged message."""

    seq: int
    new: bool
    """False: this client id had been sent before, and nothing was changed."""


@dataclass(frozen=True)
class Draft:
    """A message that wants to be written."""

    conversation_id: str
    author: str
    sender: str
    client_id: str
    body: Body
    gate: Gate
    for_engine: Mapping[str, Json] | None = None
    """The outbox row's body if the bot is in charge."""
    message_id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def key(self) -> batch.Key:
        """What stays the same when it is sent again."""
        return self.conversation_id, self.sender, self.client_id


@dataclass(frozen=True)
class Reply:
    """The assistant's answer to one message: written only while that message still waits for it in the outbox."""

    conversation_id: str
    key: str
    """Of the outbox row, which goes in the same transaction."""
    bodies: Sequence[Body]

    def drafts(self) -> list[Draft]:
        """Its messages; their ids derive from the key, so that an answer that comes twice has the same ones."""
        ids = [str(uuid5(NAMESPACE_URL, f"{self.key}/{number}")) for number in range(len(self.bodies))]
        return [
            Draft(self.conversation_id, BOT, BOT, id_, body, _everybody, message_id=id_)
            for id_, body in zip(ids, self.bodies, strict=True)
        ]


_Waiting = tuple[Draft | Reply, "asyncio.Future[Sent]"]


class LogWriter:
    """Writes to the log for many at once.

    While one transaction is on its way to the disk, the next messages gather; nobody waits for a timer. Whether a message
    was written before is looked up only when the table's constraint or the gate refuses it.

    Parameters
    ----------
    database
        Where to.
    hub
        Hears of the new messages after the commit.
    clock
        Gives the moment that all messages of one transaction carry.
    """

    def __init__(self, database: Database, hub: Hub, clock: Callable[[], Any]) -> None:
        self._database = database
        self._hub = hub
        self._clock = clock
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def append(self, draft: Draft) -> Sent:
        """Write a message; returns after the commit.

        Raises
        ------
        HandoffError
            What the gate says, or UnknownConversationError.
        """
        return await self._put(draft)

    async def reply(self, reply: Reply) -> None:
        """Write an answer, unless a human took over meanwhile or the conversation ended; returns after the commit."""
        await self._put(reply)

    async def _put(self, one: Draft | Reply) -> Sent:
        future: asyncio.Future[Sent] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await future

    async def close(self) -> None:
        """Wait for what is being written."""
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                await self._commit(together)
        finally:
            self._task = None

    async def _commit(self, together: Sequence[_Waiting], *, look: bool = False) -> None:
        wanted = [one for one, _future in together]
        try:
            outcomes, fresh = await self._database.write_at_once(lambda line: self._write(line, wanted, look))
        except Exception as error:
            if isinstance(error, IntegrityError) and not look:
                await self._commit(together, look=True)
            elif len(together) == 1:
                _settle(together[0][1], error)
            else:  # one broken message must not take the others down with it
                for one in together:
                    await self._commit([one])
            return
        for (_one, future), outcome in zip(together, outcomes, strict=True):
            _settle(future, outcome)
        for conversation_id, messages in fresh.items():
            self._hub.messages_changed(conversation_id, messages)

    def _write(
        self, connection: Connection, together: Sequence[Draft | Reply], look: bool
    ) -> tuple[list[Sent | HandoffError], dict[str, list[Message]]]:
        page = _Page(self._clock())
        standings = batch.standings(connection, (one.conversation_id for one in together))
        known = batch.known(connection, [one.key for one in together if look and isinstance(one, Draft)])
        waiting = batch.take_out(connection, [one.key for one in together if isinstance(one, Reply)])
        outcomes: list[Sent | HandoffError] = []
        for one in together:
            standing = standings.get(one.conversation_id)
            try:
                if standing is None:
                    raise UnknownConversationError
                if isinstance(one, Reply):
                    outcomes.append(page.answer(one, standing, waits=one.key in waiting))
                elif (seq := known.get(one.key)) is not None:
                    outcomes.append(Sent(seq, new=False))
                else:
                    one.gate(standing)
                    outcomes.append(sent := page.add(one, standing))
                    known[one.key] = sent.seq
            except HandoffError as error:
                before = batch.known(connection, [one.key]) if isinstance(one, Draft) else {}
                outcomes += [Sent(seq, new=False) for seq in before.values()] or [error]
        page.write(connection)
        return outcomes, page.fresh


class _Page:
    """What one transaction adds to the log.

    Parameters
    ----------
    now
        The moment that all of it carries.
    """

    def __init__(self, now: datetime) -> None:
        self.fresh: dict[str, list[Message]] = {}
        self._now = now
        self._rows: list[dict[str, Any]] = []
        self._outgoing: list[dict[str, Any]] = []
        self._advanced: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self._recovered: set[str] = set()

    def add(self, draft: Draft, standing: Standing) -> Sent:
        """The conversation's next message."""
        standing.last_seq += 1
        seq = self._advanced[standing.id] = standing.last_seq
        if draft.author == CLERK:
            self._seen[standing.id] = seq
        self._rows.append(_row(draft, seq, self._now))
        self._outgoing += _outgoing(draft, standing, seq, self._now)
        own = draft.client_id if draft.author == CITIZEN else None
        message = Message(seq, draft.author, standing.lang, self._now, own, draft.body)
        self.fresh.setdefault(standing.id, []).append(message)
        return Sent(seq, new=True)

    def answer(self, reply: Reply, standing: Standing, *, waits: bool) -> Sent:
        """The assistant's messages, if that which they answer still waits for them."""
        if waits:
            for draft in reply.drafts():
                self.add(draft, standing)
            if standing.engine_trouble:
                self._recovered.add(standing.id)
        return Sent(standing.last_seq, new=waits)

    def write(self, connection: Connection) -> None:
        """Send all of it to the database."""
        if self._rows:
            batch.write(connection, self._rows, self._outgoing, self._advanced, self._seen, self._now)
        if self._recovered:
            batch.recover(connection, self._recovered)


def _everybody(_standing: Standing) -> None:
    """The gate of what the gateway writes itself."""


def _row(draft: Draft, seq: int, now: Any) -> dict[str, Any]:
    return {
        "conversation_id": draft.conversation_id,
        "seq": seq,
        "id": draft.message_id,
        "author": draft.author,
        "sender": draft.sender,
        "client_id": draft.client_id,
        "at": now,
        "offers": bool(draft.body.buttons or draft.body.cards),
        "body": draft.body.stored(),
    }


def _outgoing(draft: Draft, standing: Standing, seq: int, now: Any) -> list[dict[str, Any]]:
    kinds: list[tuple[Kind, Mapping[str, Json]]] = []
    if draft.for_engine is not None and standing.phase == Phase.BOT:
        kinds.append((Kind.ENGINE, draft.for_engine))
    if standing.channel is not None and draft.author != CITIZEN:
        kinds.append((Kind.CHANNEL, {"seq": seq}))
    return [
        {
            "kind": kind.value,
            "key": draft.message_id,
            "conversation_id": standing.id,
            "at": now,
            "body": dict(body),
            "tries": 0,
            "faults": 0,
            "given_up": False,
        }
        for kind, body in kinds
    ]


def _settle(future: "asyncio.Future[Sent]", outcome: Sent | Exception) -> None:
    if future.done():  # its caller has gone; the message is written all the same
        return
    if isinstance(outcome, Sent):
        future.set_result(outcome)
    else:
        future.set_exception(outcome)
