"""Bring a database to the newest schema, in process."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration(connection: Connection) -> Config:
    """Alembic's configuration on an open connection; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Run all migrations that this database has not seen."""
    command.upgrade(configuration(connection), "head")


async def migrate(engine: AsyncEngine) -> None:
    """Run all open migrations in one transaction; a database that is up to date is not touched."""
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
