"""What a good client does, a proxy that mistreats frames, and a gateway that can be killed and started quickly."""

import asyncio
import gc
import multiprocessing
import os
import random
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import socketio
import uvicorn
from fake_portal import FakePortal
from handoff_world import settings_for

PATH = "/live/socket.io"
PATIENCE_S = 120.0
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["handoff.app", "uvicorn", "handoff_world", "handoff_steady"])


class Silent:
    """An engine that says nothing."""

    async def turn(self, _turn: Any) -> Any:
        from handoff.domain.message import Answer

        return Answer([], None)

    async def forget(self, _conversation_id: str) -> None:
        pass

    async def close(self) -> None:
        pass


def serve(settings: Any, port: int) -> None:
    """The whole life of a gateway's process."""
    from datetime import UTC, datetime

    from handoff.app import create_app

    app = create_app(settings, lambda: datetime.now(UTC), bot=Silent(), portal=FakePortal())
    gc.freeze()  # as `amtslotse.web` does
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", ws=os.environ.get("BENCH_WS", "wsproto"))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Gateway:
    """A gateway's process; `kill` is SIGKILL, `start` takes a fraction of a second."""

    def __init__(self, database: str, *, serve: Callable[[Any, int], None] = serve, **changes: Any) -> None:
        self.settings = settings_for(database, **changes)
        self.port = free_port()
        self._serve = serve
        self._process: Any = None

    async def start(self) -> None:
        self._process = FORK.Process(target=self._serve, args=(self.settings, self.port), daemon=True)
        self._process.start()
        async with asyncio.timeout(PATIENCE_S):
            while True:
                with suppress(OSError):
                    _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                await asyncio.sleep(0.01)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join(PATIENCE_S)
            self._process = None

    @property
    def pid(self) -> int:
        return int(self._process.pid)


