"""Carries the outbox to the engine: one message of a conversation at a time, conversations in parallel, no polling."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from uuid import NAMESPACE_URL, uuid5

from handoff.context import HandoffContext
from handoff.domain.message import Answer, Body, Object, Turn
from handoff.domain.phase import Phase
from handoff.hub import Listener
from handoff.lanes import Lanes
from handoff.ports import EngineDownError, EngineFaultError
from handoff.services import conversation as life
from handoff.services import texts
from handoff.storage import conversations, log, outbox

logger = logging.getLogger(__name__)

TELL_AFTER_FAILURES = 3
GIVE_UP_AFTER_FAULTS = 6
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0

Pause = Callable[[float], Awaitable[None]]
"""Waits for so many seconds; tests bring one that does not."""

HUMAN_BUTTON: Object = {"title": texts.HUMAN_TITLE, "payload": "/human"}


class Dispatcher(Listener):
    """Delivers what waits for the engine, again and again until it is answered.

    A turn may reach the engine twice (a crash after its answer and before our commit); the engine then repeats its
    answer, and the replies' ids derive from the message id, so that nothing is written twice.

    Parameters
    ----------
    context
        The process context.
    pause
        Waits between two tries.
    """

    def __init__(self, context: HandoffContext, pause: Pause = asyncio.sleep) -> None:
        self._context = context
        self._pause = pause
        self._lanes = Lanes(self._drain)

    async def start(self) -> None:
        """Listen, and go on with everything that an earlier process left undelivered."""
        self._context.hub.attach(self)
        async with self._context.database.read() as session:
            left = await outbox.conversations(session)
        for conversation_id in left:
            self._lanes.wake(conversation_id)

    async def stop(self) -> None:
        """Stop between or in deliveries; the outbox keeps what is not delivered."""
        await self._lanes.close()

    async def idle(self) -> None:
        """Wait until nothing is left to deliver."""
        await self._lanes.idle()

    def outbox_changed(self, conversation_id: str) -> None:
        """A message waits for the engine."""
        self._lanes.wake(conversation_id)

    async def _drain(self, conversation_id: str) -> None:
        failures = faults = 0
        tried: str | None = None
        while (turn := await self._next(conversation_id)) is not None:
            if turn.message_id != tried:
                tried, failures, faults = turn.message_id, 0, 0
            self._context.hub.typing(conversation_id, log.BOT, True)
            try:
                answer = await self._context.bot.turn(turn)
                await self._complete(turn, answer)
            except (
                Exception
            ) as error:  # the edge of this worker: whatever fails, the message stays in the outbox
                failures += 1
                faults += isinstance(error, EngineFaultError)
                self._report(error, conversation_id, failures)
                if faults >= GIVE_UP_AFTER_FAULTS:
                    await self._give_up(turn)
                    continue
                if failures == TELL_AFTER_FAILURES:
                    await self._tell_trouble(turn)
                self._context.hub.typing(conversation_id, log.BOT, False)
                await self._pause(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(failures - 1, 10)))
        if tried is not None:
            self._context.hub.typing(conversation_id, log.BOT, False)

    @staticmethod
    def _report(error: Exception, conversation_id: str, failures: int) -> None:
        known = isinstance(error, EngineDownError | EngineFaultError)
        logger.warning(
            "delivery failed (%s), conversation %s, try %d",
            error if known else type(error).__name__,
            conversation_id,
            failures,
            exc_info=None if known else error,
        )

    async def _next(self, conversation_id: str) -> Turn | None:
        async with self._context.database.read() as session:
            pending = await outbox.first(session, conversation_id)
            conversation = await conversations.find(session, conversation_id)
        if pending is None or conversation is None:
            return None
        return Turn(
            conversation_id=conversation_id,
            message_id=pending.message_id,
            text=pending.text,
            payload=pending.payload,
            values=pending.values,
            at=pending.at,
            lang=conversation.lang,
            account=conversation.account is not None,
            trust=conversation.trust,
            secrets=pending.secrets,
        )

    async def _complete(self, turn: Turn, answer: Answer) -> None:
        """Write the replies and take the message out of the outbox, in one transaction."""
        context = self._context
        moved = False
        async with context.database.write() as session:
            conversation = await conversations.lock(session, turn.conversation_id)
            if not await outbox.remove(session, turn.message_id):
                return  # meanwhile a human took over, or the conversation ended
            for number, body in enumerate(answer.replies):
                await log.append(
                    session,
                    conversation,
                    message_id=str(uuid5(NAMESPACE_URL, f"{turn.message_id}/{number}")),
                    author=log.BOT,
                    body=body,
                    at=context.clock(),
                )
            conversation.engine_trouble = False
            if answer.handover is not None and conversation.phase == Phase.BOT:
                said = any(card.get("type") == "queue" for body in answer.replies for card in body.cards)
                await life.call_human(session, conversation, context, answer.handover, announce=not said)
                moved = True
        context.hub.messages_changed(turn.conversation_id)
        if moved:
            life.tell_all(context, turn.conversation_id)

    async def _tell_trouble(self, turn: Turn) -> None:
        """Tell the citizen once that the answer is late, and offer a human."""
        context = self._context
        async with context.database.write() as session:
            conversation = await conversations.lock(session, turn.conversation_id)
            if conversation.engine_trouble or conversation.phase != Phase.BOT:
                return
            conversation.engine_trouble = True
            await life.say(session, conversation, context, Body(texts.ENGINE_TROUBLE, [HUMAN_BUTTON]))
        context.hub.messages_changed(turn.conversation_id)

    async def _give_up(self, turn: Turn) -> None:
        """Take a message that the engine cannot digest out of the way of the next ones."""
        context = self._context
        logger.error("engine cannot answer message %s", turn.message_id)
        async with context.database.write() as session:
            conversation = await conversations.lock(session, turn.conversation_id)
            if not await outbox.remove(session, turn.message_id):
                return
            conversation.engine_trouble = True
            await life.say(session, conversation, context, Body(texts.ENGINE_GAVE_UP, [HUMAN_BUTTON]))
        context.hub.messages_changed(turn.conversation_id)
