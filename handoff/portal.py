"""The door to the portal (docs/protocol/dialog.md), in the gateway's own terms."""

from collections.abc import Mapping
from typing import Any

import httpx

from handoff.domain.offers import Json
from handoff.domain.people import Staff
from handoff.errors import ConflictError, InvalidInputError, LoginNeededError, UnavailableError
from handoff.ports import DraftChangedError, Secret

TIMEOUT_S = 10.0
UNREACHABLE = (
    "Ein Teil unseres Systems antwortet gerade nicht. Ihre letzte Eingabe wurde nicht gespeichert. "
    "Bitte versuchen Sie es in einer Minute noch einmal."
)


class HttpPortal:
    """The real portal.

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
        self._client = httpx.AsyncClient(
            base_url=f"{url}/api/dialog",
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_S,
            transport=transport,
            trust_env=False,
        )

    async def bind(self, conversation_id: str, citizen_account: str, sid: str) -> None:
        """Tie the conversation to a citizen's session."""
        key = f"bind:{conversation_id}:{sid}"
        await self._call("PUT", "/bindings", conversation_id, {"account": citizen_account, "sid": sid}, key)

    async def keep_secret(self, conversation_id: str, kind: str, value: str, key: str) -> Secret:
        """Put a recognised number into the vault."""
        kept = await self._call("POST", "/vault", conversation_id, {"kind": kind, "value": value}, key)
        return Secret(str(kept["ref"]), str(kept["display"]))

    async def current_draft(self, conversation_id: str) -> Mapping[str, Json] | None:
        """Give the current draft, masked; None without one or without a login."""
        return await self._look("/drafts/current?masked=1", conversation_id)

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
        """Write a clerk's accepted correction; see `handoff.ports.Portal.put_field`."""
        body: dict[str, Json] = {"version": version, "by": "clerk"}
        body |= {"value": value} if secret_ref is None else {"secret_ref": secret_ref}
        await self._call("PUT", f"/drafts/{draft}/fields/{field}", conversation_id, body, key)

    async def reveal(self, conversation_id: str, draft: str, field: str, staff: Staff) -> str:
        """Give a field's unmasked value; the portal logs the look."""
        query = str(
            httpx.QueryParams({"staff": staff.id, "function": staff.function, "office": staff.office})
        )
        answer = await self._call("GET", f"/drafts/{draft}/fields/{field}/value?{query}", conversation_id)
        return str(answer["value"])

    async def service(self, service_id: str) -> Mapping[str, Json] | None:
        """Give a service's effective values; None if unknown."""
        return await self._look(f"/services/{service_id}", None)

    async def close(self) -> None:
        """Close connections."""
        await self._client.aclose()

    async def _look(self, path: str, conversation_id: str | None) -> Mapping[str, Json] | None:
        try:
            return await self._call("GET", path, conversation_id)
        except (LookupError, LoginNeededError):
            return None

    async def _call(
        self,
        method: str,
        path: str,
        conversation_id: str | None,
        body: Mapping[str, Json] | None = None,
        key: str | None = None,
    ) -> Mapping[str, Json]:
        headers = {"X-Conversation": conversation_id} if conversation_id else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            response = await self._client.request(method, path, json=body, headers=headers)
        except httpx.TransportError as error:
            raise UnavailableError(UNREACHABLE) from error
        answer = _json(response)
        if response.is_success:
            return answer
        message, code = str(answer.get("message") or UNREACHABLE), str(answer.get("code"))
        if code == LoginNeededError.code:
            raise LoginNeededError(message)
        if code == "entwurf_veraendert":
            raise DraftChangedError
        if response.status_code == 404:
            raise LookupError(code)
        if response.status_code == 409:
            raise ConflictError(message, code=code)
        if response.status_code == 422:
            raise InvalidInputError(message, code=code)
        raise UnavailableError(UNREACHABLE)


def _json(response: httpx.Response) -> Mapping[str, Any]:
    try:
        answer = response.json() if response.content else {}
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
