"""How long each kind of data is kept. Pure; `handoff.services.retention` deletes what is over."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Retention:
    """Days after which data of a kind is deleted."""

    unbound_days: int = 30
    """Conversations without an account, after the last message."""
    bound_days: int = 180
    """Conversations of an account, after the last message; what became a case lives on in the portal."""
    request_days: int = 180
    """Requests and callbacks, after the promised day; the case lives on in the portal."""
    given_up_days: int = 30
    """Deliveries that a receiver refused for good."""
    wait_days: int = 730
    """Measured waits; they name nobody."""
    clerk_days: int = 90
    """Presence of clerks who no longer come."""
    rating_days: int = 730
    """Satisfaction; belongs to no conversation."""
    example_days: int = 180
    """Examples, reviewed or not; what was accepted lives on in data/nlu."""
    change_days: int = 730
    """Switches that are on again, and the log of the lead's changes."""
