"""What lies on the disk: one schema on both databases, nothing readable, numbers masked before they are stored."""

import asyncio
import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from handoff_world import FERNET_KEY, citizen_token, sqlite, world
from sqlalchemy import select, text

from handoff.schema.base import Base
from handoff.schema.tables import ConversationRow, MessageRow
from handoff.schema.upgrade import VERSION_TABLE, upgrade
from handoff.sqlite import CHECKPOINT_AFTER_COMMITS

IBAN = "DE89370400440532013000"


def _differences(connection):
    options = {"compare_type": True, "version_table": VERSION_TABLE}
    return compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)


async def test_migrations_make_what_the_tables_say(town):
    async with town.context.database.engine.begin() as connection:
        assert await connection.run_sync(_differences) == []
    await upgrade(town.context.database.engine)


async def test_the_database_is_durable(town):
    async with town.context.database.engine.connect() as connection:
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar() == "wal"
        assert (await connection.execute(text("PRAGMA synchronous"))).scalar() == 2
    for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
        ask = f"PRAGMA {pragma}"
        found = await town.context.database.write_at_once(
            lambda line, ask=ask: line.exec_driver_sql(ask).scalar()
        )
        assert found == value


async def test_a_group_commit_that_fails_leaves_nothing_and_the_next_one_works(town):
    handle = await town.start()

    def broken(line):
        line.exec_driver_sql("UPDATE conversations SET lang = 'xx'")
        raise LookupError

    with pytest.raises(LookupError):
        await town.context.database.write_at_once(broken)
    assert (await town.send(handle, "Hallo")).json()["seq"] == 1
    async with town.context.database.read() as session:
        assert (await session.scalar(select(ConversationRow.lang))) == "de"


async def test_the_group_commit_waits_for_another_process_beside_the_event_loop(town, tmp_path):
    handle = await town.start()
    other = sqlite3.connect(tmp_path / "handoff.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    sending = asyncio.create_task(town.send(handle, "Hallo"))
    for _ in range(3):
        assert (await town.read(handle))["messages"] == []
    assert not sending.done()
    other.execute("COMMIT")
    other.close()
    assert (await sending).json()["seq"] == 1


async def test_the_write_ahead_log_is_carried_over_while_the_process_runs(town, tmp_path):
    handle = await town.start()
    file = tmp_path / "handoff.db"
    before = file.stat().st_size
    for number in range(CHECKPOINT_AFTER_COMMITS):
        assert (await town.send(handle, f"Nummer {number}", client_id=f"c{number}")).status_code == 201
    await town.context.database._straight._checkpoint
    assert file.stat().st_size > before


async def test_nothing_readable_lies_on_the_disk(tmp_path):
    async with world(sqlite(tmp_path)) as town:
        town.bot.failures = [ConnectionError("einmal")]
        handle = await town.start()
        await town.send(handle, f"Mein Geheimnis: {IBAN} bitte")
        await town.idle()
        raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        for secret in (IBAN, "Geheimnis", handle, FERNET_KEY):
            assert secret.encode() not in raw
        message = (await town.read(handle))["messages"][0]
        assert "3000" in message["text"]
        assert IBAN not in message["text"]
        assert [value for _kind, value in town.portal.vault.values()] == [IBAN]
        async with town.context.database.read() as session:
            row = await session.scalar(select(MessageRow))
        assert IBAN not in str(row.body)
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert IBAN.encode() not in raw


async def test_the_engine_gets_a_reference_and_the_place_of_the_mask(town):
    handle = await town.start()
    await town.send(handle, f"erst {IBAN}, dann {IBAN} fertig")
    await town.idle()
    turn = town.bot.turns[0]
    assert IBAN not in str(turn.request())
    assert len(turn.secrets) == 2
    for secret in turn.secrets:
        masked = turn.text[secret["start"] : secret["end"]]
        assert masked == "[iban …3000]"
        assert town.portal.vault[secret["ref"]] == ("iban", IBAN)
    assert turn.text.endswith(" fertig")


async def test_without_the_vault_nothing_is_stored(town):
    handle = await town.start()
    town.portal.down = True
    refused = await town.send(handle, f"Meine IBAN ist {IBAN}")
    assert (refused.status_code, refused.json()["code"]) == (503, "voruebergehend_gestoert")
    assert (await town.send(handle, "Hallo", client_id="c2")).status_code == 201
    town.portal.down = False
    assert (await town.send(handle, f"Meine IBAN ist {IBAN}")).status_code == 201
    await town.send(handle, f"Meine IBAN ist {IBAN}")
    assert len(town.portal.vault) == 1


async def test_accounts_are_not_told_to_the_engine(town):
    handle = (await town.login(await town.start(), citizen_token("konto-4711"))).json()["handle"]
    await town.send(handle, "Hallo", auth=citizen_token("konto-4711"))
    await town.idle()
    assert all("4711" not in str(turn.request()) for turn in town.bot.turns)


async def test_numbers_in_the_values_of_a_card_become_references(town):
    handle = await town.start()
    await town.send(handle, "knopf")
    await town.idle()
    values = {
        "aendern": {"iban": f" {IBAN} ", "bemerkung": f"Konto {IBAN}", "zahl": 3},
        "freigeben": ["a", IBAN],
    }
    payload = '/start{"service": "a"}'
    assert (await town.send(handle, payload=payload, values=values, client_id="p")).status_code == 201
    await town.idle()
    got = town.bot.turns[-1].values
    assert IBAN not in str(got)
    assert town.portal.vault[got["aendern"]["iban"]] == ("iban", IBAN)
    assert got["aendern"]["bemerkung"] == "Konto [iban …3000]"
    assert got["aendern"]["zahl"] == 3
    assert got["freigeben"][0] == "a"
