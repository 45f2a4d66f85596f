"""Matrix as an appservice of the town's own or another homeserver (docs/protocol/channels/matrix.md)."""

import hashlib
import hmac
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import aiohttp
from fastapi import APIRouter, Depends, Request
from mautrix.api import HTTPAPI, Method, Path
from mautrix.crypto.attachments import decrypt_attachment
from mautrix.errors import MatrixConnectionError, MatrixRequestError, MLimitExceeded

from handoff.channels.adapter import Adapter, Proof, json_body, refused
from handoff.channels.matrix_crypto import RoomCrypto, UndecryptableError
from handoff.channels.outbound import retry_after_s
from handoff.context import HandoffContext
from handoff.domain.channel import DOCUMENT_MAX_BYTES, DOCUMENTS, Capability, Choice, Shows
from handoff.domain.offers import Json, objects
from handoff.errors import InvalidInputError, UnavailableError
from handoff.ports import Delivery, ReceiverDownError, ReceiverRefusedError
from handoff.services import channel_texts
from handoff.services.channel_intake import Inbound, InboundFile
from handoff.web.guards import Context

logger = logging.getLogger(__name__)

CAPABILITY = Capability(
    name="matrix",
    title="Matrix",
    third_party=True,
    shows=Shows.PUBLIC,
    text_max=16_000,
    buttons_max=0,
    button_chars=0,
    files_in=DOCUMENTS,
    file_max_bytes=DOCUMENT_MAX_BYTES,
    caution=channel_texts.MATRIX_CAUTION,
)
OWN_AND_ENCRYPTED = replace(
    CAPABILITY, third_party=False, shows=Shows.PERSONAL, caution=channel_texts.MATRIX_OWN_CAUTION
)
"""In an encrypted room of the town's own server."""
ENCRYPTED_ROOM = replace(CAPABILITY, caution=channel_texts.MESSENGER_CAUTION.format(title="Matrix"))
NOT_DECRYPTED = "Diese Nachricht konnte ich nicht entschlüsseln; es wurde nichts gespeichert. Bitte senden Sie sie noch einmal."
ENCRYPTED = (
    "Dieser Raum ist verschlüsselt. Verschlüsselte Nachrichten kann ich nicht lesen, deshalb verlasse ich ihn; es wurde "
    "nichts gespeichert. Bitte beginnen Sie mit mir einen Raum ohne Verschlüsselung, oder schreiben Sie im Portal: {origin}"
)
KEY_REQUEST_S = 60.0
"""Longer than a sync waits."""
CROWDED = "Ich schreibe nur mit einer Person allein, deshalb verlasse ich diesen Raum. Bitte schreiben Sie mir direkt."


class HomeserverToken(Proof):
    """`hs_token` of the registration, in the Authorization header."""

    def __init__(self, token: str) -> None:
        self._token = f"Bearer {token}".encode()

    async def __call__(self, request: Request) -> None:
        """Compare in constant time."""
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), self._token):
            raise refused()


