"""The door to the portal in the gateway's own terms; behind it stands `portal.client`."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
from pydantic import TypeAdapter

from handoff import ports
from handoff.domain.offers import Json
from handoff.domain.people import Staff
from handoff.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    LoginNeededError,
    UnavailableError,
)
from handoff.portal_console import ConsolePortal
from portal.client import (
    ConsoleClient,
    DraftChangedError,
    InvalidValueError,
    NotFoundError,
    NotLoggedInError,
    PortalError,
    PortalUnreachableError,
    SessionClient,
)
from portal.client.shapes import FileCheck, SecretView

UNREACHABLE = (
    "Ein Teil unseres Systems antwortet gerade nicht. Ihre letzte Eingabe wurde nicht gespeichert. "
    "Bitte versuchen Sie es in einer Minute noch einmal."
)
_SECRET = TypeAdapter(SecretView)
_CHECK = TypeAdapter(FileCheck)
CHECK_TIMEOUT_S = 45.0
"""Longer than the portal waits for its scanner."""
TRANSCRIPT = "verlauf"
"""The `art` of a notice that goes into the postbox."""
UNDELIVERED = "unzustellbar"
"""The `art` of a notice of the portal that did not arrive."""
REQUEST_FIELDS = frozenset(
    ("wunsch", "service", "topic", "text", "summary", "telefon", "zeit", "adresse", "promised_for", "account")
)


class GatewayClient(ConsoleClient):
    """The portal's client with the calls that only the gateway makes."""

    async def keep_secret(self, conversation_id: str, kind: str, value: str, *, key: str) -> SecretView:
        """Put a recognised number into the vault."""
        body = {"kind": kind, "value": value}
        return await self._send(conversation_id, "POST", "/vault", body, key, _SECRET)

    async def check_file(self, conversation_id: str, content: bytes) -> FileCheck:
        """Check a file; refusals are `PortalError` with status 413, 415 or 422."""
        return await self._call(
            conversation_id, "POST", "/files/check", _CHECK, content=content, timeout_s=CHECK_TIMEOUT_S
        )


class PortalNotifier:
    """Has the portal carry out notices (see `handoff.ports.Notifier`).

    Parameters
    ----------
    client
        The portal's client; the portal port closes it.
    """

    def __init__(self, client: ConsoleClient) -> None:
        self._client = client

    async def notify(self, notice: ports.Notice) -> Mapping[str, Json]:
        """Leave a request with the office, and give its case; put a transcript into the citizen's postbox; say that a notice did not arrive."""
        body = {name: value for name, value in notice.body.items() if name in REQUEST_FIELDS}
        try:
            if notice.body.get("art") == TRANSCRIPT:
                await self._file_transcript(notice)
                return {}
            if notice.body.get("art") == UNDELIVERED:
                await self._client.notice_undelivered(
                    notice.conversation_id, str(notice.body["notice"]), key=notice.key
                )
                return {}
            case = await self._client.leave_request(notice.conversation_id, body, key=notice.key)
        except PortalUnreachableError as error:
            raise ports.ReceiverDownError(f"status {error.status}") from error
        except PortalError as error:
            if error.status in (400, 404, 409, 422):
                raise ports.ReceiverRefusedError(error.code) from error
            raise ports.ReceiverDownError(error.code) from error
        shape: dict[str, Json] = case.model_dump(mode="json")
        return shape

    async def _file_transcript(self, notice: ports.Notice) -> None:
        body = notice.body
        await self._client.file_transcript(
            notice.conversation_id,
            account=str(body["account"]),
            day=str(body["day"]),
            text=str(body["text"]),
            key=notice.key,
        )


