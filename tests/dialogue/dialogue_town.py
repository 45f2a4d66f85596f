"""A conversation with the trained assistant in one process: engine, actions and portal are real, the network is not.

The engine is asked through the gateway channel's own `answer`, so snapshots, bounded trackers and repeated message ids are
as in operation. The portal is its FastAPI app on SQLite, reached by the real client through an ASGI transport.
"""

import itertools
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
from cryptography.fernet import Fernet
from fastapi import FastAPI
from joserfc.jwk import OKPKey
from rasa.core.agent import Agent
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from actions import tuer
from bot.channel import Incoming, answer
from bot.lock_store import LocalLockStore
from bot.tracker_store import SnapshotTrackerStore
from bot.turn import Answer
from portal.app import create_app
from portal.client import DraftView, PortalClient
from portal.demo import PERSONEN, create_demo_town
from portal.schema.migrate import migrate
from portal.services import dokument, mitzeichnung, sitzung, vertretung
from portal.settings import PortalSettings

ENGINE_KEY = Fernet.generate_key().decode()
PORTAL_KEY = Fernet.generate_key().decode()
SIGNING_KEY = json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True))
CONVERSATION = "00000000-0000-4000-a000-000000000001"
NOW = "2026-11-24T10:00:00+01:00"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class InProcessActions(EndpointConfig):
    """Runs the actions here instead of posting to the action server; what crosses is JSON all the same."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1/webhook")
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        call = json.loads(json.dumps(kwargs["json"]))
        return json.loads(json.dumps(await self._executor.run(call)))


def load_assistant(model: Path) -> Agent:
    """The trained assistant, ready to be given a store for each conversation."""
    return Agent.load(model_path=str(model), action_endpoint=InProcessActions(), lock_store=LocalLockStore())


class Switch(httpx.AsyncBaseTransport):
    """A network that can be cut."""

    def __init__(self, app: FastAPI) -> None:
        self._inner = httpx.ASGITransport(app=app)
        self.cut = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("cut")
        return await self._inner.handle_async_request(request)


@dataclass
class Clock:
    """A clock that stands until it is set."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def settings(database: Path, catalogue: tuple[Path, ...] = ()) -> PortalSettings:
    return PortalSettings(
        database=f"sqlite+aiosqlite:///{database}",
        keys=(PORTAL_KEY,),
        signing_key=SIGNING_KEY,
        actions_token="actions",
        handoff_token="handoff",
        portal_token="portal",
        demo=True,
        catalogue_roots=catalogue,
    )


