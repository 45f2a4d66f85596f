"""`/weiter/<token>`: a one-time link from a channel into the portal. Looking does nothing; the button acts."""

from html import escape
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import HTMLResponse

from handoff.services import linking
from handoff.web.guards import Context, anyone, same_origin
from handoff.web.page import page
from handoff.web.visit import Visit

router = APIRouter(prefix="/weiter", dependencies=[Depends(anyone)])

Token = Annotated[str, Path(min_length=20, max_length=100)]

TITLE = "Gespräch im Portal fortsetzen"
GONE = """<main class="ak-page"><h1 class="kern-heading-large">Dieser Link gilt nicht mehr</h1>
<p class="kern-body">Er wurde schon benutzt, oder seine 24 Stunden sind um. Ihr Gespräch ist gespeichert.</p>
<p class="kern-body">Schreiben Sie in Ihrem Messenger oder in Ihrer E-Mail „Link“, dann bekommen Sie einen neuen. Im Chat drücken Sie noch einmal auf „Im Portal weitermachen“.</p>
<p class="kern-body"><a class="kern-link" href="/">Zur Startseite des Portals</a></p></main>"""
ASK = """<main class="ak-page"><h1 class="kern-heading-large">{title}</h1>
<p class="kern-body">Sie kommen aus einem Messenger, aus einer E-Mail oder vom Chat einer anderen Seite. Hier geht dasselbe Gespräch weiter, und hier darf auch Persönliches stehen.</p>
<p class="kern-body">Bestätigen Sie nur, wenn Sie den Link selbst bekommen haben. Er gilt einmal. Ein anderes Gespräch, das in diesem Browser offen ist,
schließt sich dabei; begonnene Anträge bleiben in Ihrem Konto gespeichert.</p>
<form method="post" action="{action}"><button class="kern-btn kern-btn--primary" type="submit"><span class="kern-label">Hier fortsetzen</span></button></form>
<p class="kern-body"><a class="kern-link" href="/">Nicht fortsetzen</a></p></main>"""
GO = """<main class="ak-page" id="weiter" data-handle="{handle}"><h1 class="kern-heading-large">{title}</h1>
<p class="kern-body" role="status">Ihr Gespräch wird geöffnet …</p>
<noscript><p class="kern-body"><a class="kern-link" href="/chat">Ohne JavaScript geht Ihr Gespräch hier weiter.</a></p></noscript></main>"""
SCRIPT = '<script type="module" src="/live/ui/weiter.js"></script>'


@router.get("/{token}")
async def ask(context: Context, token: Token) -> HTMLResponse:
    """Ask whether to go on here."""
    if not await linking.link_is_good(context, token):
        return page(context.settings, TITLE, GONE, status=410)
    body = ASK.format(title=TITLE, action=f"/weiter/{escape(token, quote=True)}")
    return page(context.settings, TITLE, body, forms=True)


@router.post("/{token}", dependencies=[Depends(same_origin)])
async def go(context: Context, token: Token) -> HTMLResponse:
    """Use the link up and give the browser the conversation."""
    handle = await linking.follow(context, token)
    if handle is None:
        return page(context.settings, TITLE, GONE, status=410)
    response = page(context.settings, TITLE, GO.format(title=TITLE, handle=handle), head=SCRIPT)
    Visit(handle).keep(response, context)
    return response
