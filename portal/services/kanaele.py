"""The citizen's linked messengers and mailboxes; they lie with the conversations, the portal shows and ends them."""

from datetime import date, datetime
from typing import Any

import httpx
from pydantic import BaseModel

from portal.context import PortalContext
from portal.errors import NotFoundError, UnavailableError

GEDULD_S = 5.0
NICHT_ERREICHBAR = "Die Gespräche antworten gerade nicht. Es wurde nichts geändert. Bitte versuchen Sie es in einer Minute noch einmal."


class Verbunden(BaseModel):
    """A linked channel, without the address."""

    id: str
    channel: str
    title: str
    shows: str
    """`public`: personal content is there as a link only; `personal`: it is shown there."""
    notices: bool
    """Whether the portal's notices go there."""
    linked_at: datetime | None
    heard_at: datetime | None


class Datei(BaseModel):
    """A file that she sent through a channel."""

    id: str
    name: str
    media_type: str
    size: int
    channel: str
    until: date
    scanner: str | None = None
    """What was looked for in it; None until it was scanned."""


class Angeboten(BaseModel):
    """A channel that may be linked."""

    channel: str
    title: str
    contact: str


class Uebersicht(BaseModel):
    """Everything that the page shows."""

    linked: list[Verbunden]
    files: list[Datei]
    offered: list[Angeboten]


class Code(BaseModel):
    """A code that links the messenger from which it is sent; good once."""

    code: str
    expires_at: datetime


async def uebersicht(context: PortalContext, konto_id: str) -> Uebersicht:
    """What is linked, what may be, and which files wait. Raises UnavailableError."""
    return Uebersicht.model_validate((await _fragen(context, "overview", {"account": konto_id})).json())


async def neuer_code(context: PortalContext, konto_id: str) -> Code:
    """A new code; earlier ones end. Raises UnavailableError."""
    return Code.model_validate((await _fragen(context, "codes", {"account": konto_id})).json())


async def trennen(context: PortalContext, konto_id: str, verbindung: str) -> None:
    """End a link; an unknown one ends nothing. Raises UnavailableError."""
    await _fragen(context, "links/end", {"account": konto_id, "id": verbindung})


async def waehlen(context: PortalContext, konto_id: str, verbindung: str) -> None:
    """Have the portal's notices go to this linked messenger; an unknown one changes nothing. Raises UnavailableError."""
    await _fragen(context, "links/choose", {"account": konto_id, "id": verbindung})


async def datei(context: PortalContext, konto_id: str, datei_id: str) -> tuple[Datei, bytes]:
    """One of her files with its bytes. Raises NotFoundError, UnavailableError."""
    known = {one.id: one for one in (await uebersicht(context, konto_id)).files}
    if datei_id not in known:
        raise NotFoundError("Diese Datei gibt es nicht (mehr).")
    answer = await _fragen(context, "files/load", {"account": konto_id, "id": datei_id})
    return known[datei_id], answer.content


async def datei_loeschen(context: PortalContext, konto_id: str, datei_id: str) -> None:
    """Delete one of her files; an unknown one deletes nothing. Raises UnavailableError."""
    await _fragen(context, "files/drop", {"account": konto_id, "id": datei_id})


async def _fragen(context: PortalContext, was: str, body: dict[str, Any]) -> httpx.Response:
    settings = context.settings
    try:
        async with httpx.AsyncClient(
            base_url=settings.handoff_url, timeout=GEDULD_S, trust_env=False
        ) as client:
            answer = await client.post(
                f"/api/channels/internal/{was}",
                json=body,
                headers={"Authorization": f"Bearer {settings.portal_token}"},
            )
    except httpx.HTTPError as error:
        raise UnavailableError(NICHT_ERREICHBAR) from error
    if answer.status_code == 404:
        raise NotFoundError("Diese Datei gibt es nicht (mehr).")
    if answer.is_error:
        raise UnavailableError(NICHT_ERREICHBAR)
    return answer
