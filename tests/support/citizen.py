"""A citizen who speaks with Amtslotse over HTTP alone, as any client may (docs/protocol/conversations.md)."""

import itertools
import re
from pathlib import Path
from typing import Any

import httpx

WAIT_S = 25
Message = dict[str, Any]


class Citizen:
    """One person with one conversation; counts the turns (a message or a press) that she needed."""

    def __init__(self, origin: str) -> None:
        self.http = httpx.Client(base_url=origin, timeout=40, follow_redirects=True, trust_env=False)
        self.handle = self.http.post("/api/conversations", json={}).raise_for_status().json()["handle"]
        self.token: str | None = None
        self.seen: list[Message] = []
        self.turns = 0
        self._numbers = itertools.count(1)

    @property
    def _address(self) -> str:
        return f"/api/conversations/{self.handle}/messages"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def send(self, **message: Any) -> httpx.Response:
        """Send one message as it is; `client_id` is made when none is given."""
        message.setdefault("client_id", f"c{next(self._numbers)}")
        return self.http.post(self._address, json=message, headers=self.headers)

    def say(self, text: str) -> list[Message]:
        """Write a text and give what came back."""
        self.turns += 1
        return self._answers_after(self.send(text=text))

    def press(self, payload: str, values: dict[str, Any] | None = None) -> list[Message]:
        """Press a button or use a card, and give what came back."""
        self.turns += 1
        message: dict[str, Any] = {"payload": payload} | ({"values": values} if values is not None else {})
        return self._answers_after(self.send(**message))

    def press_button(self, title: str) -> list[Message]:
        """Press the newest button whose title contains `title`."""
        for message in reversed(self.seen):
            for button in message.get("buttons") or []:
                if title in button["title"]:
                    return self.press(button["payload"])
        raise AssertionError(f"no button {title!r} in {self.seen[-3:]}")

    def _answers_after(self, sent: httpx.Response) -> list[Message]:
        assert sent.status_code in (200, 201), sent.text
        return self.read(after=sent.json()["seq"])

    def read(self, after: int | None = None, wait: int = WAIT_S) -> list[Message]:
        """Messages after `after` (default: after the last one seen), waiting for the first new one."""
        last = self.seen[-1]["seq"] if self.seen else 0
        start = last if after is None else after
        body = (
            self.http.get(self._address, params={"after": start, "wait": wait}, headers=self.headers)
            .raise_for_status()
            .json()
        )
        self.state = body["state"]
        self.seen += [message for message in body["messages"] if message["seq"] > last]
        return [message for message in body["messages"] if message["author"] != "citizen"]

    def history(self) -> list[Message]:
        """The whole conversation as a client that lost everything would fetch it."""
        messages: list[Message] = (
            self.http.get(self._address, params={"after": 0}, headers=self.headers)
            .raise_for_status()
            .json()["messages"]
        )
        return messages

    def log_in(self, name: str, password: str) -> None:
        """Log in on the portal's page and take the conversation along."""
        page = self.http.get("/anmelden").raise_for_status().text
        answer = self.http.post("/anmelden", data={"csrf": csrf_of(page), "name": name, "passwort": password})
        assert answer.status_code == 200, answer.text
        session = self.http.get("/api/session").raise_for_status().json()
        assert session["angemeldet"], "the login was refused"
        self.refresh_token()
        self.handle = (
            self.http.post(f"/api/conversations/{self.handle}/login", headers=self.headers)
            .raise_for_status()
            .json()["handle"]
        )

    def refresh_token(self) -> None:
        csrf = self.http.get("/api/session").raise_for_status().json()["csrf"]
        self.token = (
            self.http.post("/api/session/token", headers={"X-CSRF-Token": csrf})
            .raise_for_status()
            .json()["token"]
        )

    def upload(self, card: Message, path: Path) -> dict[str, Any]:
        """Upload a file for an `upload` card; give the portal's answer."""
        answer = self.http.post(
            card["url"],
            data={"entwurf": card["draft"], "nachweis": card["evidence"]["id"]},
            files={"datei": (path.name, path.read_bytes(), "application/octet-stream")},
            headers=self.headers,
        )
        document: dict[str, Any] = answer.raise_for_status().json()
        return document

    def prove_identity(self, url: str) -> None:
        """Walk through the pages of the demo's eID."""
        page = self.http.get(url).raise_for_status()
        while form := re.search(
            r'<form[^>]*method="post"[^>]*action="([^"]*(?:identitaet|eid)[^"]*)"(.*?)</form>',
            page.text,
            re.DOTALL,
        ):
            fields = dict(
                re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form[2])
            )
            page = self.http.post(form[1], data=fields).raise_for_status()


def csrf_of(page: str) -> str:
    """The CSRF token in a page's form."""
    found = re.search(r'name="csrf"[^>]*value="([^"]+)"', page)
    assert found, "the page has no CSRF token"
    return found[1]


def cards(messages: list[Message], kind: str) -> list[Message]:
    """All cards of one type in these messages."""
    return [card for message in messages for card in message.get("cards") or [] if card["type"] == kind]


def card(messages: list[Message], kind: str) -> Message:
    """The only card of one type in these messages."""
    found = cards(messages, kind)
    assert len(found) == 1, f"expected one card {kind!r} in {messages}"
    return found[0]


def text_of(messages: list[Message]) -> str:
    return "\n".join(message["text"] for message in messages)
