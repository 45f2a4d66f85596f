"""The clerk console's page: an empty shell; everything else is the script's and the socket's."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from handoff.web.guards import Context, anyone

router = APIRouter()

DEMO = '<p class="demo" role="note">Demonstration, keine Behörde</p>'
PAGE = """<!doctype html>
<html lang="de" data-kern-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gespräche – Konsole</title>
<link rel="stylesheet" href="/live/ui/kern.css">
<link rel="stylesheet" href="/live/ui/konsole.css">
<script type="module" src="/live/ui/konsole.js"></script>
</head>
<body>
{demo}
<amtslotse-konsole><p>Die Konsole wird geladen …</p></amtslotse-konsole>
<noscript><p>Die Konsole braucht JavaScript. Bitte schalten Sie es in Ihrem Browser ein.</p></noscript>
</body>
</html>
"""


def content_security_policy(origin: str) -> str:
    """Allow this origin's own files and socket, and nothing else."""
    address = urlsplit(origin)
    socket = f"{'wss' if address.scheme == 'https' else 'ws'}://{address.netloc}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        f"connect-src 'self' {socket}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@router.get("/konsole", dependencies=[Depends(anyone)], response_class=HTMLResponse)
async def console(context: Context) -> HTMLResponse:
    """Serve the shell; without a staff login the script shows the way to it."""
    return HTMLResponse(
        PAGE.format(demo=DEMO if context.settings.demo else ""),
        headers={
            "Content-Security-Policy": content_security_policy(context.settings.origin),
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )
