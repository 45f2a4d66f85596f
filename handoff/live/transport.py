"""python-socketio's server, spared what this gateway never uses: binary payloads, acknowledgements from clients, a task per frame."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

import socketio
from engineio import packet as eio  # type: ignore[import-untyped]
from engineio.async_drivers import asgi  # type: ignore[import-untyped]
from engineio.exceptions import SocketIsClosedError, UnknownPacketError  # type: ignore[import-untyped]

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


_MESSAGE = str(eio.MESSAGE)


class Json:
    """JSON as `socketio` wants it, without building an encoder and a decoder for each packet."""

    _encode = json.JSONEncoder(separators=(",", ":")).encode
    _decode = json.JSONDecoder().decode

    @classmethod
    def dumps(cls, data: object, **_options: Any) -> str:
        """Encode."""
        return cls._encode(data)

    @classmethod
    def loads(cls, text: str) -> Any:
        """Decode; raises ValueError, also for numbers of more than 4,300 digits."""
        return cls._decode(text)


class TextPacket(socketio.packet.Packet):  # type: ignore[misc]  # has no types
    """A packet whose payload is JSON; looking through it for bytes costs more than encoding it."""

    json = Json

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("binary", None)
        super().__init__(*args, **kwargs)

    @classmethod
    def data_is_binary(cls, _data: object) -> bool:
        """Never."""
        return False


class DirectManager(socketio.AsyncManager):  # type: ignore[misc]  # has no types
    """Puts a packet into its recipients' queues at once instead of in a task for each."""

    async def emit(
        self, event: str, data: Any, namespace: str, room: Any = None, to: Any = None, **_options: Any
    ) -> None:
        """Send an event to a connection or a room."""
        if namespace in self.rooms:
            self.put(event, data, namespace, [sid for sid, _ in self.get_participants(namespace, to or room)])

    def put(self, event: str, data: Any, namespace: str, sids: Iterable[str]) -> None:
        """Send an event to connections, encoded once; those that have ended are left out."""
        packet = TextPacket(socketio.packet.EVENT, namespace=namespace, data=[event, data]).encode()
        message = eio.Packet(eio.MESSAGE, packet)
        lines = self.rooms.get(namespace, {}).get(None, {})
        for sid in sids:
            line = self.server.eio.sockets.get(lines.get(sid))
            if line is not None and not line.closed:
                line.queue.put_nowait(message)


class Server(socketio.AsyncServer):  # type: ignore[misc]  # has no types
    """A server whose connections `Line` drives, and whose answers go into their queues as directly as the manager's events."""

    def __init__(self, **options: Any) -> None:
        super().__init__(client_manager=DirectManager(), serializer=TextPacket, async_mode="asgi", **options)
        self.eio._async = {**self.eio._async, "websocket": Line}

    async def _send_packet(self, eio_sid: str, packet: TextPacket) -> None:
        line = self.eio.sockets.get(eio_sid)
        if line is not None and not line.closed:
            line.queue.put_nowait(eio.Packet(eio.MESSAGE, packet.encode()))


class Line:
    """Engine.IO's driver for a WebSocket of an ASGI server, without a task and a timer around each frame.

    What its own driver does with the timers (ending silent connections) the server's pings do as well. A connection that
    began with polling is left to the library's driver.

    Parameters
    ----------
    handler
        The `_websocket_handler` of the Engine.IO socket.
    server
        The Engine.IO server.
    """

    def __init__(self, handler: Any, server: Any) -> None:
        self._handler, self._server = handler, server
        self._socket = handler.__self__

    async def __call__(self, environ: dict[str, Any]) -> Any:
        """Serve the connection until it ends."""
        socket = self._socket
        if socket.connected:
            return await asgi.WebSocket(self._handler, self._server)(environ)
        await environ["asgi.send"]({"type": "websocket.accept"})
        socket.connected = socket.upgraded = True
        writing = asyncio.ensure_future(self._write(environ["asgi.send"]))
        try:
            await self._read(environ["asgi.receive"])
        finally:
            socket.queue.put_nowait(None)
            await writing
            await socket.close(wait=False, abort=True, reason=self._server.reason.TRANSPORT_CLOSE)
        return ""  # nothing is answered any more

    async def _read(self, receive: Receive) -> None:
        socket, most = self._socket, self._server.max_http_buffer_size
        socketio_heard = self._server.handlers["message"]
        while (event := await receive())["type"] == "websocket.receive":
            data = event.get("text") or event.get("bytes")
            if not data or len(data) > most:
                return
            try:
                if data[0] == _MESSAGE:  # nothing else comes often
                    await socketio_heard(socket.sid, data[1:])
                else:
                    await socket.receive(eio.Packet(encoded_packet=data))
            except UnknownPacketError:
                continue
            except SocketIsClosedError:
                return
            except Exception:  # one frame's fault must not end the connection
                self._server.logger.exception("a frame was not understood")

    async def _write(self, send: Send) -> None:
        queue = self._socket.queue
        with suppress(Exception):  # the other side has gone: reading ends as well
            while (packet := await queue.get()) is not None:
                await send({"type": "websocket.send", "text": packet.encode()})
                queue.task_done()
                if self._socket.closed and queue.empty():
                    break
        while queue._unfinished_tasks:  # whoever waits until all is written need not wait any more
            queue.task_done()
        with suppress(Exception):
            await send({"type": "websocket.close"})
