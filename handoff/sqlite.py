"""SQLite on the event loop, without a change of threads for what never waits."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import closing
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import NullPool, Result, Row, Select, create_engine, event, make_url

TAKE_LOCK = "BEGIN IMMEDIATE"
BUSY_TIMEOUT_MS = 10_000
QUICK_S = 0.002
CHECKPOINT_AFTER_COMMITS = 100
CHECKPOINT_AT_LAST_PAGES = 8_000
"""So large (32 MB) grows the write-ahead log before a commit itself has to carry it into the database, on the event loop."""
_ROWS_AT_ONCE = 64

T = TypeVar("T")


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


class Straight:
    """The connections of the group commit (`handoff.services.writer`) and of looks at one row, with nothing asynchronous between.

    A transaction of four statements costs a fifth of what it costs through aiosqlite and SQLAlchemy's greenlets. Its
    caller holds the lock of this process's writers; the rules of `Connection` hold here too: waiting for another
    process, and for a slow disk, is done in a thread. So is carrying the write-ahead log into the database, which
    would stop everything for some ten milliseconds; it loses nothing, since the log is on the disk already.

    Parameters
    ----------
    url
        SQLAlchemy URL of the database, with any driver.
    set_pragmas
        Called with each new connection of `sqlite3`.
    """

    def __init__(self, url: str, set_pragmas: Callable[[Any, Any], None]) -> None:
        options = {"check_same_thread": False, "isolation_level": None}
        self._engine = create_engine(
            make_url(url).set(drivername="sqlite"),
            poolclass=NullPool,
            connect_args=options,
            hide_parameters=True,
        )
        event.listen(self._engine, "connect", set_pragmas)
        self._open: SyncConnection | None = None
        self._reader: SyncConnection | None = None
        self._commits = 0
        self._checkpoint: asyncio.Future[None] | None = None

    async def transaction(self, work: Callable[[SyncConnection], T]) -> T:
        """Run `work` in one transaction; durable on return, rolled back when it raises."""
        if self._open is None:
            self._open = self._engine.connect()
            _busy_timeout(self._open, 0)
        line = self._open
        try:
            _driver(line).execute(TAKE_LOCK)
        except sqlite3.OperationalError:  # another process writes
            await _to_the_end(asyncio.to_thread(_wait_for_lock, line))
        transaction = line.begin()  # SQLAlchemy's book-keeping; the lock began it for SQLite
        try:
            result = work(line)
            if DISK.commit_s < QUICK_S:
                DISK.measured(transaction.commit)
            else:
                await _to_the_end(asyncio.to_thread(DISK.measured, transaction.commit))
        except BaseException:
            transaction.rollback()
            raise
        self._commits += 1
        if self._commits >= CHECKPOINT_AFTER_COMMITS and (
            self._checkpoint is None or self._checkpoint.done()
        ):
            self._commits = 0
            self._checkpoint = asyncio.ensure_future(asyncio.to_thread(self._carry_over))
        return result

    def row(
        self, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any]
    ) -> Row[*tuple[Any, ...]] | None:
        """Read the first row of one statement: some microseconds, and readers of a write-ahead log wait for nobody."""
        return self._read(statement, values).first()

    def rows(
        self, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any]
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """Read all rows of one statement, of one moment."""
        return self._read(statement, values).all()

    def _read(
        self, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any]
    ) -> Result[*tuple[Any, ...]]:
        if self._reader is None:
            self._reader = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        return self._reader.execute(statement, values)

    def _carry_over(self) -> None:
        with closing(sqlite3.connect(str(self._engine.url.database), isolation_level=None)) as line:
            line.execute("PRAGMA wal_checkpoint(PASSIVE)")

    async def close(self) -> None:
        """Close the connection."""
        if self._checkpoint is not None:
            await asyncio.gather(self._checkpoint, return_exceptions=True)
        for line in (self._open, self._reader):
            if line is not None:
                line.close()
        self._engine.dispose()


def _driver(line: SyncConnection) -> Any:
    return line.connection.driver_connection


def _busy_timeout(line: SyncConnection, milliseconds: int) -> None:
    _driver(line).execute(f"PRAGMA busy_timeout = {milliseconds}")


def _wait_for_lock(line: SyncConnection) -> None:
    _busy_timeout(line, BUSY_TIMEOUT_MS)
    try:
        _driver(line).execute(TAKE_LOCK)
    finally:
        _busy_timeout(line, 0)
