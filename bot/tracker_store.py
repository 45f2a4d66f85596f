"""Rasa tracker store: one row a conversation, of bounded size, encrypted, written in one transaction with the answer."""

import asyncio
import json
import logging
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import Connection, Engine, Insert, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url

from bot.database import READ_ONLY, connect, conversations, default_url, metadata
from bot.errors import ConfigurationError
from bot.snapshot import as_json, bounded, from_json
from bot.turn import Answer, Snapshot, Turn, current_turn

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_IN_MEMORY = "sqlite://"
HANDOFF_SLOT = "uebergabe"
"""Slot by which an action asks for a human; it counts only in the turn that set it."""


_ROW = select(conversations.c.snapshot, conversations.c.last_message_id, conversations.c.last_answer).where(
    conversations.c.conversation_id == bindparam("of")
)


@cache
def _upsert(is_sqlite: bool, columns: tuple[str, ...]) -> Insert:
    """The statement that writes these columns of a conversation's row, whether there is one or not."""
    insert = sqlite_insert(conversations) if is_sqlite else postgresql_insert(conversations)
    return insert.on_conflict_do_update(
        index_elements=["conversation_id"], set_={name: insert.excluded[name] for name in columns}
    )


class SnapshotTrackerStore(TrackerStore):
    """Stores what the next turn needs, and no more.

    A turn's events, its message id and its answer are one transaction: killed before it, the turn never happened;
    after it, the same message id returns the stored answer. Errors of the database reach the caller.

    Parameters
    ----------
    url
        SQLAlchemy address; default AMTSLOTSE_ENGINE_DATABASE, else `engine.db` in the state folder.
    keys
        Fernet keys, newest first; default AMTSLOTSE_ENGINE_KEYS. Without keys nothing may lie on disk: the store then
        keeps conversations in memory only and says so (`rasa shell` of a developer). `require_keys` forbids that.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        *,
        url: str | None = None,
        keys: str | None = None,
        host: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        secret = keys or os.environ.get("AMTSLOTSE_ENGINE_KEYS", "")
        self.durable = bool(secret)
        if not self.durable:
            _log.warning("AMTSLOTSE_ENGINE_KEYS is not set: conversations are kept in memory only.")
        self._url = (url or host or default_url()) if self.durable else _IN_MEMORY
        self._cipher = MultiFernet(
            [Fernet(key) for key in secret.split(",") if key] or [Fernet(Fernet.generate_key())]
        )
        self._is_sqlite = make_url(self._url).get_backend_name() == "sqlite"
        self._engine: Engine | None = None
        self._reader: Connection | None = None

    async def _write(self, work: Callable[[Connection], _T]) -> _T:
        """Run one transaction in a thread; committed when `work` returns."""
        return await asyncio.to_thread(self._transaction, work)

    async def _read(self, work: Callable[[Connection], _T]) -> _T:
        """Run one statement that only reads; SQLite's readers never wait, so the way to a thread would take longer."""
        if not self._is_sqlite:
            return await asyncio.to_thread(self._transaction, work)
        if self._reader is None:
            self._reader = self._database().connect().execution_options(**{READ_ONLY: True})
        return work(self._reader)

    def _transaction(self, work: Callable[[Connection], _T]) -> _T:
        with self._database().begin() as connection:
            return work(connection)

    def _database(self) -> Engine:
        """Connect at the first use."""
        if self._engine is None:
            engine = connect(self._url)
            with engine.begin() as connection:
                metadata.create_all(connection)
            self._engine = engine
        return self._engine

    async def create_tracker(self, sender_id: str, append_action_listen: bool = True) -> DialogueStateTracker:
        """New tracker; it is stored with its first turn, not before."""
        return self.init_tracker(sender_id)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Tracker of the conversation: session start, slots, active loop and the last events.

        Raises
        ------
        ConfigurationError
            None of the keys opens the snapshot.
        """
        turn = current_turn.get()
        if turn is not None and turn.snapshot is not None and turn.snapshot.conversation_id == sender_id:
            content = turn.snapshot.content
        else:
            content = (await self._row(sender_id)).content
        if content is None:
            return None
        events = from_json(self._open(content)["events"])
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the tracker; inside a turn of the gateway also its message id and its answer.

        Raises
        ------
        TurnFailedError
            The turn failed on its way; nothing is stored.
        """
        turn = current_turn.get()
        if turn is not None and turn.failure is not None:
            raise turn.failure
        values: dict[str, Any] = {
            "conversation_id": tracker.sender_id,
            "snapshot": self._close({"events": as_json(bounded(list(tracker.events)))}),
        }
        if turn is not None:
            turn.snapshot = None
            turn.answer.handoff = _handoff_of_last_turn(tracker)
            values["last_message_id"] = turn.message_id
            values["last_answer"] = self._close(
                {"replies": turn.answer.replies, "handoff": turn.answer.handoff}
            )
            values["changed_at"] = turn.now
        statement = _upsert(self._is_sqlite, tuple(values))
        await self._write(lambda connection: connection.execute(statement, values))

    async def begin(self, turn: Turn, conversation_id: str) -> Answer | None:
        """Read what the turn starts from, in one look at the database.

        Returns
        -------
        Answer or None
            The stored answer if the turn's message is the conversation's last one. Otherwise None, and the snapshot
            waits in the turn for `retrieve`.
        """
        turn.snapshot = await self._row(conversation_id)
        if turn.snapshot.last_message_id != turn.message_id or turn.snapshot.last_answer is None:
            return None
        return Answer(**self._open(turn.snapshot.last_answer))

    async def _row(self, conversation_id: str) -> Snapshot:
        of = {"of": conversation_id}
        row = await self._read(lambda connection: connection.execute(_ROW, of).first())
        return Snapshot(conversation_id, *(row or (None, None, None)))

    async def keys(self) -> Iterable[str]:
        """Ids of all stored conversations."""
        query = select(conversations.c.conversation_id)
        return await self._read(lambda connection: list(connection.execute(query).scalars()))

    async def forget(self, conversation_id: str) -> bool:
        """Delete one conversation; whether there was one."""
        statement = delete(conversations).where(conversations.c.conversation_id == conversation_id)
        return bool(await self._write(lambda connection: connection.execute(statement).rowcount))

    async def forget_before(self, moment: datetime) -> int:
        """Delete every conversation whose last turn was before `moment`; how many they were."""
        statement = delete(conversations).where(conversations.c.changed_at < moment)
        return int(await self._write(lambda connection: connection.execute(statement).rowcount))

    async def close(self) -> None:
        """Give the database connections back."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _close(self, content: dict[str, Any]) -> bytes:
        return self._cipher.encrypt(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())

    def _open(self, content: bytes) -> dict[str, Any]:
        try:
            opened: dict[str, Any] = json.loads(self._cipher.decrypt(content))
        except InvalidToken as error:
            raise ConfigurationError("None of AMTSLOTSE_ENGINE_KEYS opens a stored conversation.") from error
        return opened


def _handoff_of_last_turn(tracker: DialogueStateTracker) -> dict[str, Any] | None:
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return None
        if isinstance(event, SlotSet) and event.key == HANDOFF_SLOT:
            return event.value
    return None


def store_of(agent: Agent) -> SnapshotTrackerStore:
    """The agent's own store, freed of Rasa's FailSafeTrackerStore, which would go on in memory after an error.

    Raises
    ------
    ConfigurationError
        The agent keeps its conversations elsewhere (endpoints.yml), or the store has no keys.
    """
    if isinstance(agent.tracker_store, FailSafeTrackerStore):
        agent.tracker_store = agent.tracker_store._tracker_store
        agent.processor.tracker_store = agent.tracker_store
    store = agent.tracker_store
    if not isinstance(store, SnapshotTrackerStore):
        raise ConfigurationError("endpoints.yml must name bot.tracker_store.SnapshotTrackerStore.")
    if not store.durable:
        raise ConfigurationError("AMTSLOTSE_ENGINE_KEYS is not set: the gateway needs a durable store.")
    return store
