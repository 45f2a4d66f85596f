"""A small trained assistant, an action server whose behaviour the test decides, and the engine as its own process."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from aiohttp import web
from cryptography.fernet import Fernet
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

ROOT = Path(__file__).parents[3]
TOKEN = "engine-token"
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
DOMAIN: dict[str, Any] = {
    "version": "3.1",
    "intents": [
        "greet", "goodbye", "thanks", "affirm", "deny", "cancel", "back", "repeat", "restart", "human", "complaint",
        "bot_challenge", "privacy", "status", "aspect", "life_situation", "service", "inform", "emergency", "chitchat",
        "out_of_scope", "start",
    ],
    "entities": [
        "service", "life_situation", "aspect", "trait", "date", "date_range", "time", "person", "address", "plz", "town",
        "licence_plate", "iban", "steuer_id", "amount", "phone", "email", "number",
    ],
    "slots": {"uebergabe": {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}},
    "actions": ["action_antwort"],
    "session_config": {"session_expiration_time": 0, "carry_over_slots_to_new_session": True},
}  # fmt: skip


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of its own with the real components and examples, trained once."""
    folder = tmp_path_factory.mktemp("assistant")
    shutil.copytree(ROOT / "data" / "nlu", folder / "data" / "nlu")
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if "catalogue" in component:
            component["catalogue"] = str(ROOT / "tests" / "support" / "catalogue.json")
    (folder / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (folder / "domain.yml").write_text(yaml.safe_dump(DOMAIN), encoding="utf-8")
    for name in ("endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder / name)
    rules = [
        {"rule": f"Antwort auf {intent}", "steps": [{"intent": intent}, {"action": "action_antwort"}]}
        for intent in DOMAIN["intents"]
        if intent not in ("back", "restart")  # Rasa has default actions for these
    ]
    (folder / "data" / "rules.yml").write_text(
        yaml.safe_dump({"version": "3.1", "rules": rules}), encoding="utf-8"
    )
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", "klein"]
    subprocess.run(command, cwd=folder, check=True, env=os.environ | QUIET, capture_output=True, timeout=240)
    return folder


@dataclass
class Actions:
    """Fake action server: counts its calls, answers as told."""

    port: int
    calls: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    answer: dict[str, Any] = field(default_factory=dict)
    on_call: Any = None

    async def handle(self, request: web.Request) -> web.Response:
        self.calls.append(await request.json())
        if self.on_call is not None:
            await self.on_call()
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def actions() -> AsyncIterator[Actions]:
    """The fake action server, running."""
    fake = Actions(free_port(), answer={"events": [], "responses": [{"text": "Guten Tag"}]})
    application = web.Application()
    application.router.add_post("/webhook", fake.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", fake.port).start()
    yield fake
    await runner.cleanup()


class Engine:
    """The engine process; it may be killed and started again on the same database."""

    def __init__(self, folder: Path, database: Path, actions_port: int) -> None:
        self._folder = folder
        self.port = free_port()
        self.log = database.with_suffix(".log")
        self._environment = os.environ | QUIET | {
            "AMTSLOTSE_ENGINE_TOKEN": TOKEN,
            "AMTSLOTSE_ENGINE_KEYS": Fernet.generate_key().decode(),
            "AMTSLOTSE_ENGINE_DATABASE": f"sqlite+aiosqlite:///{database}",
            "AMTSLOTSE_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
        }  # fmt: skip
        self.client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}/webhooks/gateway",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=30,
            trust_env=False,
        )
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start and wait until it answers."""
        self._launch()
        attempts = AsyncRetrying(
            wait=wait_fixed(0.2),
            stop=stop_after_delay(120),
            retry=retry_if_exception_type(httpx.HTTPError),
            reraise=True,
        )
        async for attempt in attempts:
            with attempt:
                (await self.client.get("/health")).raise_for_status()

    def _launch(self) -> None:
        model = self._folder / "models" / "klein.tar.gz"
        command = [sys.executable, "-m", "bot.serve", "--model", str(model), "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self._folder, env=self._environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def send(self, message_id: str, text: str | None = "Hallo", **changes: Any) -> httpx.Response:
        """Send one message of the conversation `c`."""
        body: dict[str, Any] = {
            "conversation_id": "c", "message_id": message_id, "text": text, "payload": None, "values": None,
            "metadata": {"now": "2026-11-24T10:00:00+01:00", "lang": "de", "account": False},
        } | changes  # fmt: skip
        return await self.client.post("/messages", json=body)


@pytest.fixture
async def engine(assistant: Path, actions: Actions, tmp_path: Path) -> AsyncIterator[Engine]:
    """A started engine."""
    running = Engine(assistant, tmp_path / "engine.db", actions.port)
    try:
        await running.start()
        yield running
    finally:
        running.kill()
        await running.client.aclose()
