"""One worker per key: work of one key runs one after the other, different keys run in parallel, nothing polls."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Lanes:
    """Runs `work(key)` after each `wake(key)`; wakes during a run lead to exactly one more run.

    Parameters
    ----------
    work
        Does everything that is to be done for the key at present.
    """

    def __init__(self, work: Callable[[str], Awaitable[None]]) -> None:
        self._work = work
        self._woken: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def wake(self, key: str) -> None:
        """Have the key's work done; returns at once. Needs a running event loop."""
        self._woken.add(key)
        if key not in self._tasks:
            self._tasks[key] = asyncio.get_running_loop().create_task(self._run(key))

    async def _run(self, key: str) -> None:
        try:
            while key in self._woken:
                self._woken.discard(key)
                try:
                    await self._work(key)
                except Exception:  # the edge of this background work: log, and go on with the next wake
                    log.exception("background work failed")
        finally:
            del self._tasks[key]

    async def idle(self) -> None:
        """Wait until every lane has done its work."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def close(self) -> None:
        """Cancel what runs and wait for its end."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
