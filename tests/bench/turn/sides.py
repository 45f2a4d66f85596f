"""The two sides as running processes, each with the same three verbs: open a conversation, say something, stop."""

import asyncio
import itertools
import os
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml

from amtslotse.installation import Installation
from amtslotse.supervisor import processes
from tests.bench.turn.projects import OURS, QUIET, ROOT, STOCK
from tests.support.town import free_ports

ACTIONS = "tests.bench.turn.actions"
START_LIMIT_S = 240.0
PROBE_INTERVAL_S = 0.05
ANSWER_LIMIT_S = 60
KB = 1024


@dataclass(frozen=True)
class Burst:
    """Several messages at once: the order in which they were taken, and each answer with the seconds it took."""

    taken: Sequence[str]
    answers: Sequence[tuple[float, str]]


class Side(ABC):
    """One assistant: its processes, and an HTTP client to talk to it.

    Parameters
    ----------
    model
        The trained model.
    folder
        Where its databases and logs lie.
    """

    name: str

    def __init__(self, model: Path, folder: Path) -> None:
        self.model = model
        self.folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self._http: aiohttp.ClientSession | None = None
        self._numbers = itertools.count(1)

    @abstractmethod
    def _launch(self) -> Sequence[str]:
        """Start all processes; give the addresses that answer 200 once they are well."""

    @abstractmethod
    async def open(self) -> str:
        """Begin a conversation."""

    @abstractmethod
    async def say(self, conversation: str, text: str) -> list[str]:
        """Say one thing and give the answers' texts."""

    @abstractmethod
    async def say_at_once(self, conversation: str, texts: Sequence[str]) -> Burst:
        """Say several things at once, over several connections."""

    async def start(self) -> float:
        """Start everything; give the seconds until the first answer to a citizen."""
        begin = time.monotonic()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_LIMIT_S))
        addresses = self._launch()
        async with asyncio.timeout(START_LIMIT_S):
            for address in addresses:
                while not await self._well(address):  # noqa: ASYNC110 (another process starts)
                    await asyncio.sleep(PROBE_INTERVAL_S)
        assert await self.say(await self.open(), "hallo")
        return time.monotonic() - begin

    async def stop(self) -> None:
        """End all processes."""
        await self.http.close()
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(30)
        self._running.clear()

    def memory_mb(self) -> float:
        """Resident memory of all processes in MB."""
        return sum(_resident_kb(process.pid) for process in self._running) / KB

    @property
    def http(self) -> aiohttp.ClientSession:
        assert self._http is not None, "start() comes first"
        return self._http

    def _run(self, command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> None:
        with (self.folder / f"{self.name}-{len(self._running)}.log").open("ab") as log:
            self._running.append(subprocess.Popen(command, cwd=cwd, env=environment, stdout=log, stderr=log))

    async def _well(self, address: str) -> bool:
        for process in self._running:
            if process.poll() is not None:
                raise RuntimeError(f"{self.name}: a process ended; logs in {self.folder}")
        try:
            async with self.http.get(address) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


class Amtslotse(Side):
    """Our stack as `amtslotse up` starts it, the small model and the benchmark's action in it."""

    name = OURS

    def _launch(self) -> Sequence[str]:
        port, engine_port, actions_port = free_ports(3)
        installation = Installation(ROOT, self.folder, port, engine_port, actions_port, demo=False)
        own = {"amtslotse.web:create": "tests.bench.turn.web:create", "actions": ACTIONS}
        self._origin = installation.origin
        supervised = processes(installation, self.model)
        for process in supervised:
            environment = installation.environment_of(process.name, os.environ, 0.0)
            self._run([own.get(word, word) for word in process.command], ROOT, environment)
        return [process.health for process in supervised]

    async def open(self) -> str:
        async with self.http.post(f"{self._origin}/api/conversations", json={}) as response:
            return f"{self._origin}/api/conversations/{(await response.json())['handle']}/messages"

    async def say(self, conversation: str, text: str) -> list[str]:
        seq = await self._send(conversation, text)
        return [message["text"] for message in await self._after(conversation, seq)]

    async def say_at_once(self, conversation: str, texts: Sequence[str]) -> Burst:
        begin = time.monotonic()
        seqs = await asyncio.gather(*(self._send(conversation, text) for text in texts))
        answers: list[tuple[float, str]] = []
        after = min(seqs)
        while len(answers) < len(texts):
            for message in await self._after(conversation, after):
                after = message["seq"]
                if message["author"] == "bot":
                    answers.append((time.monotonic() - begin, message["text"]))
        return Burst([text for _, text in sorted(zip(seqs, texts, strict=True))], answers)

    async def _send(self, conversation: str, text: str) -> int:
        body = {"client_id": f"c{next(self._numbers)}", "text": text}
        async with self.http.post(conversation, json=body) as response:
            response.raise_for_status()
            return (await response.json())["seq"]

    async def _after(self, conversation: str, seq: int) -> list[dict]:
        async with self.http.get(conversation, params={"after": seq, "wait": 25}) as response:
            response.raise_for_status()
            return (await response.json())["messages"]


class Stock(Side):
    """Rasa as its manual starts it: REST channel, SQL tracker store on SQLite, action server."""

    name = STOCK

    def _launch(self) -> Sequence[str]:
        port, actions_port = free_ports(2)
        self._address = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
        endpoints = {
            "tracker_store": {
                "type": "SQL",
                "dialect": "sqlite",
                "url": f"sqlite:///{self.folder / 'rasa.db'}",
            },
            "action_endpoint": {"url": f"http://127.0.0.1:{actions_port}/webhook"},
        }
        (self.folder / "endpoints.yml").write_text(yaml.safe_dump(endpoints))
        (self.folder / "credentials.yml").write_text("rest:\n")
        environment = os.environ | QUIET | {"PYTHONPATH": str(ROOT), "SANIC_HOST": "127.0.0.1"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        rasa = [sys.executable, "-m", "rasa", "run", "--model", str(self.model), "--interface", "127.0.0.1"]
        rasa += ["--port", str(port), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
        actions = [sys.executable, "-m", "rasa_sdk", "--actions", ACTIONS, "--port", str(actions_port)]
        self._run(rasa, self.folder, environment)
        self._run(actions, self.folder, environment)
        return [f"http://127.0.0.1:{actions_port}/health", f"http://127.0.0.1:{port}/"]

    async def open(self) -> str:
        return f"person-{next(self._numbers)}"

    async def say(self, conversation: str, text: str) -> list[str]:
        async with self.http.post(self._address, json={"sender": conversation, "message": text}) as response:
            response.raise_for_status()
            return [message["text"] for message in await response.json()]

    async def say_at_once(self, conversation: str, texts: Sequence[str]) -> Burst:
        begin = time.monotonic()
        answers: list[tuple[float, str]] = []

        async def one(text: str) -> None:
            for answer in await self.say(conversation, text):
                answers.append((time.monotonic() - begin, answer))

        await asyncio.gather(*(one(text) for text in texts))
        return Burst(texts, answers)


def _resident_kb(pid: int) -> int:
    """VmRSS of a process and its children."""
    status = Path(f"/proc/{pid}/status").read_text()
    own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(_resident_kb(int(child)) for child in children)
