"""Limits how many calls may come from one citizen or one address.

The buckets lie in memory. Processes that share Redis tell each other what they counted, so that each bucket counts all calls, those of
another process a moment later; no call waits for that.
"""

from collections.abc import Callable

from handoff.domain.limits import Bucket
from handoff.errors import TooManyRequestsError
from handoff.hub import Hub, Listener
from handoff.settings import Rate

FORGET_ABOVE = 10_000


class Limiter(Listener):
    """Token buckets by name.

    Parameters
    ----------
    rate
        Size of every bucket.
    seconds
        A monotonic scale in seconds.
    kind
        Names the limit among processes; empty: this process counts for itself.
    hub
        Tells other processes.
    """

    def __init__(
        self, rate: Rate, seconds: Callable[[], float], *, kind: str = "", hub: Hub | None = None
    ) -> None:
        self._rate = rate
        self._seconds = seconds
        self._buckets: dict[str, Bucket] = {}
        self._kind, self._hub = kind, hub
        if hub is not None:
            hub.attach(self)

    def take(self, *names: str | None) -> None:
        """Count one call of each of these names (None is nobody's); raises TooManyRequestsError when too many came."""
        for name in names:
            if name is None:
                continue
            if not self._bucket(name).take(self._seconds()):
                raise TooManyRequestsError
            if self._hub is not None:
                self._hub.relay.counted(self._kind, name)

    def counted(self, limit: str, name: str) -> None:
        """Another process has counted a call."""
        if limit == self._kind:
            self._bucket(name).take(self._seconds())

    def _bucket(self, name: str) -> Bucket:
        bucket = self._buckets.get(name)
        if bucket is None:
            now_s = self._seconds()
            if len(self._buckets) >= FORGET_ABOVE:
                self._buckets = {key: one for key, one in self._buckets.items() if not one.is_full(now_s)}
            bucket = self._buckets[name] = Bucket(
                self._rate.burst, self._rate.per_second, self._rate.burst, now_s
            )
        return bucket
