"""A local server that speaks a vendor's API: remembers every call, fails as often as told, answers as documented."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Answer = Callable[[str, Any], Response | None]
"""Takes the path and the parsed body; None lets the next rule answer."""


@dataclass
class Call:
    """One call as it came."""

    method: str
    path: str
    body: Any
    raw: bytes
    headers: dict[str, str]


@dataclass
class Vendor:
    """Everything that a vendor's server needs to be in a test.

    Parameters
    ----------
    answer
        The vendor's normal answers.
    failures
        Answers that come first, one a call; None hangs up after a while without an answer.
    """

    answer: Answer
    calls: list[Call] = field(default_factory=list)
    failures: list[Response | None] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        methods = ["GET", "POST", "PUT"]
        return Starlette(routes=[Route("/{path:path}", self._receive, methods=methods)])

    async def _receive(self, request: Request) -> Response:
        raw = await request.body()
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = dict(await request.form())
        call = Call(request.method, request.url.path, body, raw, dict(request.headers))
        self.calls.append(call)
        if self.failures:
            failure = self.failures.pop(0)
            if failure is None:
                await asyncio.sleep(1.0)
                return Response(status_code=504)
            return failure
        found = self.answer(call.path, body)
        return JSONResponse({}) if found is None else found

    def bodies(self, ending: str) -> list[Any]:
        """The bodies of the calls to paths with this ending, in order."""
        return [call.body for call in self.calls if call.path.endswith(ending)]
