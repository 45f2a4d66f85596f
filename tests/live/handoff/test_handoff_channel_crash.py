"""SIGKILL of the gateway while it delivers to channels and to the portal: nothing lost, twice only where the vendor cannot tell."""

import hashlib
import hmac
import json
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from itertools import cycle, groupby
from pathlib import Path

import httpx
import pytest
import uvicorn
from handoff_pair import Pair, until
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response
from vendor import Vendor

MESSAGES = 4
KILLS = 3
SECRET = "geheim"
ROOM, BOT, ANNA = "!r:stadt.example", "@amt:stadt.example", "@anna:stadt.example"
PORTAL = {"Authorization": "Bearer portal-token"}


class Vendors:
    """Telegram, a homeserver, the example's other side and the portal, in one server; kills the gateway as planned.

    Parameters
    ----------
    kills
        Number of the delivery → whether the gateway is killed before it hears the answer, or right after.
    """

    def __init__(self, kills: dict[int, str]) -> None:
        self.kills, self.done, self.arrived = kills, 0, 0
        self.telegram: list[str] = []
        self.matrix: dict[str, str] = {}
        self.webhook: dict[str, str] = {}
        self.cases: dict[str, str] = {}
        self.repeated = 0
        self.gateway: Callable[[], int] = lambda: 0
        self._vendor = Vendor(self._answer)
        config = uvicorn.Config(self._vendor.app, host="127.0.0.1", port=0, log_level="warning", ws="none")
        self._server = uvicorn.Server(config)
        threading.Thread(target=self._server.run, daemon=True).start()
        until(lambda: self._server.started)
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    @property
    def settings(self) -> dict[str, str]:
        dsfa = "2026-10-01 Az. 10-42/26"
        channels = {
            "TELEGRAM": {"TOKEN": "1:x", "SECRET": SECRET, "API": self.url},
            "MATRIX": {"HOMESERVER": self.url, "USER_ID": BOT, "AS_TOKEN": "as", "HS_TOKEN": SECRET},
            "WEBHOOK": {"URL": f"{self.url}/webhook", "SECRET": SECRET},
        }
        found = {"AMTSLOTSE_PORTAL_URL": self.url}
        for name, values in channels.items():
            found |= {f"AMTSLOTSE_KANAL_{name}": "1", f"AMTSLOTSE_KANAL_{name}_DSFA": dsfa}
            found |= {f"AMTSLOTSE_KANAL_{name}_{key}": value for key, value in values.items()}
        return found

    def _answer(self, path: str, body: dict[str, str]) -> Response | None:
        if path.endswith("/sendMessage"):
            self.telegram.append(str(body["text"]))
            chat = {"id": 4711, "type": "private"}
            message = {"message_id": 1, "date": 1, "chat": chat, "text": str(body["text"])}
            return self._or_kill(JSONResponse({"ok": True, "result": message}))
        if "/send/" in path:
            self._keep(self.matrix, path.rpartition("/")[2], body["body"])
            return self._or_kill(JSONResponse({"event_id": "$out"}))
        if path == "/webhook":
            self._keep(self.webhook, body["id"], body["text"])
            return self._or_kill(Response(status_code=204))
        if path == "/api/dialog/requests":
            key = self._vendor.calls[-1].headers["idempotency-key"]
            self._keep(self.cases, key, str(body["text"]))
            case = {"case": "fall", "reference": f"AN-{list(self.cases).index(key) + 1}", "service": "x"}
            case |= {"office": "BÜRGERcenter", "delivered_at": "2026-11-23T10:00:00+01:00"}
            return self._or_kill(JSONResponse({**case, "url": None}, 201))
        return JSONResponse({"ok": True, "result": {}})

    def _keep(self, shown: dict[str, str], key: str, text: str) -> None:
        self.repeated += key in shown
        shown.setdefault(key, text)

    def _or_kill(self, answer: Response) -> Response:
        self.arrived += 1
        moment = self.kills.pop(self.arrived, None)
        if moment == "before":
            self._kill()
        elif moment == "after":
            answer.background = BackgroundTask(self._kill)
        return answer

    def _kill(self) -> None:
        os.kill(self.gateway(), signal.SIGKILL)
        self.done += 1

    def stop(self) -> None:
        self._server.should_exit = True


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Pair, Vendors]]:
    """Gateway, engine and vendors; the gateway will die at points that the seed chooses."""
    chance = random.Random(request.param)
    kills = dict(zip(chance.sample(range(2, 28), KILLS), cycle(("before", "after")), strict=False))
    vendors = Vendors(kills)
    pair = Pair(tmp_path, vendors.settings)
    vendors.gateway = lambda: pair.running["gateway"].pid
    try:
        pair.start("engine")
        pair.start("gateway")
        yield pair, vendors
    finally:
        vendors.stop()
        pair.close()


def alive(pair: Pair) -> None:
    """Start the gateway again if it was killed, as a supervisor does."""
    if pair.running["gateway"].poll() is not None:
        pair.start("gateway")


