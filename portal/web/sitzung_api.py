"""What browser code asks about the session: who is logged in, and a short token for the conversations."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel

from portal.errors import NotLoggedInError
from portal.services import stammdaten, token
from portal.services.sitzung import PersonalView, SitzungView
from portal.web.auth import Context, StaffNotLoggedInError, optional_citizen, optional_staff

router = APIRouter(prefix="/api/session", tags=["Sitzung"])

Art = Annotated[
    Literal["buerger", "personal"], Query(description="`personal`: das Dienstkonto statt des Bürgerkontos")
]


class SessionAnswer(BaseModel):
    """Who is logged in; the fields of the other kind of account are absent."""

    angemeldet: bool
    csrf: str | None = None
    vorname: str | None = None
    vertrauen: str | None = None
    name: str | None = None


class TokenAnswer(BaseModel):
    """A token for `handoff` and when it ends."""

    token: str
    expires_at: AwareDatetime


async def session_of_kind(request: Request, art: Art = "buerger") -> SitzungView | PersonalView | None:
    """The session that the call asks for: the citizen's or the staff member's."""
    return await (optional_staff(request) if art == "personal" else optional_citizen(request))


Visitor = Annotated[SitzungView | PersonalView | None, Depends(session_of_kind)]


@router.get("", response_model_exclude_unset=True)
async def read(request: Request, context: Context, view: Visitor) -> SessionAnswer:
    """Sagt, wer angemeldet ist, und nennt das CSRF-Token dieser Sitzung."""
    if view is None:
        return SessionAnswer(angemeldet=False, csrf=None)
    csrf: str | None = getattr(request.state, "csrf", None)
    if isinstance(view, PersonalView):
        return SessionAnswer(angemeldet=True, csrf=csrf, name=view.funktion)
    async with context.transaction() as session:
        known = await stammdaten.load(session, view.konto_id)
    vorname = known["vornamen"].wert.split()[0] if "vornamen" in known else None
    return SessionAnswer(angemeldet=True, csrf=csrf, vorname=vorname, vertrauen=view.vertrauen)


@router.post("/token")
async def create_token(context: Context, view: Visitor, art: Art = "buerger") -> TokenAnswer:
    """Stellt ein Token für die Gespräche aus; es gilt zehn Minuten."""
    if view is None:
        error = StaffNotLoggedInError if art == "personal" else NotLoggedInError
        raise error("Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich wieder an.")
    issued = token.issue(context, view)
    return TokenAnswer(token=issued.token, expires_at=issued.expires_at)
