"""Starts every process of an installation, waits until all are healthy, restarts what dies, ends all of it."""

import asyncio
import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from amtslotse.installation import Installation

STARTUP_LIMIT_S = 180.0
"""How long a process may take until it answers; the engine loads TensorFlow, which takes most of a minute when cold."""
HEALTH_INTERVAL_S = 0.25
SHUTDOWN_LIMIT_S = 10.0
DEATHS_AT_START = 3
"""So many deaths before the first healthy answer mean that a process cannot start at all."""
RESTART_PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Pauses before the restarts of a process that keeps dying; the last one repeats."""

PR_SET_PDEATHSIG = 1


class BusyPortError(Exception):
    """Somebody else listens on a port that this installation needs."""


class StartupError(Exception):
    """A process did not become healthy in time; its log says why."""


@dataclass(frozen=True)
class Process:
    """One process to supervise: how it is started and where it says that it is well."""

    name: str
    title: str
    command: tuple[str, ...]
    port: int
    port_variable: str
    health: str


def processes(installation: Installation, model: Path) -> tuple[Process, ...]:
    """The three processes of an installation: web, engine, actions."""
    web_options = f"--factory --host 127.0.0.1 --port {installation.port} --ws wsproto --ws-per-message-deflate false --no-access-log --log-level warning"
    engine_options = f"--interface 127.0.0.1 --port {installation.engine_port}"
    actions_options = f"--actions actions --port {installation.actions_port} --quiet"

    def command(module: str, *arguments: str) -> tuple[str, ...]:
        return (sys.executable, "-m", module, *arguments)

    return (
        Process(
            "web",
            "Portal und Gespräche",
            command(
                "uvicorn", "amtslotse.web:create", *web_options.split(), "--timeout-graceful-shutdown", "3"
            ),
            installation.port,
            "AMTSLOTSE_PORT",
            f"{installation.origin}/health",
        ),
        Process(
            "actions",
            "Aktionen",
            command("rasa_sdk", *actions_options.split()),
            installation.actions_port,
            "AMTSLOTSE_ACTIONS_PORT",
            f"http://127.0.0.1:{installation.actions_port}/health",
        ),
        Process(
            "engine",
            "Assistent",
            command("bot.serve", "--model", str(model), *engine_options.split()),
            installation.engine_port,
            "AMTSLOTSE_ENGINE_PORT",
            f"http://127.0.0.1:{installation.engine_port}/webhooks/gateway/health",
        ),
    )


def check_port(process: Process) -> None:
    """Raise BusyPortError when the process's port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", process.port))
        except OSError as error:
            raise BusyPortError(
                f"Port {process.port} ({process.title}) ist schon belegt. "
                f"Beenden Sie das andere Programm oder wählen Sie mit {process.port_variable} einen anderen Port."
            ) from error


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Runs the processes of one installation until it is told to stop.

    Parameters
    ----------
    report
        Called with (process name, state) whenever a process starts (`start`), is healthy (`ok`) or died (`neu`).
    """

    def __init__(
        self,
        installation: Installation,
        supervised: Sequence[Process],
        clock_offset_s: float,
        report: Callable[[str, str], None],
    ) -> None:
        self._installation = installation
        self._processes = supervised
        self._clock_offset_s = clock_offset_s
        self._report = report
        self._stopping = asyncio.Event()
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._started = False

    def stop(self) -> None:
        """Ask `run` to end everything and return."""
        self._stopping.set()

    async def run(self, on_healthy: Callable[[], None]) -> None:
        """Start everything, call `on_healthy` once all answer, and supervise until `stop`.

        Raises
        ------
        BusyPortError, StartupError
            After everything that was started has been ended.
        """
        for process in self._processes:
            check_port(process)
        keepers = [asyncio.create_task(self._keep(process)) for process in self._processes]
        healthy = asyncio.create_task(self._wait_until_all_healthy())
        stopping = asyncio.create_task(self._wait_until_stopped())
        try:
            await asyncio.wait([healthy, stopping, *keepers], return_when=asyncio.FIRST_COMPLETED)
            for keeper in keepers:
                if keeper.done():
                    keeper.result()
            if healthy.done():
                healthy.result()
                self._started = True
                on_healthy()
                await stopping
        finally:
            self._stopping.set()
            for task in (healthy, stopping, *keepers):
                task.cancel()
            await asyncio.gather(healthy, stopping, *keepers, return_exceptions=True)
            await asyncio.gather(*(self._end(name) for name in list(self._running)))

    async def _keep(self, process: Process) -> None:
        deaths = 0
        while not self._stopping.is_set():
            running = await self._start(process)
            await running.wait()
            if self._stopping.is_set():
                return
            deaths += 1
            if deaths >= DEATHS_AT_START and not self._started:
                raise StartupError(
                    f"{process.title} startet nicht. Der Grund steht in {self._log(process.name)}."
                )
            self._report(process.name, "neu")
            await asyncio.sleep(RESTART_PAUSES_S[min(deaths, len(RESTART_PAUSES_S)) - 1])

    async def _start(self, process: Process) -> asyncio.subprocess.Process:
        run_folder = self._installation.var / "run"
        for folder in (self._log(process.name).parent, run_folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._report(process.name, "start")
        with self._log(process.name).open("ab") as log:
            running = await asyncio.create_subprocess_exec(
                *process.command,
                cwd=self._installation.root,
                env=self._installation.environment_of(process.name, os.environ, self._clock_offset_s),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        self._running[process.name] = running
        (run_folder / f"{process.name}.pid").write_text(str(running.pid))
        return running

    async def _wait_until_stopped(self) -> None:
        await self._stopping.wait()

    async def _wait_until_all_healthy(self) -> None:
        await asyncio.gather(*(self._wait_until_healthy(process) for process in self._processes))

    async def _wait_until_healthy(self, process: Process) -> None:
        attempts = AsyncRetrying(
            wait=wait_fixed(HEALTH_INTERVAL_S),
            stop=stop_after_delay(STARTUP_LIMIT_S),
            retry=retry_if_exception_type(httpx.HTTPError),
            reraise=True,
        )
        try:
            async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
                async for attempt in attempts:
                    with attempt:
                        (await client.get(process.health)).raise_for_status()
        except httpx.HTTPError as error:
            raise StartupError(
                f"{process.title} antwortet nicht. Der Grund steht in {self._log(process.name)}."
            ) from error
        self._report(process.name, "ok")

    def _log(self, name: str) -> Path:
        return self._installation.var / "log" / f"{name}.log"

    async def _end(self, name: str) -> None:
        running = self._running[name]
        if running.returncode is None:
            running.terminate()
            try:
                await asyncio.wait_for(running.wait(), SHUTDOWN_LIMIT_S)
            except TimeoutError:
                running.kill()
                await running.wait()
        (self._installation.var / "run" / f"{name}.pid").unlink(missing_ok=True)
