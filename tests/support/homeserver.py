"""A homeserver with devices: keys, to-device messages and a sync, as far as encrypted rooms need them."""

import asyncio
import json
from collections import defaultdict
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Answer = JSONResponse | Response


class Homeserver:
    """Access tokens are `user|device`; everybody sees everybody's keys."""

    def __init__(self, as_token: str, bot: str) -> None:
        self._as_token, self._bot = as_token, bot
        self.device_keys: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self.one_time: defaultdict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
        self.inbox: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        self.sent: list[tuple[str, str, dict[str, Any]]] = []
        """`(event type, transaction id, content)` of what was sent to rooms."""
        self.media: dict[str, bytes] = {}
        self.left: list[str] = []

    @property
    def app(self) -> Starlette:
        v3 = "/_matrix/client/v3"
        return Starlette(
            routes=[
                Route(f"{v3}/login", self._login, methods=["POST"]),
                Route(f"{v3}/keys/upload", self._upload, methods=["POST"]),
                Route(f"{v3}/keys/query", self._query, methods=["POST"]),
                Route(f"{v3}/keys/claim", self._claim, methods=["POST"]),
                Route(f"{v3}/sendToDevice/{{kind}}/{{txn}}", self._to_device, methods=["PUT"]),
                Route(f"{v3}/sync", self._sync),
                Route(f"{v3}/rooms/{{room}}/send/{{kind}}/{{txn}}", self._send, methods=["PUT"]),
                Route(f"{v3}/rooms/{{room}}/leave", self._leave, methods=["POST"]),
                Route(f"{v3}/join/{{room}}", self._join, methods=["POST"]),
                Route("/_matrix/client/v1/media/download/{server}/{id}", self._media),
            ]
        )

    def _who(self, request: Request) -> tuple[str, str]:
        user, _, device = request.headers["authorization"].removeprefix("Bearer ").partition("|")
        return user, device

    async def _login(self, request: Request) -> Answer:
        assert request.headers["authorization"] == f"Bearer {self._as_token}"
        body = await request.json()
        device = body.get("device_id") or "BOTDEVICE"
        return JSONResponse(
            {"user_id": self._bot, "device_id": device, "access_token": f"{self._bot}|{device}"}
        )

    async def _upload(self, request: Request) -> Answer:
        (user, device), body = self._who(request), json.loads(await request.body() or b"{}")
        if body.get("device_keys"):
            self.device_keys[user][device] = body["device_keys"]
        self.one_time[user, device].update(body.get("one_time_keys") or {})
        return JSONResponse({"one_time_key_counts": {"signed_curve25519": len(self.one_time[user, device])}})

    async def _query(self, request: Request) -> Answer:
        wanted = (await request.json())["device_keys"]
        return JSONResponse(
            {"failures": {}, "device_keys": {user: self.device_keys[user] for user in wanted}}
        )

    async def _claim(self, request: Request) -> Answer:
        found: dict[str, Any] = {}
        for user, devices in (await request.json())["one_time_keys"].items():
            for device in devices:
                name, key = self.one_time[user, device].popitem()
                found.setdefault(user, {})[device] = {name: key}
        return JSONResponse({"failures": {}, "one_time_keys": found})

    async def _to_device(self, request: Request) -> Answer:
        sender, kind = self._who(request)[0], request.path_params["kind"]
        for user, devices in (await request.json())["messages"].items():
            for device, content in devices.items():
                self.inbox[user, device].append({"type": kind, "sender": sender, "content": content})
        return JSONResponse({})

    async def _sync(self, request: Request) -> Answer:
        who = self._who(request)
        for _ in range(40):
            if self.inbox[who] or await request.is_disconnected():
                break
            await asyncio.sleep(0.02)
        events, self.inbox[who] = self.inbox[who], []
        counts = {"signed_curve25519": len(self.one_time[who])}
        return JSONResponse(
            {"next_batch": "s1", "to_device": {"events": events}, "device_one_time_keys_count": counts}
        )

    async def _send(self, request: Request) -> Answer:
        path = request.path_params
        self.sent.append((path["kind"], path["txn"], await request.json()))
        return JSONResponse({"event_id": f"$out{len(self.sent)}"})

    async def _leave(self, request: Request) -> Answer:
        self.left.append(request.path_params["room"])
        return JSONResponse({})

    async def _join(self, request: Request) -> Answer:
        return JSONResponse({"room_id": request.path_params["room"]})

    async def _media(self, request: Request) -> Answer:
        return Response(self.media[request.path_params["id"]])
