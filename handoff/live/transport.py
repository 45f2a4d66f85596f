"""python-socketio's server, spared what this gateway never uses: binary payloads, acknowledgements from clients."""

from collections.abc import Iterable
from typing import Any

import socketio
from engineio import packet as eio  # type: ignore[import-untyped]


class TextPacket(socketio.packet.Packet):  # type: ignore[misc]  # has no types
    """A packet whose payload is JSON; looking through it for bytes costs more than encoding it."""

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
