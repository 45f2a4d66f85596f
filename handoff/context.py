"""The process context: built once at start, handed to every use case."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakValueDictionary

from handoff.database import Database
from handoff.domain.message import Since
from handoff.domain.people import Staff
from handoff.hub import Hub
from handoff.ports import Channel, Engine, Notifier, Portal
from handoff.services.board import BoardWatch
from handoff.services.together import Together
from handoff.services.writer import LogWriter
from handoff.settings import HandoffSettings

Clock = Callable[[], datetime]
"""Gives the present moment with a zone. Injected; nothing in the gateway asks the system for the time."""


@dataclass
class HandoffContext:
    """What outlives a request: settings, clock, database, the doors to portal and engine, the hub."""

    settings: HandoffSettings
    clock: Clock
    database: Database
    portal: Portal
    bot: Engine
    hub: Hub
    writer: LogWriter
    board: BoardWatch
    notifier: Notifier
    """Where notices take effect."""
    channels: Mapping[str, Channel] = field(default_factory=dict)
    """Messengers and mailboxes that are switched on, by name."""
    intents: tuple[str, ...] = ()
    """What the assistant can understand: the labels that a reviewed example may get."""
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Function and office of the clerks whose consoles this process serves, by id."""
    claims: "Together[Staff, str | None] | None" = None
    """Gathers clerks who ask for their next chat (`handoff.services.claims.claim_next`)."""
    moments: "Together[tuple[str, int], Since] | None" = None
    """Gathers those who read on in their conversations (`handoff.services.conversation.since`)."""
    _turnstiles: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def turnstile(self, conversation_id: str) -> asyncio.Lock:
        """Give the lock that lets a conversation's messages in one by one, in the order in which they came."""
        lock = self._turnstiles.get(conversation_id)
        if lock is None:
            lock = self._turnstiles[conversation_id] = asyncio.Lock()
        return lock

    async def close(self) -> None:
        """Close database and connections."""
        for channel in self.channels.values():
            await channel.close()
        await self.portal.close()
        await self.bot.close()
        await self.writer.close()
        await self.database.close()
