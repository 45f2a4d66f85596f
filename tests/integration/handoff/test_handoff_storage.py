"""What lies on the disk: one schema on both databases, nothing readable, numbers masked before they are stored."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from handoff_world import FERNET_KEY, citizen_token, sqlite, world
from sqlalchemy import select, text

from handoff.schema.base import Base
from handoff.schema.tables import MessageRow
from handoff.schema.upgrade import VERSION_TABLE, upgrade

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
