"""Fixtures: a portal in demo mode, its people created."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from portal.app import create_app
from portal.demo import create_demo_town
from portal.services import konto
from tests.support.portal_town import ORIGIN, MovingClock, Town, settings_for


@pytest.fixture
def make_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., FastAPI]:
    """Build a portal; passwords are hashed cheaply, and jobs run only when a test runs them."""
    monkeypatch.setattr("portal.app.AUFTRAEGE", ())
    monkeypatch.setattr(konto, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    def make(clock: Callable[[], datetime], *, demo: bool = True, origin: str = ORIGIN) -> FastAPI:
        return create_app(settings_for(tmp_path, demo=demo, origin=origin), clock)

    return make


@pytest.fixture
async def town(make_app: Callable[..., FastAPI]) -> AsyncIterator[Town]:
    clock = MovingClock()
    app = make_app(clock)
    async with app.router.lifespan_context(app):
        await create_demo_town(app.state.context)
        town = Town(app, clock)
        yield town
        for browser in town.browsers:
            await browser.http.aclose()
