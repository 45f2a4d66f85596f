"""Group commit: what citizens and clerks write at the same time reaches the disk together, and is acknowledged after that."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from handoff.database import Database
from handoff.domain.message import Body, Message
from handoff.domain.offers import Json
from handoff.domain.phase import Phase
from handoff.errors import HandoffError, UnknownConversationError
from handoff.hub import Hub
from handoff.storage import batch
from handoff.storage.batch import Standing
from handoff.storage.log import CITIZEN, CLERK
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


_Waiting = tuple[Draft, "asyncio.Future[Sent]"]


class LogWriter:
    """Writes to the log for many at once.

    While one transaction is on its way to the disk, the next messages gather; nobody waits for a timer.

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
        future: asyncio.Future[Sent] = asyncio.get_running_loop().create_future()
        self._waiting.append((draft, future))
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

    async def _commit(self, together: Sequence[_Waiting]) -> None:
        try:
            drafts = [draft for draft, _future in together]
            outcomes, fresh = await self._database.write_at_once(lambda line: self._write(line, drafts))
        except Exception as error:  # one broken message must not take the others down with it
            if len(together) == 1:
                _settle(together[0][1], error)
                return
            for one in together:
                await self._commit([one])
            return
        for (_draft, future), outcome in zip(together, outcomes, strict=True):
            _settle(future, outcome)
        for conversation_id, messages in fresh.items():
            self._hub.messages_changed(conversation_id, messages)

    def _write(
        self, connection: Connection, drafts: Sequence[Draft]
    ) -> tuple[list[Sent | HandoffError], dict[str, list[Message]]]:
        now = self._clock()
        outcomes: list[Sent | HandoffError] = []
        fresh: dict[str, list[Message]] = {}
        rows: list[dict[str, Any]] = []
        outgoing: list[dict[str, Any]] = []
        advanced: dict[str, int] = {}
        seen: dict[str, int] = {}
        standings = batch.standings(connection, (draft.conversation_id for draft in drafts))
        known = batch.known(connection, [draft.key for draft in drafts])
        for draft in drafts:
            standing = standings.get(draft.conversation_id)
            try:
                if standing is None:
                    raise UnknownConversationError
                if (seq := known.get(draft.key)) is not None:
                    outcomes.append(Sent(seq, new=False))
                    continue
                draft.gate(standing)
            except HandoffError as error:
                outcomes.append(error)
                continue
            standing.last_seq += 1
            seq = known[draft.key] = advanced[standing.id] = standing.last_seq
            if draft.author == CLERK:
                seen[standing.id] = seq
            rows.append(_row(draft, seq, now))
            outgoing += _outgoing(draft, standing, seq, now)
            own = draft.client_id if draft.author == CITIZEN else None
            message = Message(seq, draft.author, standing.lang, now, own, draft.body)
            fresh.setdefault(standing.id, []).append(message)
            outcomes.append(Sent(seq, new=True))
        if rows:
            batch.write(connection, rows, outgoing, advanced, seen, now)
        return outcomes, fresh


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