class HttpPortal(ConsolePortal):
    """The real portal (see `handoff.ports.Portal` for what each method raises).

    Parameters
    ----------
    url
        Address of the portal, without path.
    token
        The gateway's service token.
    transport
        Replaces the network in tests.
    """

    def __init__(self, url: str, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client: GatewayClient = GatewayClient(url, token, transport=transport)
        self._sessions = SessionClient(url, transport=transport)
        self._translated = _translated
        self.notifier: ports.Notifier = PortalNotifier(self._client)

    async def staff_door(self, cookie: str) -> ports.StaffDoor | None:
        """Ask whose session a browser's staff cookie is."""
        try:
            async with _translated():
                door = await self._sessions.staff_door(cookie)
        except LoginNeededError:
            return None
        return None if door is None else ports.StaffDoor(door.token, door.csrf)

    async def bind(self, conversation_id: str, citizen_account: str, sid: str) -> None:
        """Tie the conversation to a citizen's session."""
        async with _translated():
            await self._client.bind(conversation_id, account=citizen_account, sid=sid)

    async def citizen_token(self, session: str) -> str | None:
        """Give a token for the login that a browser's session cookie holds; None if there is none any more."""
        async with _translated():
            try:
                return await self._sessions.token(session)
            except NotLoggedInError:
                return None

    async def keep_secret(self, conversation_id: str, kind: str, value: str, key: str) -> ports.Secret:
        """Put a recognised number into the vault."""
        async with _translated():
            kept = await self._client.keep_secret(conversation_id, kind, value, key=key)
        return ports.Secret(kept.ref, kept.display)

    async def check_file(self, conversation_id: str, content: bytes) -> ports.FileCheck:
        """Check a file by its content and for malware."""
        async with _translated():
            try:
                found = await self._client.check_file(conversation_id, content)
            except PortalError as error:
                if error.status in (413, 415, 422) and not isinstance(error, PortalUnreachableError):
                    raise ports.FileRefusedError(error.message) from error
                raise
        return ports.FileCheck(found.media_type, found.scanner)

    async def current_draft(self, conversation_id: str) -> Mapping[str, Json] | None:
        """Give the current draft, masked; None without one or without a login."""
        async with _translated():
            try:
                draft = await self._client.current_draft(conversation_id, masked=True)
            except (NotFoundError, NotLoggedInError):
                return None
        shape: dict[str, Json] = draft.model_dump(mode="json", by_alias=True)
        return shape

    async def put_field(
        self,
        conversation_id: str,
        draft: str,
        field: str,
        *,
        version: int,
        value: str | None,
        secret_ref: str | None,
        key: str,
    ) -> None:
        """Write a clerk's accepted correction."""
        async with _translated():
            await self._client.put_field(
                conversation_id,
                draft,
                field,
                value,
                version=version,
                key=key,
                by="clerk",
                secret_ref=secret_ref,
            )

    async def reveal(self, conversation_id: str, draft: str, field: str, staff: Staff) -> str:
        """Give a field's unmasked value; the portal logs the look."""
        async with _translated():
            value = await self._client.reveal(
                conversation_id, draft, field, staff=staff.id, function=staff.function, office=staff.office
            )
        return "" if value is None else str(value)

    async def service(self, conversation_id: str, service_id: str) -> Mapping[str, Json] | None:
        """Give a service's name, fee, deadline and page; None if unknown."""
        async with _translated():
            try:
                service = await self._client.service(conversation_id, service_id)
            except NotFoundError:
                return None
        return {
            "name": service.name,
            "office_id": service.office.id,
            "office": service.office.name,
            "fee": service.fee.display,
            "deadline": service.deadline.text if service.deadline else None,
            "url": service.url,
        }

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()
        await self._sessions.close()


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """Turn the portal's errors into the gateway's."""
    try:
        yield
    except DraftChangedError as error:
        raise ports.DraftChangedError from error
    except NotLoggedInError as error:
        raise LoginNeededError(error.message) from error
    except InvalidValueError as error:
        raise InvalidInputError(error.message, field=error.field, code=error.code) from error
    except PortalUnreachableError as error:
        raise UnavailableError(UNREACHABLE) from error
    except PortalError as error:
        if error.status == 403:
            raise ForbiddenError(error.message, field=error.field, code=error.code) from error
        if error.status in (404, 409):
            raise ConflictError(error.message, field=error.field, code=error.code) from error
        if error.status == 422:
            raise InvalidInputError(error.message, field=error.field, code=error.code) from error
        raise UnavailableError(UNREACHABLE) from error
