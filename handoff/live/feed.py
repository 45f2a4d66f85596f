"""Pushes what changed to the connected: each conversation's messages in order and once, states, queues."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from handoff.context import HandoffContext
from handoff.domain.anschrift import hide
from handoff.domain.message import Message, Object
from handoff.domain.people import Staff
from handoff.domain.phase import Phase
from handoff.errors import UnknownConversationError
from handoff.hub import Listener
from handoff.lanes import Lanes
from handoff.services import chat_view, queue, team
from handoff.services import conversation as life
from handoff.storage import conversations
from handoff.storage import desk as store

CITIZENS, CONSOLES = "/", "/konsole"
QUEUE_LANE = "queue"
QUEUE_PAUSE_S, QUEUE_PAUSE_MAX_S = 0.002, 1.0
"""Pause after telling the queue, for each who was told: changes in between are told together."""


@dataclass
class Room:
    """Who is connected to one conversation, and what is to be told next."""

    chat: str
    seq: int
    """The last message that everybody in the room has."""
    citizens: set[str] = field(default_factory=set)
    clerks: dict[str, Staff] = field(default_factory=dict)
    tell_state: bool = False
    tell_form: bool = False
    typing: dict[str, bool] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    locked: bool = True
    """Clerks may not read addresses in it; true until it is known that they may."""
    fresh: list[Message] = field(default_factory=list)
    """New messages at hand, so that telling them needs no look into the database."""
    look: bool = False
    """There are new messages that are not at hand."""
    joining: int = 0
    """How many are just coming in."""


class Feed(Listener):
    """Knows the rooms and fills them.

    A client that joins with `after=N` gets N+1, N+2, … and then everything new, each once: joining and pushing
    exclude each other per conversation.

    Parameters
    ----------
    context
        The process context.
    server
        The Socket.IO server (`socketio.AsyncServer`, which has no types).
    """

    def __init__(self, context: HandoffContext, server: Any) -> None:
        self._context = context
        self._server = server
        self._rooms: dict[str, Room] = {}
        self._consoles: dict[str, Staff] = {}
        self._places: dict[str, set[str]] = {}
        """The conversations of each connection."""
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._lanes = Lanes(self._push)
        self._queue_lane = Lanes(self._push_queue)
        self._goodbyes = Lanes(self._dismiss)
        self._giving = Lanes(self._give)
        self._desk_lane = Lanes(self._push_desks)
        self._shared: set[str] = set()
        self._given: dict[str, list[tuple[str, Staff]]] = {}

    def start(self) -> None:
        """Begin to listen."""
        self._context.hub.attach(self)

    async def stop(self) -> None:
        """Stop pushing."""
        for lanes in (self._lanes, self._queue_lane, self._goodbyes, self._giving, self._desk_lane):
            await lanes.close()

    async def join_citizen(self, sid: str, conversation_id: str, after: int) -> None:
        """Connect a citizen: first what is missing after `after`, then the state, then everything new."""
        async with self._entered(conversation_id) as (room, seen):
            found = await life.since(self._context, conversation_id, after)
            if seen is None:  # nobody else is in the room
                room.chat, room.seq = found.chat, found.last_seq
            else:  # what came after the last push is the next push's
                found.messages[max(0, seen - after) :] = []
            for message in found.messages:
                await self._server.emit("message", message, to=sid, namespace=CITIZENS)
            await self._server.emit("state", found.state, to=sid, namespace=CITIZENS)
            room.citizens.add(sid)
            self._places.setdefault(sid, set()).add(conversation_id)
        self._lanes.wake(conversation_id)

    async def join_clerk(self, sid: str, staff: Staff, conversation_id: str) -> None:
        """Connect a clerk to a chat; what was said before is in the ChatView or in `chat.resume`."""
        async with self._entered(conversation_id) as (room, seen):
            async with self._context.database.read() as session:
                row = await conversations.find(session, conversation_id)
            if row is None:
                raise UnknownConversationError
            if seen is None:
                room.chat, room.seq = row.chat, row.last_seq
            room.locked = chat_view.is_locked(row)
            if sid in self._consoles:  # still connected
                room.clerks[sid] = staff
                self._places.setdefault(sid, set()).add(conversation_id)
        self._lanes.wake(conversation_id)

    @asynccontextmanager
    async def _entered(self, conversation_id: str) -> AsyncIterator[tuple[Room, int | None]]:
        """Keep pushes out while somebody comes in; gives the room and the last number pushed, None in a new room."""
        async with self._lock(conversation_id):
            room = self._rooms.get(conversation_id)
            seen = None
            if room is None:  # known before the database is read, so that nothing new is missed
                room = self._rooms[conversation_id] = Room("", 0)
            else:
                await self._flush(conversation_id)
                seen = room.seq
            room.joining += 1
            try:
                yield room, seen
            finally:
                room.joining -= 1
                self._forget_empty(conversation_id)

    def enter_console(self, sid: str, staff: Staff) -> None:
        """Send the queue to this clerk from now on."""
        self._consoles[sid] = staff
        self._context.names[staff.id] = (staff.function, staff.office)

    def leave(self, sid: str) -> None:
        """Forget a connection that has ended."""
        gone = self._consoles.pop(sid, None)
        if gone is not None and all(one.id != gone.id for one in self._consoles.values()):
            self._context.names.pop(gone.id, None)
        for conversation_id in self._places.pop(sid, ()):
            room = self._rooms.get(conversation_id)
            if room is not None:
                room.citizens.discard(sid)
                room.clerks.pop(sid, None)
                self._forget_empty(conversation_id)

    def messages_changed(self, conversation_id: str, fresh: Sequence[Message] = ()) -> None:
        """The log has new messages."""
        room = self._rooms.get(conversation_id)
        if room is None:
            return
        at_hand = bool(fresh) and not room.fresh and not room.look and _follows(room, fresh)
        if at_hand and not self._lock(conversation_id).locked():  # nobody joins or pushes just now
            self._show(room, fresh)
            return
        room.fresh += fresh
        room.look = room.look or not fresh
        self._lanes.wake(conversation_id)

    def desk_changed(self, conversation_id: str) -> None:
        """The chat was offered, joined or left."""
        self._shared.add(conversation_id)
        self._desk_lane.wake(QUEUE_LANE)

    def state_changed(self, conversation_id: str) -> None:
        """Phase, clerk or login changed."""
        if conversation_id in self._shared:  # offers and second clerks go with the chat's clerk
            self._desk_lane.wake(QUEUE_LANE)
        self._wake(conversation_id, lambda room: setattr(room, "tell_state", True))

    def form_changed(self, conversation_id: str) -> None:
        """The conversation's draft changed."""
        self._wake(conversation_id, lambda room: setattr(room, "tell_form", True))

    def typing(self, conversation_id: str, author: str, on: bool) -> None:
        """Somebody writes."""
        self._wake(conversation_id, lambda room: room.typing.update({author: on}))

    def read(self, conversation_id: str, author: str, seq: int) -> None:
        """Somebody has seen the messages up to `seq`; a number that was not yet sent says nothing."""

        def note(room: Room) -> None:
            room.read[author] = max(room.read.get(author, 0), min(seq, room.seq))

        self._wake(conversation_id, note)

    def assigned(self, conversation_id: str, clerk_id: str) -> None:
        """A chat was given to a clerk: her consoles follow it from now on."""
        for sid, staff in list(self._consoles.items()):
            if staff.id == clerk_id:
                self._given.setdefault(conversation_id, []).append((sid, staff))
        self._giving.wake(conversation_id)

    def queue_changed(self) -> None:
        """Places may have changed."""
        self._queue_lane.wake(QUEUE_LANE)

    def handle_changed(self, conversation_id: str) -> None:
        """The connections with the old handle or login end; those that join from now on stay."""
        room = self._rooms.get(conversation_id)
        if room is None:
            return
        room.locked = True  # until the next look tells for whom it is now
        for sid in list(room.citizens):
            self._goodbyes.wake(sid)

    def sessions_ended(self, sessions: frozenset[str], conversations: Sequence[str]) -> None:
        """Citizens and clerks of ended sessions are cut off."""
        for conversation_id in conversations:
            self.handle_changed(conversation_id)
        for sid, staff in self._consoles.items():
            if staff.sid in sessions:
                self._goodbyes.wake(sid)

    def missed(self) -> None:
        """Everybody is told anew."""
        for conversation_id, room in self._rooms.items():
            room.look = room.tell_state = True
            self._lanes.wake(conversation_id)
        self._desk_lane.wake(QUEUE_LANE)
        self.queue_changed()

    def _wake(self, conversation_id: str, note: Callable[[Room], None]) -> None:
        room = self._rooms.get(conversation_id)
        if room is not None:
            note(room)
            self._lanes.wake(conversation_id)

    async def _dismiss(self, sid: str) -> None:
        namespace = CONSOLES if sid in self._consoles else CITIZENS
        await self._server.disconnect(sid, namespace=namespace)

    async def _push(self, conversation_id: str) -> None:
        async with self._lock(conversation_id):
            await self._flush(conversation_id)
            room = self._rooms.get(conversation_id)
            if room is None:
                return
            if room.tell_state:
                room.tell_state = False
                room.tell_form = True
                await self._dismiss_former_clerk(conversation_id, room)
                state = await life.state(self._context, conversation_id)
                self._to_citizens(room, "state", state)
            typing, room.typing = room.typing, {}
            for author, on in typing.items():
                self._to_other_side(room, "typing", author, {"typing": on})
            read, room.read = room.read, {}
            for author, seq in read.items():
                self._to_other_side(room, "read", author, {"seq": seq})
            form, room.tell_form = room.tell_form, False
        if form:  # asks the portal: not under the lock
            for sid, staff in list(room.clerks.items()):
                view = await chat_view.look(self._context, conversation_id, staff)
                room.locked = await chat_view.locked(self._context, conversation_id)
                await self._server.emit("chat", view, to=sid, namespace=CONSOLES)

    async def _flush(self, conversation_id: str) -> None:
        room = self._rooms.get(conversation_id)
        if room is None:
            return
        fresh, room.fresh = room.fresh, []
        look, room.look = room.look, False
        fresh = sorted((one for one in fresh if one.seq > room.seq), key=lambda one: one.seq)
        if look or not _follows(room, fresh):
            fresh = await life.messages_after(self._context, conversation_id, room.seq)
        self._show(room, fresh)

    def _show(self, room: Room, fresh: Sequence[Message]) -> None:
        for one in fresh:
            message = one.public()
            self._to_citizens(room, "message", message)
            if room.clerks:
                shown = hide([one])[0].public() if room.locked else message
                self._to_clerks(room, "message", {"chat": room.chat, "message": shown})
            room.seq = one.seq

    async def _dismiss_former_clerk(self, conversation_id: str, room: Room) -> None:
        async with self._context.database.read() as session:
            row = await conversations.find(session, conversation_id)
            inside = (
                set() if row is None else {one.clerk_id for one in await store.participants(session, row)}
            )
        owner = row.clerk_id if row is not None and row.phase == Phase.CLERK else None
        for sid, staff in list(room.clerks.items()):
            leads = staff.leads and row is not None and row.clerk_office == staff.office
            if staff.id != owner and staff.id not in inside and not leads:
                del room.clerks[sid]
                self._places[sid].discard(conversation_id)
        self._forget_empty(conversation_id)

    async def _give(self, conversation_id: str) -> None:
        for sid, staff in self._given.pop(conversation_id, []):
            await self.join_clerk(sid, staff, conversation_id)
            view = await chat_view.look(self._context, conversation_id, staff)
            await self._server.emit("chat", view, to=sid, namespace=CONSOLES)

    async def _push_desks(self, _lane: str) -> None:
        for sid, staff in list(self._consoles.items()):
            board = await team.board(self._context, staff)
            await self._server.emit("desk", board, to=sid, namespace=CONSOLES)

    async def _push_queue(self, _lane: str) -> None:
        followed = {id_: room for id_, room in self._rooms.items() if room.citizens}
        for conversation_id, state in await life.waiting_states(self._context, followed):
            self._to_citizens(followed[conversation_id], "state", state)
        by_view: dict[object, Object] = {}
        for sid, staff in list(self._consoles.items()):
            listing = by_view.get(staff.id)
            if listing is None:
                listing = by_view[staff.id] = await queue.listing(self._context, staff)
            await self._server.emit("queue", listing, to=sid, namespace=CONSOLES)
            await asyncio.sleep(
                0
            )  # SQLite answers without waiting: messages must not wait for fifty listings
        await asyncio.sleep(min(QUEUE_PAUSE_MAX_S, QUEUE_PAUSE_S * (len(followed) + len(by_view))))

    def _to_other_side(self, room: Room, event: str, author: str, told: Object) -> None:
        if author == "citizen":
            self._to_clerks(room, event, {"chat": room.chat, "author": author, **told})
        else:
            self._to_citizens(room, event, {"author": author, **told})

    def _to_citizens(self, room: Room, event: str, body: object) -> None:
        self._server.manager.put(event, body, CITIZENS, room.citizens)

    def _to_clerks(self, room: Room, event: str, body: object) -> None:
        self._server.manager.put(event, body, CONSOLES, room.clerks)

    def _forget_empty(self, conversation_id: str) -> None:
        room = self._rooms.get(conversation_id)
        if room is not None and not room.citizens and not room.clerks and not room.joining:
            del self._rooms[conversation_id]

    def _lock(self, conversation_id: str) -> asyncio.Lock:
        lock = self._locks.get(conversation_id)
        if lock is None:
            lock = self._locks[conversation_id] = asyncio.Lock()
        return lock


def _follows(room: Room, fresh: Sequence[Message]) -> bool:
    """Whether these are the very next messages of the room, in order."""
    return [one.seq for one in fresh] == list(range(room.seq + 1, room.seq + 1 + len(fresh)))
