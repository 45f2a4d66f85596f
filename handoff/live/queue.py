"""The clerks' socket commands around the queue (docs/protocol/console.md, namespace `/konsole`)."""

from datetime import timedelta

from handoff.domain.message import BERLIN, Object
from handoff.errors import LoginNeededError
from handoff.live.commands import RECONNECT, Body, ChatBody, Rule, StaffCall, command
from handoff.services import desk, queue

RENEW_BEFORE = timedelta(seconds=60)
"""So long before its token ends, a console is asked to connect again."""


@command("queue.list", Rule.STAFF)
async def queue_list(call: StaffCall, _body: Body) -> Object:
    """List who waits and what is one's own."""
    return await queue.listing(call.desk.context, call.staff)


@command("chat.claim", Rule.STAFF, ChatBody)
async def claim(call: StaffCall, body: ChatBody) -> Object:
    """Take a waiting chat."""
    conversation_id = await queue.claim(call.desk.context, body.chat, call.staff)
    await call.desk.feed.join_clerk(call.sid, call.staff, conversation_id)
    return await desk.look(call.desk.context, conversation_id, call.staff)


@command("chat.release", Rule.OWN_CHAT, ChatBody)
async def release(call: StaffCall, _body: ChatBody) -> Object:
    """Put the chat back to the head of the queue."""
    return {"state": await queue.release(call.desk.context, call.conversation_id, call.staff)}


@command("heartbeat", Rule.STAFF)
async def heartbeat(call: StaffCall, _body: Body) -> Object:
    """Renew the leases of one's chats; a token that ends soon is refused here first, before it disturbs the work."""
    until = await queue.renew(call.desk.context, call.staff)
    if call.until - call.desk.context.clock() < RENEW_BEFORE:
        raise LoginNeededError(RECONNECT)
    return {"lease_until": until.astimezone(BERLIN).isoformat(timespec="seconds")}
