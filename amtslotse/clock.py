"""The one clock of an installation."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Gives the present moment with a zone."""

OFFSET_VARIABLE = "AMTSLOTSE_CLOCK_OFFSET_S"


def offset_s(start: str | None, system_now: datetime) -> float:
    """Seconds between the system's time and the moment at which this installation's clock begins.

    Parameters
    ----------
    start
        ISO moment with a zone (`AMTSLOTSE_JETZT`), or None for the system's own time.
    system_now
        The system's time at the start.

    Raises
    ------
    ValueError
        When `start` is no ISO moment or has no zone.
    """
    if not start:
        return 0.0
    begin = datetime.fromisoformat(start)
    if begin.tzinfo is None:
        raise ValueError(f"AMTSLOTSE_JETZT braucht eine Zeitzone, zum Beispiel {start}+01:00")
    return (begin - system_now).total_seconds()


def system_time() -> datetime:
    """The system's time: the one place in the project that asks for it."""
    return datetime.now(UTC)


def clock_from_environment(environment: Mapping[str, str]) -> Clock:
    """The clock of a process: the system's time, moved by the offset that the supervisor computed once."""
    offset = timedelta(seconds=float(environment.get(OFFSET_VARIABLE, "0")))
    return lambda: system_time() + offset
