"""The floor: a bare python-socketio relay that stores nothing, on the same server."""

import gc
import os
from typing import Any

import socketio
import uvicorn


def serve(_settings: Any, port: int) -> None:
    """Pass what a citizen sends to her clerk, acknowledge."""
    server = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins=[], namespaces=["/", "/konsole"])

    async def connect(sid: str, _environ: dict[str, Any], auth: dict[str, Any]) -> None:
        await server.save_session(sid, auth)

    async def connect_clerk(sid: str, _environ: dict[str, Any], auth: dict[str, Any]) -> None:
        await server.enter_room(sid, auth["clerk"], namespace="/konsole")

    async def send(sid: str, body: dict[str, Any]) -> dict[str, Any]:
        session = await server.get_session(sid)
        message = {"chat": session["handle"], "message": {"text": body["text"]}}
        await server.emit("message", message, room=session["clerk"], namespace="/konsole")
        return {"seq": 1}

    server.on("connect", connect, namespace="/")
    server.on("connect", connect_clerk, namespace="/konsole")
    server.on("send", send, namespace="/")
    app = socketio.ASGIApp(server, socketio_path="/live/socket.io")
    gc.freeze()
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", ws=os.environ.get("BENCH_WS", "wsproto"))
