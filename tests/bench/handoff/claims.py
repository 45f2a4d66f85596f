"""Many clerks, one queue: every waiting chat goes to exactly one of them."""

import asyncio
import time
from collections import Counter
from typing import Any

import handoff_steady
from fake_portal import FakePortal
from handoff_world import settings_for

CLERKS = 200


async def work(database: str, first: int, clerks: int) -> tuple[list[str], float, float]:
    """Let some clerks take chats until none is left; gives what they took, and when they began and ended."""
    from datetime import UTC, datetime

    from handoff.app import create_app
    from handoff.domain.people import Staff
    from handoff.services import claims

    class Silent:
        async def close(self) -> None:
            pass

    app = create_app(
        settings_for(database, lease_s=10**8), lambda: datetime.now(UTC), bot=Silent(), portal=FakePortal()
    )
    context = app.state.context
    taken: list[str] = []

    async def clerk(number: int) -> None:
        staff = Staff(f"k{number}", frozenset({"clerk", "lead"}), "BÜRGERcenter", "Bürgerservice", ())
        while (conversation_id := await claims.claim_next(context, staff)) is not None:
            taken.append(conversation_id)

    begin = time.time()
    await asyncio.gather(*(clerk(first + n) for n in range(clerks)))
    end = time.time()
    await context.close()
    return taken, begin, end


def process(database: str, first: int, clerks: int, answers: Any) -> None:
    """One of several processes."""
    answers.put(asyncio.run(work(database, first, clerks)))


def race(database: str, chats: int, processes: int, clerks: int = CLERKS) -> dict[str, Any]:
    """Claim a queue; the time runs from the first process's first question to the last answer."""
    fork = handoff_steady.FORK  # the app is imported once, before the processes fork
    answers = fork.Queue()
    share = clerks // processes
    running = [
        fork.Process(target=process, args=(database, number * share, share, answers))
        for number in range(processes)
    ]
    for one in running:
        one.start()
    parts = [answers.get(timeout=1200) for _ in running]
    taken = [id_ for part, _begin, _end in parts for id_ in part]
    took_s = max(end for _part, _begin, end in parts) - min(begin for _part, begin, _end in parts)
    for one in running:
        one.join()
    counts = Counter(taken)
    return {
        "clerks": clerks,
        "processes": processes,
        "chats": chats,
        "claimed": len(taken),
        "claimed_twice": sum(number > 1 for number in counts.values()),
        "per_second": len(taken) / took_s,
    }
