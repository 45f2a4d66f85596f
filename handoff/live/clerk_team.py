"""The clerks' socket commands among themselves (docs/protocol/console.md, namespace `/konsole`)."""

from typing import Annotated, Literal

from pydantic import Field

from handoff.domain.message import Object
from handoff.live.commands import Body, ChatBody, Rule, StaffCall, command
from handoff.services import asks, chat_view, team


class HandOnBody(ChatBody):
    """To whom a chat is offered: everybody of an office, or one colleague of it."""

    client_id: str
    kind: Literal["uebergabe", "einladung"]
    office: Annotated[str, Field(min_length=1, max_length=200)]
    clerk: str | None = None
    note: Annotated[str, Field(max_length=1000)] = ""
    legal_basis: Annotated[str, Field(max_length=200)] = ""


class OfferBody(Body):
    """An offer to this clerk or her office."""

    offer: str


@command("desk.list", Rule.STAFF)
async def board(call: StaffCall, _body: Body) -> Object:
    """Say that one is at the desk; list offers, chats in which one is second, colleagues, offices."""
    await team.arrive(call.desk.context, call.staff)
    return await team.board(call.desk.context, call.staff)


@command("chat.hand_on", Rule.OWN_CHAT, HandOnBody)
async def hand_on(call: StaffCall, body: HandOnBody) -> Object:
    """Offer the chat to a colleague or an office, or invite a second clerk; where needed the citizen is asked first."""
    handing = asks.Handing(body.kind, team.Target(body.office, body.clerk), body.note, body.legal_basis)
    way = await asks.hand_on(call.desk.context, call.conversation_id, call.staff, body.client_id, handing)
    return {"way": way.value}


@command("chat.take_back", Rule.OWN_CHAT, ChatBody)
async def take_back(call: StaffCall, _body: ChatBody) -> Object:
    """Withdraw every open offer of this chat."""
    await team.take_back(call.desk.context, call.conversation_id, call.staff)
    return {}


@command("offer.accept", Rule.STAFF, OfferBody)
async def accept(call: StaffCall, body: OfferBody) -> Object:
    """Take over an offered chat, or join it as second clerk."""
    conversation_id = await team.accept(call.desk.context, body.offer, call.staff)
    await call.desk.feed.join_clerk(call.sid, call.staff, conversation_id)
    return await chat_view.look(call.desk.context, conversation_id, call.staff)


@command("chat.step_out", Rule.IN_CHAT, ChatBody)
async def step_out(call: StaffCall, _body: ChatBody) -> Object:
    """Leave a chat as its second clerk."""
    await team.step_out(call.desk.context, call.conversation_id, call.staff)
    return {}
