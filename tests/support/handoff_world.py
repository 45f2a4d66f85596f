"""A gateway with fakes around it: a clock that stands, a portal in memory, an engine that does as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import uvicorn
from cryptography.fernet import Fernet
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OKPKey

from handoff.app import create_app
from handoff.domain.message import Answer, Body, Handover, Turn
from handoff.domain.people import Staff
from handoff.errors import ForbiddenError, InvalidInputError, UnavailableError
from handoff.ports import DraftChangedError, FileCheck, FileRefusedError, Notice, Secret, StaffDoor
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


class FakeNotifier:
    """Takes every notice and has nothing to tell of it."""

    async def notify(self, notice: Notice) -> Mapping[str, Any]:
        return {}


@dataclass
class FakePortal:
    """The portal in memory; `down` makes it unreachable."""

    notifier: Any = field(default_factory=FakeNotifier)

    down: bool = False
    bound: dict[str, tuple[str, str]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    """Tokens by session cookie."""
    vault: dict[str, tuple[str, str]] = field(default_factory=dict)
    draft: dict[str, Any] | None = None
    writes: list[tuple[str, str, int, str | None, str | None]] = field(default_factory=list)
    looks: list[tuple[str, str]] = field(default_factory=list)
    refuse: str | None = None
    offices: dict[str, str] = field(default_factory=dict)
    _answered: set[str] = field(default_factory=set)

    def _check(self) -> None:
        if self.down:
            raise UnavailableError("Das Portal antwortet nicht. Es wurde nichts gespeichert.")

    async def bind(self, conversation_id: str, citizen_account: str, sid: str) -> None:
        self._check()
        self.bound[conversation_id] = (citizen_account, sid)

    async def citizen_token(self, session: str) -> str | None:
        self._check()
        return self.sessions.get(session)

    async def keep_secret(self, conversation_id: str, kind: str, value: str, key: str) -> Secret:
        self._check()
        ref = f"tresor-{key[:12]}"
        self.vault[ref] = (kind, value)
        return Secret(ref, f"[{kind} …{value[-4:]}]")

    scanner: str | None = "auf Schadsoftware geprüft (ClamAV)"
    """None: the scanner does not answer."""
    checked: list[int] = field(default_factory=list)
    """Sizes of the files that were checked."""

    async def check_file(self, conversation_id: str, content: bytes) -> FileCheck:
        self._check()
        self.checked.append(len(content))
        if self.scanner and b"EICAR" in content:
            raise FileRefusedError(
                "In dieser Datei wurde Schadsoftware gefunden. Sie wurde nicht gespeichert."
            )
        for start, media_type in (
            (b"%PDF-", "application/pdf"),
            (b"\x89PNG", "image/png"),
            (b"\xff\xd8", "image/jpeg"),
        ):
            if content.startswith(start):
                return FileCheck(media_type, self.scanner)
        raise FileRefusedError("Diese Datei ist weder PDF noch JPEG noch PNG und wurde nicht gespeichert.")

    async def current_draft(self, conversation_id: str) -> Mapping[str, Any] | None:
        self._check()
        return self.draft

    async def put_field(
        self,
        conversation_id: str,
        draft: str,
        field: str,
        *,
        version: int,
        value: str | None,
        secret_ref: str | None,
        key: str,
    ) -> None:
        self._check()
        if key in self._answered:
            return
        assert self.draft is not None
        if self.refuse:
            raise InvalidInputError(self.refuse)
        if version != self.draft["version"]:
            raise DraftChangedError
        self.draft["version"] += 1
        for one in self.draft["fields"]:
            if one["id"] == field:
                one["display"] = value or secret_ref
        self._answered.add(key)
        self.writes.append((draft, field, version, value, secret_ref))

    async def reveal(self, conversation_id: str, draft: str, field: str, staff: Staff) -> str:
        self._check()
        self.looks.append((staff.id, field))
        return "12345678911"

    async def service(self, conversation_id: str, service_id: str) -> Mapping[str, Any] | None:
        self._check()
        return {
            "name": "Wohnsitz an- oder ummelden",
            "fee": "kostenlos",
            "deadline": None,
            "url": f"/leistungen/{service_id}",
            "office_id": self.offices.get(service_id),
        }

    citizen: dict[str, Any] = field(
        default_factory=lambda: {
            "trust": "hoch",
            "address_locked": False,
            "data_sets": [{"id": "kontakt", "label": "Telefon und E-Mail", "fields": ["Telefon", "E-Mail"]}],
        }
    )
    protection: dict[str, str] | None = None
    readers: list[str] = field(default_factory=list)
    """Staff ids of those who opened the conversation, as the portal would log them."""
    overviews: list[str] = field(default_factory=list)
    """Staff ids of those who looked at the draft, as the portal would log them."""
    releases: dict[str, dict[str, Any]] = field(default_factory=dict)
    transfers: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    evidence: list[tuple[str, str, int]] = field(default_factory=list)

    doors: dict[str, StaffDoor] = field(default_factory=dict)
    """Live staff sessions by cookie."""

    async def staff_door(self, cookie: str) -> StaffDoor | None:
        self._check()
        return self.doors.get(cookie)

    async def console_citizen(self, conversation_id: str, staff: Staff) -> Mapping[str, Any] | None:
        self._check()
        self.readers.append(staff.id)
        return self.citizen

    async def console_draft(self, conversation_id: str, staff: Staff) -> Mapping[str, Any] | None:
        self._check()
        if self.draft is not None:
            self.overviews.append(staff.id)
        return self.draft

    async def entry(self, conversation_id: str, service_id: str) -> Mapping[str, Any] | None:
        self._check()
        if service_id == "gibt_es_nicht":
            return None
        return {
            "id": service_id,
            "name": "Wohnsitz an- oder ummelden",
            "url": f"/leistungen/{service_id}",
            "fee": "kostenlos",
            "fee_mark": "geprueft",
            "deadline": "innerhalb von zwei Wochen nach dem Einzug",
            "deadline_mark": "stand_pruefen",
            "duration": None,
            "office": "BÜRGERcenter, Stadt Gelsenkirchen",
            "office_mark": "geprueft",
            "documents": [{"label": "Wohnungsgeberbestätigung", "help": None, "required": True}],
            "law": ["§ 17 BMG"],
            "sources": [{"label": "BMG", "mark": "geprueft"}],
            "protection": self.protection,
        }

    async def find_services(self, conversation_id: str, words: str) -> list[dict[str, Any]]:
        self._check()
        return [{"id": "hundesteuer_anmelden", "name": "Hundesteuer anmelden"}] if "hund" in words else []

    async def release_to_office(
        self, conversation_id: str, *, kind: str, id: str, office: str, purpose: str, key: str
    ) -> Mapping[str, Any]:
        self._check()
        if self.refuse:
            raise InvalidInputError(self.refuse)
        self.releases.setdefault(
            f"f-{key}", {"kind": kind, "id": id, "office": office, "purpose": purpose, "gone": False}
        )
        return {
            "id": f"f-{key}",
            "label": id,
            "fields": ["Telefon", "E-Mail"],
            "document": kind == "dokument",
        }

    async def withdraw_release(self, conversation_id: str, release: str, *, key: str) -> None:
        self._check()
        self.releases[release]["gone"] = True

    async def released_values(self, conversation_id: str, release: str, staff: Staff) -> list[dict[str, Any]]:
        self._check()
        if self.releases[release]["office"] != staff.office:
            raise ForbiddenError("Diese Freigabe gilt für eine andere Stelle.")
        self.looks.append((staff.id, release))
        return [{"label": "Telefon", "value": "0209 5550123", "source": "Ihre Angabe", "date": "2026-01-02"}]

    async def log_transfer(self, conversation_id: str, staff: Staff, *, key: str, **what: Any) -> None:
        self._check()
        self.transfers.append(what)

    async def file_note(
        self, conversation_id: str, staff: Staff, *, key: str, **what: Any
    ) -> Mapping[str, Any]:
        self._check()
        self.notes.setdefault(key, what)
        return {"id": key, "service": "Wohnsitz", "office": "BÜRGERcenter", "reference": None}

    async def put_evidence(
        self, conversation_id: str, draft: str, evidence: str, *, document: str, version: int, key: str
    ) -> None:
        self._check()
        assert self.draft is not None
        if version != self.draft["version"]:
            raise DraftChangedError
        self.draft["version"] += 1
        self.evidence.append((evidence, document, version))

    async def close(self) -> None:
        pass


def draft(**changes: Any) -> dict[str, Any]:
    """A draft as the portal shows it to handoff."""
    return {
        "id": "entwurf-1",
        "service": "wohnsitz_anmelden",
        "name": "Wohnsitz an- oder ummelden",
        "version": 4,
        "fields": [
            {
                "id": "einzugsdatum",
                "label": "Tag des Einzugs",
                "type": "date",
                "display": "12.11.2026",
                "state": "beantwortet",
                "sensitive": False,
            },
            {
                "id": "steuer_id",
                "label": "Steuer-ID",
                "type": "steuer_id",
                "display": "•••• 911",
                "state": "beantwortet",
                "sensitive": True,
            },
            {
                "id": "familienname",
                "label": "Familienname",
                "type": "name",
                "display": "Beispiel",
                "state": "vorgeschlagen",
                "sensitive": False,
            },
        ],
        "evidence": [],
        "next": {"kind": "field", "id": "einzugsdatum"},
        "progress": {"answered": 2, "total": 3},
        **changes,
    }


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
