"""Tells the rest of the gateway what changed, after the commit. Listeners read the database for what they are not given."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from handoff.domain.message import Message


class Listener:
    """What a part of the process may want to hear; every method does nothing unless overridden and must not block."""

    def messages_changed(self, conversation_id: str, fresh: Sequence[Message] = ()) -> None:
        """The log has new messages; `fresh` are those of them that are at hand, in order."""

    def state_changed(self, conversation_id: str) -> None:
        """Phase, clerk or login changed."""

    def form_changed(self, conversation_id: str) -> None:
        """The conversation's draft changed."""

    def queue_changed(self) -> None:
        """Somebody came into the queue, left it or was served."""

    def outbox_changed(self, kind: str, conversation_id: str) -> None:
        """Something of this kind waits in the outbox."""

    def desk_changed(self, conversation_id: str) -> None:
        """A chat was offered to a colleague, or a second clerk came or went."""

    def handle_changed(self, conversation_id: str) -> None:
        """Connections with the old handle or login must end."""

    def sessions_ended(self, sessions: frozenset[str], conversations: Sequence[str]) -> None:
        """The portal has ended these sessions; `conversations` were tied to them. Their connections must end."""

    def typing(self, conversation_id: str, author: str, on: bool) -> None:
        """Somebody writes; never stored."""

    def read(self, conversation_id: str, author: str, seq: int) -> None:
        """Somebody has seen the messages up to this number; never stored."""

    def assigned(self, conversation_id: str, clerk_id: str) -> None:
        """A chat was given to a clerk who did not ask for it."""

    def counted(self, limit: str, name: str) -> None:
        """A call of this name was counted against a limit (`handoff.services.limiter`)."""

    def missed(self) -> None:
        """Other processes may have told something that was not heard: anything may have changed."""


class Hub:
    """A process's switchboard: fans signals out to listeners and wakes waiting long polls."""

    def __init__(self) -> None:
        self.relay = Listener()
        """Hears what this process causes, for the other processes (`handoff.relay`)."""
        self._listeners: list[Listener] = []
        self._polls: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def attach(self, listener: Listener) -> None:
        """Add a listener for the life of the process."""
        self._listeners.append(listener)

    def hear(self, signal: str, *told: Any) -> None:
        """Fan a signal out that another process caused; `signal` is the name of a method of `Listener`."""
        for listener in self._listeners:
            getattr(listener, signal)(*told)
        if signal == Listener.messages_changed.__name__:
            self._wake_polls(told[0])
        elif signal == Listener.missed.__name__:
            for conversation_id in list(self._polls):
                self._wake_polls(conversation_id)

    def messages_changed(self, conversation_id: str, fresh: Sequence[Message] = ()) -> None:
        """Tell that the log has new messages; whoever has them at hand spares the listeners a look."""
        for listener in self._all():
            listener.messages_changed(conversation_id, fresh)
        self._wake_polls(conversation_id)

    def state_changed(self, conversation_id: str) -> None:
        """Tell that phase, clerk or login changed."""
        for listener in self._all():
            listener.state_changed(conversation_id)

    def form_changed(self, conversation_id: str) -> None:
        """Tell that the conversation's draft changed."""
        for listener in self._all():
            listener.form_changed(conversation_id)

    def queue_changed(self) -> None:
        """Tell that the queue changed."""
        for listener in self._all():
            listener.queue_changed()

    def outbox_changed(self, kind: str, conversation_id: str) -> None:
        """Tell that something waits in the outbox; `Database.write` does so after each commit."""
        for listener in self._all():
            listener.outbox_changed(kind, conversation_id)

    def desk_changed(self, conversation_id: str) -> None:
        """Tell that a chat was offered to a colleague, or that a second clerk came or went."""
        for listener in self._all():
            listener.desk_changed(conversation_id)

    def handle_changed(self, conversation_id: str) -> None:
        """Tell that the conversation's handle or login changed."""
        for listener in self._all():
            listener.handle_changed(conversation_id)

    def sessions_ended(self, sessions: frozenset[str], conversations: Sequence[str]) -> None:
        """Tell that the portal has ended sessions."""
        for listener in self._all():
            listener.sessions_ended(sessions, conversations)

    def typing(self, conversation_id: str, author: str, on: bool) -> None:
        """Tell that somebody writes."""
        for listener in self._all():
            listener.typing(conversation_id, author, on)

    def read(self, conversation_id: str, author: str, seq: int) -> None:
        """Tell that somebody has seen the messages up to this number."""
        for listener in self._all():
            listener.read(conversation_id, author, seq)

    def assigned(self, conversation_id: str, clerk_id: str) -> None:
        """Tell that a chat was given to a clerk."""
        for listener in self._all():
            listener.assigned(conversation_id, clerk_id)

    def begin_poll(self, conversation_id: str) -> asyncio.Event:
        """Register a long poll; it is set at the conversation's next message."""
        poll = asyncio.Event()
        self._polls[conversation_id].add(poll)
        return poll

    def end_poll(self, conversation_id: str, poll: asyncio.Event) -> None:
        """Forget a long poll."""
        polls = self._polls[conversation_id]
        polls.discard(poll)
        if not polls:
            del self._polls[conversation_id]

    def _all(self) -> list[Listener]:
        return [*self._listeners, self.relay]

    def _wake_polls(self, conversation_id: str) -> None:
        for poll in self._polls.get(conversation_id, ()):
            poll.set()
