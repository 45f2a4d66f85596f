"""A clerk at the console over Socket.IO, as docs/protocol/console.md describes it."""

import itertools
import re
from types import TracebackType
from typing import Any

import httpx
import socketio

from portal.web.auth import STAFF_COOKIE
from tests.support.citizen import csrf_of

_COOKIES: dict[tuple[str, str], str] = {}
"""Sessions of staff by town and name: a code counts once, so who is logged in already does not log in again."""


def staff_cookie(origin: str, name: str, password: str) -> str:
    """The cookie of a staff session; logs in with password and second factor if there is none yet."""
    with httpx.Client(base_url=origin, timeout=40, follow_redirects=True, trust_env=False) as http:
        kept = _COOKIES.get((origin, name))
        if kept is not None:
            http.cookies.set(STAFF_COOKIE, kept)
            if _logged_in(http):
                return kept
            http.cookies.clear()
        page = http.get("/amt/anmelden").raise_for_status().text
        http.post("/amt/anmelden", data={"csrf": csrf_of(page), "name": name, "passwort": password})
        for code in staff_codes(http, name):
            page = http.get("/amt/anmelden/bestaetigen").raise_for_status().text
            http.post("/amt/anmelden/bestaetigen", data={"csrf": csrf_of(page), "code": code})
            if _logged_in(http):
                break
        else:
            raise AssertionError(f"{name} could not log in")
        _COOKIES[origin, name] = http.cookies[STAFF_COOKIE]
        return _COOKIES[origin, name]


def staff_codes(http: httpx.Client, name: str) -> list[str]:
    """What the authenticator app of one of the demo's people shows now, and what it will show next."""
    page = http.get("/demo/codes").raise_for_status().text
    row = re.search(rf">{re.escape(name)}</th>(.*?)</tr>", page, re.DOTALL)
    assert row, f"no codes of {name}"
    return re.findall(r">(\d{6})<", row[1])


def _logged_in(http: httpx.Client) -> bool:
    answer = http.get("/api/session", params={"art": "personal"}).raise_for_status()
    return bool(answer.json()["angemeldet"])


def log_in_staff(origin: str, name: str, password: str) -> httpx.Client:
    """A browserless session of a member of staff, as `/amt` and the console use it."""
    cookies = {STAFF_COOKIE: staff_cookie(origin, name, password)}
    return httpx.Client(base_url=origin, timeout=40, follow_redirects=True, trust_env=False, cookies=cookies)


class Clerk:
    """Logs in as staff and speaks the console's commands."""

    def __init__(self, origin: str, name: str, password: str) -> None:
        self.http = log_in_staff(origin, name, password)
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
