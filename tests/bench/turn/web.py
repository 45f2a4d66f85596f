"""The public origin as `amtslotse up` runs it, without the limits on calls that a benchmark would run into."""

import dataclasses
import os

import handoff.app
import portal.app
from amtslotse.clock import clock_from_environment
from amtslotse.web import PublicOrigin
from handoff.settings import HandoffSettings, Rate
from portal.settings import PortalSettings

ANY = Rate(burst=1_000_000, per_second=1_000_000)


def create() -> PublicOrigin:
    """Factory for uvicorn."""
    clock = clock_from_environment(os.environ)
    settings = HandoffSettings.from_environment(os.environ)
    unlimited = dataclasses.replace(settings, handle_rate=ANY, address_rate=ANY)
    return PublicOrigin(
        portal.app.create_app(PortalSettings.from_environment(os.environ), clock),
        handoff.app.create_app(unlimited, clock),
    )
