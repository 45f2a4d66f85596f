"""The load: connected citizens and clerks; latency at a rate, throughput, a reconnect storm."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from handoff_world import BERLIN, staff_token

from tests.bench.handoff.ground import Chat
from tests.bench.handoff.wire import Wire

CONNECT_AT_ONCE = 50
QUESTION = "Ich habe noch eine Frage zu meinem Antrag: Wann kann ich die Unterlagen nachreichen?"


@dataclass
class Line:
    """A citizen's connection."""

    chat: Chat
    wire: Wire
    seen: int = 0


class Crowd:
    """Citizens and clerks who are connected to one server; `floor` speaks to the relay instead."""

    def __init__(self, port: int, chats: Sequence[Chat], *, floor: bool) -> None:
        self.port, self.chats, self.floor = port, chats, floor
        self.lines: list[Line] = []
        self.clerks: list[Wire] = []
        self.arrived: dict[str, float] = {}
        self._http: Any = None

    async def __aenter__(self) -> "Crowd":
        connector = aiohttp.TCPConnector(limit=0)
        self._http = aiohttp.ClientSession(connector=connector)
        for name in sorted({chat.clerk for chat in self.chats}):
            wire = Wire(self._http, self.port, "/konsole", self._clerk_heard)
            token = staff_token(name, now=datetime.now(BERLIN))
            await wire.connect({"clerk": name} if self.floor else {"token": token})
            if not self.floor:
                for chat in self.chats:
                    if chat.clerk == name:
                        answer = await wire.call("chat.open", {"chat": chat.chat})
                        assert "error" not in answer, answer
            self.clerks.append(wire)
        await self.connect_citizens()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.leave_citizens()
        await asyncio.gather(*(wire.close() for wire in self.clerks))
        await self._http.close()

    async def connect_citizens(self, at_once: int = CONNECT_AT_ONCE) -> float:
        """Connect all citizens; gives the seconds until the last one has her state."""
        gate = asyncio.Semaphore(at_once)
        known = {line.chat.id: line.seen for line in self.lines}
        self.lines = []

        async def one(chat: Chat) -> None:
            ready = asyncio.Event()

            def heard(event: str, body: Any) -> None:
                if event == "message":
                    line.seen = max(line.seen, body["seq"])
                elif event == "state":
                    ready.set()

            line = Line(chat, Wire(self._http, self.port, "/", heard), known.get(chat.id, 0))
            async with gate:
                auth = {"handle": chat.handle, "clerk": chat.clerk, "after": line.seen}
                await line.wire.connect(auth)
                if not self.floor:
                    await asyncio.wait_for(ready.wait(), 60)
            self.lines.append(line)

        start = time.perf_counter()
        await asyncio.gather(*(one(chat) for chat in self.chats))
        return time.perf_counter() - start

    async def leave_citizens(self) -> None:
        """Drop every citizen's connection."""
        await asyncio.gather(*(line.wire.close() for line in self.lines))

    def _clerk_heard(self, event: str, body: Any) -> None:
        if event == "message":
            self.arrived[body["message"]["text"]] = time.perf_counter()

    async def at_rate(self, per_second: float, seconds: float, tag: str) -> dict[str, Any]:
        """Send at a fixed rate, one citizen after the other; gives latencies to the clerk in ms and what was lost."""
        self.arrived.clear()
        sent: dict[str, float] = {}
        refused = 0
        calls: set[asyncio.Task[None]] = set()

        async def one(line: Line, text: str) -> None:
            nonlocal refused
            sent[text] = time.perf_counter()
            client_id = "-".join(text.strip("#").split()[:2])
            answer = await line.wire.call("send", {"client_id": client_id, "text": text})
            refused += "seq" not in answer

        begin = time.perf_counter()
        for number in range(int(per_second * seconds)):
            wait = begin + number / per_second - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            line = self.lines[number % len(self.lines)]
            task = asyncio.create_task(one(line, f"#{tag} {number} {QUESTION}"))
            calls.add(task)
            task.add_done_callback(calls.discard)
        await asyncio.gather(*calls)
        end = time.perf_counter() + 10
        while len(self.arrived) < len(sent) - refused and time.perf_counter() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        took = sorted((self.arrived[text] - at) * 1000 for text, at in sent.items() if text in self.arrived)
        return {
            "sent": len(sent),
            "refused": refused,
            "lost": len(sent) - refused - len(took),
            "p50_ms": took[len(took) // 2],
            "p99_ms": took[int(len(took) * 0.99)],
            "max_ms": took[-1],
        }

    async def full_speed(self, connections: int, seconds: float, tag: str) -> dict[str, Any]:
        """Let some citizens send as fast as they are acknowledged; gives acknowledged messages a second."""
        end = time.perf_counter() + seconds

        async def one(line: Line) -> int:
            number = 0
            while time.perf_counter() < end:
                body = {"client_id": f"{tag}-{number}", "text": f"#{tag} {number} {QUESTION}"}
                answer = await line.wire.call("send", body)
                assert "seq" in answer, answer
                number += 1
            return number

        start = time.perf_counter()
        acked = sum(await asyncio.gather(*(one(line) for line in self.lines[:connections])))
        return {"acknowledged": acked, "per_second": acked / (time.perf_counter() - start)}
