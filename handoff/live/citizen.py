"""The citizen's socket commands (docs/protocol/conversations.md, namespace `/`)."""

from typing import Annotated

from pydantic import Field, JsonValue

from handoff.domain.message import Object
from handoff.live.commands import Body, CitizenCall, Rule, command
from handoff.services import access, messages
from handoff.services import conversation as life


class SendBody(Body):
    """Text or payload, as in the HTTP call."""

    client_id: str
    text: str | None = None
    payload: str | None = None
    values: dict[str, JsonValue] | None = None


class ResumeBody(Body):
    """From where to go on."""

    after: Annotated[int, Field(ge=0, lt=2**31)]


class TypingBody(Body):
    """Whether the citizen is writing."""

    typing: bool


class ReadBody(Body):
    """Up to which message the citizen has seen the conversation."""

    seq: Annotated[int, Field(ge=0, lt=2**31)]


@command("send", Rule.HANDLE_AT_WRITE, SendBody)
async def send(call: CitizenCall, body: SendBody) -> Object:
    """Take a message; acknowledged after the commit."""
    call.desk.addresses.take(call.entry.address)
    call.desk.handles.take(call.access.conversation_id, call.access.account)
    incoming = messages.Incoming(body.client_id, body.text, body.payload, body.values)
    allowed = call.access
    if body.payload is not None:  # what a button causes may reach further than the log
        allowed = await access.check(call.desk.context, call.entry.handle, call.entry.citizen)
    sent = await messages.send(call.desk.context, allowed, incoming)
    return {"seq": sent.seq}


@command("resume", Rule.HANDLE, ResumeBody)
async def resume(call: CitizenCall, body: ResumeBody) -> Object:
    """Give what came after a number."""
    found = await life.since(call.desk.context, call.access.conversation_id, body.after)
    return {"messages": list(found.messages), "state": found.state}


@command("typing", Rule.HANDLE, TypingBody)
async def typing(call: CitizenCall, body: TypingBody) -> None:
    """Tell the clerk that the citizen writes; nothing is kept."""
    call.desk.context.hub.typing(call.access.conversation_id, "citizen", body.typing)


@command("read", Rule.HANDLE, ReadBody)
async def read(call: CitizenCall, body: ReadBody) -> None:
    """Tell the clerk what the citizen has seen; nothing is kept."""
    call.desk.context.hub.read(call.access.conversation_id, "citizen", body.seq)