class Matrix(Adapter):
    """The town's bot on a homeserver.

    Parameters
    ----------
    homeserver
        Address of its client API.
    user_id
        The bot, `@amtslotse:stadt.example`.
    as_token, hs_token
        Of the registration file.
    crypto
        The bot's device; None refuses encrypted rooms.
    own
        Whether the homeserver is the town's own, so that encrypted rooms may show personal content.
    """

    capability = CAPABILITY

    def __init__(
        self,
        homeserver: str,
        user_id: str,
        as_token: str,
        hs_token: str,
        *,
        crypto: RoomCrypto | None = None,
        own: bool = False,
        timeout_s: float = 20.0,
    ) -> None:
        super().__init__()
        self._crypto, self._own = crypto, own
        self._homeserver, self._user_id, self._as_token = homeserver, user_id, as_token
        self._proof, self._timeout_s = HomeserverToken(hs_token), timeout_s
        self._api: HTTPAPI | None = None
        self._keys: aiohttp.ClientSession | None = None
        self._retry_after_s: float | None = None
        self._origin = ""

    async def start(self, context: HandoffContext) -> None:
        """Open the connection to the homeserver; it needs a running event loop."""
        await super().start(context)
        self._origin = context.settings.origin
        session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._timeout_s), middlewares=(self._note_pause,)
        )
        self._api = HTTPAPI(self._homeserver, self._as_token, client_session=session, default_retry_count=0)
        if self._crypto is not None:
            self._keys = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=KEY_REQUEST_S))
            await self._crypto.start(self._keys)

    def capability_for(self, details: Mapping[str, Json]) -> Capability:
        """More may be shown in an encrypted room of the town's own server."""
        if details.get("encrypted") is not True:
            return self.capability
        return OWN_AND_ENCRYPTED if self._own else ENCRYPTED_ROOM

    async def _note_pause(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        answer = await handler(request)
        self._retry_after_s = retry_after_s(answer.headers) if answer.status == 429 else None
        return answer

    def router(self) -> APIRouter:
        """The appservice API; the registration's `url` is `<origin>/webhooks/matrix`."""
        router = APIRouter(prefix="/webhooks/matrix/_matrix/app/v1", dependencies=[Depends(self._proof)])

        @router.put("/transactions/{transaction_id}")
        async def transaction(transaction_id: str, request: Request, context: Context) -> dict[str, str]:
            body = await json_body(request)
            if not isinstance(body.get("events"), list):
                raise InvalidInputError("Die Anfrage hat keine Ereignisse.", field="events")
            await self.take_all(context, objects(body["events"]), self._event)
            return {}

        @router.post("/ping")
        async def ping() -> dict[str, str]:
            return {}

        @router.get("/users/{user_id}", status_code=404)
        @router.get("/rooms/{alias}", status_code=404)
        async def unknown() -> dict[str, str]:
            return {"errcode": "M_NOT_FOUND", "error": "The only user of this appservice is its sender."}

        return router

    async def _event(self, event: Mapping[str, Any]) -> tuple[str, Inbound] | None:
        """Read an event; None for what is not a person's message."""
        room, sender, kind = event.get("room_id"), event.get("sender"), event.get("type")
        content = event.get("content")
        if not isinstance(room, str) or not isinstance(content, dict) or sender == self._user_id:
            return None
        if kind == "m.room.member":
            await self._member(room, event, content)
            return None
        if kind in ("m.room.encrypted", "m.room.encryption") and self._crypto is None:
            await self._leave(room, ENCRYPTED.format(origin=self._origin))
            return None
        if not isinstance(event.get("event_id"), str) or not isinstance(sender, str):
            return None
        key, address = f"matrix:{event['event_id']}", f"{room} {sender}"
        if kind == "m.room.encrypted" and self._crypto is not None:
            try:
                kind, content = await self._crypto.decrypt(event)
            except UndecryptableError:
                return address, Inbound(key, answer=NOT_DECRYPTED, details={"encrypted": True})
            if kind != "m.room.message":
                return None
            return address, replace(await self._message(key, content), details={"encrypted": True})
        if kind != "m.room.message":
            return None
        return address, replace(await self._message(key, content), details={"encrypted": False})

    async def _member(self, room: str, event: Mapping[str, Any], content: Mapping[str, Any]) -> None:
        """Come to a room that one person opened with the bot, and leave one that others come into."""
        membership = content.get("membership")
        if event.get("state_key") == self._user_id and membership == "invite":
            await self._call(Method.POST, Path.v3.join[room])
            if content.get("is_direct") is not True:
                await self._leave(room, CROWDED)
        elif event.get("state_key") != self._user_id and membership in ("join", "invite"):
            members = await self._call(Method.GET, Path.v3.rooms[room].joined_members)
            joined = members.get("joined") if isinstance(members, dict) else None
            if isinstance(joined, dict) and len(joined) > 2:
                await self._leave(room, CROWDED)

    async def _leave(self, room: str, why: str) -> None:
        content = {"msgtype": "m.notice", "body": why}
        path = Path.v3.rooms[room].send["m.room.message"][
            f"leave-{hashlib.sha256(why.encode()).hexdigest()[:16]}"
        ]
        await self._call(Method.PUT, path, content)
        await self._call(Method.POST, Path.v3.rooms[room].leave)

    async def _message(self, key: str, content: Mapping[str, Any]) -> Inbound:
        kind, body = content.get("msgtype"), content.get("body")
        relation = content.get("m.relates_to")
        if kind in ("m.text", "m.emote") and isinstance(body, str):
            replaced = content.get("m.new_content")
            if isinstance(relation, dict) and relation.get("rel_type") == "m.replace":
                text = replaced.get("body") if isinstance(replaced, dict) else body
                return Inbound(key, channel_texts.CORRECTED.format(text=text))
            return Inbound(key, body)
        if kind == "m.notice":
            return Inbound(key)  # other programs: answering them could go on for ever
        if kind == "m.location":
            return Inbound(key, answer=channel_texts.PLACE_NOT_READ)
        name, sealed = str(content.get("filename") or body), content.get("file")
        if kind in ("m.file", "m.image") and isinstance(content.get("url"), str):
            return Inbound(key, files=[await self._file(name, content["url"])])
        if kind in ("m.file", "m.image") and isinstance(sealed, dict) and isinstance(sealed.get("url"), str):
            return Inbound(key, files=[unsealed(await self._file(name, sealed["url"]), sealed)])
        return Inbound(key, answer=channel_texts.KIND_NOT_READ)

    async def _file(self, name: str, address: str) -> InboundFile:
        server, _, media = address.removeprefix("mxc://").partition("/")
        if self._api is None:
            raise UnavailableError("Matrix ist noch nicht bereit.")
        url = f"{self._homeserver}/_matrix/client/v1/media/download/{quote(server, safe='')}/{quote(media, safe='')}"
        try:
            headers = {"Authorization": f"Bearer {self._as_token}"}
            async with self._api.session.get(url, headers=headers) as answer:
                if answer.status in (403, 404, 410):
                    return InboundFile(name, None)
                answer.raise_for_status()
                return InboundFile(name, await answer.content.read(self.capability.file_max_bytes + 1))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError(channel_texts.NOT_FETCHED_NOW) from error

    async def _call(self, method: Method, path: Any, content: dict[str, Any] | None = None) -> Any:
        """Ask the homeserver while a transaction is taken; a refusal is final, silence repeats the transaction."""
        try:
            return await self._request(method, path, content)
        except ReceiverDownError as error:
            raise UnavailableError("Der Matrix-Server antwortet gerade nicht.") from error
        except ReceiverRefusedError:
            logger.warning("matrix refused %s", path)
            return None

    async def _request(self, method: Method, path: Any, content: dict[str, Any] | None = None) -> Any:
        if self._api is None:
            raise ReceiverDownError("matrix is not started")
        try:
            return await self._api.request(method, path, content=content)
        except MLimitExceeded as error:
            raise ReceiverDownError("matrix asks to wait", self._retry_after_s) from error
        except MatrixRequestError as error:
            if error.http_status == 429 or error.http_status >= 500:
                raise ReceiverDownError(f"matrix says {error.http_status}", self._retry_after_s) from error
            raise ReceiverRefusedError(f"matrix refused: {error.http_status}") from error
        except (MatrixConnectionError, aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise ReceiverDownError("matrix does not answer") from error

    async def send(self, delivery: Delivery, key: str, text: str, choices: Sequence[Choice]) -> None:
        """Send a text; the transaction id makes a repetition harmless. Buttons have become numbers."""
        room, _, user = delivery.address.partition(" ")
        content: dict[str, Any] = {"msgtype": "m.text", "body": text}
        kind = "m.room.message"
        if delivery.details.get("encrypted") is True:
            if self._crypto is None:
                raise ReceiverRefusedError("matrix: encryption is switched off")
            try:
                kind, content = "m.room.encrypted", await self._crypto.encrypt(room, user, content)
            except Exception as error:  # the library's and the homeserver's; nothing was sent
                raise ReceiverDownError(f"matrix: not encrypted ({type(error).__name__})") from error
        await self._request(Method.PUT, Path.v3.rooms[room].send[kind][key], content)

    async def close(self) -> None:
        """Close connections."""
        if self._crypto is not None:
            await self._crypto.close()
        if self._keys is not None:
            await self._keys.close()
        if self._api is not None:
            await self._api.session.close()


def unsealed(file: InboundFile, sealed: Mapping[str, Any]) -> InboundFile:
    """Decrypt an attachment; one whose keys do not fit comes as empty, and is refused as such."""
    if file.content is None:
        return file
    try:
        key, digest, start = sealed["key"]["k"], sealed["hashes"]["sha256"], sealed["iv"]
        return InboundFile(file.name, decrypt_attachment(file.content, key, digest, start))
    except Exception:  # the library raises whatever it pleases on nonsense
        return InboundFile(file.name, b"")
