"""A gateway with fakes around it: a clock that stands, a portal in memory, an engine that does as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import uvicorn
from cryptography.fernet import Fernet
from fake_portal import FakePortal
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OKPKey

from handoff.app import create_app
from handoff.domain.message import Answer, Body, Handover, Turn
from handoff.domain.people import Staff
from handoff.settings import HandoffSettings, Rate

BERLIN = ZoneInfo("Europe/Berlin")
KEY = OKPKey.generate_key("Ed25519")
FERNET_KEY = Fernet.generate_key().decode()
START = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)
PORTAL_TOKEN = "portal-token"


class Clock:
    """A clock that moves only when told."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def token(kind: str, subject: str, *, now: datetime = START, key: OKPKey = KEY, **claims: Any) -> str:
    """A token as the portal issues it."""
    body = {
        "iss": "amtslotse-portal",
        "aud": "amtslotse-handoff",
        "kind": kind,
        "sub": subject,
        "sid": f"sid-{subject}",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=10)).timestamp()),
        **claims,
    }
    return jwt.encode({"alg": "Ed25519"}, body, key, algorithms=["Ed25519"])


def citizen_token(account: str = "anna", **claims: Any) -> str:
    return token("citizen", account, **{"trust": "niedrig", **claims})


def staff_token(person: str = "berta", **claims: Any) -> str:
    defaults = {"roles": ["clerk"], "office": "BÜRGERcenter", "function": "Bürgerservice", "topics": []}
    return token("staff", person, **{**defaults, **claims})


def staff(person: str = "berta", *roles: str, topics: tuple[str, ...] = ()) -> Staff:
    return Staff(person, frozenset(roles or ("clerk",)), "BÜRGERcenter", "Bürgerservice", topics)


Reaction = Callable[[Turn], Answer]


def echo(turn: Turn) -> Answer:
    """Answer with the text; some words do more."""
    said = turn.text or turn.payload or ""
    if said in ("mensch", "/human"):
        return Answer(
            [Body("Ich hole jemanden.")], Handover("wunsch", "wohnsitz_anmelden", ["Anliegen: Umzug"])
        )
    if said == "knopf":
        return Answer([Body("Bitte wählen.", [{"title": "Ja", "payload": '/start{"service": "a"}'}])], None)
    return Answer([Body(f"Echo: {said}")], None)


@dataclass
class FakeEngine:
    """The engine's port: idempotent by message id, fails as often as told."""

    react: Reaction = echo
    failures: list[Exception] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    intents: dict[str, str] = field(default_factory=dict)
    """What sentences are understood as."""
    forgotten: list[str] = field(default_factory=list)
    before: Callable[[Turn], Awaitable[None]] | None = None

    async def turn(self, turn: Turn) -> Answer:
        if self.before is not None:
            await self.before(turn)
        if self.failures:
            raise self.failures.pop(0)
        if turn.message_id not in self.answers:
            self.turns.append(turn)
            self.answers[turn.message_id] = self.react(turn)
        return self.answers[turn.message_id]

    async def understand(self, texts: Sequence[str]) -> list[str | None]:
        if self.failures:
            raise self.failures.pop(0)
        return [self.intents.get(text) for text in texts]

    async def forget(self, conversation_id: str) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.forgotten.append(conversation_id)

    async def close(self) -> None:
        pass


def settings_for(database: str, **changes: Any) -> HandoffSettings:
    values: dict[str, Any] = {
        "database": database,
        "keys": (FERNET_KEY,),
        "portal_public_key": json.dumps(KEY.as_dict(private=False)),
        "engine_token": "engine-token",
        "handoff_token": "handoff-token",
        "portal_token": PORTAL_TOKEN,
        "handle_rate": Rate(1000, 1),
        "address_rate": Rate(10_000, 1),
    }
    return HandoffSettings(**{**values, **changes})


def sqlite(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'handoff.db'}"


async def no_pause(_seconds: float) -> None:
    await asyncio.sleep(0)


@dataclass
class World:
    """A running gateway and its fakes."""

    app: FastAPI
    http: httpx.AsyncClient
    clock: Clock
    portal: FakePortal
    bot: FakeEngine

    @property
    def context(self):
        return self.app.state.context

    async def start(self) -> str:
        answer = await self.http.post("/api/conversations")
        assert answer.status_code == 201, answer.text
        return answer.json()["handle"]

    async def send(
        self,
        handle: str,
        text: str | None = None,
        *,
        client_id: str = "c1",
        auth: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        body = {"client_id": client_id, **({"text": text} if text is not None else {}), **more}
        headers = {"Authorization": f"Bearer {auth}"} if auth else {}
        return await self.http.post(f"/api/conversations/{handle}/messages", json=body, headers=headers)

    async def read(
        self, handle: str, after: int = 0, *, wait: float = 0, auth: str | None = None
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {auth}"} if auth else {}
        answer = await self.http.get(
            f"/api/conversations/{handle}/messages", params={"after": after, "wait": wait}, headers=headers
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def login(self, handle: str, auth: str) -> httpx.Response:
        return await self.http.post(
            f"/api/conversations/{handle}/login", headers={"Authorization": f"Bearer {auth}"}
        )

    async def idle(self) -> None:
        for courier in self.app.state.couriers:
            await courier.idle()

    async def ask_human(self, handle: str, client_id: str = "mensch") -> None:
        assert (await self.send(handle, "mensch", client_id=client_id)).status_code == 201
        await self.idle()

    async def chat(self) -> str:
        """The chat id of the first in the queue."""
        from handoff.services import queue

        listing = await queue.listing(self.context, staff("leitung", "lead"))
        return listing["waiting"][0]["chat"]


@asynccontextmanager
async def world(
    database: str,
    *,
    bot: FakeEngine | None = None,
    portal: FakePortal | None = None,
    clock: Clock | None = None,
    engine: Any = None,
    channels: Sequence[Any] = (),
    notifier: Any = None,
    **changes: Any,
) -> AsyncIterator[World]:
    """A gateway over HTTP in this process. `engine` replaces the fake engine's port by another one."""
    bot, portal, clock = bot or FakeEngine(), portal or FakePortal(), clock or Clock()
    app = create_app(
        settings_for(database, **changes),
        clock,
        bot=engine or bot,
        portal=portal,
        channels=channels,
        notifier=notifier,
    )
    for courier in app.state.couriers:
        courier._pause = no_pause
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
            yield World(app, http, clock, portal, bot)


@asynccontextmanager
async def served(app: Any, port: int = 0) -> AsyncIterator[str]:
    """Serve an ASGI app on a port of loopback (0: a free one) in this event loop; gives its address."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, lifespan="off", log_level="warning", ws="wsproto"
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None
    task = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True
        await task
