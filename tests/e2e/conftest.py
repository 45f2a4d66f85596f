import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.support.messenger import Messenger
from tests.support.person import Person
from tests.support.rasa_webchat import ForeignSite
from tests.support.town import Town

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def messenger():
    one = Messenger()
    yield one
    one.stop()


@pytest.fixture(scope="session")
def foreign_site():
    one = ForeignSite()
    yield one
    one.stop()


@pytest.fixture(scope="session")
def town(tmp_path_factory, messenger, foreign_site):
    settings = messenger.settings | foreign_site.settings
    running = Town(tmp_path_factory.mktemp("stadt"), settings=settings).start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def person(town):
    citizen = Person(town)
    yield citizen
    citizen.http.close()


@pytest.fixture(scope="module")
def browser():
    """Ends with its module: Playwright's event loop would stand in the way of asynchronous tests."""
    path = next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        None,
    )
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs a Chromium")
        pytest.skip("no Chromium found: install the package chromium to run the browser tests")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield started
        started.close()
