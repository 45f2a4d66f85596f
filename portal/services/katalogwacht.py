"""Every process of the portal works with the same state of the catalogue."""

import asyncio
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy.exc import SQLAlchemyError

from portal.context import PortalContext
from portal.services import redaktion

log = structlog.get_logger(__name__)

TAKT_S = 2.0
"""Pause between two looks at the number: as long may another process answer from the state before."""


class Katalogwacht:
    """Takes over, beside the requests, what another process put in use. One a process.

    Parameters
    ----------
    takt_s
        Pause between two looks, in seconds.
    """

    def __init__(self, context: PortalContext, takt_s: float = TAKT_S) -> None:
        self._context = context
        self._takt_s = takt_s
        self._ende = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._wachen())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let a look that has begun come to its end."""
        self._ende.set()
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _wachen(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._ende.wait(), self._takt_s)
            except TimeoutError:
                await self._nachsehen()
            else:
                return

    async def _nachsehen(self) -> None:
        try:
            await redaktion.mitziehen(self._context)
        except (SQLAlchemyError, OSError) as error:
            log.warning("catalogue_watch_failed", fehler=type(error).__name__)
