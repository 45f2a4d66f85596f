"""Portal and handoff behind one public origin, in one process."""

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

import handoff.app
import portal.app
from amtslotse import beispiele
from amtslotse.clock import clock_from_environment
from amtslotse.installation import Installation
from amtslotse.verarbeitung import weitere_tabellen
from handoff.channels.registry import switched_on
from handoff.settings import HandoffSettings
from portal.demo import create_demo_town
from portal.settings import PortalSettings

HANDOFF_PATHS = (
    "/konsole",
    "/live",
    "/socket.io",
    "/webhooks",
    "/api/conversations",
    "/api/channels",
    "/weiter",
    "/chat",
)
"""What handoff owns on the public origin; the portal owns the rest."""


class PublicOrigin:
    """Sends each request to the part that owns its path, and runs the lifespans of both."""

    def __init__(self, portal_app: FastAPI, handoff_app: FastAPI) -> None:
        self._portal = portal_app
        self._handoff = handoff_app
        self._lifespan_owner = FastAPI(lifespan=self._lifespan, docs_url=None, openapi_url=None)

    @asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        async with self._portal.router.lifespan_context(self._portal):
            context = self._portal.state.context
            if context.settings.demo:
                await create_demo_town(context)
            async with self._handoff.router.lifespan_context(self._handoff):
                yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._owner(scope)(scope, receive, send)

    def _owner(self, scope: Scope) -> ASGIApp:
        if scope["type"] == "lifespan":
            return self._lifespan_owner
        path: str = scope["path"]
        if any(path == prefix or path.startswith(prefix + "/") for prefix in HANDOFF_PATHS):
            return self._handoff
        return self._portal


def create_portal() -> FastAPI:
    """Factory for uvicorn: the portal alone, for installations that serve the parts from several processes."""
    return portal.app.create_app(
        PortalSettings.from_environment(os.environ),
        clock_from_environment(os.environ),
        weitere_tabellen(),
    )


def create_handoff() -> FastAPI:
    """Factory for uvicorn: the conversations alone."""
    clock = clock_from_environment(os.environ)
    channels = switched_on(os.environ, clock().date())
    intents = beispiele.intents(Installation.from_environment(os.environ).root)
    settings = HandoffSettings.from_environment(os.environ)
    app = handoff.app.create_app(settings, clock, channels=channels, intents=intents)
    gc.collect()
    gc.freeze()  # what lives as long as the process: looking through it would stop all conversations for 0.1 s
    return app


def create() -> PublicOrigin:
    """Factory for uvicorn: both; every setting comes from the environment (docs/protocol/tokens.md)."""
    return PublicOrigin(create_portal(), create_handoff())
