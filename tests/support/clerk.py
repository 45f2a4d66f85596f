"""A clerk at the console over Socket.IO, as docs/protocol/console.md describes it."""

import itertools
from types import TracebackType
from typing import Any

import httpx
import socketio

from tests.support.citizen import csrf_of


def log_in_staff(origin: str, name: str, password: str, to: str = "/amt") -> httpx.Client:
    """A browserless session of a member of staff, as `/amt` and the console use it."""
    http = httpx.Client(base_url=origin, timeout=40, follow_redirects=True, trust_env=False)
    page = http.get("/amt/anmelden", params={"zurueck": to}).raise_for_status().text
    form = {"csrf": csrf_of(page), "name": name, "passwort": password, "zurueck": to}
    http.post("/amt/anmelden", data=form).raise_for_status()
    return http


class Clerk:
    """Logs in as staff and speaks the console's commands."""

    def __init__(self, origin: str, name: str, password: str) -> None:
        self.http = log_in_staff(origin, name, password, to="/konsole")
        csrf = self.http.get("/api/session", params={"art": "personal"}).raise_for_status().json()["csrf"]
        answer = self.http.post(
            "/api/session/token", params={"art": "personal"}, headers={"X-CSRF-Token": csrf}
        )
        self._socket = socketio.SimpleClient()
        self._socket.connect(
            origin,
            namespace="/konsole",
            socketio_path="/live/socket.io",
            auth={"token": answer.raise_for_status().json()["token"]},
            transports=["polling"],
        )
        self._numbers = itertools.count(1)

    def __enter__(self) -> "Clerk":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.disconnect()
        self.http.close()

    def call(self, command: str, **body: Any) -> Any:
        """One command; an error frame raises AssertionError."""
        answer = self._socket.call(command, body)
        assert "error" not in answer, f"{command}: {answer}"
        return answer

    def next_client_id(self) -> str:
        return f"k{next(self._numbers)}"
