"""The trained assistant and the demo town's database, each made once."""

import asyncio
import os
from pathlib import Path

import pytest

from amtslotse.installation import Installation
from amtslotse.training import ensure_model


@pytest.fixture(scope="session")
def model():
    """The model trained from the present data."""
    given = os.environ.get("AMTSLOTSE_TEST_MODEL")
    return Path(given) if given else ensure_model(Installation.from_environment({})).path


@pytest.fixture(scope="session")
def assistant(model):
    """The trained assistant, loaded once."""
    from tests.dialogue.dialogue_town import load_assistant

    return load_assistant(model)


@pytest.fixture(scope="session")
def demo_town(tmp_path_factory):
    """Database of the demo town, to be copied."""
    from tests.dialogue.dialogue_town import build_template

    path = tmp_path_factory.mktemp("stadt") / "portal.db"
    asyncio.run(build_template(path))
    return path
