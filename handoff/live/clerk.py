"""The clerks' socket commands in a chat (docs/protocol/console.md, namespace `/konsole`)."""

from typing import Annotated

from pydantic import Field

from handoff.domain.message import Object
from handoff.live.commands import ChatBody, Rule, StaffCall, command
from handoff.services import chat_view, desk, marks, proposals


class SendBody(ChatBody):
    """A message to the citizen."""

    client_id: str
    text: str


class TypingBody(ChatBody):
    """Whether the clerk is writing."""

    typing: bool


class ReadBody(ChatBody):
    """Up to which message the clerk has seen the chat."""

    seq: Annotated[int, Field(ge=0, lt=2**31)]


class ResumeBody(ChatBody):
    """From where to go on."""

    after: Annotated[int, Field(ge=0, lt=2**31)]


class ProposeBody(ChatBody):
    """A proposed correction of one field."""

    client_id: str
    field: str
    value: str


class RevealBody(ChatBody):
    """The field to open."""

    field: str


class MarkBody(ChatBody):
    """A mark on one message of the assistant; an empty verdict takes it back."""

    seq: Annotated[int, Field(ge=1, lt=2**31)]
    verdict: str
    wanted: str = ""


class CloseBody(ChatBody):
    """How the chat ended, and why."""

    result: str
    reason: str


@command("chat.open", Rule.IN_CHAT_OR_LEAD, ChatBody)
async def open_chat(call: StaffCall, _body: ChatBody) -> Object:
    """Give the ChatView and everything new from now on."""
    await call.desk.feed.join_clerk(call.sid, call.staff, call.conversation_id)
    return await chat_view.look(call.desk.context, call.conversation_id, call.staff)


@command("chat.send", Rule.IN_CHAT, SendBody)
async def send(call: StaffCall, body: SendBody) -> Object:
    """Write to the citizen."""
    seq = await desk.send(call.desk.context, call.conversation_id, call.staff, body.client_id, body.text)
    return {"seq": seq}


@command("chat.typing", Rule.IN_CHAT, TypingBody)
async def typing(call: StaffCall, body: TypingBody) -> None:
    """Tell the citizen that the clerk writes; nothing is kept."""
    call.desk.context.hub.typing(call.conversation_id, "clerk", body.typing)


@command("chat.read", Rule.IN_CHAT, ReadBody)
async def read(call: StaffCall, body: ReadBody) -> None:
    """Tell the citizen what the clerk has seen; nothing is kept."""
    call.desk.context.hub.read(call.conversation_id, "clerk", body.seq)


@command("chat.resume", Rule.IN_CHAT_OR_LEAD, ResumeBody)
async def resume(call: StaffCall, body: ResumeBody) -> Object:
    """Give what came after a number, and everything new from now on."""
    await call.desk.feed.join_clerk(call.sid, call.staff, call.conversation_id)
    messages, state = await chat_view.read_since(
        call.desk.context, call.conversation_id, call.staff, body.after
    )
    return {"messages": list(messages), "state": state}


@command("chat.propose", Rule.IN_CHAT, ProposeBody)
async def propose(call: StaffCall, body: ProposeBody) -> Object:
    """Propose a correction that the citizen accepts or declines."""
    seq = await proposals.propose(
        call.desk.context, call.conversation_id, call.staff, body.client_id, body.field, body.value
    )
    return {"seq": seq}


@command("chat.reveal", Rule.IN_CHAT, RevealBody)
async def reveal(call: StaffCall, body: RevealBody) -> Object:
    """Open a masked value; logged, and visible to the citizen."""
    value = await desk.reveal(call.desk.context, call.conversation_id, call.staff, body.field)
    return {"value": value}


@command("chat.mark", Rule.IN_CHAT, MarkBody)
async def mark(call: StaffCall, body: MarkBody) -> Object:
    """Say what the assistant understood well or wrongly; used for learning only with the citizen's yes."""
    found = await marks.mark(
        call.desk.context, call.conversation_id, call.staff, body.seq, body.verdict, body.wanted
    )
    return {"marks": list(found)}


@command("chat.hand_back", Rule.OWN_CHAT, ChatBody)
async def hand_back(call: StaffCall, _body: ChatBody) -> Object:
    """Give the citizen back to the bot."""
    return {"state": await desk.hand_back(call.desk.context, call.conversation_id, call.staff)}


@command("chat.close", Rule.OWN_CHAT, CloseBody)
async def close(call: StaffCall, body: CloseBody) -> Object:
    """End the chat."""
    return {
        "state": await desk.close(
            call.desk.context, call.conversation_id, call.staff, body.result, body.reason
        )
    }
