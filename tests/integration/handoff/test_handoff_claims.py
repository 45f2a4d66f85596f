"""200 clerks claim a queue at once: each chat goes to exactly one, with one process and with four."""

import os

import pytest
from handoff_world import sqlite

from tests.bench.handoff import claims, ground

CHATS = int(os.environ.get("HANDOFF_CLAIMS", "400"))
"""The full size, 10,000, is `make bench-handoff`'s; HANDOFF_CLAIMS sets it here."""


async def race(database: str, processes: int) -> None:
    import asyncio

    await ground.fill(database, CHATS, 1, waiting=True)
    found = await asyncio.to_thread(claims.race, database, CHATS, processes)
    assert (found["claimed"], found["claimed_twice"]) == (CHATS, 0)


async def test_on_sqlite_with_one_process(tmp_path):
    await race(sqlite(tmp_path), 1)


@pytest.mark.postgres
async def test_on_postgresql_with_four_processes(tmp_path):
    import asyncpg

    try:
        await (await asyncpg.connect("postgresql://127.0.0.1:5432/test", timeout=2)).close()
    except OSError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL: {error}")
    async with ground.database("postgresql", tmp_path) as database:
        await race(database, 4)
