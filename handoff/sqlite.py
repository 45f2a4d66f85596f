"""SQLite on the event loop, without a change of threads for what never waits."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Coroutine
from typing import Any

import aiosqlite

TAKE_LOCK = "BEGIN IMMEDIATE"
BUSY_TIMEOUT_MS = 10_000
QUICK_S = 0.002
_ROWS_AT_ONCE = 64


class Connection(aiosqlite.Connection):
    """Does at once what takes microseconds, and only what may take long in aiosqlite's thread.

    aiosqlite sends each call to its thread, about ten for a transaction of one statement. A statement that finds its
    pages in memory takes some microseconds, its way to the thread and back at least ten times as long, on a busy machine
    milliseconds. The write lock is free, because this process's writers queue already (`handoff.database`); if another
    process has it, the thread waits. A commit waits for the disk: as long as the disk has lately answered within
    `QUICK_S` that is cheaper than the way to the thread, otherwise the thread waits.
    """

    _writes = False

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if args[:1] == (TAKE_LOCK,):
            self._writes = True
            return await self._take_lock(fn, *args, **kwargs)
        if self._writes and fn == self._conn.commit:
            self._writes = False
            if DISK.commit_s < QUICK_S:
                return DISK.measured(fn)
            return await _to_the_end(super()._execute(DISK.measured, fn))  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)

    async def _take_lock(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._conn.execute("PRAGMA busy_timeout = 0")
        try:
            return fn(*args, **kwargs)
        except sqlite3.OperationalError:  # another process writes
            self._conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            return await _to_the_end(super()._execute(fn, *args, **kwargs))  # type: ignore[no-untyped-call]
        finally:
            self._conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


class Disk:
    """How long a commit has lately taken: a moving average over about ten."""

    def __init__(self) -> None:
        self.commit_s = 1.0

    def measured(self, commit: Callable[[], Any]) -> Any:
        """Commit and remember how long it took."""
        start = time.perf_counter()
        result = commit()
        took_s = time.perf_counter() - start
        self.commit_s = took_s if self.commit_s >= 1.0 else 0.9 * self.commit_s + 0.1 * took_s
        return result


DISK = Disk()


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
