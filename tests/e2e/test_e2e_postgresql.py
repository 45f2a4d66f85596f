"""The same path with all three parts on PostgreSQL, each with a database of its own."""

import asyncio
import os
import threading
from uuid import uuid4

import asyncpg
import pytest

from tests.support.citizen import card
from tests.support.person import Person, read_again
from tests.support.town import Town

pytestmark = pytest.mark.postgres

SERVER = os.environ.get("AMTSLOTSE_TEST_POSTGRES", "postgresql://127.0.0.1:5432")
PARTS = ("PORTAL", "HANDOFF", "ENGINE")


def administer(*statements: str) -> None:
    """Run statements on the server's own database, in a thread with a loop of its own."""
    failures: list[Exception] = []

    async def run() -> None:
        connection = await asyncpg.connect(f"{SERVER}/postgres")
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    def target() -> None:
        try:
            asyncio.run(run())
        except (OSError, asyncpg.PostgresError) as failure:
            failures.append(failure)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


@pytest.fixture
def databases():
    names = {part: f"amtslotse_{part.lower()}_{uuid4().hex[:8]}" for part in PARTS}
    try:
        administer(*(f"CREATE DATABASE {name}" for name in names.values()))
    except OSError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs PostgreSQL: {error}")
        pytest.skip(f"no PostgreSQL at {SERVER}")
    address = SERVER.replace("postgresql://", "postgresql+asyncpg://")
    yield {f"AMTSLOTSE_{part}_DATABASE": f"{address}/{name}" for part, name in names.items()}
    administer(*(f"DROP DATABASE {name} WITH (FORCE)" for name in names.values()))


def test_a_town_on_postgresql(tmp_path, databases):
    town = Town(tmp_path / "stadt", settings=databases).start()
    try:
        person = Person(town)
        messages = person.release_all(person.start("wohnsitz_anmelden"))
        assert card(messages, "question")["field"]["id"] == "einzugsdatum"
        dead = town.kill("engine")
        person.send(text="am 16.11.2026", client_id="answer").raise_for_status()
        town.wait_until_back("engine", dead)
        assert card(read_again(person), "question")["field"]["id"] == "neue_anschrift"
        person.http.close()
    finally:
        assert town.stop() == 0
    assert not list((tmp_path / "stadt").glob("*.db"))
