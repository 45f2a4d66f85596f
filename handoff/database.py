"""The gateway's database: SQLite with one writer, or PostgreSQL with row locks."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from handoff.sqlite import BUSY_TIMEOUT_MS, CHECKPOINT_AT_LAST_PAGES, TAKE_LOCK, Straight, open_connection

T = TypeVar("T")

READ_ONLY = "handoff_read_only"
ALONE = "handoff_alone"
"""A statement that needs no transaction around it."""
POOL_SIZE = 16
"""Connections of a process; none is closed and opened again under load."""
OUTGOING = "outgoing"
"""Where a session notes `{(kind, conversation id)}`, so that the couriers hear of it after the commit."""


class Database:
    """Gives transactions. On SQLite writers queue in this process instead of in SQLite's busy loop.

    Parameters
    ----------
    url
        SQLAlchemy URL of an async driver (aiosqlite, asyncpg).
    """

    def __init__(self, url: str) -> None:
        self.outgoing: Callable[[str, str], None] = lambda _kind, _conversation_id: None
        """Hears after each commit what the transaction put into the outbox."""
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {"pool_size": POOL_SIZE, "max_overflow": 0, "pool_timeout": 60}
        if self.is_sqlite:
            options["connect_args"] = {"async_creator_fn": open_connection}
        self.engine: AsyncEngine = create_async_engine(url, hide_parameters=True, **options)
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _set_pragmas)
            event.listen(self.engine.sync_engine, "begin", _begin)
        reader = self.engine.execution_options(**{READ_ONLY: True})
        self._writing = async_sessionmaker(self.engine, expire_on_commit=False)
        self._reading = async_sessionmaker(reader, expire_on_commit=False)
        alone = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._single = self.engine.execution_options(**{ALONE: True}, **alone)
        self._writer = asyncio.Lock()
        self._straight = Straight(url, _set_pragmas) if self.is_sqlite else None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed durably at the end, rolled back when anything raises."""
        if self.is_sqlite:
            async with self._writer, self._writing() as session, session.begin():
                yield session
        else:
            async with self._writing() as session, session.begin():
                yield session
        for kind, conversation_id in session.info.get(OUTGOING, ()):
            self.outgoing(kind, conversation_id)

    async def write_at_once(self, work: Callable[[Connection], T]) -> T:
        """Run one function of statements in one transaction, without a session around it: for what must be quick.

        What `work` notes in `connection.info[OUTGOING]` is told after the commit.
        """
        outgoing: set[tuple[str, str]] = set()

        def noted(connection: Connection) -> T:
            result = work(connection)
            outgoing.update(connection.info.pop(OUTGOING, ()))
            return result

        if self._straight is not None:
            async with self._writer:
                result = await self._straight.transaction(noted)
        else:
            async with self.engine.begin() as connection:
                result = await connection.run_sync(noted)
        for kind, conversation_id in outgoing:
            self.outgoing(kind, conversation_id)
        return result

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One consistent look; takes no lock."""
        async with self._reading() as session, session.begin():
            yield session

    async def row(self, statement: Select[*tuple[Any, ...]], **values: Any) -> Row[*tuple[Any, ...]] | None:
        """Read the first row of one statement; half the price of a session and a transaction.

        A statement that is built once, with `values` for its parameters, takes less than half of one that is built for each call.
        """
        if self._straight is not None:
            return self._straight.row(statement, values)
        async with self._single.connect() as connection:
            return (await connection.execute(statement, values)).first()

    async def rows(
        self, statement: Select[*tuple[Any, ...]], **values: Any
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """Read all rows of one statement, of one moment; see `row`."""
        if self._straight is not None:
            return self._straight.rows(statement, values)
        async with self._single.connect() as connection:
            return (await connection.execute(statement, values)).all()

    async def close(self) -> None:
        """Close all connections."""
        if self._straight is not None:
            await self._straight.close()
        await self.engine.dispose()


def _set_pragmas(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"wal_autocheckpoint={CHECKPOINT_AT_LAST_PAGES}",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(ALONE):
        return
    read_only = options.get(READ_ONLY)
    connection.exec_driver_sql("BEGIN" if read_only else TAKE_LOCK)
