"""The web's edge: every error becomes a German page for browsers or `{code, message, field?}` for the API."""

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from portal.errors import NotLoggedInError, PortalError
from portal.services.bestaetigung import ConfirmationNeededError
from portal.web.anmelden import login_url
from portal.web.auth import SAFE_METHODS, StaffNotLoggedInError
from portal.web.render import page

log = structlog.get_logger(__name__)

TITLES = {
    401: "Anmeldung nötig",
    403: "Das ist nicht erlaubt",
    404: "Diese Seite gibt es nicht",
    405: "So lässt sich diese Seite nicht aufrufen",
    409: "Inzwischen hat sich etwas geändert",
    413: "Die Datei ist zu groß",
    415: "Dieser Dateityp geht nicht",
    422: "Eine Eingabe passt nicht",
    429: "Bitte warten Sie einen Moment",
}
TITLE_OTHERWISE = "Das hat leider nicht geklappt"

MESSAGES = {
    403: "Dafür fehlt Ihnen die Berechtigung. Es wurde nichts geändert.",
    404: "Die Adresse ist falsch, oder die Seite wurde verschoben. Suchen Sie auf der Startseite nach Ihrem Anliegen.",
    405: "Es wurde nichts geändert. Bitte gehen Sie zurück und benutzen Sie die Schaltflächen der Seite.",
    413: "Die Anfrage ist zu groß. Es wurde nichts gespeichert.",
}
MESSAGE_OTHERWISE = (
    "Auf unserer Seite ist ein Fehler aufgetreten. Was Sie bisher gespeichert haben, ist erhalten. "
    "Bitte versuchen Sie es in einigen Minuten noch einmal oder rufen Sie die Behördennummer 115 an."
)
MESSAGE_422 = (
    "Eine Angabe fehlt oder hat die falsche Form. Es wurde nichts geändert. Bitte prüfen Sie Ihre Eingaben."
)


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(PortalError, on_portal_error)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(RequestValidationError, on_validation_error)
    app.add_exception_handler(Exception, on_unexpected_error)


def is_api(request: Request) -> bool:
    """API callers get JSON, everybody else a page."""
    return request.url.path.startswith("/api/") and request.url.path != "/api/docs"


async def on_portal_error(request: Request, error: Exception) -> Response:
    """An error that the portal raised on purpose."""
    assert isinstance(error, PortalError)  # noqa: S101  (what it is registered for)
    if isinstance(error, NotLoggedInError) and not is_api(request):
        staff = isinstance(error, StaffNotLoggedInError)
        query = f"?{request.url.query}" if request.url.query else ""
        home = "/amt" if staff else "/mein"
        path = request.url.path + query if request.method in SAFE_METHODS else home
        return RedirectResponse(login_url(path, staff=staff), 303)
    if isinstance(error, ConfirmationNeededError) and not is_api(request):
        return RedirectResponse(error.url, 303)
    return answer(request, error.status, error.code, error.message, error.field, error)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """404 and 405 of the router, 4xx of the framework."""
    assert isinstance(error, HTTPException)  # noqa: S101
    codes = {404: "nicht_gefunden", 405: "methode_unzulaessig", 403: "nicht_erlaubt"}
    status = error.status_code
    response = answer(request, status, codes.get(status, "fehler"), MESSAGES.get(status, MESSAGE_OTHERWISE))
    if error.headers:
        response.headers.update(error.headers)
    return response


async def on_validation_error(request: Request, error: Exception) -> Response:
    """The framework could not read a parameter or a body; the field's name is told, its value is not repeated."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    places = [str(part) for problem in error.errors() for part in problem["loc"][1:]]
    return answer(request, 422, "eingabe_ungueltig", MESSAGE_422, places[0] if places else None)


async def on_unexpected_error(request: Request, error: Exception) -> Response:
    """Nobody foresaw this: logged by its class and place, told to the citizen without any detail."""
    log.error("unexpected_error", path=request.scope.get("route_path", ""), fehler=type(error).__name__)
    return answer(request, 500, "fehler", MESSAGE_OTHERWISE)


def answer(
    request: Request,
    status: int,
    code: str,
    message: str,
    field: str | None = None,
    error: PortalError | None = None,
) -> Response:
    """JSON for the API, a page for browsers.

    An error may carry more for API callers in `body() -> dict` (a conflict gives the present draft).
    """
    if is_api(request):
        content: dict[str, object] = {"code": code, "message": message}
        if field is not None:
            content["field"] = field
        extra = getattr(error, "extra", None)
        if isinstance(extra, dict):
            content |= extra
        return JSONResponse(content, status)
    return page(
        request,
        "fehler.html",
        status=status,
        title=TITLES.get(status, TITLE_OTHERWISE),
        message=message,
        code=status,
    )
