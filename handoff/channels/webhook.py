"""The smallest channel: signed JSON in and out over HTTP. An example to copy (docs/protocol/channels/ADDING.md)."""

import hmac
from collections.abc import Sequence

import httpx
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field, ValidationError

from handoff.channels.adapter import Adapter, Proof, json_body, refused
from handoff.channels.outbound import SIGNATURE, post_signed, signature
from handoff.domain.channel import Capability, Choice, Shows
from handoff.domain.message import Object
from handoff.errors import InvalidInputError
from handoff.ports import Delivery
from handoff.services.channel_intake import Inbound
from handoff.web.guards import Context

CAPABILITY = Capability(
    name="webhook",
    title="Webhook",
    third_party=True,
    shows=Shows.PUBLIC,
    text_max=2000,
    buttons_max=0,
    button_chars=0,
)


class Signature(Proof):
    """The body is signed with the secret that both sides know."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    async def __call__(self, request: Request) -> None:
        """Compare in constant time."""
        expected = signature(self._secret, await request.body())
        if not hmac.compare_digest(request.headers.get(SIGNATURE, "").encode(), expected.encode()):
            raise refused()


class Incoming(BaseModel):
    """What the other side sends; the same `id` again is a repetition."""

    id: str = Field(min_length=1, max_length=200)
    sender: str = Field(min_length=1, max_length=200)
    text: str


class Webhook(Adapter):
    """Takes `POST /webhooks/webhook`, and posts answers to one configured address."""

    capability = CAPABILITY

    def __init__(self, url: str, secret: str, *, timeout_s: float = 10.0) -> None:
        super().__init__()
        self._url, self._secret = url, secret
        self._http = httpx.AsyncClient(timeout=timeout_s, follow_redirects=False)

    def router(self) -> APIRouter:
        """One route."""
        router = APIRouter()

        @router.post("/webhooks/webhook", status_code=202, dependencies=[Depends(Signature(self._secret))])
        async def receive(request: Request, context: Context) -> Response:
            try:
                body = Incoming.model_validate(await json_body(request))
            except ValidationError as error:
                raise InvalidInputError("id, sender und text müssen Texte sein.") from error
            await self.take(context, body.sender, Inbound(body.id, body.text))
            return Response(status_code=202)

        return router

    async def send(self, delivery: Delivery, key: str, text: str, choices: Sequence[Choice]) -> None:
        """Post one part; buttons have become numbers in the text."""
        body: Object = {"id": key, "recipient": delivery.address, "text": text}
        await post_signed(self._http, self._url, body, self._secret)

    async def close(self) -> None:
        """Close connections."""
        await self._http.aclose()