def insist(pair: Pair, method: str, path: str, **content: object) -> httpx.Response:
    """Call until it is answered, as vendors and clients do."""

    def call() -> httpx.Response | None:
        alive(pair)
        try:
            answer = pair.http.request(method, path, **content)
        except httpx.TransportError:
            return None
        return answer if answer.is_success else None

    found = until(call)
    assert isinstance(found, httpx.Response)
    return found


def write(pair: Pair, number: int) -> None:
    """One message from each vendor."""
    text = f"Nachricht {number}"
    chat = {"id": 4711, "type": "private", "first_name": "Anna"}
    sender = {"id": 4711, "is_bot": False, "first_name": "Anna"}
    message = {"message_id": number, "date": 1790000000, "chat": chat, "from": sender, "text": text}
    update = {"update_id": number, "message": message}
    secret = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    insist(pair, "POST", "/webhooks/telegram", json=update, headers=secret)
    event = {"type": "m.room.message", "event_id": f"$e{number}", "room_id": ROOM, "sender": ANNA}
    event["content"] = {"msgtype": "m.text", "body": text}
    transaction = f"/webhooks/matrix/_matrix/app/v1/transactions/t{number}"
    insist(pair, "PUT", transaction, json={"events": [event]}, headers={"Authorization": f"Bearer {SECRET}"})
    raw = json.dumps({"id": f"w{number}", "sender": "anna", "text": text}).encode()
    signature = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    insist(pair, "POST", "/webhooks/webhook", content=raw, headers={"X-Amtslotse-Signature": signature})


@pytest.mark.parametrize("place", [1, 2], indirect=True)
def test_deliveries_survive_sigkill_in_their_middle(place: tuple[Pair, Vendors]) -> None:
    pair, vendors = place
    handle = insist(pair, "POST", "/api/conversations").json()["handle"]
    path = f"/api/conversations/{handle}/messages"
    insist(pair, "POST", path, json={"client_id": "m", "text": "mensch"})

    def offered() -> bool:
        messages = insist(pair, "GET", path).json()["messages"]
        return any(one["payload"] == "/wait_request" for said in messages for one in said["buttons"])

    until(offered)
    for number in range(1, MESSAGES + 1):
        write(pair, number)
    wish = {"payload": "/wait_request", "values": {"text": "Mein Bescheid fehlt."}}
    insist(pair, "POST", path, json={"client_id": "w", **wish})

    expected = [
        text
        for number in range(1, MESSAGES + 1)
        for text in (f"Echo: Nachricht {number}", "Sonst noch etwas?")
    ]

    def complete() -> bool:
        alive(pair)
        read = insist(pair, "GET", path).json()["messages"]
        return (
            not vendors.kills
            and len(vendors.matrix) > len(expected)
            and len(vendors.webhook) > len(expected)
            and len([text for text, _ in groupby(vendors.telegram)]) > len(expected)
            and any("AN-1" in one["text"] for one in read)
        )

    until(complete)
    assert vendors.done == KILLS
    # where the vendor knows an id for repetitions: once, and in order
    for shown in (vendors.matrix, vendors.webhook):
        greeting, *rest = shown.values()
        assert "Computerprogramm" in greeting
        assert rest == expected
    # Telegram knows none: at least once, in order, and twice only what was on its way at a kill
    greeting, *rest = [text for text, _again in groupby(vendors.telegram)]
    assert "Computerprogramm" in greeting
    assert rest == expected
    twice = len(vendors.telegram) - len(expected) - 1
    assert twice + vendors.repeated <= 4 * KILLS, "at each kill one row a conversation can be on its way"
    # the portal was asked once for each wish, whatever died
    assert list(vendors.cases.values()) == ["Mein Bescheid fehlt."]
    read = [one["text"] for one in insist(pair, "GET", path).json()["messages"]]
    assert sum("AN-1" in text for text in read) == 1
    # and the assistant had one turn for each message
    assert len(pair.engine_rows("turns")) == 3 * MESSAGES + 2


@pytest.mark.parametrize("place", [3], indirect=True)
def test_notices_of_the_portal_survive_sigkill(place: tuple[Pair, Vendors]) -> None:
    pair, vendors = place
    body = {"account": "anna"}
    code = insist(pair, "POST", "/api/channels/internal/codes", json=body, headers=PORTAL).json()["code"]
    raw = json.dumps({"id": "c1", "sender": "anna", "text": f"Verbinden {code}"}).encode()
    signature = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    insist(pair, "POST", "/webhooks/webhook", content=raw, headers={"X-Amtslotse-Signature": signature})
    until(lambda: alive(pair) or any("Verbunden" in text for text in vendors.webhook.values()))
    texts = [f"Hinweis {number}: Im Portal liegt etwas für Sie." for number in range(26)]
    for number, text in enumerate(texts):
        notice = body | {"text": text, "key": f"h{number}"}
        insist(pair, "POST", "/api/channels/internal/notices", json=notice, headers=PORTAL)
    until(lambda: alive(pair) or (not vendors.kills and texts[-1] in vendors.webhook.values()))
    assert vendors.done == KILLS
    assert [text for text in vendors.webhook.values() if text.startswith("Hinweis")] == texts
    assert vendors.repeated <= KILLS
