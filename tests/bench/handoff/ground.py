"""A gateway's database with claimed or waiting chats, made at once."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
from handoff_world import settings_for
from sqlalchemy import insert

from handoff.database import Database
from handoff.schema import routing  # noqa: F401  # its tables belong to the metadata
from handoff.schema.base import KEYRING
from handoff.schema.tables import ConversationRow
from handoff.schema.upgrade import upgrade
from handoff.services.access import digest

POSTGRES = "postgresql://127.0.0.1:5432"
AT_ONCE = 500


@dataclass(frozen=True)
class Chat:
    """One conversation that the load uses."""

    id: str
    handle: str
    chat: str
    clerk: str


async def fill(database: str, citizens: int, clerks: int, *, waiting: bool = False) -> list[Chat]:
    """Make so many chats, spread over the clerks."""
    from cryptography.fernet import Fernet, MultiFernet

    KEYRING.load(MultiFernet([Fernet(key) for key in settings_for(database).keys]))
    base = Database(database)
    await upgrade(base.engine)
    chats = [
        Chat(str(uuid4()), secrets.token_urlsafe(32), str(uuid4()), f"clerk-{n % clerks}")
        for n in range(citizens)
    ]
    now = datetime.now(UTC)
    rows = [
        {
            "id": one.id,
            "chat": one.chat,
            "handle_digest": digest(one.handle),
            "phase": "waiting" if waiting else "clerk",
            "lang": "de",
            "last_seq": 0,
            "created_at": now,
            "changed_at": now,
            "queued_at": now + timedelta(milliseconds=number),
            "rank_at": now + timedelta(milliseconds=number),
            "reason": "wunsch",
            "returned": False,
            "clerk_seen_seq": 0,
            "engine_trouble": False,
            "clerk_id": None if waiting else one.clerk,
            "clerk_function": None if waiting else "Bürgerservice",
            "clerk_office": None if waiting else "BÜRGERcenter",
            "lease_until": None if waiting else now + timedelta(days=30),
        }
        for number, one in enumerate(chats)
    ]
    async with base.write() as session:
        for start in range(0, len(rows), AT_ONCE):
            await session.execute(insert(ConversationRow), rows[start : start + AT_ONCE])
    await base.close()
    return chats


@asynccontextmanager
async def database(kind: str, folder: Path) -> AsyncIterator[str]:
    """A fresh database of a kind: `sqlite` or `postgresql`."""
    if kind == "sqlite":
        name = f"bench_{uuid4().hex[:8]}.db"
        yield f"sqlite+aiosqlite:///{folder / name}"
        return
    admin = await asyncpg.connect(f"{POSTGRES}/postgres")
    name = f"bench_handoff_{uuid4().hex[:10]}"
    await admin.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"postgresql+asyncpg://127.0.0.1:5432/{name}"
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()
