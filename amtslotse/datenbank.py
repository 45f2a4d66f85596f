"""The portal's database, opened by a command beside the running portal or without one."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy.ext.asyncio import AsyncSession

from amtslotse.installation import Installation
from portal.context import create_database_engine
from portal.schema.base import KEYRING
from portal.schema.migrate import migrate
from portal.settings import PortalSettings


def portal_settings(installation: Installation) -> PortalSettings:
    """The settings with which `amtslotse up` starts the portal."""
    installation.var.mkdir(parents=True, exist_ok=True)
    return PortalSettings.from_environment(installation.environment_of("web", os.environ, 0.0))


@asynccontextmanager
async def portal_session(installation: Installation) -> AsyncIterator[AsyncSession]:
    """One transaction on the portal's database, with its tables up to date."""
    settings = portal_settings(installation)
    KEYRING.load(MultiFernet([Fernet(key) for key in settings.keys]))
    engine = create_database_engine(settings.database)
    try:
        await migrate(engine)
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            yield session
    finally:
        await engine.dispose()