class Steady:
    """A client as docs/protocol asks for: sends until acknowledged, shows each number once, resumes from the last.

    `auth` gives the connection's proof anew at each connect.
    """

    def __init__(self, port: int, auth: Callable[[int], dict[str, Any]], *, chat: str | None = None) -> None:
        self.port, self.auth, self.chat = port, auth, chat
        self.namespace = "/" if chat is None else "/konsole"
        self.seen: list[dict[str, Any]] = []
        self.acked: list[tuple[str, int]] = []
        self.client: Any = None
        self.patience_s = 3.0

    @property
    def last(self) -> int:
        return self.seen[-1]["seq"] if self.seen else 0

    async def connected(self) -> Any:
        """Give the connection, a new one if the old one has ended."""
        async with asyncio.timeout(PATIENCE_S):
            while self.client is None or not self.client.connected:
                client = socketio.AsyncClient(reconnection=False)
                client.on("message", self._message, namespace=self.namespace)
                client.gone = asyncio.Event()
                client.on("disconnect", _say(client.gone), namespace=self.namespace)
                try:
                    await client.connect(
                        f"http://127.0.0.1:{self.port}",
                        auth=self.auth(self.last),
                        socketio_path=PATH,
                        transports=["websocket"],
                        namespaces=[self.namespace],
                        wait_timeout=self.patience_s,
                    )
                    self.client = client
                    if self.chat is not None:
                        await self.resume()
                except (TimeoutError, OSError, socketio.exceptions.SocketIOError):
                    self.client = None
                    with suppress(Exception):
                        await client.disconnect()
                    await asyncio.sleep(0.02)
        return self.client

    async def call(self, event: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call until it is answered."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                client = await self.connected()
                try:
                    return await self._answer(client, event, body)
                except (TimeoutError, socketio.exceptions.SocketIOError):
                    if not client.connected:
                        self.client = None

    async def _answer(self, client: Any, event: str, body: dict[str, Any]) -> dict[str, Any]:
        """Wait for the answer, but not on a connection that has ended."""
        answer = asyncio.ensure_future(
            client.call(event, body, namespace=self.namespace, timeout=self.patience_s)
        )
        gone = asyncio.ensure_future(client.gone.wait())
        await asyncio.wait([answer, gone], return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not answer.done():
            answer.cancel()
            raise TimeoutError
        return answer.result()

    async def send(self, text: str, client_id: str | None = None) -> int:
        """Send until acknowledged; gives the number."""
        client_id = client_id or uuid4().hex
        body = {"client_id": client_id, "text": text}
        event = "send"
        if self.chat is not None:
            event, body = "chat.send", {**body, "chat": self.chat}
        answer = await self.call(event, body)
        assert "seq" in answer, answer
        self.acked.append((text, answer["seq"]))
        return int(answer["seq"])

    async def resume(self) -> None:
        """Fetch what is missing."""
        if self.chat is None:
            answer = await self.call("resume", {"after": self.last})
        else:
            answer = await self.client.call(
                "chat.resume", {"chat": self.chat, "after": self.last}, namespace=self.namespace,
                timeout=self.patience_s,
            )  # fmt: skip
        for message in answer.get("messages", []):
            self._take(message)

    async def close(self) -> None:
        if self.client is not None:
            with suppress(Exception):
                await self.client.disconnect()

    async def _message(self, body: dict[str, Any]) -> None:
        message = body["message"] if self.chat is not None else body
        if message["seq"] > self.last + 1:
            with suppress(Exception):
                await self.resume()
        self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        if message["seq"] == self.last + 1:
            self.seen.append(message)


def _say(event: asyncio.Event) -> Callable[..., Any]:
    async def handler(*_reason: object) -> None:
        event.set()

    return handler


class Proxy:
    """Passes WebSocket frames between client and server and drops, doubles, swaps some or cuts the connection."""

    def __init__(self, target: int, chance: random.Random, *, faults: float = 0.08) -> None:
        self.target, self.chance, self.faults = target, chance, faults
        self.port = 0
        self.done: dict[str, int] = {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_exc: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        other: asyncio.StreamWriter | None = None
        try:
            back, other = await asyncio.open_connection("127.0.0.1", self.target)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass(reader, other))
                group.create_task(self._pass(back, writer))
        except* (OSError, asyncio.IncompleteReadError, _CutError):
            pass
        finally:
            for one in (writer, other):
                if one is not None:
                    one.close()
            self._tasks.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readuntil(b"\r\n\r\n"))
        held: deque[bytes] = deque()
        while True:
            frame, text = await _frame(reader)
            fault = self.chance.choice(("drop", "double", "swap", "cut")) if text else None
            if fault is None or self.chance.random() > self.faults:
                fault = "pass"
            self.done[fault] = self.done.get(fault, 0) + 1
            if fault == "swap" and not held:
                held.append(frame)
                continue
            if fault == "cut":
                writer.write(frame[: len(frame) // 2])
                await writer.drain()
                raise _CutError
            if fault != "drop":
                writer.write(frame * 2 if fault == "double" else frame)
            while held:
                writer.write(held.popleft())
            await writer.drain()


class _CutError(Exception):
    """The connection ends here."""


async def _frame(reader: asyncio.StreamReader) -> tuple[bytes, bool]:
    """Read one WebSocket frame; tells whether it is a Socket.IO event or acknowledgement."""
    head = await reader.readexactly(2)
    length, masked = head[1] & 0x7F, head[1] & 0x80
    if length == 126:
        head += await reader.readexactly(2)
        length = int.from_bytes(head[2:4], "big")
    elif length == 127:
        head += await reader.readexactly(8)
        length = int.from_bytes(head[2:10], "big")
    mask = await reader.readexactly(4) if masked else b""
    body = await reader.readexactly(length)
    plain = bytes(one ^ mask[n % 4] for n, one in enumerate(body[:2])) if mask else body[:2]
    return head + mask + body, head[0] & 0x0F == 1 and plain in (b"42", b"43")
