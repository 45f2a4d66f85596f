"""What the gateway keeps of one account: handed out for her (Art. 15 and 20 DSGVO), deleted with her account (Art. 17 DSGVO)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.message import BERLIN, Object
from handoff.domain.phase import Phase
from handoff.errors import UnavailableError
from handoff.ports import EngineDownError
from handoff.schema.desk import AskRow
from handoff.schema.routing import RequestRow
from handoff.schema.tables import ConversationRow
from handoff.services import conversation as life
from handoff.services import retention
from handoff.storage import channels, conversations, linking, log


async def export(context: HandoffContext, account: str) -> Object:
    """Give everything that citizens may read of their conversations, and the messengers that they linked.

    Internal notes of clerks are not part of it.

    Returns
    -------
    dict
        `{conversations: [{begun, lang, messages, asks, requests}], files, channels: [{channel, address, linked_at}]}`;
        messages as in docs/protocol/conversations.md, numbers in them masked as they are stored.
    """
    async with context.database.read() as session:
        rows = await conversations.of_person(session, account)
        bindings = await channels.of_account(session, account)
        files = await linking.files_of(session, account, [row.id for row in rows], context.clock())
        return {
            "conversations": [await _conversation(session, row) for row in rows],
            "files": [dict(one.about) for one in files],
            "channels": [
                {
                    "channel": binding.channel,
                    "address": binding.address,
                    "linked_at": None
                    if binding.linked_at is None
                    else binding.linked_at.astimezone(BERLIN).isoformat(timespec="seconds"),
                }
                for binding, _chat in bindings
            ],
        }


async def _conversation(session: AsyncSession, row: ConversationRow) -> Object:
    asks = await session.scalars(
        select(AskRow).where(AskRow.conversation_id == row.id).order_by(AskRow.at, AskRow.id)
    )
    requests = await session.scalars(
        select(RequestRow).where(RequestRow.conversation_id == row.id).order_by(RequestRow.created_at)
    )
    return {
        "begun": row.created_at.astimezone(BERLIN).isoformat(timespec="seconds"),
        "lang": row.lang,
        "messages": [message.public() for message in await log.after(session, row, 0)],
        "asks": [
            {
                "kind": one.kind,
                "status": one.status,
                "office": one.office,
                "at": one.at.astimezone(BERLIN).isoformat(timespec="seconds"),
            }
            for one in asks
        ],
        "requests": [
            {
                "kind": one.kind,
                "promised_for": one.promised_for.isoformat(),
                "reference": one.reference,
                "said": one.body,
            }
            for one in requests
        ],
    }


async def erase(context: HandoffContext, account: str) -> list[str]:
    """End and delete everything that belongs to an account, here and in the assistant. Repeating it changes nothing.

    Returns
    -------
    list of str
        Ids of the conversations that were deleted.

    Raises
    ------
    UnavailableError
        The assistant does not answer, so that its copy may still be there. Conversations are ended, nothing is deleted yet.
    """
    async with context.database.write() as session:
        ids = [row.id for row in await conversations.of_person(session, account)]
        for conversation_id in ids:
            conversation = await conversations.lock(session, conversation_id)
            if conversation.phase != Phase.CLOSED:
                await life.end(session, conversation, context)
    for conversation_id in ids:
        life.tell_all(context, conversation_id)
    try:
        for conversation_id in ids:
            await context.bot.forget(conversation_id)
    except EngineDownError as error:
        raise UnavailableError(
            "Der Assistent antwortet nicht. Die Gespräche sind beendet, aber noch nicht gelöscht."
        ) from error
    async with context.database.write() as session:
        await retention.delete_conversations(session, ids, requests=True)
        await linking.forget_codes(session, account, context.clock())
        await linking.forget_files(session, account)
    context.hub.queue_changed()
    return ids
