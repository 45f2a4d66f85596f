"""A Socket.IO client on a bare WebSocket, light enough to drive a thousand connections from one core."""

import asyncio
import itertools
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp

PATH = "/live/socket.io/?EIO=4&transport=websocket"
Heard = Callable[[str, Any], None]


class Wire:
    """One connection to one namespace."""

    def __init__(self, http: aiohttp.ClientSession, port: int, namespace: str, heard: Heard) -> None:
        self._http, self._port, self._namespace, self._heard = http, port, namespace, heard
        self._prefix = "" if namespace == "/" else f"{namespace},"
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count()
        self._reader: asyncio.Task[None] | None = None
        self._ws: Any = None

    async def connect(self, auth: dict[str, Any]) -> None:
        """Connect and wait for the server's welcome."""
        self._ws = await self._http.ws_connect(f"ws://127.0.0.1:{self._port}{PATH}", heartbeat=None)
        await self._ws.receive()
        await self._ws.send_str(f"40{self._prefix}{json.dumps(auth)}")
        welcome = (await self._ws.receive()).data
        while not isinstance(welcome, str) or not welcome.startswith("40"):
            if not isinstance(welcome, str) or welcome.startswith("44"):
                raise ConnectionError(str(welcome))
            self._take(welcome)
            welcome = (await self._ws.receive()).data
        self._reader = asyncio.create_task(self._read())

    async def call(self, event: str, body: Any, timeout_s: float = 30.0) -> Any:
        """Send an event and wait for its acknowledgement."""
        number = next(self._numbers)
        future = self._acks[number] = asyncio.get_running_loop().create_future()
        await self._ws.send_str(f"42{self._prefix}{number}{json.dumps([event, body])}")
        return await asyncio.wait_for(future, timeout_s)

    async def close(self) -> None:
        """End the connection."""
        if self._reader is not None:
            self._reader.cancel()
        if self._ws is not None:
            with suppress(Exception):
                await self._ws.close()

    async def _read(self) -> None:
        async for message in self._ws:
            if message.type == aiohttp.WSMsgType.TEXT:
                self._take(message.data)
        for future in self._acks.values():
            if not future.done():
                future.set_exception(ConnectionError("closed"))

    def _take(self, data: str) -> None:
        if data == "2":
            self._pong = asyncio.ensure_future(self._ws.send_str("3"))
            return
        kind, rest = data[:2], data[2:]
        if self._prefix and rest.startswith(self._prefix):
            rest = rest[len(self._prefix) :]
        if kind == "43":
            at = rest.index("[")
            future = self._acks.pop(int(rest[:at]), None)
            if future is not None and not future.done():
                future.set_result((json.loads(rest[at:]) or [None])[0])
        elif kind == "42":
            event, *body = json.loads(rest[rest.index("[") :])
            self._heard(event, body[0] if body else None)
