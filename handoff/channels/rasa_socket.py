"""Socket.IO at `/socket.io/` as Rasa's socketio channel speaks it, for unmodified clients such as rasa-webchat."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4
from weakref import WeakValueDictionary

import socketio

from handoff.channels import rasa_shape
from handoff.context import HandoffContext
from handoff.domain.limits import BODY_MAX_BYTES
from handoff.domain.message import Message
from handoff.domain.people import Citizen
from handoff.errors import HandoffError, InvalidInputError, LoginNeededError, UnknownConversationError
from handoff.hub import Listener
from handoff.lanes import Lanes
from handoff.services import access
from handoff.services import conversation as life
from handoff.services.limiter import Limiter
from handoff.services.tokens import Verifier
from handoff.storage import conversations

logger = logging.getLogger(__name__)

EVENTS = {
    "session_request": "anyone: a session id that is unknown, or another's, is answered with a new one",
    "user_uttered": "holds the session id (and, if the conversation is bound, came with its account's token)",
}
"""Every event that clients may send, with its auth rule; a structural test walks them."""

NAMESPACE = "/"


@dataclass(frozen=True)
class Pass:
    """What a connection proved when it connected."""

    citizen: Citizen | None
    address: str


class RasaSocket(Listener):
    """Rasa clients: who is connected to which conversation, and what they have been sent.

    The protocol names no message numbers, so the gateway keeps the number of the last message sent per conversation
    (`web_seq`): what is said while no client is connected comes at the next `session_request`.

    Parameters
    ----------
    origins
        Origins of the pages on which clients may run.
    """

    def __init__(
        self,
        context: HandoffContext,
        verifier: Verifier,
        handles: Limiter,
        addresses: Limiter,
        origins: Sequence[str],
    ) -> None:
        self._context, self._verifier = context, verifier
        self._handles, self._addresses = handles, addresses
        self._rooms: dict[str, dict[str, Pass]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._lanes = Lanes(self._push)
        self.server = socketio.AsyncServer(
            async_mode="asgi",
            async_handlers=False,  # what one client sends keeps its order
            cors_allowed_origins=list(origins),
            cors_credentials=False,  # a token comes in `auth`, never a cookie
            max_http_buffer_size=BODY_MAX_BYTES,
            namespaces=[NAMESPACE],
        )
        self.server.on("connect", self._connect, namespace=NAMESPACE)
        self.server.on("disconnect", self._disconnect, namespace=NAMESPACE)
        self.server.on("session_request", self._guarded(self._session_request), namespace=NAMESPACE)
        self.server.on("user_uttered", self._guarded(self._user_uttered), namespace=NAMESPACE)

    def start(self) -> None:
        """Begin to listen."""
        self._context.hub.attach(self)

    async def stop(self) -> None:
        """Stop pushing."""
        await self._lanes.close()

    def messages_changed(self, conversation_id: str, fresh: Sequence[Message] = ()) -> None:
        """The log has new messages."""
        if conversation_id in self._rooms:
            self._lanes.wake(conversation_id)

    def handle_changed(self, conversation_id: str) -> None:
        """The session id is dead or its conversation belongs to an account now: who cannot show a token leaves."""
        self.messages_changed(conversation_id)

    def missed(self) -> None:
        """Any conversation may have new messages."""
        for conversation_id in self._rooms:
            self._lanes.wake(conversation_id)

    async def _connect(self, sid: str, environ: Mapping[str, Any], auth: object = None) -> None:
        client = (environ.get("asgi.scope") or {}).get("client") or ("unbekannt", 0)
        address = str(client[0])
        try:
            self._addresses.take(address)
            token = auth.get("token") if isinstance(auth, dict) else None
            if token is not None and not isinstance(token, str):
                raise InvalidInputError("Das Token der Verbindung ist kein Text.", field="token")
            citizen = self._verifier.citizen(token) if token else None
        except HandoffError as error:
            raise socketio.exceptions.ConnectionRefusedError(error.message, error.body()) from error
        await self.server.save_session(sid, {"pass": Pass(citizen, address)}, namespace=NAMESPACE)

    async def _disconnect(self, sid: str, _reason: object = None) -> None:
        for conversation_id, room in list(self._rooms.items()):
            if room.pop(sid, None) is not None and not room:
                del self._rooms[conversation_id]

    def _guarded(
        self, handle: Callable[[str, Pass, Mapping[str, Any]], Awaitable[None]]
    ) -> Callable[..., Awaitable[None]]:
        """Turn every error into a `bot_uttered`: the protocol has no other word for it."""

        async def guarded(sid: str, data: object = None) -> None:
            try:
                session = await self.server.get_session(sid, namespace=NAMESPACE)
                entry = session["pass"]
                self._addresses.take(entry.address)
                await handle(sid, entry, data if isinstance(data, dict) else {})
            except HandoffError as error:
                body = {"text": error.message, "metadata": {"code": error.code}}
                await self.server.emit("bot_uttered", body, to=sid, namespace=NAMESPACE)
            except Exception:  # the process's edge: one connection's fault must not end the others
                logger.exception("rasa event failed")

        return guarded

    async def _session_request(self, sid: str, entry: Pass, data: Mapping[str, Any]) -> None:
        allowed, session_id = await self._session(entry, data.get("session_id"))
        await self._join(sid, entry, allowed, session_id)

    async def _user_uttered(self, sid: str, entry: Pass, data: Mapping[str, Any]) -> None:
        text = data.get("message")
        if not isinstance(text, str):
            raise InvalidInputError("Die Nachricht fehlt oder ist kein Text.", field="message")
        wanted = data.get("session_id")
        allowed, session_id = await self._session(entry, wanted)
        if session_id != wanted or sid not in self._rooms.get(allowed.conversation_id, {}):
            await self._join(sid, entry, allowed, session_id)
        self._handles.take(allowed.conversation_id, allowed.account)
        await rasa_shape.send(self._context, allowed, uuid4().hex, text)

    async def _session(self, entry: Pass, wanted: object) -> tuple[access.Access, str]:
        """Give the conversation of a session id; one that is unknown or another's gets a new conversation."""
        if isinstance(wanted, str) and wanted:
            try:
                return await access.check(self._context, wanted, entry.citizen), wanted
            except (UnknownConversationError, LoginNeededError):
                pass
        handle = await rasa_shape.begin(self._context)
        return await access.check(self._context, handle, None), handle

    async def _join(self, sid: str, entry: Pass, allowed: access.Access, session_id: str) -> None:
        async with self._lock(allowed.conversation_id):
            await self._disconnect(sid)  # one connection, one conversation
            await self.server.emit("session_confirm", session_id, to=sid, namespace=NAMESPACE)
            self._rooms.setdefault(allowed.conversation_id, {})[sid] = entry
        self._lanes.wake(allowed.conversation_id)

    async def _push(self, conversation_id: str) -> None:
        async with self._lock(conversation_id):
            async with self._context.database.read() as session:
                row = await conversations.find(session, conversation_id)
            if row is None:
                return
            for message in await life.messages_after(self._context, conversation_id, row.web_seq):
                room = self._allowed(conversation_id, row.account)
                if not room:
                    return
                await self._show(conversation_id, message, room)
                async with self._context.database.write() as session:
                    locked = await conversations.lock(session, conversation_id)
                    locked.web_seq = max(locked.web_seq, message.seq)

    async def _show(self, conversation_id: str, message: Message, sids: Sequence[str]) -> None:
        if not rasa_shape.from_others([message]):
            return
        frame = await rasa_shape.socket_frame(self._context, conversation_id, message)
        for sid in sids:
            await self.server.emit("bot_uttered", frame, to=sid, namespace=NAMESPACE)

    def _allowed(self, conversation_id: str, account: str | None) -> list[str]:
        room = self._rooms.get(conversation_id, {})
        if account is not None:
            for sid, entry in list(room.items()):
                if entry.citizen is None or entry.citizen.account != account:
                    del room[sid]
        return list(room)

    def _lock(self, conversation_id: str) -> asyncio.Lock:
        lock = self._locks.get(conversation_id)
        if lock is None:
            lock = self._locks[conversation_id] = asyncio.Lock()
        return lock
