"""The frame of the gateway's own HTML pages."""

from html import escape
from urllib.parse import urlsplit

from fastapi.responses import HTMLResponse

from handoff.settings import HandoffSettings

DEMO = '<p class="demo" role="note">Demonstration, keine Behörde</p>'
FRAME = """<!doctype html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/live/ui/kern.css">
<link rel="stylesheet" href="/live/ui/pages.css">
{head}
</head>
<body>
{demo}
{body}
</body>
</html>
"""


def page(
    settings: HandoffSettings,
    title: str,
    body: str,
    *,
    head: str = "",
    status: int = 200,
    forms: bool = False,
    framed: bool = False,
) -> HTMLResponse:
    """A page with the security headers of this origin.

    Parameters
    ----------
    title
        Plain text.
    body, head
        HTML of ours.
    forms
        Whether the page has a form that is sent to this origin.
    framed
        Whether the page is a part of another page of this origin.
    """
    demo = DEMO if settings.demo and not framed else ""
    return HTMLResponse(
        FRAME.format(title=escape(title), head=head, demo=demo, body=body),
        status,
        headers={
            "Content-Security-Policy": content_security_policy(settings.origin, forms=forms, framed=framed),
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )


def content_security_policy(origin: str, *, forms: bool = False, framed: bool = False) -> str:
    """Allow this origin's own files, frames and socket, and nothing else."""
    address = urlsplit(origin)
    target = "'self'" if forms else "'none'"
    around = "'self'" if framed else "'none'"
    socket = f"{'wss' if address.scheme == 'https' else 'ws'}://{address.netloc}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        f"connect-src 'self' {socket}; frame-src 'self'; base-uri 'none'; "
        f"form-action {target}; frame-ancestors {around}"
    )
