"""The auth rules of the HTTP routes. Every route depends on one of them; a structural test walks the routes.

They are coroutines although they wait for nothing: FastAPI runs plain functions in threads. Those of each message call the others
themselves, because FastAPI takes as long to find out what a dependency needs as the dependency takes.
"""

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from handoff.context import HandoffContext
from handoff.domain.people import Citizen, Staff
from handoff.errors import ForbiddenError, LoginNeededError
from handoff.services import access

STAFF_COOKIE = "amtslotse_amt"
SAFE_METHODS = frozenset({"GET", "HEAD"})


async def context_of(request: Request) -> HandoffContext:
    """Give the process context."""
    context: HandoffContext = request.app.state.context
    return context


Context = Annotated[HandoffContext, Depends(context_of)]


async def bearer(request: Request) -> str | None:
    """Give the bearer token of the request, if it has one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


Bearer = Annotated[str | None, Depends(bearer)]


async def anyone(request: Request) -> None:
    """Rule: no login needed; only the number of calls from one address is limited."""
    client = request.client
    request.app.state.addresses.take(client.host if client else "unbekannt")


async def logged_in(request: Request) -> Citizen:
    """Rule: a citizen's token."""
    await anyone(request)
    token = await bearer(request)
    if token is None:
        raise LoginNeededError("Bitte melden Sie sich an.")
    citizen: Citizen = request.app.state.verifier.citizen(token)
    return citizen


async def in_conversation(request: Request, handle: str) -> access.Access:
    """Rule: the conversation's handle, and its account's token once it is bound."""
    await anyone(request)
    token = await bearer(request)
    citizen = request.app.state.verifier.citizen(token) if token else None
    return await access.check(request.app.state.context, handle, citizen)


async def same_origin(request: Request) -> None:
    """Rule: a form of this origin's own pages; another site's form must not speak or choose a conversation here."""
    origin = request.headers.get("origin")
    expected = request.app.state.context.settings.own_origins
    if origin is not None and origin not in expected:
        raise ForbiddenError(
            "Das kam nicht von unserer Seite. Es wurde nichts geändert. Bitte öffnen Sie die Seite selbst."
        )


async def portal_only(request: Request, token: Bearer) -> None:
    """Rule: the portal's service token."""
    expected = request.app.state.context.settings.portal_token
    if token is None or not hmac.compare_digest(token.encode(), expected.encode()):
        raise ForbiddenError("Dieser Aufruf ist dem Portal vorbehalten.")


@dataclass(frozen=True)
class Desk:
    """Who looks at a page of the lead, and what its forms carry against forgery."""

    staff: Staff
    csrf: str


async def at_desk(request: Request, _limited: Annotated[None, Depends(anyone)]) -> Desk:
    """A live staff session of the portal, by the browser's cookie; a form must carry the session's CSRF token."""
    cookie = request.cookies.get(STAFF_COOKIE)
    door = await (await context_of(request)).portal.staff_door(cookie) if cookie else None
    if door is None:
        raise LoginNeededError("Bitte melden Sie sich mit Ihrem Dienstkonto an.")
    staff, _until = request.app.state.verifier.staff(door.token)
    if request.method not in SAFE_METHODS:
        sent = (await request.form()).get("csrf")
        if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), door.csrf.encode()):
            raise ForbiddenError(
                "Das Formular ist abgelaufen oder kam nicht von dieser Seite. Es wurde nichts geändert. "
                "Bitte laden Sie die Seite neu und senden Sie es noch einmal.",
                code="formular_abgelaufen",
            )
    return Desk(staff, door.csrf)


async def leading(desk: Annotated[Desk, Depends(at_desk)]) -> Desk:
    """Rule: leads an office or the town."""
    if not desk.staff.leads:
        raise ForbiddenError("Dieser Bereich ist der Leitung vorbehalten.")
    return desk


async def editing(desk: Annotated[Desk, Depends(at_desk)]) -> Desk:
    """Rule: leads, or edits hours and canned replies."""
    if not desk.staff.edits:
        raise ForbiddenError("Dieser Bereich ist der Leitung und der Redaktion der Konsole vorbehalten.")
    return desk


Leading = Annotated[Desk, Depends(leading)]
Editing = Annotated[Desk, Depends(editing)]
InConversation = Annotated[access.Access, Depends(in_conversation)]
LoggedIn = Annotated[Citizen, Depends(logged_in)]
RULES = (anyone, logged_in, in_conversation, portal_only, leading, editing)
