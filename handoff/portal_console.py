"""The console's part of the door to the portal, in the gateway's own terms."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from pydantic import TypeAdapter

from handoff.domain.message import Object
from handoff.domain.offers import Json
from handoff.domain.people import Staff
from portal.client import By, ConsoleClient, NoteLine, NotFoundError, NotLoggedInError, ServiceView

_LINES = TypeAdapter(list[NoteLine])


class ConsolePortal:
    """What `handoff.ports.ConsolePortal` says of each method; mixed into `handoff.portal.HttpPortal`.

    Attributes
    ----------
    _client
        The portal's client.
    _translated
        Turns the portal's errors into the gateway's.
    """

    _client: ConsoleClient
    _translated: Callable[[], AbstractAsyncContextManager[None]]

    async def console_citizen(self, conversation_id: str, staff: Staff) -> Mapping[str, Json] | None:
        """Give the citizen's level, whether her address is protected, and what she could release."""
        async with self._translated():
            try:
                return _shape(await self._client.console_citizen(conversation_id, _by(staff)))
            except NotLoggedInError:
                return None

    async def console_draft(self, conversation_id: str, staff: Staff) -> Mapping[str, Json] | None:
        """Give the draft as this clerk sees it."""
        async with self._translated():
            try:
                return _shape(await self._client.console_draft(conversation_id, _by(staff)))
            except (NotFoundError, NotLoggedInError):
                return None

    async def entry(self, conversation_id: str, service_id: str) -> Mapping[str, Json] | None:
        """Give a service's catalogue entry."""
        async with self._translated():
            try:
                return _entry(await self._client.service(conversation_id, service_id))
            except NotFoundError:
                return None

    async def find_services(self, conversation_id: str, words: str) -> list[Object]:
        """Find services by words."""
        async with self._translated():
            hits = await self._client.search(conversation_id, words, limit=8)
        return [{"id": hit.id, "name": hit.name} for hit in hits]

    async def release_to_office(
        self, conversation_id: str, *, kind: str, id: str, office: str, purpose: str, key: str
    ) -> Mapping[str, Json]:
        """Record the citizen's release."""
        async with self._translated():
            return _shape(
                await self._client.release_to_office(
                    conversation_id, kind=kind, id=id, office=office, purpose=purpose, key=key
                )
            )

    async def withdraw_release(self, conversation_id: str, release: str, *, key: str) -> None:
        """Record that she took it back."""
        async with self._translated():
            await self._client.withdraw_release(conversation_id, release, key=key)

    async def released_values(self, conversation_id: str, release: str, staff: Staff) -> list[Object]:
        """Give released values."""
        async with self._translated():
            values = await self._client.released_values(conversation_id, release, _by(staff))
        return [_shape(value) for value in values]

    async def log_transfer(
        self,
        conversation_id: str,
        staff: Staff,
        *,
        to: str,
        legal_basis: str,
        content: Sequence[str],
        service: str | None,
        key: str,
    ) -> None:
        """Note a transfer in the citizen's log."""
        async with self._translated():
            await self._client.log_transfer(
                conversation_id,
                _by(staff),
                to=to,
                legal_basis=legal_basis,
                content=content,
                service=service,
                key=key,
            )

    async def file_note(
        self,
        conversation_id: str,
        staff: Staff,
        *,
        draft: str,
        text: str,
        lines: Sequence[Object],
        key: str,
    ) -> Mapping[str, Json]:
        """File a Vermerk."""
        async with self._translated():
            filed = await self._client.file_note(
                conversation_id,
                _by(staff),
                draft=draft,
                text=text,
                lines=_LINES.validate_python(lines),
                key=key,
            )
        return _shape(filed)

    async def put_evidence(
        self,
        conversation_id: str,
        draft: str,
        evidence: str,
        *,
        document: str,
        version: int,
        key: str,
    ) -> None:
        """Tie an uploaded document to the application."""
        async with self._translated():
            await self._client.put_evidence(
                conversation_id, draft, evidence, document=document, version=version, key=key
            )


def _by(staff: Staff) -> By:
    return By(staff.id, staff.function, staff.office)


def _shape(view: Any) -> Object:
    shape: Object = view.model_dump(mode="json", by_alias=True)
    return shape


def _entry(service: ServiceView) -> Object:
    office = f"{service.office.name}, {service.office.authority}"
    return {
        "id": service.id,
        "name": service.name,
        "url": service.url,
        "fee": service.fee.display,
        "fee_mark": service.fee.mark,
        "deadline": service.deadline.text if service.deadline else None,
        "deadline_mark": service.deadline.mark if service.deadline else None,
        "duration": service.duration,
        "office": office,
        "office_mark": service.office.mark,
        "documents": [
            {"label": one.label, "help": one.help, "required": one.required} for one in service.documents
        ],
        "law": list(service.law),
        "sources": [{"label": one.label, "mark": one.mark} for one in service.sources],
        "protection": None
        if service.protection is None
        else {"kind": service.protection.kind, "law": service.protection.law},
    }
