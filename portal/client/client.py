"""The only door to the portal for other parts: an HTTP client with typed answers."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from portal.client.errors import (
    AlreadyBookedError,
    DraftChangedError,
    IncompleteError,
    InvalidValueError,
    NoAppointmentsError,
    NotFoundError,
    NotLoggedInError,
    PortalError,
    PortalUnreachableError,
    SlotTakenError,
    TooEarlyError,
)
from portal.client.shapes import (
    AppointmentView,
    CaseView,
    Checklist,
    ConsentItem,
    DataOverview,
    DeadlineItem,
    DraftView,
    InquiryView,
    Me,
    MessageItem,
    RequestView,
    ResponsibilityView,
    SearchAnswer,
    SearchHit,
    ServiceView,
    SlotsView,
    SubmitView,
    Trait,
    TraitsAnswer,
    Value,
    WithdrawalView,
)

T = TypeVar("T")
TIMEOUT_S = 10.0
ATTEMPTS = 3
CLASSES: dict[str, type[PortalError]] = {
    "anmeldung_noetig": NotLoggedInError,
    "unvollstaendig": IncompleteError,
    "wert_ungueltig": InvalidValueError,
    "termin_vergeben": SlotTakenError,
    "kein_termin": NoAppointmentsError,
    "termin_vorhanden": AlreadyBookedError,
}
_CASES = TypeAdapter(list[CaseView])
_DEADLINES = TypeAdapter(list[DeadlineItem])
_INQUIRIES = TypeAdapter(list[InquiryView])
_INQUIRY = TypeAdapter(InquiryView)
_DRAFT = TypeAdapter(DraftView)
_APPOINTMENTS = TypeAdapter(list[AppointmentView])
_APPOINTMENT = TypeAdapter(AppointmentView)


class PortalClient:
    """Calls the portal's service interface (docs/protocol/dialog.md).

    All writes carry an idempotency key, so a call whose connection broke is sent again, at most `ATTEMPTS` times. Nothing
    else is repeated. Every method raises `PortalError`, or one of its subclasses where the caller can do something.

    Parameters
    ----------
    url
        Address of the portal, without path.
    token
        Service token of the caller.
    transport
        Replaces the network in tests.
    """

    def __init__(self, url: str, token: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{url.rstrip('/')}/api/dialog",
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_S,
            transport=transport,
            trust_env=False,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def me(self, conversation_id: str) -> Me:
        """Whether the conversation is bound, and to whom."""
        return await self._get(conversation_id, "/me", TypeAdapter(Me))

    async def data_overview(self, conversation_id: str) -> DataOverview:
        """What lies about the citizen and who got or saw which of it lately. Raises NotLoggedInError."""
        return await self._get(conversation_id, "/me/data", TypeAdapter(DataOverview))

    async def search(self, conversation_id: str, words: str, *, limit: int = 5) -> list[SearchHit]:
        """Services that fit some words, best first."""
        query = {"q": words, "limit": str(limit)}
        return (await self._get(conversation_id, "/search", TypeAdapter(SearchAnswer), query)).services

    async def service(self, conversation_id: str, service: str) -> ServiceView:
        """One service as of today."""
        return await self._get(conversation_id, f"/services/{service}", TypeAdapter(ServiceView))

    async def checklist(
        self, conversation_id: str, situation: str, *, traits: Sequence[str] = (), without: Sequence[str] = ()
    ) -> Checklist:
        """The steps of a life situation for somebody with `traits`; steps of the traits in `without` are left out."""
        query = {"traits": ",".join(traits), "without": ",".join(without)}
        return await self._get(
            conversation_id, f"/life-situations/{situation}", TypeAdapter(Checklist), query
        )

    async def traits(self, conversation_id: str) -> list[Trait]:
        """What a person may have that brings steps with it."""
        return (await self._get(conversation_id, "/traits", TypeAdapter(TraitsAnswer))).traits

    async def responsibility(
        self, conversation_id: str, service: str, *, plz: str = "", strasse: str = "", ort: str = ""
    ) -> ResponsibilityView:
        """Who is responsible at a place; without `plz` where the citizen is known to live or to move to."""
        query = {"service": service, "plz": plz, "strasse": strasse, "ort": ort}
        return await self._get(conversation_id, "/responsibility", TypeAdapter(ResponsibilityView), query)

    async def cases(self, conversation_id: str) -> list[CaseView]:
        """The citizen's cases, the newest first."""
        return await self._get(conversation_id, "/cases", _CASES)

    async def messages(self, conversation_id: str) -> list[MessageItem]:
        """The messages of her postbox that she has not read, the newest first."""
        return await self._get(conversation_id, "/messages", TypeAdapter(list[MessageItem]))

    async def consents(self, conversation_id: str) -> list[ConsentItem]:
        """The consents that she can still withdraw, the newest first."""
        return await self._get(conversation_id, "/consents", TypeAdapter(list[ConsentItem]))

    async def withdraw_consent(self, conversation_id: str, consent: str, *, key: str) -> WithdrawalView:
        """Withdraw one; says what that stopped and what remains. Status 409 when she did so before; NotFoundError."""
        return await self._send(
            conversation_id, "POST", f"/consents/{consent}/withdrawal", {}, key, TypeAdapter(WithdrawalView)
        )

    async def deadlines(self, conversation_id: str) -> list[DeadlineItem]:
        """The citizen's running deadlines, the soonest first."""
        return await self._get(conversation_id, "/deadlines", _DEADLINES)

    async def inquiries(self, conversation_id: str) -> list[InquiryView]:
        """What offices asked the citizen and she has not answered, the oldest first."""
        return await self._get(conversation_id, "/inquiries", _INQUIRIES)

    async def answer_inquiry(self, conversation_id: str, inquiry: str, text: str, *, key: str) -> InquiryView:
        """Send her answer to the office. Status 409 when she answered before; NotFoundError."""
        return await self._send(
            conversation_id, "POST", f"/inquiries/{inquiry}/answer", {"text": text}, key, _INQUIRY
        )

    async def slots(
        self, conversation_id: str, service: str, *, from_: str | None = None, limit: int = 5
    ) -> SlotsView:
        """The next free appointments for a service, from a day (ISO) on."""
        query = {"limit": str(limit)} | ({"from": from_} if from_ else {})
        return await self._get(conversation_id, f"/services/{service}/slots", TypeAdapter(SlotsView), query)

    async def appointments(self, conversation_id: str) -> list[AppointmentView]:
        """The citizen's coming appointments, the soonest first."""
        return await self._get(conversation_id, "/appointments", _APPOINTMENTS)

    async def book(self, conversation_id: str, service: str, slot: str, *, key: str) -> AppointmentView:
        """Book a free appointment; SlotTakenError if somebody was faster."""
        body = {"service": service, "slot": slot}
        return await self._send(conversation_id, "POST", "/appointments", body, key, _APPOINTMENT)

    async def move(self, conversation_id: str, appointment: str, slot: str, *, key: str) -> AppointmentView:
        """Move an appointment; the old time stays hers if the new one is taken (SlotTakenError)."""
        path = f"/appointments/{appointment}"
        return await self._send(conversation_id, "PUT", path, {"slot": slot}, key, _APPOINTMENT)

    async def cancel(self, conversation_id: str, appointment: str, *, key: str) -> AppointmentView:
        """Cancel an appointment."""
        return await self._send(
            conversation_id, "DELETE", f"/appointments/{appointment}", {}, key, _APPOINTMENT
        )

    async def open_draft(self, conversation_id: str, service: str, *, key: str) -> DraftView:
        """Open the draft of a service, or take up the open one; it becomes the conversation's current draft."""
        return await self._send(conversation_id, "POST", "/drafts", {"service": service}, key, _DRAFT)

    async def current_draft(self, conversation_id: str, *, masked: bool = False) -> DraftView:
        """The conversation's current draft; `masked` also withholds what the citizen has not released."""
        query = {"masked": "1"} if masked else {}
        return await self._get(conversation_id, "/drafts/current", _DRAFT, query)

    async def put_field(
        self,
        conversation_id: str,
        draft: str,
        field: str,
        value: str | int | None,
        *,
        version: int,
        key: str,
        by: str = "citizen",
        secret_ref: str | None = None,
    ) -> DraftView:
        """Write one answer; None clears it (or means "keine Angabe" where the field is optional)."""
        body: dict[str, object] = {"version": version, "by": by}
        body |= {"value": value} if secret_ref is None else {"secret_ref": secret_ref}
        return await self._send(conversation_id, "PUT", f"/drafts/{draft}/fields/{field}", body, key, _DRAFT)

    async def release(
        self,
        conversation_id: str,
        draft: str,
        *,
        freigeben: Sequence[str],
        aendern: Mapping[str, str | int | None],
        version: int,
        key: str,
    ) -> DraftView:
        """Release offered data, correct some; a corrected value may be a reference of the vault."""
        body = {"freigeben": list(freigeben), "aendern": dict(aendern), "version": version}
        return await self._send(conversation_id, "POST", f"/drafts/{draft}/release", body, key, _DRAFT)

    async def withdraw_draft_release(self, conversation_id: str, draft: str, *, key: str) -> DraftView:
        """Withdraw what was released in this draft. Raises NotFoundError if nothing is."""
        return await self._send(conversation_id, "POST", f"/drafts/{draft}/withdrawal", {}, key, _DRAFT)

    async def put_evidence(
        self, conversation_id: str, draft: str, evidence: str, *, document: str | None, version: int, key: str
    ) -> DraftView:
        """Tie an uploaded document; None promises to send it later."""
        body: dict[str, object] = {"version": version}
        body |= {"later": True} if document is None else {"document": document}
        return await self._send(
            conversation_id, "POST", f"/drafts/{draft}/evidence/{evidence}", body, key, _DRAFT
        )

    async def submit(self, conversation_id: str, draft: str, *, version: int, key: str) -> SubmitView:
        """The citizen's confirmation of exactly this version."""
        path = f"/drafts/{draft}/submit"
        return await self._send(
            conversation_id, "POST", path, {"version": version}, key, TypeAdapter(SubmitView)
        )

    async def discard(self, conversation_id: str, draft: str, *, version: int, key: str) -> DraftView:
        """Give the draft up."""
        return await self._send(
            conversation_id, "DELETE", f"/drafts/{draft}", {"version": version}, key, _DRAFT
        )

    async def lock_account(self, conversation_id: str, *, key: str) -> bool:
        """Lock the citizen's account; a repetition changes nothing. NotLoggedInError if nobody is logged in."""
        answer = await self._send(
            conversation_id, "POST", "/account/lock", {}, key, TypeAdapter(dict[str, bool])
        )
        return answer["locked"]

    async def bind(self, conversation_id: str, *, account: str, sid: str) -> None:
        """Tie the conversation to a citizen's session (gateway only)."""
        body = {"account": account, "sid": sid}
        await self._send(conversation_id, "PUT", "/bindings", body, "", TypeAdapter(dict[str, bool]))

    async def leave_request(
        self, conversation_id: str, request: Mapping[str, object], *, key: str
    ) -> RequestView:
        """Make a case of what a citizen left in the chat (gateway only; fields: docs/protocol/dialog.md)."""
        return await self._send(conversation_id, "POST", "/requests", request, key, TypeAdapter(RequestView))

    async def reveal(
        self, conversation_id: str, draft: str, field: str, *, staff: str, function: str, office: str
    ) -> str | int | None:
        """A field's unmasked value for a clerk (gateway only); the citizen sees that it was looked at."""
        query = {"staff": staff, "function": function, "office": office}
        path = f"/drafts/{draft}/fields/{field}/value"
        return (await self._get(conversation_id, path, TypeAdapter(Value), query)).value

    async def _get(
        self, conversation_id: str, path: str, shape: TypeAdapter[T], query: Mapping[str, str] | None = None
    ) -> T:
        return await self._call(conversation_id, "GET", path, shape, params=query or {})

    async def _send(
        self,
        conversation_id: str,
        method: str,
        path: str,
        body: Mapping[str, object],
        key: str,
        shape: TypeAdapter[T],
    ) -> T:
        return await self._call(conversation_id, method, path, shape, body=body, key=key)

    async def _call(
        self,
        conversation_id: str,
        method: str,
        path: str,
        shape: TypeAdapter[T],
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        content: bytes | None = None,
        key: str = "",
        timeout_s: float = TIMEOUT_S,
    ) -> T:
        headers = {"X-Conversation": conversation_id}
        if key:
            headers["Idempotency-Key"] = key
        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception_type(httpx.TransportError),
                stop=stop_after_attempt(ATTEMPTS),
                wait=wait_random_exponential(multiplier=0.05, max=0.5),
                reraise=True,
            ):
                with attempt:
                    response = await self._http.request(
                        method,
                        path,
                        params=params,
                        json=body,
                        content=content,
                        headers=headers,
                        timeout=timeout_s,
                    )
        except httpx.TransportError as error:
            raise PortalUnreachableError from error
        return answer_of(response, shape)


def answer_of(response: httpx.Response, shape: TypeAdapter[T]) -> T:
    """Read an answer of the portal; raises PortalError, or one of its subclasses."""
    if not response.is_success:
        raise _refusal(response)
    try:
        return shape.validate_json(response.content)
    except ValidationError as error:
        raise PortalUnreachableError(response.status_code) from error


def _refusal(response: httpx.Response) -> PortalError:
    status = response.status_code
    try:
        body = TypeAdapter(dict[str, object]).validate_json(response.content)
        code, message = str(body["code"]), str(body["message"])
        if code == "entwurf_veraendert":
            return DraftChangedError(message, _DRAFT.validate_python(body["draft"]), status=status)
        if code == "zu_frueh":
            return TooEarlyError(message, str(body["from"]), status=status)
    except (ValidationError, KeyError):
        return PortalUnreachableError(status)
    field = str(body["field"]) if body.get("field") else None
    kind = CLASSES.get(code, NotFoundError if status == 404 else PortalError)
    return kind(code, message, status=status, field=field)
