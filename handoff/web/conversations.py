"""The HTTP routes of docs/protocol/conversations.md."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, Field, JsonValue

from handoff.context import HandoffContext
from handoff.domain.message import Object
from handoff.services import access, conversation, linking, messages
from handoff.services.transcript import transcript
from handoff.web.guards import Context, InConversation, LoggedIn, anyone

router = APIRouter(prefix="/api/conversations")

After = Annotated[int, Query(ge=0, lt=2**31)]
Wait = Annotated[float, Query(ge=0, le=3600)]


class StartBody(BaseModel):
    """How the conversation begins."""

    lang: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")] = "de"


class SendBody(BaseModel):
    """Text, or the payload of something that was offered."""

    client_id: str
    text: str | None = None
    payload: str | None = None
    values: dict[str, JsonValue] | None = None


@router.post("", status_code=201, dependencies=[Depends(anyone)])
async def start(context: Context, body: StartBody | None = None) -> dict[str, str]:
    """Begin a conversation."""
    return {"handle": await access.start(context, (body or StartBody()).lang)}


@router.post("/{handle}/login")
async def login(context: Context, handle: str, citizen: LoggedIn) -> dict[str, str]:
    """Tie the conversation to the citizen's account; gives its new handle."""
    return {"handle": await access.login(context, handle, citizen)}


@router.post("/{handle}/messages", status_code=201)
async def send(request: Request, allowed: InConversation, body: SendBody) -> JSONResponse:
    """Take a message; answered after the commit."""
    request.app.state.handles.take(allowed.conversation_id, allowed.account)
    incoming = messages.Incoming(body.client_id, body.text, body.payload, body.values)
    sent = await messages.send(request.app.state.context, allowed, incoming)
    return JSONResponse({"seq": sent.seq}, 201 if sent.new else 200)


@router.get("/{handle}/messages")
async def read(request: Request, allowed: InConversation, after: After = 0, wait: Wait = 0) -> JSONResponse:
    """Give the messages after a number; waits for the first new one."""
    found = await messages.read(request.app.state.context, allowed, after, wait)
    return JSONResponse(
        {"messages": found.messages, "state": found.state}, headers={"Cache-Control": "no-store"}
    )


@router.get("/{handle}/transcript")
async def read_transcript(context: Context, allowed: InConversation) -> PlainTextResponse:
    """Give everything that was said as a text file."""
    return await text_file(context, allowed)


async def text_file(context: HandoffContext, allowed: access.Access) -> PlainTextResponse:
    """Give a conversation as a text file that a browser keeps."""
    found = await conversation.since(context, allowed.conversation_id, 0)
    return PlainTextResponse(
        transcript(found.messages, context.settings.origin, context.clock()),
        headers={
            "Content-Disposition": 'attachment; filename="gespraech.txt"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


@router.post("/{handle}/portal")
async def portal(request: Request, context: Context, allowed: InConversation) -> dict[str, str]:
    """Give a one-time link under which the conversation goes on in the portal; using it ends this handle."""
    request.app.state.handles.take(allowed.conversation_id, allowed.account)
    return {"url": await linking.portal_link(context, allowed.conversation_id)}


@router.post("/{handle}/close", response_model=None)
async def close(context: Context, allowed: InConversation) -> dict[str, Object]:
    """End the conversation."""
    return {"state": await conversation.close(context, allowed)}
