"""Limits how many calls may come from one handle or one address; in memory, this process only."""

from collections.abc import Callable

from handoff.domain.limits import Bucket
from handoff.errors import TooManyRequestsError
from handoff.settings import Rate

FORGET_ABOVE = 10_000


class Limiter:
    """Token buckets by name.

    Parameters
    ----------
    rate
        Size of every bucket.
    seconds
        A monotonic scale in seconds.
    """

    def __init__(self, rate: Rate, seconds: Callable[[], float]) -> None:
        self._rate = rate
        self._seconds = seconds
        self._buckets: dict[str, Bucket] = {}

    def take(self, name: str) -> None:
        """Count one call; raises TooManyRequestsError when too many came."""
        now_s = self._seconds()
        bucket = self._buckets.get(name)
        if bucket is None:
            if len(self._buckets) >= FORGET_ABOVE:
                self._buckets = {key: one for key, one in self._buckets.items() if not one.is_full(now_s)}
            bucket = Bucket(self._rate.burst, self._rate.per_second, self._rate.burst, now_s)
            self._buckets[name] = bucket
        if not bucket.take(now_s):
            raise TooManyRequestsError
