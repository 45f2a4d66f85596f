"""Carries one kind of the outbox: a conversation's rows one after the other, conversations in parallel.

Retried with backoff, each try noted in the row; what one process leaves behind another one finds.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from handoff.context import HandoffContext
from handoff.hub import Listener
from handoff.lanes import Lanes
from handoff.storage import outbox
from handoff.storage.outbox import Kind, Parcel

logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
SWEEP_S = 30.0
"""So often several processes look for what another one left behind."""
TAKEN_S = 60.0
"""So long a process has a row to itself; a delivery takes less."""

Pause = Callable[[float], Awaitable[None]]
"""Waits for so many seconds; tests bring one that does not."""


class Courier(Listener, ABC):
    """Delivers every row of its kind again and again until its effect is recorded.

    A row may be delivered twice (a crash between the effect and its record): the receiver tells it by the row's key.

    Parameters
    ----------
    context
        The process context.
    pause
        Waits between two tries.
    """

    kind: Kind

    def __init__(self, context: HandoffContext, pause: Pause = asyncio.sleep) -> None:
        self._context = context
        self._pause = pause
        self._lanes = Lanes(self._drain)
        self._sweeper: asyncio.Task[None] | None = None

    @abstractmethod
    async def deliver(self, parcel: Parcel) -> None:
        """Bring about the row's effect and take it out; raise whatever went wrong."""

    @abstractmethod
    async def failed(self, parcel: Parcel, error: Exception) -> None:
        """React to a failed try: `put_off` or give up. `parcel` counts the tries before this one."""

    async def start(self) -> None:
        """Listen, and go on with everything that an earlier process left undelivered."""
        self._context.hub.attach(self)
        async with self._context.database.read() as session:
            left = await outbox.conversations(session, self.kind)
        for conversation_id in left:
            self._lanes.wake(conversation_id)
        if not self._context.database.is_sqlite:
            self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Stop between or in deliveries; the outbox keeps what is not delivered."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._sweeper
        await self._lanes.close()

    async def idle(self) -> None:
        """Wait until nothing is left to deliver."""
        await self._lanes.idle()

    def outbox_changed(self, kind: str, conversation_id: str) -> None:
        """Something waits."""
        if kind == self.kind:
            self._lanes.wake(conversation_id)

    async def put_off(self, parcel: Parcel, *, fault: bool = False, after_s: float | None = None) -> None:
        """Try again later: after `after_s`, or after twice the last pause (0.5 s up to 30 s)."""
        pause_s = (
            min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(parcel.tries, 10)) if after_s is None else after_s
        )
        async with self._context.database.write() as session:
            due_at = self._context.clock() + timedelta(seconds=pause_s)
            await outbox.put_off(session, parcel, due_at, fault=fault)

    async def _drain(self, conversation_id: str) -> None:
        waited: tuple[str, int] | None = None
        database = self._context.database
        while (parcel := await outbox.first(database, self.kind, conversation_id)) is not None:
            wait_s = parcel.wait_s(self._context.clock())
            if wait_s > 0 and waited != (parcel.key, parcel.tries):
                waited = parcel.key, parcel.tries
                await self._pause(wait_s)
                continue  # meanwhile it may have been delivered or withdrawn
            if not await self._take(parcel):
                await self._pause(1.0)
                continue
            try:
                await self.deliver(parcel)
            except Exception as error:  # the edge of this worker: whatever fails, the row stays in the outbox
                self._report(error, parcel)
                await self.failed(parcel, error)

    async def _take(self, parcel: Parcel) -> bool:
        """Keep other processes off; SQLite has one process, and its lanes do that already."""
        if self._context.database.is_sqlite:
            return True
        now = self._context.clock()
        async with self._context.database.write() as session:
            return await outbox.take(session, parcel, now, now + timedelta(seconds=TAKEN_S))

    def known(self, error: Exception) -> bool:
        """Tell whether an error is the receiver's and needs no traceback."""
        return False

    def _report(self, error: Exception, parcel: Parcel) -> None:
        known = self.known(error)
        logger.warning(
            "delivery to %s failed (%s), conversation %s, try %d",
            self.kind,
            error if known else type(error).__name__,
            parcel.conversation_id,
            parcel.tries + 1,
            exc_info=None if known else error,
        )

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            older_than = self._context.clock() - timedelta(seconds=SWEEP_S)
            try:
                async with self._context.database.read() as session:
                    left = await outbox.conversations(session, self.kind, older_than=older_than)
            except Exception:  # the edge of this worker: the database is away for a moment
                logger.exception("looking for undelivered rows failed")
                continue
            for conversation_id in left:
                self._lanes.wake(conversation_id)