async def build_template(database: Path) -> None:
    """A demo town's database, made once and copied for each conversation."""
    app = create_app(settings(database), Clock(datetime.fromisoformat(NOW)))
    context = app.state.context
    await migrate(context.engine)
    await create_demo_town(context)
    await context.close()
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@dataclass
class Conversation:
    """One citizen in one conversation, seen from all sides.

    Attributes
    ----------
    last
        What the assistant answered to the last message.
    """

    agent: Agent
    store: SnapshotTrackerStore
    app: FastAPI
    clock: Clock
    network: Switch
    gateway: PortalClient
    account: str | None = None
    sid: str | None = None
    trust: str = "niedrig"
    last: Answer = field(default_factory=Answer)
    sent: tuple[str, str | None, str | None, Any, Any] | None = None
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def say(self, text: str, secrets: list[dict[str, Any]] | None = None) -> None:
        await self._send(f"m{next(self._numbers)}", text, None, None, secrets)

    async def press(self, payload: str, values: Mapping[str, Any] | None = None) -> None:
        await self._send(f"m{next(self._numbers)}", None, payload, dict(values) if values else None, None)

    async def send_again(self) -> None:
        """The gateway repeats the last message, as after a crash whose turn was stored."""
        assert self.sent is not None
        await self._send(*self.sent)

    async def turn_again(self) -> None:
        """The last turn runs anew on the state before it, as after a crash before it was stored."""
        assert self.sent is not None
        await self.store.close()
        shutil.copy(self._file.with_suffix(".before"), self._file)
        await self._send(*self.sent)

    @property
    def _file(self) -> Path:
        return Path(self.store._url.partition("///")[2])

    async def _send(
        self, message_id: str, text: str | None, payload: str | None, values: Any, secrets: Any
    ) -> None:
        self.sent = (message_id, text, payload, values, secrets)
        await self.store.close()
        if self._file.exists():
            shutil.copy(self._file, self._file.with_suffix(".before"))
        incoming = Incoming.from_json(
            {
                "conversation_id": CONVERSATION,
                "message_id": message_id,
                "text": text,
                "payload": payload,
                "values": values,
                "metadata": {
                    "now": self.clock.now.isoformat(),
                    "lang": "de",
                    "account": self.account is not None,
                    "trust": self.trust,
                    "secrets": secrets or [],
                },
            }
        )
        self.last = await answer(incoming, self.store, self.agent.handle_message, "gateway")

    async def log_in(self, person: str) -> None:
        """Begin a session, bind the conversation, and tell the engine."""
        who = next(one for one in PERSONEN if one.login.name == person)
        context = self.app.state.context
        async with context.transaction() as session:
            new = await sitzung.begin(session, self.clock.now, konto_id=who.id)
        self.account, self.sid = who.id, new.sid
        await self.gateway.bind(CONVERSATION, account=who.id, sid=new.sid)
        await self.press("/logged_in")

    async def end_session(self) -> None:
        async with self.app.state.context.transaction() as session:
            await sitzung.revoke(session, str(self.sid), self.clock.now)

    async def prove_identity(self) -> None:
        async with self.app.state.context.transaction() as session:
            await sitzung.raise_trust(session, str(self.sid), "hoch")
            await sitzung.confirm(session, str(self.sid), self.clock.now)
        self.trust = "hoch"
        await self.press("/identity_proved")

    async def upload(self, evidence: str) -> None:
        """Upload a document for the evidence, then press what the card offers."""
        draft = await self.draft()
        checked = await dokument.annehmen(self.app.state.context, "bestaetigung.pdf", PDF)
        async with self.app.state.context.transaction() as session:
            document = await dokument.hochladen(
                self.app.state.context,
                session,
                str(self.account),
                entwurf_id=draft.id,
                nachweis_id=evidence,
                datei=checked,
            )
        await self.press("/uploaded", {"dokument": document.id})

    async def clerk_changes(self, field_id: str, value: str, event: str = "/draft_changed") -> None:
        """A clerk's accepted proposal or the citizen's own page changes the draft."""
        draft = await self.draft()
        await self.gateway.put_field(
            CONVERSATION,
            draft.id,
            field_id,
            value,
            version=draft.version,
            key=f"clerk-{next(self._numbers)}",
            by="clerk",
        )
        if event:
            await self.press(event)

    async def acts_for(self, name: str) -> None:
        """She has stated on the page that she acts as a parent for somebody."""
        context = self.app.state.context
        async with context.transaction() as session:
            await vertretung.angeben(
                context,
                session,
                str(self.account),
                art="eltern",
                fuer=name,
                umfang=["*"],
                gueltig_bis=date(2027, 6, 30),
                dokument_id=None,
            )

    async def other_parent(self, answer: str) -> None:
        """She asks the other parent on the page (`gefragt`), who confirms (`bestaetigt`) or refuses (`abgelehnt`)."""
        context, draft = self.app.state.context, await self.draft()
        other = next(one for one in PERSONEN if one.id != self.account)
        async with context.transaction() as session:
            code = await mitzeichnung.anfragen(
                context, session, str(self.account), draft.id, version=draft.version, vertrauen=self.trust
            )
            if answer != "gefragt":
                await mitzeichnung.entscheiden(
                    context, session, other.id, code, ja=answer == "bestaetigt", vertrauen="hoch"
                )

    async def draft(self) -> DraftView:
        return await self.gateway.current_draft(CONVERSATION)

    async def slots(self) -> dict[str, Any]:
        tracker = await self.store.retrieve(CONVERSATION)
        return tracker.current_slot_values() if tracker else {}

    @property
    def text(self) -> str:
        return "\n".join(reply.get("text", "") for reply in self.last.replies)

    @property
    def cards(self) -> list[dict[str, Any]]:
        return [card for reply in self.last.replies for card in reply.get("cards", [])]

    @property
    def buttons(self) -> dict[str, str]:
        """Payloads of the last answer's buttons by title."""
        return {
            button["title"]: button["payload"]
            for reply in self.last.replies
            for button in reply.get("buttons", [])
        }

    @property
    def payloads(self) -> list[str]:
        return list(self.buttons.values())


@asynccontextmanager
async def conversation(
    agent: Agent, template: Path, folder: Path, *, now: str = NOW, catalogue: tuple[Path, ...] = ()
) -> AsyncIterator[Conversation]:
    """A fresh conversation with its own portal and its own engine store."""
    shutil.copy(template, folder / "portal.db")
    clock = Clock(datetime.fromisoformat(now))
    app = create_app(settings(folder / "portal.db", catalogue), clock)
    network = Switch(app)
    client = PortalClient("http://portal", "actions", transport=network)
    gateway = PortalClient("http://portal", "handoff", transport=httpx.ASGITransport(app=app))
    store = SnapshotTrackerStore(
        agent.domain, url=f"sqlite+aiosqlite:///{folder / 'engine.db'}", keys=ENGINE_KEY
    )
    agent.tracker_store = agent.processor.tracker_store = store
    tuer.use(client)
    try:
        yield Conversation(agent, store, app, clock, network, gateway)
    finally:
        tuer.use(None)
        await client.close()
        await gateway.close()
        await store.close()
        await app.state.context.close()
