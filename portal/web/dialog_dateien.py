"""What the gateway asks about a file that came through a channel (docs/protocol/dialog.md)."""

from fastapi import APIRouter, Request

from portal.client.shapes import FileCheck
from portal.services import dokument
from portal.web.auth import Context
from portal.web.dialog import Gateway
from portal.web.grenzen import BoundedRoute

router = APIRouter(prefix="/api/dialog/files", tags=["Dialog"], route_class=BoundedRoute)


@router.post("/check")
async def check(request: Request, context: Context, _who: Gateway) -> FileCheck:
    """Check a file by content and scan it; the body is the file. Nothing is stored."""
    found = await dokument.vorpruefen(context, await request.body())
    return FileCheck(media_type=found.medientyp, scanner=found.scanner)
