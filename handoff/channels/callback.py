"""Pushes what bot, clerk and gateway say to the address that a REST client registered (docs/protocol/channels/rasa.md)."""

import json
from collections.abc import Sequence

import httpx
from fastapi import APIRouter
from pydantic import BaseModel, Field

from handoff.channels import rasa_shape
from handoff.channels.adapter import Adapter
from handoff.channels.outbound import post_signed
from handoff.context import HandoffContext
from handoff.domain.channel import Capability, Choice, Shows
from handoff.errors import InvalidInputError
from handoff.ports import Delivery, ReceiverRefusedError
from handoff.services import channels
from handoff.web.guards import Context, InConversation

CAPABILITY = Capability(
    name="callback",
    title="Web",
    third_party=False,
    shows=Shows.PUBLIC,
    text_max=20_000,
    buttons_max=50,
    button_chars=200,
    commands=False,
    greets=False,
)


class CallbackBody(BaseModel):
    """Where to push to."""

    url: str = Field(max_length=500)


class Callback(Adapter):
    """Posts the REST channel's messages to registered addresses.

    Parameters
    ----------
    allowed
        The addresses that may be registered, exactly; nothing else is ever called.
    secret
        Signs each body: `X-Amtslotse-Signature: sha256=<HMAC in hex>`.
    """

    capability = CAPABILITY

    def __init__(self, allowed: Sequence[str], secret: str, *, timeout_s: float = 10.0) -> None:
        super().__init__()
        self._allowed, self._secret = frozenset(allowed), secret
        self._http = httpx.AsyncClient(timeout=timeout_s, follow_redirects=False)
        self._context: HandoffContext | None = None

    async def start(self, context: HandoffContext) -> None:
        """Take the context along: links into the portal are made for what only it can do."""
        await super().start(context)
        self._context = context

    def router(self) -> APIRouter:
        """The registration: whoever holds the handle may name one of the configured addresses."""
        router = APIRouter()

        @router.post("/webhooks/rest/webhook/{handle}/callback", status_code=204)
        async def register(
            context: Context, handle: str, allowed: InConversation, body: CallbackBody
        ) -> None:
            if body.url not in self._allowed:
                raise InvalidInputError(
                    "Diese Adresse ist hier nicht eingetragen. Es wird nichts dorthin gesendet.", field="url"
                )
            address = json.dumps([body.url, handle])
            await channels.bind(context, allowed.conversation_id, self.capability.name, address)

        return router

    async def send(self, delivery: Delivery, key: str, text: str, choices: Sequence[Choice]) -> None:
        """Post one message in the shape of the REST channel."""
        url, handle = json.loads(delivery.address)
        if url not in self._allowed or self._context is None or delivery.message is None:
            raise ReceiverRefusedError("callback address is not configured any more")
        shape = await rasa_shape.rest_message(
            self._context, delivery.conversation_id, handle, delivery.message
        )
        await post_signed(self._http, url, shape, self._secret)

    async def close(self) -> None:
        """Close connections."""
        await self._http.aclose()
