"""Posts signed JSON to another server, for channels that are no vendor's."""

import hashlib
import hmac
import json
from collections.abc import Mapping

import httpx

from handoff.domain.message import Object
from handoff.ports import ReceiverDownError, ReceiverRefusedError

SIGNATURE = "X-Amtslotse-Signature"


def signature(secret: str, body: bytes) -> str:
    """Sign a body: `sha256=` and the HMAC in hex."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def post_signed(http: httpx.AsyncClient, url: str, content: Object, secret: str) -> None:
    """Post a body with its signature; redirects are refusals.

    Raises
    ------
    ReceiverDownError
        No answer, 429 (with its Retry-After) or 5xx.
    ReceiverRefusedError
        Any other answer than 2xx.
    """
    body = json.dumps(content).encode()
    headers = {SIGNATURE: signature(secret, body), "Content-Type": "application/json"}
    try:
        answer = await http.post(url, content=body, headers=headers)
    except httpx.HTTPError as error:
        raise ReceiverDownError("receiver does not answer") from error
    if answer.status_code == 429 or answer.status_code >= 500:
        raise ReceiverDownError(f"receiver says {answer.status_code}", retry_after_s(answer.headers))
    if answer.status_code >= 300:
        raise ReceiverRefusedError(f"receiver says {answer.status_code}")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Give the seconds that a receiver asks to wait; None if it names none (a date counts as none)."""
    wait = headers.get("Retry-After", "")
    return float(wait) if wait.isdecimal() else None
