"""Uploading evidence."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.routing import APIRoute

from portal.services import dokument
from portal.services.views import DocumentView
from portal.web.auth import Citizen, Context

FORM_HOECHSTENS = dokument.GROESSE_HOECHSTENS + 64 * 1024
"""Bytes of a whole request: the file and the form around it."""


class BoundedRoute(APIRoute):
    """Refuses a request that announces too many bytes before its body is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            announced = request.headers.get("Content-Length", "0")
            if not announced.isdecimal() or int(announced) > FORM_HOECHSTENS:
                raise dokument.FileTooLargeError
            return await handle(request)

        return bounded


router = APIRouter(prefix="/api/dokumente", tags=["Dokumente"], route_class=BoundedRoute)


@router.post("", status_code=201)
async def upload(
    context: Context,
    citizen: Citizen,
    datei: Annotated[UploadFile, File()],
    entwurf: Annotated[str, Form(max_length=36)],
    nachweis: Annotated[str, Form(max_length=80)],
) -> DocumentView:
    """Keep one file for a piece of evidence of the citizen's own draft."""
    content = await datei.read(dokument.GROESSE_HOECHSTENS + 1)
    async with context.transaction() as session:
        return await dokument.hochladen(
            context,
            session,
            citizen.konto_id,
            entwurf_id=entwurf,
            nachweis_id=nachweis,
            dateiname=datei.filename or "",
            inhalt=content,
        )
