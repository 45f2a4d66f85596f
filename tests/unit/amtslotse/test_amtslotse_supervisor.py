import asyncio
import os
import signal
import socket
import sys

import pytest

from amtslotse.installation import Installation
from amtslotse.supervisor import BusyPortError, Process, StartupError, Supervisor, check_port, processes


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serving(name: str, port: int) -> Process:
    command = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1")
    return Process(name, name, command, port, "AMTSLOTSE_PORT", f"http://127.0.0.1:{port}/")


@pytest.fixture
def installation(tmp_path):
    return Installation(root=tmp_path, var=tmp_path / "var")


class Report:
    """Collects what the supervisor reports, and lets a test wait for it."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self._changed = asyncio.Event()

    def __call__(self, name: str, state: str) -> None:
        self.seen.append((name, state))
        self._changed.set()

    async def wait_for(self, entry: tuple[str, str], times: int = 1) -> None:
        while self.seen.count(entry) < times:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 20)


def pid_of(installation: Installation, name: str) -> int:
    return int((installation.var / "run" / f"{name}.pid").read_text())


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_everything_starts_becomes_healthy_and_ends(installation):
    report, healthy = Report(), asyncio.Event()
    names = ("web", "engine")
    supervisor = Supervisor(installation, [serving(name, free_port()) for name in names], 0.0, report)
    run = asyncio.create_task(supervisor.run(healthy.set))
    await asyncio.wait_for(healthy.wait(), 20)
    pids = [pid_of(installation, name) for name in names]
    supervisor.stop()
    await run
    assert not any(alive(pid) for pid in pids)
    assert not list((installation.var / "run").iterdir())


async def test_a_killed_process_is_started_again(installation):
    report, healthy = Report(), asyncio.Event()
    supervisor = Supervisor(installation, [serving("engine", free_port())], 0.0, report)
    run = asyncio.create_task(supervisor.run(healthy.set))
    await asyncio.wait_for(healthy.wait(), 20)
    first = pid_of(installation, "engine")
    os.kill(first, signal.SIGKILL)
    await report.wait_for(("engine", "neu"))
    await report.wait_for(("engine", "start"), times=2)
    supervisor.stop()
    await run
    assert not alive(first)


async def test_a_process_that_never_answers_is_named_with_its_log(installation, monkeypatch):
    monkeypatch.setattr("amtslotse.supervisor.STARTUP_LIMIT_S", 0.1)
    port = free_port()
    silent = Process(
        "web",
        "Portal",
        (sys.executable, "-c", "import time; time.sleep(60)"),
        port,
        "X",
        f"http://127.0.0.1:{port}/",
    )
    with pytest.raises(StartupError, match=r"Portal antwortet nicht.*web\.log"):
        await Supervisor(installation, [silent], 0.0, Report()).run(lambda: None)


async def test_a_process_that_cannot_start_at_all_ends_everything(installation):
    broken = Process(
        "engine",
        "Assistent",
        (sys.executable, "-c", "raise SystemExit(3)"),
        free_port(),
        "X",
        "http://127.0.0.1:9/",
    )
    with pytest.raises(StartupError, match=r"Assistent startet nicht.*engine\.log"):
        await Supervisor(installation, [serving("web", free_port()), broken], 0.0, Report()).run(lambda: None)
    assert not list((installation.var / "run").iterdir())


async def test_a_busy_port_is_named_before_anything_starts(installation):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = serving("web", other.getsockname()[1])
        with pytest.raises(BusyPortError, match=f"Port {busy.port} .*AMTSLOTSE_PORT"):
            await Supervisor(installation, [busy], 0.0, Report()).run(lambda: None)
    assert not (installation.var / "run").exists()


def test_engine_and_actions_listen_on_loopback_only(tmp_path):
    installation = Installation(root=tmp_path, var=tmp_path / "var", actions_port=5999)
    by_name = {process.name: process for process in processes(installation, tmp_path / "model.tar.gz")}
    assert "127.0.0.1" in by_name["engine"].command
    assert installation.environment_of("actions", {}, 0.0)["SANIC_HOST"] == "127.0.0.1"
    engine = installation.environment_of("engine", {}, 0.0)
    assert engine["AMTSLOTSE_ACTIONS_URL"] == "http://127.0.0.1:5999/webhook"
    check_port(serving("x", free_port()))
