"""A gateway and an engine in processes of their own (handoff_process.py), to be killed and started again."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
from handoff_world import FERNET_KEY

SCRIPT = Path(__file__).parent / "handoff_process.py"
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
    """A gateway and an engine that can be killed.

    Parameters
    ----------
    settings
        Of the environment of both, for channels.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder, self.settings = folder, settings or {}
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
            env={**os.environ, "PYTHONPATH": str(SCRIPT.parents[2]), **self.settings},
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

    def close(self) -> None:
        """End both processes and the connections to them."""
        for kind in list(self.running):
            self.kill(kind)
        self.http.close()

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
