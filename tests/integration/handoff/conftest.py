"""Makes the gateway's fakes importable and gives a running gateway."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from handoff_world import World, sqlite, world


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[World]:
    """A gateway with fakes around it, on SQLite."""
    async with world(sqlite(tmp_path)) as one:
        yield one
