"""The engine's database: one table, one row a conversation."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Column, DateTime, LargeBinary, MetaData, String, Table, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
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


def default_url(environment: Mapping[str, str] = os.environ) -> str:
    """Address of the database from the environment, or the SQLite file in the state folder."""
    folder = Path(environment.get("AMTSLOTSE_VAR", "var"))
    return environment.get("AMTSLOTSE_ENGINE_DATABASE", f"sqlite+aiosqlite:///{folder / 'engine.db'}")


def connect(url: str) -> AsyncEngine:
    """Engine for the address; SQLite in WAL mode, synced at each commit, writers taking turns."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_async_engine(address, pool_size=5, max_overflow=5, pool_pre_ping=True)
    in_memory = address.database in (None, "", ":memory:")
    if not in_memory:
        Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(address, **({"poolclass": StaticPool} if in_memory else {}))

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_TIMEOUT_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
