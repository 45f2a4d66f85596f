"""The auth rules of the HTTP routes. Every route depends on one of them; a structural test walks the routes.

They are coroutines although they wait for nothing: FastAPI runs plain functions in threads.
"""

import hmac
from typing import Annotated

from fastapi import Depends, Header, Request

from handoff.context import HandoffContext
from handoff.domain.people import Citizen
from handoff.errors import ForbiddenError, LoginNeededError
from handoff.services import access


async def context_of(request: Request) -> HandoffContext:
    """Give the process context."""
    context: HandoffContext = request.app.state.context
    return context


Context = Annotated[HandoffContext, Depends(context_of)]


async def bearer(authorization: Annotated[str | None, Header()] = None) -> str | None:
    """Give the bearer token of the request, if it has one."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


Bearer = Annotated[str | None, Depends(bearer)]


async def anyone(request: Request) -> None:
    """Rule: no login needed; only the number of calls from one address is limited."""
    client = request.client
    request.app.state.addresses.take(client.host if client else "unbekannt")


async def logged_in(request: Request, token: Bearer, _limited: Annotated[None, Depends(anyone)]) -> Citizen:
    """Rule: a citizen's token."""
    if token is None:
        raise LoginNeededError("Bitte melden Sie sich an.")
    citizen: Citizen = request.app.state.verifier.citizen(token)
    return citizen


async def in_conversation(
    request: Request, handle: str, token: Bearer, _limited: Annotated[None, Depends(anyone)]
) -> access.Access:
    """Rule: the conversation's handle, and its account's token once it is bound."""
    citizen = request.app.state.verifier.citizen(token) if token else None
    return await access.check(request.app.state.context, handle, citizen)


async def portal_only(request: Request, token: Bearer) -> None:
    """Rule: the portal's service token."""
    expected = request.app.state.context.settings.portal_token
    if token is None or not hmac.compare_digest(token.encode(), expected.encode()):
        raise ForbiddenError("Dieser Aufruf ist dem Portal vorbehalten.")


InConversation = Annotated[access.Access, Depends(in_conversation)]
LoggedIn = Annotated[Citizen, Depends(logged_in)]
RULES = (anyone, logged_in, in_conversation, portal_only)
