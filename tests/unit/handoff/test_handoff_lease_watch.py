"""The watch of leases ends when it is told to, whatever happens at that moment."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from handoff.services import queue
from handoff.services.queue import LeaseWatch


async def test_it_ends_also_when_the_queue_changes_at_that_moment(monkeypatch: Any) -> None:
    looked = asyncio.Event()
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)

    async def expire(_context: object) -> datetime:
        looked.set()
        return now + timedelta(minutes=1)

    monkeypatch.setattr(queue, "expire", expire)
    hub = SimpleNamespace(attach=lambda _listener: None)
    watch = LeaseWatch(SimpleNamespace(hub=hub, clock=lambda: now))  # type: ignore[arg-type]
    watch.start()
    await looked.wait()
    for _ in range(3):  # until it waits for the lease to end
        await asyncio.sleep(0)
    watch.queue_changed()
    ended, _ = await asyncio.wait({asyncio.create_task(watch.stop())}, timeout=5)
    assert ended
