"""One message of a conversation at a time, by an asyncio lock: no polling, no dropped message."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockStore
from rasa.utils.endpoints import EndpointConfig


class LocalLockStore(LockStore):
    """Serialises the messages of a conversation within this process, in their order of arrival.

    The gateway already sends one message of a conversation at a time, so no lock between processes is needed.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: dict[str, int] = {}

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 0.0, wait_time_in_seconds: float = 0.0
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the conversation's lock; the parameters of Rasa's polling lock have no meaning here."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        self._users[conversation_id] = self._users.get(conversation_id, 0) + 1
        try:
            async with lock:
                yield TicketLock(conversation_id)
        finally:
            self._users[conversation_id] -= 1
            if not self._users[conversation_id]:
                del self._users[conversation_id], self._locks[conversation_id]
