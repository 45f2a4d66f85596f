"""The engine's database: one table, one row a conversation."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool

metadata = MetaData()

conversations = Table(
    "engine_conversations",
    metadata,
    Column("conversation_id", String(64), primary_key=True),
    # Fernet: {"events": [...]}
    Column("snapshot", LargeBinary, nullable=False),
    Column("last_message_id", String(64), nullable=True),
    # Fernet: {"replies": [...], "handoff": ...} of the last message
    Column("last_answer", LargeBinary, nullable=True),
    Column("changed_at", DateTime(timezone=True), nullable=True, index=True),
)

_BUSY_TIMEOUT_MS = 5_000
READ_ONLY = "engine_read_only"
"""Execution option of a connection that only reads: each statement is by itself, and sees what was committed last."""


def default_url(environment: Mapping[str, str] = os.environ) -> str:
    """Address of the database from the environment, or the SQLite file in the state folder."""
    folder = Path(environment.get("AMTSLOTSE_VAR", "var"))
    return environment.get("AMTSLOTSE_ENGINE_DATABASE", f"sqlite:///{folder / 'engine.db'}")


def connect(url: str) -> Engine:
    """Engine for the address; SQLite in WAL mode, synced at each commit, writers taking turns.

    Its callers run a whole transaction in one thread, which costs one change of threads; an asynchronous driver changes
    threads (SQLite) or tasks for each of the ten calls that a transaction consists of. An address that names an
    asynchronous driver gets its synchronous sibling.
    """
    address = make_url(url)
    backend = address.get_backend_name()
    if backend != "sqlite":
        address = address.set(drivername=f"{backend}+psycopg2" if backend == "postgresql" else backend)
        return create_engine(address, pool_size=5, max_overflow=5, pool_pre_ping=True, hide_parameters=True)
    address = address.set(drivername="sqlite")
    in_memory = address.database in (None, "", ":memory:")
    if not in_memory:
        Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        address,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
        **({"poolclass": StaticPool} if in_memory else {}),
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_TIMEOUT_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(READ_ONLY):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
