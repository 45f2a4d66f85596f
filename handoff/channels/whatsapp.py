"""WhatsApp through Meta's Cloud API (docs/protocol/channels/whatsapp.md)."""

import hmac
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from pywa.errors import WhatsAppError
from pywa.types.message_status import MessageStatusType
from pywa.utils import webhook_updates_validator
from pywa_async.api import GraphAPIAsync

from handoff.channels.adapter import Adapter, Proof, json_body, refused
from handoff.channels.outbound import retry_after_s
from handoff.context import HandoffContext
from handoff.domain.channel import DOCUMENT_MAX_BYTES, DOCUMENTS, Capability, Choice, Shows
from handoff.domain.offers import objects
from handoff.errors import UnavailableError
from handoff.ports import Delivery, ReceiverDownError, ReceiverRefusedError
from handoff.services import channel_notices, channel_texts, channels
from handoff.services.channel_intake import Inbound, InboundFile, client_id_of
from handoff.web.guards import Context

logger = logging.getLogger(__name__)

CAPABILITY = Capability(
    name="whatsapp",
    title="WhatsApp",
    third_party=True,
    shows=Shows.PUBLIC,
    text_max=1024,
    buttons_max=10,
    button_chars=24,
    files_in=DOCUMENTS,
    file_max_bytes=DOCUMENT_MAX_BYTES,
    caution=channel_texts.MESSENGER_CAUTION.format(title="WhatsApp"),
)
WINDOW = timedelta(hours=24)
"""So long after a person's last message free text may be sent; later only templates."""
REPLY_BUTTONS, REPLY_CHARS = 3, 20
LIST_LABEL = "Auswählen"
WINDOW_CLOSED = 131047
THROTTLED = frozenset({4, 80007, 130429, 131048, 131056})
TOKEN_TROUBLE = frozenset({0, 190})


class HubSignature(Proof):
    """`X-Hub-Signature-256`: HMAC of the body with the app's secret."""

    def __init__(self, app_secret: str) -> None:
        self._secret = app_secret

    async def __call__(self, request: Request) -> None:
        """Check with pywa's validator, which compares in constant time (ASCII only)."""
        given = request.headers.get("X-Hub-Signature-256", "")
        if not given.isascii() or not webhook_updates_validator(self._secret, await request.body(), given):
            raise refused()


