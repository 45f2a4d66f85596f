"""Tells the other processes of this gateway what changed, through Redis. Ids cross, never content: each reads the database.

Redis forgets what nobody hears at the moment. After each new connection, and after each failed try to tell, everybody is told that
something may have been missed, and looks for itself.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import make_url

from handoff.domain.message import Message
from handoff.hub import Hub, Listener

logger = logging.getLogger(__name__)

PAUSE_S = 1.0
"""Between two tries to reach Redis."""
START_S = 5.0
"""So long a start waits for Redis; the gateway serves without it, and its processes then hear of each other later."""

Signal = tuple[Any, ...]
"""Name of a method of `Listener`, and what it is told."""


class Relay(Listener):
    """Carries this process's signals to the others, gathered, and theirs to this process's listeners.

    Parameters
    ----------
    url
        `redis://…` or `rediss://…`.
    database
        SQLAlchemy URL of the database that the processes share; its name tells them from other installations' at the same Redis.
    hub
        Whose signals.
    """

    def __init__(self, url: str, database: str, hub: Hub) -> None:
        self._hub = hub
        self._channel = f"amtslotse:{make_url(database).database}"
        self._me = uuid4().hex
        self._redis = Redis.from_url(url, decode_responses=True, health_check_interval=15)
        self._signals: dict[Signal, int] = {}
        self._waiting = asyncio.Event()
        self._heard = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Listen to the others; returns as soon as nothing that they say is missed any more."""
        self._hub.relay = self
        self._tasks = [asyncio.create_task(self._send()), asyncio.create_task(self._receive())]
        with suppress(TimeoutError):
            async with asyncio.timeout(START_S):
                await self._heard.wait()

    async def stop(self) -> None:
        """Stop telling and listening."""
        self._hub.relay = Listener()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    def messages_changed(self, conversation_id: str, fresh: Sequence[Message] = ()) -> None:
        """The log has new messages; the others read them."""
        self._tell("messages_changed", conversation_id)

    def state_changed(self, conversation_id: str) -> None:
        """Phase, clerk or login changed."""
        self._tell("state_changed", conversation_id)

    def form_changed(self, conversation_id: str) -> None:
        """The draft changed."""
        self._tell("form_changed", conversation_id)

    def queue_changed(self) -> None:
        """The queue changed."""
        self._tell("queue_changed")

    def desk_changed(self, conversation_id: str) -> None:
        """A chat was offered, joined or left."""
        self._tell("desk_changed", conversation_id)

    def handle_changed(self, conversation_id: str) -> None:
        """Handle or login changed."""
        self._tell("handle_changed", conversation_id)

    def sessions_ended(self, sessions: frozenset[str], conversations: Sequence[str]) -> None:
        """Sessions have ended."""
        self._tell("sessions_ended", tuple(sessions), tuple(conversations))

    def typing(self, conversation_id: str, author: str, on: bool) -> None:
        """Somebody writes."""
        self._tell("typing", conversation_id, author, on)

    def read(self, conversation_id: str, author: str, seq: int) -> None:
        """Somebody has seen messages."""
        self._tell("read", conversation_id, author, seq)

    def assigned(self, conversation_id: str, clerk_id: str) -> None:
        """A chat was given to a clerk."""
        self._tell("assigned", conversation_id, clerk_id)

    def counted(self, limit: str, name: str) -> None:
        """A call was counted."""
        self._tell("counted", limit, name)

    def _tell(self, *signal: Any) -> None:
        self._signals[signal] = self._signals.pop(signal, 0) + 1  # the last time it was told gives its place
        self._waiting.set()

    async def _send(self) -> None:
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            signals, self._signals = self._signals, {}
            body = json.dumps([self._me, [[*signal, number] for signal, number in signals.items()]])
            try:
                await self._redis.publish(self._channel, body)
            except (RedisError, OSError) as error:
                logger.warning("Redis does not answer (%s)", type(error).__name__)
                self._signals = {("missed",): 1} | self._signals
                await asyncio.sleep(PAUSE_S)
                self._waiting.set()

    async def _receive(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as line:
                    await line.subscribe(self._channel)
                    async for message in line.listen():
                        if message["type"] == "subscribe":
                            self._hear("missed")
                            self._heard.set()
                        else:
                            self._take(message["data"])
            except (RedisError, OSError) as error:
                logger.warning("Redis does not answer (%s)", type(error).__name__)
            await asyncio.sleep(PAUSE_S)

    def _take(self, body: str) -> None:
        sender, signals = json.loads(body)
        if sender == self._me:
            return
        for name, *told, number in signals:
            if name == "sessions_ended":
                told = [frozenset(told[0]), told[1]]
            for _ in range(number if name == "counted" else 1):
                self._hear(name, *told)

    def _hear(self, name: str, *told: Any) -> None:
        try:
            self._hub.hear(name, *told)
        except Exception:  # the edge of this worker: one listener's fault must not make the process deaf
            logger.exception("a signal of another process was not understood")
