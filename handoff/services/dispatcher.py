"""Carries the outbox to the engine: one message of a conversation at a time, conversations in parallel, no polling."""

import logging
from collections.abc import Mapping, Sequence
from typing import cast

from handoff.domain.message import Answer, Body, Handover, Object, Turn
from handoff.domain.offers import Json
from handoff.domain.phase import Phase
from handoff.errors import HandoffError
from handoff.ports import EngineDownError, EngineFaultError
from handoff.services import conversation as life
from handoff.services import hours, switches, texts, waiting
from handoff.services.courier import Courier
from handoff.services.writer import Reply
from handoff.storage import conversations, log, outbox
from handoff.storage.outbox import Kind, Parcel

logger = logging.getLogger(__name__)

TELL_AFTER_FAILURES = 3
GIVE_UP_AFTER_FAULTS = 6

HUMAN_BUTTON: Object = {"title": texts.HUMAN_TITLE, "payload": "/human"}


class Dispatcher(Courier):
    """Delivers what waits for the engine, again and again until it is answered.

    A turn may reach the engine twice (a crash after its answer and before our commit); the engine then repeats its
    answer, and the replies' ids derive from the message id, so that nothing is written twice.
    """

    kind = Kind.ENGINE

    async def deliver(self, parcel: Parcel) -> None:
        """Let the engine answer and write its answer."""
        self._context.hub.typing(parcel.conversation_id, log.BOT, True)
        try:
            turn = await self._turn(parcel)
            await self._complete(turn, await switches.ask(self._context, turn))
        finally:
            self._context.hub.typing(parcel.conversation_id, log.BOT, False)

    async def failed(self, parcel: Parcel, error: Exception) -> None:
        """Tell the citizen after some failures; give up on a message that the engine cannot digest."""
        fault = isinstance(error, EngineFaultError)
        if parcel.faults + fault >= GIVE_UP_AFTER_FAULTS:
            await self._give_up(parcel)
            return
        if parcel.tries + 1 == TELL_AFTER_FAILURES:
            await self._tell_trouble(parcel)
        await self.put_off(parcel, fault=fault)

    def known(self, error: Exception) -> bool:
        """Tell whether the engine is down or faulty."""
        return isinstance(error, EngineDownError | EngineFaultError)

    async def _turn(self, parcel: Parcel) -> Turn:
        owner = await conversations.owner(self._context.database, parcel.conversation_id)
        if owner is None:
            raise LookupError("conversation vanished")
        body = parcel.body
        return Turn(
            conversation_id=parcel.conversation_id,
            message_id=parcel.key,
            text=cast("str | None", body["text"]),
            payload=cast("str | None", body["payload"]),
            values=cast("Mapping[str, Json] | None", body["values"]),
            at=parcel.at,
            lang=owner.lang,
            account=owner.account is not None,
            trust=owner.trust,
            secrets=cast("list[Object]", body["secrets"]),
        )

    async def _complete(self, turn: Turn, answer: Answer) -> None:
        """Write the replies and take the message out of the outbox, in one transaction."""
        if answer.handover is None:
            await self._context.writer.reply(Reply(turn.conversation_id, turn.message_id, answer.replies))
        else:
            await self._hand_over(turn, answer.replies, answer.handover)

    async def _hand_over(self, turn: Turn, replies: Sequence[Body], handover: Handover) -> None:
        """The same, and put the conversation into the queue."""
        context = self._context
        moved = False
        office = await self._office(turn.conversation_id, handover)
        reply = Reply(turn.conversation_id, turn.message_id, replies)
        async with context.database.write() as session:
            conversation = await conversations.lock(session, turn.conversation_id)
            if not await outbox.remove(session, turn.message_id):
                return  # meanwhile a human took over, or the conversation ended
            opening = await hours.opening(session, office, context.clock())
            for draft in reply.drafts():
                await log.append(
                    session,
                    conversation,
                    message_id=draft.message_id,
                    author=log.BOT,
                    body=waiting.enriched(draft.body, handover, opening),
                    at=context.clock(),
                )
            conversation.engine_trouble = False
            if conversation.phase == Phase.BOT:
                said = any(card.get("type") == "queue" for body in replies for card in body.cards)
                await life.call_human(
                    session, conversation, context, handover, office=office, announce=not said
                )
                moved = True
        context.hub.messages_changed(turn.conversation_id)
        if moved:
            life.tell_all(context, turn.conversation_id)

    async def _office(self, conversation_id: str, handover: Handover) -> str | None:
        """Ask the catalogue who is responsible; while the portal is away the whole town's team is."""
        if handover.service is None:
            return None
        try:
            service = await self._context.portal.service(conversation_id, handover.service)
        except HandoffError:
            return None
        office = None if service is None else service.get("office_id")
        return None if office is None else str(office)

    async def _tell_trouble(self, parcel: Parcel) -> None:
        """Tell the citizen once that the answer is late, and offer a human."""
        context = self._context
        async with context.database.write() as session:
            conversation = await conversations.lock(session, parcel.conversation_id)
            if conversation.engine_trouble or conversation.phase != Phase.BOT:
                return
            conversation.engine_trouble = True
            await life.say(session, conversation, context, Body(texts.ENGINE_TROUBLE, [HUMAN_BUTTON]))
        context.hub.messages_changed(parcel.conversation_id)

    async def _give_up(self, parcel: Parcel) -> None:
        """Take a message that the engine cannot digest out of the way of the next ones."""
        context = self._context
        logger.error("engine cannot answer message %s", parcel.key)
        async with context.database.write() as session:
            conversation = await conversations.lock(session, parcel.conversation_id)
            if not await outbox.remove(session, parcel.key):
                return
            conversation.engine_trouble = True
            await life.say(session, conversation, context, Body(texts.ENGINE_GAVE_UP, [HUMAN_BUTTON]))
        context.hub.messages_changed(parcel.conversation_id)
