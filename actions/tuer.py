"""The one way from the actions to the portal: `portal.client`, opened at the first errand."""

import os
from collections.abc import Mapping

from portal.client import PortalClient

_open: PortalClient | None = None


def portal(environment: Mapping[str, str] = os.environ) -> PortalClient:
    """The portal's client, made from the environment when it is first needed.

    Raises
    ------
    KeyError
        AMTSLOTSE_ACTIONS_TOKEN is not set (docs/protocol/tokens.md).
    """
    global _open
    if _open is None:
        url = environment.get("AMTSLOTSE_PORTAL_URL", "http://127.0.0.1:8000")
        _open = PortalClient(url, environment["AMTSLOTSE_ACTIONS_TOKEN"])
    return _open


def use(client: PortalClient | None) -> None:
    """Put another client in (tests), or None to open a new one at the next errand."""
    global _open
    _open = client
