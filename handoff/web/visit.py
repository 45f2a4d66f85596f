"""What a browser's own cookies open, for pages that work without JavaScript."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from handoff.context import HandoffContext
from handoff.domain.people import Citizen
from handoff.errors import HandoffError, LoginNeededError
from handoff.services import access
from handoff.web.guards import anyone
from portal.client import SESSION_COOKIE

COOKIE = "amtslotse_gespraech"
"""Holds the handle of the conversation on the plain page."""
PATH = "/chat"


@dataclass(frozen=True)
class Visit:
    """A browser in front of the plain page.

    Parameters
    ----------
    handle
        Of its conversation, if it has one.
    allowed
        The proven right to speak there.
    problem
        Why it may not.
    """

    handle: str | None = None
    allowed: access.Access | None = None
    problem: HandoffError | None = None

    def keep(self, response: Response, context: HandoffContext) -> None:
        """Have the browser keep the handle until it is closed."""
        if self.handle is not None:
            keep(response, COOKIE, self.handle, context)


def keep(response: Response, name: str, value: str, context: HandoffContext) -> None:
    """Set a cookie of the plain page, until the browser is closed."""
    secure = context.settings.origin.startswith("https:")
    response.set_cookie(name, value, path=PATH, httponly=True, samesite="lax", secure=secure)


async def visit(request: Request, _limited: Annotated[None, Depends(anyone)]) -> Visit:
    """Rule: the cookie's conversation, with the login of this browser once it is bound to an account.

    Somebody who is logged in and has a conversation of nobody's takes it into her account, as the widget does.
    """
    handle = request.cookies.get(COOKIE)
    return Visit() if handle is None else await enter(request, handle)


async def enter(request: Request, handle: str) -> Visit:
    """Check a handle against this browser's login."""
    context: HandoffContext = request.app.state.context
    try:
        citizen = await _citizen(request, context)
        allowed = await access.check(context, handle, citizen)
        if citizen is not None and allowed.account is None:
            handle = await access.login(context, handle, citizen)
            allowed = await access.check(context, handle, citizen)
    except HandoffError as error:
        return Visit(handle, problem=error)
    return Visit(handle, allowed)


async def begin(request: Request) -> Visit:
    """Begin a conversation."""
    return await enter(request, await access.start(request.app.state.context, "de"))


async def _citizen(request: Request, context: HandoffContext) -> Citizen | None:
    session = request.cookies.get(SESSION_COOKIE)
    token = None if session is None else await context.portal.citizen_token(session)
    if token is None:
        return None
    try:
        citizen: Citizen = request.app.state.verifier.citizen(token)
    except LoginNeededError:
        return None
    return citizen


Visitor = Annotated[Visit, Depends(visit)]
