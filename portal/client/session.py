"""The browser's part of the door to the portal: which login a session cookie holds, as a page's script would ask."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from pydantic import BaseModel, TypeAdapter

from portal.client.client import TIMEOUT_S, answer_of
from portal.client.errors import PortalUnreachableError

SESSION_COOKIE = "amtslotse_sitzung"
STAFF_COOKIE = "amtslotse_amt"
SECRET = re.compile(r"[A-Za-z0-9_-]{20,200}")
"""What the portal puts into the cookie; anything else does not travel on."""


@dataclass(frozen=True)
class SessionDoor:
    """What a live session opens: a token for the gateway, and the CSRF token of its forms."""

    token: str
    csrf: str


class _Session(BaseModel):
    angemeldet: bool
    csrf: str | None = None


class _Token(BaseModel):
    token: str


_SESSION, _TOKEN = TypeAdapter(_Session), TypeAdapter(_Token)


class SessionClient:
    """Turns a browser's session cookie into a short token (docs/protocol/tokens.md).

    Parameters
    ----------
    url
        Address of the portal, without path.
    transport
        Replaces the network in tests.
    """

    def __init__(self, url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=TIMEOUT_S,
            transport=transport,
            trust_env=False,
        )

    async def token(self, session: str) -> str | None:
        """Give a citizen's token; None if nobody is logged in with this cookie.

        Raises
        ------
        NotLoggedInError
            The login ended just now.
        PortalUnreachableError
            The portal does not answer.
        """
        door = await self._door(SESSION_COOKIE, session, {})
        return None if door is None else door.token

    async def staff_door(self, session: str) -> SessionDoor | None:
        """Give what a staff session may do; None if nobody is logged in with this cookie. Raises as `token`."""
        return await self._door(STAFF_COOKIE, session, {"art": "personal"})

    async def _door(self, cookie: str, session: str, kind: Mapping[str, str]) -> SessionDoor | None:
        if not SECRET.fullmatch(session):
            return None
        headers = {"Cookie": f"{cookie}={session}"}
        try:
            seen = answer_of(await self._http.get("/api/session", params=kind, headers=headers), _SESSION)
            if not seen.angemeldet or seen.csrf is None:
                return None
            asking = headers | {"X-CSRF-Token": seen.csrf}
            answer = await self._http.post("/api/session/token", params=kind, headers=asking)
            return SessionDoor(answer_of(answer, _TOKEN).token, seen.csrf)
        except httpx.TransportError as error:
            raise PortalUnreachableError from error

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()
