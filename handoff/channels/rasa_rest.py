"""`/webhooks/rest/webhook` as Rasa's REST channel speaks it; the handle is issued here, never chosen by the caller."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field, ValidationError

from handoff.channels import rasa_shape
from handoff.context import HandoffContext
from handoff.domain.limits import WAIT_MAX_S
from handoff.domain.message import Object
from handoff.domain.people import Citizen
from handoff.domain.phase import Phase
from handoff.errors import InvalidInputError, UnknownConversationError
from handoff.services import access, messages
from handoff.services import conversation as life
from handoff.web.guards import Bearer, Context, InConversation, anyone

router = APIRouter(prefix="/webhooks/rest")

After = Annotated[int, Query(ge=0, lt=2**31)]


class RestBody(BaseModel):
    """What Rasa's REST channel takes; other keys are ignored."""

    sender: str | None = Field(default=None, max_length=200)
    message: str


@router.post("/webhook", dependencies=[Depends(anyone)])
async def receive(request: Request, context: Context, token: Bearer, stream: bool = False) -> Response:
    """Take a message and answer with what the bot says to it; the body counts whatever its content type says."""
    body = _body(await request.body())
    citizen = request.app.state.verifier.citizen(token) if token else None
    allowed, handle, is_new = await _conversation(context, body.sender, citizen)
    request.app.state.handles.take(allowed.conversation_id, allowed.account)
    sent = await rasa_shape.send(context, allowed, uuid4().hex, body.message)
    said_at = 0 if sent is None else sent.seq
    answers = _answers(context, allowed, handle, said_at, 0 if is_new else said_at)
    if stream:
        lines = (json.dumps(one, ensure_ascii=False) + "\n" async for one in answers)
        return StreamingResponse(lines, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
    return JSONResponse([one async for one in answers], headers={"Cache-Control": "no-store"})


@router.get("/webhook/{handle}", response_model=None)
async def later(
    response: Response, context: Context, handle: str, allowed: InConversation, after: After = 0
) -> list[Object]:
    """Give what bot, clerk and gateway said after a number (`metadata.seq`)."""
    response.headers["Cache-Control"] = "no-store"
    found = rasa_shape.from_others(await life.messages_after(context, allowed.conversation_id, after))
    return [await rasa_shape.rest_message(context, allowed.conversation_id, handle, one) for one in found]


def _body(raw: bytes) -> RestBody:
    try:
        return RestBody.model_validate(json.loads(raw))
    except (ValueError, RecursionError, ValidationError) as error:
        raise InvalidInputError(
            'Die Anfrage ist kein JSON der Form {"sender": "…", "message": "…"}. Es wurde nichts gespeichert.',
            field="message",
        ) from error


async def _conversation(
    context: HandoffContext, sender: str | None, citizen: Citizen | None
) -> tuple[access.Access, str, bool]:
    """Give the conversation of a handle, or a new one, and whether it is new."""
    if sender:
        with suppress(UnknownConversationError):  # a sender that the caller chose itself names nothing here
            return await access.check(context, sender, citizen), sender, False
    handle = await rasa_shape.begin(context)
    return await access.check(context, handle, None), handle, True


async def _answers(
    context: HandoffContext, allowed: access.Access, handle: str, said_at: int, after: int
) -> AsyncIterator[Object]:
    """Give what the other side has said after `after`, and the rest once the turn of the message `said_at` is over.

    While a human is in charge there is no turn, and nothing to wait for.
    """
    conversation_id = allowed.conversation_id
    state = await life.state(context, conversation_id)
    for turn_is_over in (False, True):
        if turn_is_over and said_at and state["phase"] == Phase.BOT:
            await messages.read(context, allowed, said_at, WAIT_MAX_S)
        for message in await life.messages_after(context, conversation_id, after):
            after = message.seq
            for said in rasa_shape.from_others([message]):
                yield await rasa_shape.rest_message(context, conversation_id, handle, said)
