"""Uploading evidence."""

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile

from portal.services import dokument
from portal.services.views import DocumentView
from portal.web.auth import Citizen, Context

router = APIRouter(prefix="/api/dokumente", tags=["Dokumente"])


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
