"""The clerk console's page: an empty shell; everything else is the script's and the socket's."""

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from handoff.web.guards import Context, anyone
from handoff.web.page import page

router = APIRouter()

HEAD = '<link rel="stylesheet" href="/live/ui/konsole.css"><script type="module" src="/live/ui/konsole.js"></script>'
BODY = """<amtslotse-konsole><p>Die Konsole wird geladen …</p></amtslotse-konsole>
<noscript><p>Die Konsole braucht JavaScript. Bitte schalten Sie es in Ihrem Browser ein.</p></noscript>"""


@router.get("/konsole", dependencies=[Depends(anyone)], response_class=HTMLResponse)
async def console(context: Context) -> HTMLResponse:
    """Serve the shell; without a staff login the script shows the way to it."""
    return page(context.settings, "Gespräche – Konsole", BODY, head=HEAD)
