"""What the other parts ask: the portal's events, and whether the gateway is well."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from sqlalchemy import text

from handoff.domain.message import Object
from handoff.services import events, person
from handoff.web.guards import Context, anyone, portal_only

router = APIRouter()


class EventBody(BaseModel):
    """An event of the portal."""

    conversation_id: str
    event: events.Event


@router.post("/api/conversations/internal/events", status_code=204, dependencies=[Depends(portal_only)])
async def receive(context: Context, body: EventBody) -> None:
    """Tell a conversation that something happened on a page."""
    await events.receive(context, body.conversation_id, body.event)


class EndedSessions(BaseModel):
    """Sessions that the portal has ended."""

    sids: list[Annotated[str, Field(max_length=128)]] = Field(max_length=1000)


@router.post("/api/conversations/internal/revocations", status_code=204, dependencies=[Depends(portal_only)])
async def end_sessions(request: Request, context: Context, body: EndedSessions) -> None:
    """Refuse the tokens of ended sessions from now on and cut their connections."""
    await request.app.state.revocations.end(context, body.sids)


class Account(BaseModel):
    """An account of the portal; in the body, since addresses stand in logs."""

    account: str = Field(min_length=1, max_length=64)


@router.post(
    "/api/conversations/internal/accounts/export", response_model=None, dependencies=[Depends(portal_only)]
)
async def export_account(context: Context, body: Account) -> Object:
    """Give what lies here about an account's citizen, for her."""
    return await person.export(context, body.account)


@router.post("/api/conversations/internal/accounts/erasure", dependencies=[Depends(portal_only)])
async def erase_account(context: Context, body: Account) -> dict[str, list[str]]:
    """Delete what lies here about an account's citizen; 503 while the assistant's copy cannot be deleted."""
    return {"conversations": await person.erase(context, body.account)}


@router.get("/live/health", dependencies=[Depends(anyone)])
async def health(context: Context) -> dict[str, str]:
    """Answer when the database answers."""
    async with context.database.read() as session:
        await session.execute(text("SELECT 1"))
    return {"status": "ok"}
