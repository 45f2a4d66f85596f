"""A whole running town for end-to-end tests: every process, its own folder, its own ports, its own clock."""

import asyncio
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
from cryptography.fernet import Fernet, MultiFernet
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from amtslotse.installation import Installation
from portal.context import PortalContext
from portal.demo import DEMO_PASSWORT, PERSONEN, STAND_ANGABE, STAND_AUSWEIS
from portal.domain.einwilligung import KOMFORT
from portal.schema.base import KEYRING
from portal.services import komforteinwilligung, konto, stammdaten
from portal.settings import PortalSettings

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_S = 180
STOP_LIMIT_S = 30


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@dataclass
class Town:
    """Runs `amtslotse up` as its user would, and can kill any of its processes.

    Parameters
    ----------
    var
        Folder of the databases; a second town on the same folder goes on where the first one stopped.
    now
        ISO moment at which the town's clock begins.
    """

    var: Path
    now: str = "2026-11-23T10:00:00+01:00"
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port, self.engine_port, self.actions_port = free_ports(3)
        self.origin = f"http://127.0.0.1:{self.port}"
        self.output = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> "Town":
        self.output = ""
        environment = dict(os.environ) | {
            "AMTSLOTSE_VAR": str(self.var),
            "AMTSLOTSE_PORT": str(self.port),
            "AMTSLOTSE_ENGINE_PORT": str(self.engine_port),
            "AMTSLOTSE_ACTIONS_PORT": str(self.actions_port),
            "AMTSLOTSE_JETZT": self.now,
            "AMTSLOTSE_DEMO": "1",
            "NO_COLOR": "1",
            "COLUMNS": "120",
            **self.settings,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "amtslotse", "up"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, args=(self._process, lines), daemon=True).start()
        while "Strg+C beendet alles" not in self.output:
            line = lines.get(timeout=START_LIMIT_S)
            if line is None:
                raise AssertionError(f"amtslotse up ended:\n{self.output}\n{self.logs()}")
            self.output += line
        return self

    @staticmethod
    def _read(process: "subprocess.Popen[str]", lines: "queue.Queue[str | None]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    def stop(self) -> int:
        """Press Ctrl-C; give the exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        return self._process.wait(STOP_LIMIT_S)

    def pid(self, name: str) -> int:
        return int((self.var / "run" / f"{name}.pid").read_text())

    def kill(self, name: str) -> int:
        """SIGKILL one process; the supervisor starts it again. Gives the dead pid."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_until_back(self, name: str, dead_pid: int) -> None:
        """Wait until the killed process was started anew and answers."""
        address = {
            "web": f"{self.origin}/health",
            "engine": f"http://127.0.0.1:{self.engine_port}/webhooks/gateway/health",
            "actions": f"http://127.0.0.1:{self.actions_port}/health",
        }[name]
        for attempt in httpx_attempts():
            with attempt:
                assert self.pid(name) != dead_pid
                httpx.get(address, timeout=2).raise_for_status()

    def new_citizen(self, name: str) -> str:
        """A new account with the complete master data of the demo's Anna Beispiel; gives its password."""
        failures: list[BaseException] = []

        def create() -> None:
            try:
                asyncio.run(self._create_citizen(name))
            except BaseException as failure:
                failures.append(failure)

        thread = threading.Thread(target=create)  # the caller may have an event loop of its own (Playwright)
        thread.start()
        thread.join()
        if failures:
            raise failures[0]
        return DEMO_PASSWORT

    async def _create_citizen(self, name: str) -> None:
        installation = Installation(root=ROOT, var=self.var)
        environment = installation.environment_of("web", dict(self.settings), 0.0)
        settings = PortalSettings.from_environment(environment)
        KEYRING.load(MultiFernet([Fernet(key) for key in settings.keys]))
        context = PortalContext.create(settings, lambda: datetime.fromisoformat(self.now))
        anna = PERSONEN[0]
        try:
            async with context.transaction() as session:
                password_hash = konto.hash_password(DEMO_PASSWORT)
                account = await konto.create_citizen(session, name, password_hash, context.clock())
                await stammdaten.store(session, account, anna.bestaetigt, "online_ausweis", STAND_AUSWEIS)
                await stammdaten.store(session, account, anna.angegeben, "angabe", STAND_ANGABE)
                for zweck in KOMFORT:
                    await komforteinwilligung.erteilen(context, session, account, zweck)
        finally:
            await context.close()

    def logs(self) -> str:
        return "\n".join(
            f"--- {path.name}\n{path.read_text()[-4000:]}"
            for path in sorted((self.var / "log").glob("*.log"))
        )


def httpx_attempts():
    """Attempts for waiting on a process that is starting: until it answers, or START_LIMIT_S is over."""
    return Retrying(
        wait=wait_fixed(0.2),
        stop=stop_after_delay(START_LIMIT_S),
        retry=retry_if_exception_type((httpx.HTTPError, AssertionError, OSError)),
        reraise=True,
    )
