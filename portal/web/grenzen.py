"""How much a request may send: counted while it arrives, whatever it announced."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response, UploadFile
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message

from portal.context import PortalContext
from portal.services import dokument
from portal.services.dokument import Datei

FORM_HOECHSTENS = dokument.GROESSE_HOECHSTENS + 64 * 1024
"""Bytes of a whole request: the file and the form around it."""


class _TooManyBytesError(Exception):
    """The body is longer than allowed; reading stops here."""


class BoundedRoute(APIRoute):
    """Refuses a request with too many bytes: before its body is read if it says so, else as soon as they are too many."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            announced = request.headers.get("Content-Length", "0")
            if not announced.isdecimal() or int(announced) > FORM_HOECHSTENS:
                raise dokument.FileTooLargeError
            arrived = 0

            async def receive() -> Message:
                nonlocal arrived
                message = await request.receive()
                arrived += len(message.get("body", b""))
                if arrived > FORM_HOECHSTENS:
                    raise _TooManyBytesError
                return message

            try:
                return await handle(Request(request.scope, receive))
            except (HTTPException, _TooManyBytesError):
                if arrived > FORM_HOECHSTENS:
                    raise dokument.FileTooLargeError from None
                raise

        return bounded


async def hochgeladen(context: PortalContext, datei: UploadFile | None) -> Datei | None:
    """The file of a form's optional file field, checked and scanned; None when none was chosen. Raises as `dokument.annehmen`."""
    content = await datei.read(dokument.GROESSE_HOECHSTENS + 1) if datei is not None else b""
    if datei is None or (not content and not datei.filename):
        return None
    return await dokument.annehmen(context, datei.filename or "", content)
