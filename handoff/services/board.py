"""The queue's snapshot in this process: read again when something changed, not more often than it costs."""

import asyncio
import time
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.database import Database
from handoff.domain.board import Board
from handoff.hub import Listener
from handoff.storage import conversations, duty

SMALL = 100
"""Up to so many waiting chats every look is fresh."""
PAUSE_S = 1.0
"""A larger queue is read again after this pause at the earliest."""


async def read(session: AsyncSession, now: datetime) -> Board:
    """Read the whole queue and who is on duty."""
    return Board(
        await conversations.tickets(session),
        await duty.on_duty(session, now),
        await duty.fallbacks(session),
        await duty.handling_times(session),
    )


class BoardWatch(Listener):
    """Gives the snapshot.

    Parameters
    ----------
    database
        Where the queue lies.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._board: Board | None = None
        self._read_at = 0.0
        self._stale = True
        self._lock = asyncio.Lock()

    def queue_changed(self) -> None:
        """Somebody came into the queue, left it or was served, or a clerk came or went."""
        self._stale = True

    def missed(self) -> None:
        """It may have changed unheard."""
        self._stale = True

    async def get(self, now: datetime, session: AsyncSession | None = None) -> Board:
        """Give the snapshot; `session` sees what its own transaction changed, as long as the queue is small."""
        if (board := self._usable()) is not None:
            return board
        if session is not None:
            return self._keep(await read(session, now), stale=True)
        async with self._lock:
            if (board := self._usable()) is not None:  # read by somebody else meanwhile
                return board
            async with self._database.read() as own:
                return self._keep(await read(own, now), stale=False)

    def _usable(self) -> Board | None:
        board = self._board
        if board is None or len(board.tickets) <= SMALL:
            return None
        age_s = time.monotonic() - self._read_at
        return board if not self._stale or age_s < PAUSE_S else None

    def _keep(self, board: Board, *, stale: bool) -> Board:
        self._board, self._read_at, self._stale = board, time.monotonic(), stale
        return board
