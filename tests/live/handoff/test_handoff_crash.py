"""SIGKILL in the middle of a turn, for gateway and engine: nothing lost, nothing twice."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from handoff_world import FERNET_KEY

SCRIPT = Path(__file__).parents[2] / "support" / "handoff_process.py"
LIMIT_S = 40


def until(condition: Callable[[], object]) -> object:
    """Wait for another process; its start or its step is the only thing to wait for."""
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen")


class Pair:
    """A gateway and an engine that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "key").write_text(FERNET_KEY)
        sockets = [socket.socket() for _ in range(2)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        self.port, self.engine_port = (one.getsockname()[1] for one in sockets)
        for one in sockets:
            one.close()
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=35, trust_env=False)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, kind: str) -> None:
        port = self.port if kind == "gateway" else self.engine_port
        self.running[kind] = subprocess.Popen(
            [sys.executable, str(SCRIPT), kind, str(self.folder), str(port), str(self.engine_port)],
            cwd=SCRIPT.parents[2],
            env={**os.environ, "PYTHONPATH": str(SCRIPT.parents[2])},
        )
        until(lambda: self.answers(port))

    @staticmethod
    def answers(port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def kill(self, kind: str) -> None:
        process = self.running.pop(kind)
        process.send_signal(signal.SIGKILL)
        process.wait(LIMIT_S)

    def stop_in_a_turn(self, when: str) -> None:
        (self.folder / "when").write_text(when)
        (self.folder / "gate").touch()

    def go_on(self) -> None:
        (self.folder / "when").write_text("")
        (self.folder / "gate").unlink()

    def held(self) -> None:
        until(lambda: (self.folder / "held").exists())

    def send(self, handle: str, text: str, client_id: str) -> httpx.Response:
        body = {"client_id": client_id, "text": text}
        return self.http.post(f"/api/conversations/{handle}/messages", json=body)

    def log(self, handle: str, count: int) -> list[str]:
        """All texts, once there are at least so many."""

        def read() -> list[str] | None:
            page = self.http.get(f"/api/conversations/{handle}/messages", params={"wait": 1}).json()
            assert [m["seq"] for m in page["messages"]] == list(range(1, len(page["messages"]) + 1))
            texts = [m["text"] for m in page["messages"]]
            return texts if len(texts) >= count else None

        found = until(read)
        assert isinstance(found, list)
        return found

    def engine_rows(self, table: str) -> list[str]:
        with sqlite3.connect(self.folder / "engine.db") as database:
            return [row[0] for row in database.execute(f"SELECT id FROM {table}")]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Both processes, running."""
    one = Pair(tmp_path)
    try:
        one.start("engine")
        one.start("gateway")
        yield one
    finally:
        for kind in list(one.running):
            one.kill(kind)


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_gateway_is_killed_while_the_engine_works(pair, when):
    handle = pair.http.post("/api/conversations").json()["handle"]
    pair.stop_in_a_turn(when)
    assert pair.send(handle, "eins", "c1").json() == {"seq": 1}
    assert pair.send(handle, "zwei", "c2").json() == {"seq": 2}
    pair.held()
    pair.kill("gateway")
    pair.go_on()
    pair.start("gateway")
    again = pair.send(handle, "zwei", "c2")
    assert (again.status_code, again.json()) == (200, {"seq": 2})
    expected = ["eins", "zwei", "Echo: eins", "Sonst noch etwas?", "Echo: zwei", "Sonst noch etwas?"]
    assert pair.log(handle, 6) == expected
    tries, turns = pair.engine_rows("tries"), pair.engine_rows("turns")
    assert (len(turns), len(tries)) == (2, 3)
    assert pair.send(handle, "drei", "c3").json() == {"seq": 7}
    assert pair.log(handle, 9)[6:] == ["drei", "Echo: drei", "Sonst noch etwas?"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_engine_is_killed_in_the_middle_of_a_turn(pair, when):
    handle = pair.http.post("/api/conversations").json()["handle"]
    pair.stop_in_a_turn(when)
    assert pair.send(handle, "eins", "c1").status_code == 201
    pair.held()
    pair.kill("engine")
    assert pair.send(handle, "zwei", "c2").status_code == 201
    pair.go_on()
    pair.start("engine")
    texts = [text for text in pair.log(handle, 6) if not text.startswith("Ihre Nachricht ist gespeichert")]
    assert texts == ["eins", "zwei", "Echo: eins", "Sonst noch etwas?", "Echo: zwei", "Sonst noch etwas?"]
    assert len(pair.engine_rows("turns")) == 2
