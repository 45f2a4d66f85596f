"""What every channel adapter is: a way in (routes or a poll) and a way out, with one proof of who calls."""

import json
import logging
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request

from handoff.context import HandoffContext
from handoff.domain.channel import Capability, Choice
from handoff.domain.offers import Json
from handoff.errors import ForbiddenError, HandoffError, InvalidInputError, TooManyRequestsError
from handoff.ports import Delivery
from handoff.services import channel_intake
from handoff.services.channel_intake import Inbound
from handoff.services.limiter import Limiter
from handoff.settings import Rate

logger = logging.getLogger(__name__)

REMEMBERED_DELIVERIES = 1_000


class Proof(ABC):
    """An auth rule of a webhook: the vendor's secret or signature. A structural test finds it on every route."""

    @abstractmethod
    async def __call__(self, request: Request) -> None:
        """Let a proved request pass; raise ForbiddenError otherwise."""


Read = Callable[[Mapping[str, Any]], Awaitable[tuple[str, Inbound] | None]]
"""Reads one message of a vendor: its address and what it says, None for what is nobody's message."""


class Adapter(ABC):
    """A messenger or mailbox (`handoff.ports.Channel`)."""

    capability: Capability
    contact: str = ""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, int] = OrderedDict()
        self._limits: dict[str, Limiter] = {}

    def router(self) -> APIRouter:
        """Give the webhook's routes; none for a channel that is polled."""
        return APIRouter()

    async def start(self, context: HandoffContext) -> None:
        """Begin to hear what other processes count; a polled channel begins to poll."""
        self._flood(context)
        self._told(context)

    async def close(self) -> None:  # noqa: B027  # not every channel has connections
        """Stop polling and close connections."""

    async def deliver(self, delivery: Delivery) -> None:
        """Send a message part by part; after a failure the parts that arrived are not sent again."""
        parts = delivery.outgoing.parts
        for number in range(self._sent.get(delivery.key, 0), len(parts)):
            choices = delivery.outgoing.choices if number == len(parts) - 1 else ()
            await self.send(delivery, f"{delivery.key}-{number}", parts[number], choices)
            self._sent[delivery.key] = number + 1
            self._sent.move_to_end(delivery.key)
            while len(self._sent) > REMEMBERED_DELIVERIES:
                self._sent.popitem(last=False)
        self._sent.pop(delivery.key, None)

    def capability_for(self, details: Mapping[str, Json]) -> Capability:
        """Give what holds for one address, by what the adapter noted of it."""
        return self.capability

    @abstractmethod
    async def send(self, delivery: Delivery, key: str, text: str, choices: Sequence[Choice]) -> None:
        """Send one part. Raises ReceiverDownError or ReceiverRefusedError.

        Parameters
        ----------
        key
            The same at each try of this part.
        """

    async def take(self, context: HandoffContext, address: str, inbound: Inbound) -> None:
        """Hand in one message; raises UnavailableError when the vendor is to deliver it again.

        Of a flood from one address only the first are taken. The rest are acknowledged, lest the vendor's repetitions
        keep back everybody else, and the writer is told so once a minute. Processes that share Redis count together.
        """
        sender = channel_intake.client_id_of(
            self.capability.name, address, ""
        )  # the address itself leaves no process
        try:
            self._flood(context).take(sender)
        except TooManyRequestsError as error:
            logger.warning("too many messages from one address of %s", self.capability.name)
            with suppress(TooManyRequestsError):
                self._told(context).take(sender)
                await channel_intake.answer(
                    context, self.capability_for(inbound.details or {}), address, inbound.key, error.message
                )
            return
        await channel_intake.take(context, self.capability_for(inbound.details or {}), address, inbound)

    def _flood(self, context: HandoffContext) -> Limiter:
        return self._limit(context, "flood", context.settings.handle_rate)

    def _told(self, context: HandoffContext) -> Limiter:
        return self._limit(context, "told", Rate(1, 1 / 60))

    def _limit(self, context: HandoffContext, name: str, rate: Rate) -> Limiter:
        if name not in self._limits:
            kind = f"{self.capability.name}:{name}"
            self._limits[name] = Limiter(
                rate, lambda: context.clock().timestamp(), kind=kind, hub=context.hub
            )
        return self._limits[name]

    async def take_all(self, context: HandoffContext, batch: Iterable[Mapping[str, Any]], read: Read) -> None:
        """Hand in a batch: one message that cannot be read or taken now does not keep back the others.

        Raises
        ------
        HandoffError
            The first one that is to be delivered again; taken ones are recognised then.
        """
        failed: HandoffError | None = None
        for one in batch:
            try:
                found = await read(one)
                if found is not None:
                    await self.take(context, *found)
            except HandoffError as error:
                failed = failed or error
        if failed is not None:
            raise failed


async def json_body(request: Request) -> Mapping[str, Any]:
    """Give a webhook's JSON object; raises InvalidInputError for anything else."""
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("Die Anfrage ist kein JSON.") from error
    if not isinstance(body, dict):
        raise InvalidInputError("Die Anfrage ist kein JSON-Objekt.")
    return body


def refused() -> ForbiddenError:
    """The one answer to a missing and to a wrong proof."""
    return ForbiddenError("Der Nachweis des Absenders fehlt oder stimmt nicht. Es wurde nichts gespeichert.")
