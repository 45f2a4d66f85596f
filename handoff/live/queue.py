"""The clerks' socket commands around the queue (docs/protocol/console.md, namespace `/konsole`)."""

from datetime import timedelta

from handoff.domain.message import Object
from handoff.errors import LoginNeededError
from handoff.live.commands import RECONNECT, Body, ChatBody, Rule, StaffCall, command
from handoff.services import abuse, chat_view, claims, presence, queue, team

RENEW_BEFORE = timedelta(seconds=60)
"""So long before its token ends, a console is asked to connect again."""


class PresenceBody(Body):
    """What changes; what is left out stays."""

    presence: str | None = None
    capacity: int | None = None


class AbuseBody(ChatBody):
    """Why the chat is ended; the note is for colleagues only."""

    reason: str
    note: str = ""


@command("queue.list", Rule.STAFF)
async def queue_list(call: StaffCall, _body: Body) -> Object:
    """List who waits and what is one's own."""
    return await queue.listing(call.desk.context, call.staff)


@command("chat.claim", Rule.STAFF, ChatBody)
async def claim(call: StaffCall, body: ChatBody) -> Object:
    """Take a waiting chat."""
    conversation_id = await claims.claim(call.desk.context, body.chat, call.staff)
    await call.desk.feed.join_clerk(call.sid, call.staff, conversation_id)
    return await chat_view.look(call.desk.context, conversation_id, call.staff)


@command("chat.next", Rule.STAFF)
async def next_chat(call: StaffCall, _body: Body) -> Object:
    """Take the first waiting chat that one may take; `{chat: null}` when there is none."""
    conversation_id = await claims.claim_next(call.desk.context, call.staff)
    if conversation_id is None:
        return {"chat": None}
    await call.desk.feed.join_clerk(call.sid, call.staff, conversation_id)
    return await chat_view.look(call.desk.context, conversation_id, call.staff)


@command("presence.set", Rule.STAFF, PresenceBody)
async def set_presence(call: StaffCall, body: PresenceBody) -> Object:
    """Go on a break, come back, leave; take more or fewer chats at a time."""
    return await presence.change(
        call.desk.context, call.staff, presence=body.presence, capacity=body.capacity
    )


@command("chat.end_abuse", Rule.OWN_CHAT, AbuseBody)
async def end_abuse(call: StaffCall, body: AbuseBody) -> Object:
    """End an abusive chat with a reason that the citizen reads."""
    state = await abuse.end(call.desk.context, call.conversation_id, call.staff, body.reason, body.note)
    return {"state": state}


@command("chat.release", Rule.OWN_CHAT, ChatBody)
async def release(call: StaffCall, _body: ChatBody) -> Object:
    """Put the chat back to the head of the queue."""
    return {"state": await queue.release(call.desk.context, call.conversation_id, call.staff)}


@command("heartbeat", Rule.STAFF)
async def heartbeat(call: StaffCall, _body: Body) -> Object:
    """Renew the leases of one's chats; a token that ends soon is refused here first, before it disturbs the work."""
    alive = await presence.beat(call.desk.context, call.staff)
    await team.arrive(call.desk.context, call.staff)
    if call.until - call.desk.context.clock() < RENEW_BEFORE:
        raise LoginNeededError(RECONNECT)
    return alive
