"""200 clerks claim a queue at once: each chat goes to exactly one, with one process and with four."""

import asyncio
import os

import pytest
from handoff_world import sqlite, staff

from handoff.errors import ConflictError
from handoff.services import claims as taking
from handoff.services import queue
from tests.bench.handoff import claims, ground

CHATS = 10_000


async def race(database: str, processes: int) -> None:
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


async def test_who_picks_and_who_takes_the_next_never_get_the_same(town):
    for _ in range(12):
        await town.send(await town.start(), "mensch")
    await town.idle()
    listed = (await queue.listing(town.context, staff()))["waiting"]
    assert len(listed) == 12
    picking = [taking.claim(town.context, one["chat"], staff(f"p{n}")) for n, one in enumerate(listed)]
    asking = [taking.claim_next(town.context, staff(f"n{n}")) for n in range(12)]
    found = await asyncio.gather(
        *(one for pair in zip(picking, asking, strict=True) for one in pair), return_exceptions=True
    )
    taken = [one for one in found if isinstance(one, str)]
    assert len(taken) == len(set(taken)) == 12
    assert all(one is None or isinstance(one, ConflictError) for one in found if not isinstance(one, str))


async def test_a_clerk_who_asks_twice_at_once_gets_no_more_than_she_wants(town):
    for _ in range(9):
        await town.send(await town.start(), "mensch")
    await town.idle()
    found = await asyncio.gather(
        *(taking.claim_next(town.context, staff()) for _ in range(9)), return_exceptions=True
    )
    assert sum(isinstance(one, str) for one in found) == 6
    assert {one.code for one in found if not isinstance(one, str)} == {"ausgelastet"}
