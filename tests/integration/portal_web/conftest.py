"""Fixtures: a portal in demo mode, its people created."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from portal.app import create_app
from portal.demo import create_demo_town
from portal.schema.migrate import migrate
from portal.services import konto
from tests.support import walk
from tests.support.belongings import belongings
from tests.support.counter import ANNA
from tests.support.portal_town import ORIGIN, Browser, MovingClock, Town, settings_for
from tests.support.vorgaenge import delivered_case

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))  # the gateway's fakes name each other so

CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def make_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., FastAPI]:
    """Build a portal; passwords are hashed cheaply, and jobs run only when a test runs them."""
    monkeypatch.setattr("portal.app.AUFTRAEGE", ())
    monkeypatch.setattr(konto, "_hasher", CHEAP_HASHER)

    def make(clock: Callable[[], datetime], *, demo: bool = True, origin: str = ORIGIN) -> FastAPI:
        return create_app(settings_for(tmp_path, demo=demo, origin=origin), clock)

    return make


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo's people in it, made once; each test works on its own copy."""
    folder = tmp_path_factory.mktemp("demo")

    async def fill() -> None:
        app = create_app(settings_for(folder), MovingClock())
        context = app.state.context
        await migrate(context.engine)
        await create_demo_town(context)
        await context.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(konto, "_hasher", CHEAP_HASHER)
        asyncio.run(fill())
    return folder / "portal.db"


@pytest.fixture
async def town(make_app: Callable[..., FastAPI], demo_database: Path, tmp_path: Path) -> AsyncIterator[Town]:
    shutil.copy(demo_database, tmp_path / "portal.db")
    clock = MovingClock()
    app = make_app(clock)
    async with app.router.lifespan_context(app):
        town = Town(app, clock)
        yield town
        for browser in town.browsers:
            await browser.http.aclose()


@pytest.fixture
async def office(town: Town) -> Browser:
    return await town.office("amt-steuern")


@pytest.fixture
async def anna(town: Town) -> Browser:
    return await town.anna()


@pytest.fixture
async def case(town: Town) -> str:
    return await delivered_case(town.context, ANNA)


@pytest.fixture
async def annas(town: Town) -> dict[str, str]:
    """What belongs to Anna, by the name under which routes take its id."""
    await town.anna()
    return await belongings(town, walk.ANNA)


@pytest.fixture
async def bernds(town: Town) -> tuple[Browser, dict[str, str]]:
    """Bernd's browser, confirmed a moment ago, and what belongs to him."""
    browser = await town.bernd()
    await browser.confirm()
    return browser, await belongings(town, walk.BERND)
