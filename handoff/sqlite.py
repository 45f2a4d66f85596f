"""SQLite on the event loop, without a change of threads for what never waits."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from typing import Any

import aiosqlite

TAKE_LOCK = "BEGIN IMMEDIATE"
_ROWS_AT_ONCE = 64


class Connection(aiosqlite.Connection):
    """Waits in aiosqlite's thread for the write lock and for the disk, and does everything else at once.

    aiosqlite sends each call to its thread, about ten for a transaction of one statement. A statement that finds its
    pages in memory takes some microseconds, its way to the thread and back ten times as long. Only taking the lock
    and committing may take milliseconds.
    """

    _writes = False

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        takes_lock = args[:1] == (TAKE_LOCK,)
        if takes_lock or (self._writes and fn == self._conn.commit):
            self._writes = takes_lock
            return await _to_the_end(super()._execute(fn, *args, **kwargs))  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)


async def _to_the_end(work: Coroutine[Any, Any, Any]) -> Any:
    """Wait for the thread even when cancelled: rolling back while it still commits would use the connection twice."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def open_connection(database: str, **options: Any) -> Connection:
    """Open a connection; for `create_async_engine(connect_args={"async_creator_fn": open_connection})`."""
    options |= {"check_same_thread": False, "isolation_level": None}
    connection = Connection(lambda: sqlite3.connect(database, **options), _ROWS_AT_ONCE)
    connection._thread.daemon = True
    await connection
    return connection
