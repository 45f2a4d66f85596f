"""Real socket clients over a real server, for tests of the Socket.IO interface."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import socketio
from handoff_world import World, served

PATH = "/live/socket.io"
PATIENCE_S = 20
"""Long enough for a busy machine; nobody waits so long when all is well."""


class Client:
    """A socket client that remembers what it was sent."""

    def __init__(self, url: str, namespace: str = "/") -> None:
        self.url, self.namespace = url, namespace
        self.io = socketio.AsyncClient(reconnection=False)
        self.events: list[tuple[str, Any]] = []
        self._news = asyncio.Event()
        for event in (
            "message",
            "state",
            "typing",
            "read",
            "queue",
            "chat",
            "desk",
            "disconnect",
            "connect_error",
        ):
            self.io.on(event, self._remember(event), namespace=namespace)

    def _remember(self, event: str):
        async def handler(*bodies: Any) -> None:
            self.events.append((event, bodies[0] if bodies else None))
            self._news.set()

        return handler

    async def connect(self, transports: Sequence[str] = ("websocket",), **auth: Any) -> "Client":
        await self.io.connect(
            self.url,
            socketio_path=PATH,
            auth=auth,
            namespaces=[self.namespace],
            transports=list(transports),
            wait_timeout=PATIENCE_S,
        )
        return self

    async def call(self, event: str, body: Any = None) -> Any:
        return await self.io.call(event, body, namespace=self.namespace, timeout=PATIENCE_S)

    async def until(self, condition) -> Any:
        """Wait until the events fulfil a condition; gives what it gives."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := condition(self.events)):
                self._news.clear()
                await self._news.wait()
            return found

    async def seqs(self, count: int) -> list[int]:
        """The numbers of the first `count` messages."""
        await self.until(lambda events: sum(event == "message" for event, _ in events) >= count)
        return [body["seq"] for event, body in self.events if event == "message"]

    async def event(self, name: str, check=lambda body: True) -> Any:
        """The body of the first event of this name that passes the check."""
        return await self.until(lambda events: next((b for e, b in events if e == name and check(b)), None))


@asynccontextmanager
async def line(town: World) -> AsyncIterator[Any]:
    """Serve the town; gives a function that makes clients."""
    clients: list[Client] = []
    async with served(town.app) as url:

        def client(namespace: str = "/") -> Client:
            clients.append(Client(url, namespace))
            return clients[-1]

        try:
            yield client
        finally:
            for one in clients:
                await one.io.disconnect()
