"""A gateway and an engine as processes of their own, to be killed in the middle of a turn.

Run as `python handoff_process.py gateway|engine FOLDER PORT ENGINE_PORT`. Channels are switched on as in a town, by
`AMTSLOTSE_KANAL_…`; notices go to the portal at `AMTSLOTSE_PORTAL_URL`, if it is set.
"""

import asyncio
import os
import sqlite3
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

GATE = "gate"
"""While this file exists in the folder, the engine stops in the middle of each turn."""


def engine(folder: Path) -> Starlette:
    """An engine that keeps its answers by message id, as docs/protocol/engine.md demands."""
    database = sqlite3.connect(folder / "engine.db", isolation_level=None)
    database.execute("CREATE TABLE IF NOT EXISTS turns (id TEXT PRIMARY KEY, text TEXT)")
    database.execute("CREATE TABLE IF NOT EXISTS tries (id TEXT)")

    async def answer(request: Request) -> JSONResponse:
        turn = await request.json()
        database.execute("INSERT INTO tries VALUES (?)", [turn["message_id"]])
        when = (folder / "when").read_text() if (folder / "when").exists() else ""
        if when == "before":
            await hold()
        database.execute("INSERT OR IGNORE INTO turns VALUES (?, ?)", [turn["message_id"], turn["text"]])
        if when == "after":
            await hold()
        if turn["text"] == "mensch":
            handover = {"reason": "wunsch", "topic": None, "summary": []}
            return JSONResponse({"replies": [{"text": "Ich hole jemanden."}], "handoff": handover})
        return JSONResponse({"replies": [{"text": f"Echo: {turn['text']}"}, {"text": "Sonst noch etwas?"}]})

    async def hold() -> None:
        (folder / "held").touch()
        while (folder / GATE).exists():  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    return Starlette(routes=[Route("/webhooks/gateway/messages", answer, methods=["POST"])])


def gateway(folder: Path, engine_port: int):
    """The real gateway with the fake portal; its clock moves by a second a call."""
    from handoff_world import Clock, FakePortal, settings_for

    from handoff.app import create_app
    from handoff.channels.registry import switched_on
    from handoff.portal import HttpPortal

    clock = Clock()

    def now():
        clock.forward(1)
        return clock()

    settings = settings_for(
        f"sqlite+aiosqlite:///{folder / 'handoff.db'}",
        keys=((folder / "key").read_text(),),
        engine_url=f"http://127.0.0.1:{engine_port}",
    )
    url = os.environ.get("AMTSLOTSE_PORTAL_URL")
    return create_app(
        settings,
        now,
        portal=FakePortal(),
        channels=switched_on(os.environ, clock.now.date()),
        notifier=HttpPortal(url, "handoff-token").notifier if url else None,
    )


def main() -> None:
    kind, folder, port, engine_port = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    app = engine(folder) if kind == "engine" else gateway(folder, engine_port)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", ws="wsproto")


if __name__ == "__main__":
    main()
