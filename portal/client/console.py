"""The console's part of the door to the portal: what a clerk of the chat sees, asks for and files."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from portal.client.client import PortalClient
from portal.client.shapes import (
    ConsoleCitizen,
    DraftView,
    FiledNote,
    NoteLine,
    ReleasedValue,
    ReleasedValues,
    ReleaseView,
    View,
)

_CITIZEN = TypeAdapter(ConsoleCitizen)
_DRAFT = TypeAdapter(DraftView)
_NOTE = TypeAdapter(FiledNote)
_RELEASE = TypeAdapter(ReleaseView)
_VALUES = TypeAdapter(ReleasedValues)
_DONE = TypeAdapter(View)


@dataclass(frozen=True)
class By:
    """The clerk who acts. The citizen reads function and office; the id is for the town's own supervision."""

    staff: str
    function: str
    office: str

    def body(self) -> dict[str, str]:
        """As the portal reads it."""
        return {"staff": self.staff, "function": self.function, "office": self.office}


class ConsoleClient(PortalClient):
    """The calls that only the gateway makes, for its console. Errors as in `PortalClient`."""

    async def console_citizen(self, conversation_id: str, by: By) -> ConsoleCitizen:
        """The citizen's level, whether her address is protected, what she could release; the portal logs that `by` reads."""
        return await self._get(conversation_id, "/console/citizen", _CITIZEN, by.body())

    async def console_draft(self, conversation_id: str, by: By) -> DraftView:
        """The current draft as this clerk sees it; the portal logs the look for the citizen."""
        return await self._get(conversation_id, "/console/draft", _DRAFT, by.body())

    async def release_to_office(
        self, conversation_id: str, *, kind: str, id: str, office: str, purpose: str, key: str
    ) -> ReleaseView:
        """The citizen released a data set (`daten`) or a document (`dokument`) to an office."""
        body = {"kind": kind, "id": id, "office": office, "purpose": purpose}
        return await self._send(conversation_id, "POST", "/console/releases", body, key, _RELEASE)

    async def withdraw_release(self, conversation_id: str, release: str, *, key: str) -> None:
        """The citizen took a release back."""
        await self._send(conversation_id, "DELETE", f"/console/releases/{release}", {}, key, _DONE)

    async def released_values(self, conversation_id: str, release: str, by: By) -> list[ReleasedValue]:
        """The values of a released data set; the portal logs the look."""
        path = f"/console/releases/{release}/values"
        return (await self._get(conversation_id, path, _VALUES, by.body())).values

    async def log_transfer(
        self,
        conversation_id: str,
        by: By,
        *,
        to: str,
        legal_basis: str,
        content: Sequence[str],
        service: str | None,
        key: str,
    ) -> None:
        """Note for the citizen that her conversation went to another office, and with what."""
        body = {
            **by.body(),
            "to": to,
            "legal_basis": legal_basis,
            "content": list(content),
            "service": service,
        }
        await self._send(conversation_id, "POST", "/console/transfers", body, key, _DONE)

    async def file_transcript(
        self, conversation_id: str, *, account: str, day: str, text: str, key: str
    ) -> None:
        """Put a conversation that is over into its citizen's postbox."""
        body = {"account": account, "day": day, "text": text}
        await self._send(conversation_id, "POST", "/console/transcripts", body, key, _DONE)

    async def notice_undelivered(self, conversation_id: str, notice: str, *, key: str) -> None:
        """Say that a notice which was taken over did not reach the citizen's messenger."""
        await self._send(conversation_id, "POST", "/notices/undelivered", {"notice": notice}, key, _DONE)

    async def file_note(
        self, conversation_id: str, by: By, *, draft: str, text: str, lines: Sequence[NoteLine], key: str
    ) -> FiledNote:
        """File a Vermerk to an application."""
        body = {
            **by.body(),
            "draft": draft,
            "text": text,
            "lines": [line.model_dump(mode="json") for line in lines],
        }
        return await self._send(conversation_id, "POST", "/console/notes", body, key, _NOTE)
