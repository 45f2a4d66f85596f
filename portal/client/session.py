"""The browser's part of the door to the portal: which login a session cookie holds, as a page's script would ask."""

import re

import httpx
from pydantic import BaseModel, TypeAdapter

from portal.client.client import TIMEOUT_S, answer_of
from portal.client.errors import PortalUnreachableError

SESSION_COOKIE = "amtslotse_sitzung"
SECRET = re.compile(r"[A-Za-z0-9_-]{20,200}")
"""What the portal puts into the cookie; anything else does not travel on."""


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
        """Give a token; None if nobody is logged in with this cookie.

        Raises
        ------
        NotLoggedInError
            The login ended just now.
        PortalUnreachableError
            The portal does not answer.
        """
        if not SECRET.fullmatch(session):
            return None
        cookie = {"Cookie": f"{SESSION_COOKIE}={session}"}
        try:
            seen = answer_of(await self._http.get("/api/session", headers=cookie), _SESSION)
            if not seen.angemeldet or seen.csrf is None:
                return None
            headers = cookie | {"X-CSRF-Token": seen.csrf}
            return answer_of(await self._http.post("/api/session/token", headers=headers), _TOKEN).token
        except httpx.TransportError as error:
            raise PortalUnreachableError from error

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()
