"""The HTTP edge: every error becomes one JSON shape, and no body may be larger than the gateway takes."""

import logging
from collections.abc import Sequence
from html import escape

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handoff.domain.limits import BODY_MAX_BYTES
from handoff.errors import HandoffError, InvalidInputError, LoginNeededError, TooLargeError
from handoff.web.page import page

logger = logging.getLogger(__name__)

TOO_LARGE = TooLargeError("Die Anfrage ist zu groß. Es wurde nichts gespeichert.")
UNEXPECTED = HandoffError(
    "Das hat wegen eines Fehlers bei uns nicht geklappt. Was Sie vorher gesendet haben, ist gespeichert. "
    "Bitte versuchen Sie es gleich noch einmal."
)
LEAD_PATH = "/konsole/leitung"
"""Pages of the lead: errors there are pages, too, and a missing login leads to the login."""
BATCH_PATHS = ("/webhooks/whatsapp", "/webhooks/matrix/")
"""Where a vendor's server sends many messages at once (Meta: up to 3 MB)."""
OPEN_PATHS = ("/webhooks/rest/", "/api/conversations", "/live/ui/")
"""What pages of the foreign origins in `AMTSLOTSE_ORIGINS` may call …"""
CLOSED_PATHS = ("/api/conversations/internal/",)
"""… but for this."""
BATCH_MAX_BYTES = 4 * 1024**2
STATUS_TEXTS = {
    404: ("nicht_gefunden", "Diese Adresse gibt es nicht."),
    405: ("nicht_erlaubt", "Diese Adresse nimmt solche Anfragen nicht an."),
}


def install(app: FastAPI, origins: Sequence[str]) -> None:
    """Give the app its error answers, its size limit, and pages of foreign `origins` what is open to them."""
    app.add_exception_handler(HandoffError, _handoff_error)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(SizeLimit)
    app.add_middleware(ForeignOrigins, origins=origins)


class ForeignOrigins:
    """Lets pages of foreign origins call what citizens' clients need; Socket.IO has the same list of its own.

    Cookies are never among it: what proves an account is a token that the client holds.

    Parameters
    ----------
    app
        The application behind.
    origins
        `https://www.stadt.example`, as browsers send it.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with the headers for foreign pages where it is open to them."""
        path = scope.get("path", "")
        is_open = path.startswith(OPEN_PATHS) and not path.startswith(CLOSED_PATHS)
        await (self._open if is_open else self._app)(scope, receive, send)


class SizeLimit:
    """Refuses bodies above the limit, also those that do not say their length.

    Parameters
    ----------
    app
        The application behind.
    max_bytes
        Largest body.
    """

    def __init__(self, app: ASGIApp, max_bytes: int = BODY_MAX_BYTES) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its bytes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        batch = scope["path"].startswith(BATCH_PATHS)
        largest = max(self._max_bytes, BATCH_MAX_BYTES) if batch else self._max_bytes
        length = dict(scope["headers"]).get(b"content-length")
        if length is not None:
            fits = length.isdigit() and int(length) <= largest  # the server cuts what exceeds it
            await (self._app if fits else _answer(TOO_LARGE))(scope, receive, send)
            return
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if len(body) > largest:
                await _answer(TOO_LARGE)(scope, receive, send)
                return
            if not message.get("more_body"):
                break
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)


def _answer(error: HandoffError) -> JSONResponse:
    return JSONResponse(error.body(), error.status)


async def _handoff_error(request: Request, error: Exception) -> Response:
    known = error if isinstance(error, HandoffError) else UNEXPECTED
    if not request.url.path.startswith(LEAD_PATH) or "text/html" not in request.headers.get("accept", ""):
        return _answer(known)
    if isinstance(known, LoginNeededError):
        back = request.url.path if request.method == "GET" else LEAD_PATH
        return RedirectResponse(f"/amt/anmelden?zurueck={back}", 303)
    body = (
        f'<main class="ak-page"><h1 class="kern-heading-large">Das ging nicht</h1><p class="kern-body">{escape(known.message)}</p>'
        f'<p class="kern-body"><a class="kern-link" href="{LEAD_PATH}">Zur Leitung</a></p></main>'
    )
    return page(request.app.state.context.settings, "Das ging nicht", body, status=known.status)


async def _malformed(_request: Request, error: Exception) -> JSONResponse:
    field = None
    if isinstance(error, RequestValidationError):
        field = ".".join(str(part) for part in error.errors()[0]["loc"][1:]) or None
    return _answer(InvalidInputError("Die Anfrage ist unvollständig oder ungültig.", field=field))


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code, message = STATUS_TEXTS.get(status, ("fehler", "Die Anfrage konnte nicht beantwortet werden."))
    if "text/html" in request.headers.get("accept", ""):
        body = f'<main><h1>{message}</h1><p><a href="/">Zur Startseite</a></p></main>'
        return page(request.app.state.context.settings, message, body, status=status)
    return JSONResponse({"code": code, "message": message}, status)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    logger.error("unexpected error in %s", request.scope.get("route"), exc_info=error)
    return _answer(UNEXPECTED)
