"""The clerks' socket commands that ask, answer and file (docs/protocol/console.md, namespace `/konsole`)."""

from typing import Annotated, Literal

from pydantic import Field

from handoff.domain.message import Object
from handoff.live.commands import ChatBody, Rule, StaffCall, command
from handoff.services import asks, desk, filing, replies

Words = Annotated[str, Field(max_length=200)]


class AskBody(ChatBody):
    """What the citizen is asked for: an id of a data set or of evidence, and what for."""

    client_id: str
    kind: Literal["daten", "dokument"]
    what: Words
    purpose: str


class ReleasedBody(ChatBody):
    """The ask whose data are to be shown."""

    ask: str


class TextBody(ChatBody):
    """An internal note."""

    client_id: str
    text: str


class FileBody(TextBody):
    """A Vermerk, with or without what was said."""

    transcript: bool


class SearchBody(ChatBody):
    """Words that a service is looked for by."""

    words: Words


class ServiceBody(ChatBody):
    """A service of the catalogue."""

    service: Words


@command("chat.ask", Rule.IN_CHAT, AskBody)
async def ask(call: StaffCall, body: AskBody) -> Object:
    """Ask for a data set or a document; the citizen decides."""
    use = asks.ask_data if body.kind == "daten" else asks.ask_document
    seq = await use(
        call.desk.context, call.conversation_id, call.staff, body.client_id, body.what, body.purpose
    )
    return {"seq": seq}


@command("chat.released", Rule.IN_CHAT, ReleasedBody)
async def released(call: StaffCall, body: ReleasedBody) -> Object:
    """Show what was released; logged, and visible to the citizen."""
    values = await desk.released(call.desk.context, call.conversation_id, call.staff, body.ask)
    return {"values": list(values)}


@command("chat.note", Rule.IN_CHAT, TextBody)
async def note(call: StaffCall, body: TextBody) -> Object:
    """Write an internal note; the citizen never sees it."""
    return await filing.note(call.desk.context, call.conversation_id, call.staff, body.client_id, body.text)


@command("chat.file", Rule.IN_CHAT, FileBody)
async def file(call: StaffCall, body: FileBody) -> Object:
    """File the chat to the application as a Vermerk."""
    return await filing.file(
        call.desk.context,
        call.conversation_id,
        call.staff,
        body.client_id,
        body.text,
        transcript=body.transcript,
    )


@command("chat.replies", Rule.IN_CHAT, ChatBody)
async def canned(call: StaffCall, _body: ChatBody) -> Object:
    """List the office's canned replies, filled for this chat."""
    found = await replies.listing(call.desk.context, call.conversation_id, call.staff)
    return {"replies": list(found)}


@command("service.search", Rule.IN_CHAT, SearchBody)
async def search(call: StaffCall, body: SearchBody) -> Object:
    """Find services of the catalogue."""
    found = await replies.search(call.desk.context, call.conversation_id, body.words)
    return {"services": list(found)}


@command("service.facts", Rule.IN_CHAT, ServiceBody)
async def facts(call: StaffCall, body: ServiceBody) -> Object:
    """Give a service's facts with their source."""
    return await replies.facts_of(call.desk.context, call.conversation_id, body.service)
