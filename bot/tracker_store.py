"""Rasa tracker store: one row a conversation, of bounded size, encrypted, written in one transaction with the answer."""

import json
import logging
import os
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database import connect, conversations, default_url, metadata
from bot.errors import ConfigurationError
from bot.snapshot import as_json, bounded
from bot.turn import Answer, current_turn

_log = logging.getLogger(__name__)
_IN_MEMORY = "sqlite+aiosqlite://"
HANDOFF_SLOT = "uebergabe"
"""Slot by which an action asks for a human; it counts only in the turn that set it."""


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
        self._engine: AsyncEngine | None = None

    async def _database(self) -> AsyncEngine:
        """Connect at the first use, inside the server's event loop."""
        if self._engine is None:
            engine = connect(self._url)
            async with engine.begin() as connection:
                await connection.run_sync(metadata.create_all)
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
        query = select(conversations.c.snapshot).where(conversations.c.conversation_id == sender_id)
        async with (await self._database()).connect() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        return DialogueStateTracker.from_dict(
            sender_id, self._open(row.snapshot)["events"], self.domain.slots
        )

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
            turn.answer.handoff = _handoff_of_last_turn(tracker)
            values["last_message_id"] = turn.message_id
            values["last_answer"] = self._close(
                {"replies": turn.answer.replies, "handoff": turn.answer.handoff}
            )
            values["changed_at"] = turn.now
        engine = await self._database()
        insert = postgresql_insert if engine.dialect.name == "postgresql" else sqlite_insert
        statement = insert(conversations).values(values)
        statement = statement.on_conflict_do_update(index_elements=["conversation_id"], set_=values)
        async with engine.begin() as connection:
            await connection.execute(statement)

    async def replies_for(self, conversation_id: str, message_id: str) -> Answer | None:
        """Stored answer to the conversation's last message, if that is the message; otherwise None."""
        query = select(conversations.c.last_answer).where(
            conversations.c.conversation_id == conversation_id, conversations.c.last_message_id == message_id
        )
        async with (await self._database()).connect() as connection:
            row = (await connection.execute(query)).first()
        return Answer(**self._open(row.last_answer)) if row is not None else None

    async def keys(self) -> Iterable[str]:
        """Ids of all stored conversations."""
        async with (await self._database()).connect() as connection:
            rows = await connection.execute(select(conversations.c.conversation_id))
        return [row.conversation_id for row in rows]

    async def forget(self, conversation_id: str) -> bool:
        """Delete one conversation; whether there was one."""
        async with (await self._database()).begin() as connection:
            result = await connection.execute(
                delete(conversations).where(conversations.c.conversation_id == conversation_id)
            )
        return bool(result.rowcount)

    async def forget_before(self, moment: datetime) -> int:
        """Delete every conversation whose last turn was before `moment`; how many they were."""
        async with (await self._database()).begin() as connection:
            result = await connection.execute(
                delete(conversations).where(conversations.c.changed_at < moment)
            )
        return int(result.rowcount)

    async def close(self) -> None:
        """Give the database connections back."""
        if self._engine is not None:
            await self._engine.dispose()
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