class VerifyToken(Proof):
    """The token that was named when the webhook was registered, for the one GET that confirms it."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    async def __call__(self, request: Request) -> None:
        """Compare in constant time."""
        query = request.query_params
        right = hmac.compare_digest(query.get("hub.verify_token", "").encode("utf-8", "replace"), self._token)
        if not right or query.get("hub.mode") != "subscribe":
            raise refused()


class WhatsApp(Adapter):
    """The town's business number.

    Parameters
    ----------
    phone_id
        Id of the number, from Meta.
    template
        Name of an approved template without variables that says that there is news; sent when the 24 hours are over.
    api
        Address of the Graph API without version; another one for tests.
    """

    capability = CAPABILITY

    def __init__(
        self,
        phone_id: str,
        token: str,
        app_secret: str,
        verify_token: str,
        template: str,
        *,
        api: str | None = None,
        version: float = 23.0,
        timeout_s: float = 20.0,
    ) -> None:
        super().__init__()
        self._phone_id, self._template = phone_id, template
        self._signature, self._verify = HubSignature(app_secret), VerifyToken(verify_token)
        self._http = httpx.AsyncClient(timeout=timeout_s)
        self._graph = GraphAPIAsync(token, self._http, version)
        if api is not None:
            self._http.base_url = httpx.URL(f"{api}/v{version}")
        self._context: HandoffContext | None = None

    async def start(self, context: HandoffContext) -> None:
        """Take the clock along: the 24 hours are counted with it."""
        await super().start(context)
        self._context = context

    def router(self) -> APIRouter:
        """The webhook: its confirmation, and what comes in."""
        router = APIRouter()

        @router.get("/webhooks/whatsapp", dependencies=[Depends(self._verify)])
        async def confirm(request: Request) -> Response:
            return PlainTextResponse(request.query_params.get("hub.challenge", ""))

        @router.post("/webhooks/whatsapp", dependencies=[Depends(self._signature)])
        async def receive(request: Request, context: Context) -> Response:
            body = await json_body(request)
            found = sorted(self._messages(body), key=lambda one: str(one.get("timestamp")))
            await self.take_all(context, found, self._read)
            for status in self._failed(body):
                await self._not_delivered(context, status)
            return Response(status_code=200)

        return router

    def _messages(self, body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Give the messages to this number."""
        for value in self._values(body):
            for message in objects(value.get("messages")):
                if isinstance(message.get("id"), str) and isinstance(message.get("from"), str):
                    yield message

    def _failed(self, body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Give what Meta had accepted and could not deliver afterwards; other statuses are passed over."""
        for value in self._values(body):
            for status in objects(value.get("statuses")):
                needed = (status.get("recipient_id"), status.get("biz_opaque_callback_data"))
                is_ours = all(isinstance(one, str) for one in needed)
                if is_ours and status.get("status") == MessageStatusType.FAILED:
                    yield status

    def _values(self, body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for entry in objects(body.get("entry")):
            for change in objects(entry.get("changes")):
                value = change.get("value")
                metadata = value.get("metadata") if isinstance(value, dict) else None
                if (
                    isinstance(value, dict)
                    and isinstance(metadata, dict)
                    and metadata.get("phone_number_id") == self._phone_id
                ):
                    yield value

    async def _not_delivered(self, context: HandoffContext, status: Mapping[str, Any]) -> None:
        """Send the template where Meta's window was over; note any other failure. Safe to repeat.

        Raises UnavailableError when the template cannot be sent now: Meta delivers the status again.
        """
        address, key = status["recipient_id"], status["biz_opaque_callback_data"]
        errors = objects(status.get("errors"))
        code = errors[0].get("code") if errors else None
        heard_at = await channels.heard_at(context, self.capability.name, address)
        if code == WINDOW_CLOSED and heard_at is not None:
            try:
                await self._remind(address, heard_at, key)
            except ReceiverDownError as error:
                raise UnavailableError(channel_texts.NOT_SENT_NOW) from error
            except ReceiverRefusedError:
                logger.warning("whatsapp refused the template")
            else:
                return
        await channels.not_delivered(context, self.capability.name, address, key, f"whatsapp: {code}")

    async def _read(self, message: Mapping[str, Any]) -> tuple[str, Inbound]:
        return str(message["from"]), await self._inbound(message)

    async def _inbound(self, message: Mapping[str, Any]) -> Inbound:
        key, kind = f"whatsapp:{message['id']}", message.get("type")
        part = message.get(str(kind))
        content: Mapping[str, Any] = part if isinstance(part, dict) else {}
        if kind == "text" and isinstance(content.get("body"), str):
            return Inbound(key, content["body"])
        if kind == "interactive":
            reply = content.get(str(content.get("type")))
            return Inbound(key, choice=str(reply.get("id")) if isinstance(reply, dict) else "-")
        if kind == "button" and isinstance(content.get("text"), str):
            return Inbound(key, content["text"])
        if kind == "location":
            return Inbound(key, answer=channel_texts.PLACE_NOT_READ)
        if kind == "contacts":
            return Inbound(key, answer=channel_texts.CONTACT_NOT_READ)
        if kind in ("image", "document") and isinstance(content.get("id"), str):
            caption = content.get("caption")
            files = [await self._file(content)]
            return Inbound(key, caption if isinstance(caption, str) else None, files=files)
        if kind == "reaction":
            return Inbound(key)
        return Inbound(key, answer=channel_texts.KIND_NOT_READ)

    async def _file(self, content: Mapping[str, Any]) -> InboundFile:
        """Fetch a file: first its address, then its bytes. Raises UnavailableError when it may come later."""
        name = str(content.get("filename") or "Foto.jpg")
        try:
            found = await self._graph.get_media_url(content["id"])
            if int(found.get("file_size", 0)) > self.capability.file_max_bytes:
                return InboundFile(name, b"")
            answer = await self._http.get(found["url"])
            answer.raise_for_status()
            return InboundFile(name, answer.content)
        except (WhatsAppError, httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            if _is_gone(error):
                return InboundFile(name, None)
            raise UnavailableError(channel_texts.NOT_FETCHED_NOW) from error

    async def send(self, delivery: Delivery, key: str, text: str, choices: Sequence[Choice]) -> None:
        """Send a text, up to three buttons or a list; after 24 hours of silence the template, once until they end."""
        if delivery.heard_at is not None and self._window_closed(delivery.heard_at):
            await self._remind(delivery.address, delivery.heard_at, delivery.key)
        elif not choices:
            await self._say(delivery, "text", {"body": text, "preview_url": False})
        else:
            await self._say(delivery, "interactive", _interactive(text, choices))

    def _window_closed(self, heard_at: datetime) -> bool:
        return self._context is not None and self._context.clock() - heard_at > WINDOW

    async def _remind(self, address: str, heard_at: datetime, tracker: str) -> None:
        """Send the template, once for each silence."""
        if self._context is None:
            return
        key = client_id_of("whatsapp-template", address, heard_at.isoformat())
        if await channel_notices.is_known(self._context, key):
            return
        template = {"name": self._template, "language": {"code": "de"}}
        try:
            await self._post(address, tracker, "template", template)
        except WhatsAppError as error:
            raise _translated(error) from error
        await channel_notices.note(self._context, key)

    async def _say(self, delivery: Delivery, kind: str, content: dict[str, Any]) -> None:
        try:
            await self._post(delivery.address, delivery.key, kind, content)
        except WhatsAppError as error:
            if error.code == WINDOW_CLOSED and delivery.heard_at is not None:
                # Meta's clock differs from ours
                await self._remind(delivery.address, delivery.heard_at, delivery.key)
                return
            raise _translated(error) from error

    async def _post(self, address: str, tracker: str, kind: str, content: dict[str, Any]) -> None:
        """Send; Meta gives `tracker` back with every status of the message. Raises WhatsAppError, ReceiverDownError."""
        try:
            await self._graph.send_message(
                self._phone_id,
                address,
                None,
                "individual",
                kind,
                content,
                biz_opaque_callback_data=tracker,
            )
        except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            raise ReceiverDownError("whatsapp does not answer") from error

    async def close(self) -> None:
        """Close connections."""
        await self._http.aclose()


def _interactive(text: str, choices: Sequence[Choice]) -> dict[str, Any]:
    body = {"text": text}
    if len(choices) <= REPLY_BUTTONS and all(len(one.title) <= REPLY_CHARS for one in choices):
        buttons = [{"type": "reply", "reply": {"id": one.id, "title": one.title}} for one in choices]
        return {"type": "button", "body": body, "action": {"buttons": buttons}}
    rows = [{"id": one.id, "title": one.title} for one in choices]
    return {
        "type": "list",
        "body": body,
        "action": {"button": LIST_LABEL, "sections": [{"title": LIST_LABEL, "rows": rows}]},
    }


def _is_gone(error: Exception) -> bool:
    """Tell whether Meta will never give this file."""
    if isinstance(error, WhatsAppError):
        return isinstance(_translated(error), ReceiverRefusedError)
    return isinstance(error, httpx.HTTPStatusError) and error.response.status_code in (401, 403, 404, 410)


def _translated(error: WhatsAppError) -> Exception:
    status = error.status_code or 500
    if status == 429 or status >= 500 or error.code in THROTTLED | TOKEN_TROUBLE:
        answer = error.raw_response
        return ReceiverDownError(
            f"whatsapp: {error.code}", retry_after_s(answer.headers) if answer is not None else None
        )
    return ReceiverRefusedError(f"whatsapp refused: {error.code}")
