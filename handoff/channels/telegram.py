"""Telegram through the Bot API (docs/protocol/channels/telegram.md)."""

import hmac
import logging
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message, Update
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from handoff.channels.adapter import Adapter, Proof, json_body, refused
from handoff.domain.channel import DOCUMENT_MAX_BYTES, DOCUMENTS, Capability, Choice, Shows
from handoff.errors import InvalidInputError, UnavailableError
from handoff.ports import Delivery, ReceiverDownError, ReceiverRefusedError
from handoff.services import channel_texts
from handoff.services.channel_intake import Inbound, InboundFile
from handoff.web.guards import Context

logger = logging.getLogger(__name__)

CAPABILITY = Capability(
    name="telegram",
    title="Telegram",
    third_party=True,
    shows=Shows.PUBLIC,
    text_max=4096,
    buttons_max=10,
    button_chars=64,
    files_in=DOCUMENTS,
    file_max_bytes=DOCUMENT_MAX_BYTES,
    caution=channel_texts.MESSENGER_CAUTION.format(title="Telegram"),
)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the header's name


class SecretToken(Proof):
    """The token that was named at setWebhook comes back in a header."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    async def __call__(self, request: Request) -> None:
        """Compare in constant time."""
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret):
            raise refused()


class Telegram(Adapter):
    """The town's bot.

    Parameters
    ----------
    token
        The bot's token, from BotFather.
    secret
        `secret_token` of setWebhook, 1 to 256 characters `A-Za-z0-9_-`.
    api
        Address of the Bot API; a town may run its own server.
    timeout_s
        For one call.
    """

    capability = CAPABILITY

    def __init__(
        self, token: str, secret: str, *, api: str = "https://api.telegram.org", timeout_s: float = 20.0
    ) -> None:
        super().__init__()
        logging.getLogger("httpx").setLevel(
            logging.WARNING
        )  # it would log addresses, and the token is in them
        self._proof = SecretToken(secret)
        limits: dict[str, Any] = {"read_timeout": timeout_s, "connect_timeout": timeout_s}
        self._request, unused = HTTPXRequest(**limits), HTTPXRequest(**limits)
        self.bot = Bot(
            token,
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            request=self._request,
            get_updates_request=unused,
        )
        self._unused = unused

    def router(self) -> APIRouter:
        """The webhook; Telegram repeats an update until it is answered with 2xx."""
        router = APIRouter()

        @router.post("/webhooks/telegram", dependencies=[Depends(self._proof)])
        async def receive(request: Request, context: Context) -> Response:
            body = await json_body(request)
            if not isinstance(body.get("update_id"), int):
                raise InvalidInputError("Die Anfrage ist kein Update.", field="update_id")
            found = await self._inbound(dict(body))
            if found is not None:
                await self.take(context, *found)
            return Response(status_code=200)

        return router

    async def _inbound(self, body: dict[str, Any]) -> tuple[str, Inbound] | None:
        """Read an update; None for what is not a person's message to the bot."""
        try:
            update = Update.de_json(body, self.bot)
            chat = update.effective_chat
            private = chat is not None and chat.type == "private"
        except Exception:  # the vendor's types raise whatever they please on a malformed update
            logger.warning("telegram update not understood")
            return None
        if chat is None or not private:
            return None
        key = f"telegram:{update.update_id}"
        if update.callback_query is not None:
            await self._acknowledge(update.callback_query.id)
            return str(chat.id), Inbound(key, choice=str(update.callback_query.data or "-"))
        edited = update.edited_message
        if edited is not None and edited.location is not None:
            return None  # a live location moves on; its first message was answered
        if edited is not None:
            text = edited.text or edited.caption
            if not text:
                return str(chat.id), Inbound(key, answer=channel_texts.EDIT_NOT_READ)
            return str(chat.id), Inbound(key, channel_texts.CORRECTED.format(text=text))
        if update.message is None:
            return None
        return str(chat.id), await self._message(key, update.message)

    async def _message(self, key: str, message: Message) -> Inbound:
        if message.text:
            return Inbound(key, message.text)
        if message.location is not None:
            return Inbound(key, answer=channel_texts.PLACE_NOT_READ)
        if message.contact is not None:
            return Inbound(key, answer=channel_texts.CONTACT_NOT_READ)
        if message.document is not None or message.photo:
            return Inbound(key, message.caption, files=[await self._file(message)])
        return Inbound(key, answer=channel_texts.KIND_NOT_READ)

    async def _file(self, message: Message) -> InboundFile:
        """Fetch a file. Raises UnavailableError when it may come later."""
        document = message.document
        source = document if document is not None else message.photo[-1]
        name = (document.file_name if document is not None else None) or "Foto.jpg"
        if (source.file_size or 0) > self.capability.file_max_bytes:
            return InboundFile(name, b"")
        try:
            file = await source.get_file()
            return InboundFile(name, bytes(await file.download_as_bytearray()))
        except (BadRequest, Forbidden, InvalidToken):  # its link has run out, or it is too large for bots
            return InboundFile(name, None)
        except TelegramError as error:
            raise UnavailableError(channel_texts.NOT_FETCHED_NOW) from error

    async def _acknowledge(self, query: str) -> None:
        """Stop the button's clock; its answer comes as a message anyway."""
        try:
            await self.bot.answer_callback_query(query)
        except TelegramError:
            logger.info("telegram button not acknowledged")

    async def send(self, delivery: Delivery, key: str, text: str, choices: Sequence[Choice]) -> None:
        """Send a text, with a button a line; links are not previewed, so nobody opens them before the citizen."""
        keyboard = [[InlineKeyboardButton(one.title, callback_data=one.id)] for one in choices]
        try:
            await self.bot.send_message(
                int(delivery.address),
                text,
                reply_markup=InlineKeyboardMarkup(keyboard) if keyboard else None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except RetryAfter as error:
            seconds = error.retry_after
            raise ReceiverDownError(
                "telegram asks to wait", seconds if isinstance(seconds, int) else seconds.total_seconds()
            ) from error
        except (Forbidden, BadRequest) as error:
            raise ReceiverRefusedError(f"telegram refused: {type(error).__name__}") from error
        except InvalidToken as error:
            raise ReceiverDownError("telegram does not know the bot's token", 60) from error
        except NetworkError as error:
            raise ReceiverDownError("telegram does not answer") from error

    async def close(self) -> None:
        """Close connections."""
        await self._request.shutdown()
        await self._unused.shutdown()
