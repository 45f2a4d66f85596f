"""Brings the database to the newest schema, in process."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "handoff_version"
LOCK = 7_205_760
"""Names the advisory lock of the migrations on PostgreSQL."""


async def upgrade(engine: AsyncEngine) -> None:
    """Run every missing migration in one transaction; a second start runs none."""
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # of several processes that start at once one migrates
            await connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
