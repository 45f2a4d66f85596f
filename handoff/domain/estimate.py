"""How long somebody will wait, as an honest range.

With `c` clerk places that may take the chat and `ahead` chats before it that want the same places, `k = ahead + 1 - free`
places have to become free first. If handling takes `m` seconds on average with a standard deviation of `s`, places become free
every `m / c` seconds, so the wait is about `k * m / c` with a spread of `sqrt(k) * s / c`. The range holds eight of ten waits if
the waits are roughly normal. Pure; measured against what happened (`handoff.services.figures`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean, pstdev

SPREAD = 1.28
"""Standard deviations that leave one in ten on either side."""
PICKUP_S = 15.0
"""What a clerk with a free place needs to take the next chat."""
USUAL_HANDLING_S = 420.0
"""Used until enough chats have been handled."""
ENOUGH = 8


def usual_handling_s(handling_s: Sequence[float]) -> float:
    """Give the usual handling time in seconds by recent ones; fewer than eight say nothing yet."""
    return fmean(handling_s) if len(handling_s) >= ENOUGH else USUAL_HANDLING_S


@dataclass(frozen=True)
class Estimate:
    """An expected wait in seconds."""

    low_s: int
    middle_s: int
    high_s: int

    def text(self) -> str:
        """Say it in whole minutes, in German."""
        low, high = self.low_s // 60, max(1, ceil(self.high_s / 60))
        if high <= 1:
            return "weniger als 1 Minute"
        if low == high:
            return f"etwa {high} Minuten"
        return f"{low} bis {high} Minuten" if low else f"höchstens {high} Minuten"


def estimate(ahead: int, capacity: int, free: int, handling_s: Sequence[float]) -> Estimate | None:
    """Estimate a wait; None when nobody on duty may take the chat.

    Parameters
    ----------
    ahead
        Chats before this one that want the same places.
    capacity, free
        Places of the clerks on duty who may take it, and how many of them are free.
    handling_s
        Recent handling times in seconds; fewer than eight are mixed with the usual one.
    """
    if capacity < 1:
        return None
    times = list(handling_s) + [USUAL_HANDLING_S] * max(0, ENOUGH - len(handling_s))
    mean, deviation = fmean(times), pstdev(times)
    needed = ahead + 1 - free
    if needed <= 0:
        return Estimate(0, int(PICKUP_S), int(4 * PICKUP_S))
    middle = PICKUP_S + needed * mean / capacity
    deviation = max(deviation, mean / 3)  # few, similar times are no promise
    spread = SPREAD * sqrt(needed) * deviation / capacity
    return Estimate(int(max(0.0, middle - spread)), int(middle), ceil(middle + spread))
