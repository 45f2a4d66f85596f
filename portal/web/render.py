"""Rendering of the portal's pages: one Jinja environment, strict about what a template may name."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import quote

import segno
from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from segno.helpers import make_epc_qr

from portal.context import BERLIN
from portal.domain.einwilligung import WORTLAUTE
from portal.services.ueberweisung import Kassenkonto
from portal.web.auth import context_of

TEMPLATES = Path(__file__).parent / "templates"


def german_date(value: date | str) -> str:
    """`2026-11-12` → `12.11.2026`; a moment is shown as the German day on which it lies."""
    if isinstance(value, datetime):
        value = value.astimezone(BERLIN).date()
    elif isinstance(value, str):
        value = datetime.fromisoformat(value).date() if len(value) > 10 else date.fromisoformat(value)
    return f"{value.day:02}.{value.month:02}.{value.year}"


def german_moment(value: datetime) -> str:
    """`12.11.2026, 9:05 Uhr`, German time."""
    local = value.astimezone(BERLIN)
    return f"{german_date(value)}, {local.hour}:{local.minute:02} Uhr"


OWN_PATH = re.compile(r"/mein/(?:bescheide|rueckfragen|gebuehren|gemeinsam|vorgaenge)/[0-9a-f-]{36}")


def with_links(text: str) -> Markup:
    """Escaped text in which the portal's own pages are links, as messages of the postbox name them."""
    return Markup(  # noqa: S704  (every part is escaped, or matched by the pattern above)
        OWN_PATH.sub(lambda hit: f'<a class="kern-link" href="{hit[0]}">Zur Seite</a>', str(escape(text)))
    )


@cache
def environment() -> Environment:
    """The templates' environment; read from disk at the first page."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["datum"] = german_date
    templates.filters["zeitpunkt"] = german_moment
    templates.filters["mit_links"] = with_links
    templates.globals["wortlaute"] = WORTLAUTE
    return templates


def page(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Render a page; who is logged in, the CSRF token, the town and the demo banner come from the request."""
    state, context = request.state, context_of(request)
    html = (
        environment()
        .get_template(template)
        .render(
            {
                "demo": context.settings.demo,
                "stadt": context.katalog.stadt,
                "citizen": getattr(state, "citizen", None),
                "staff": getattr(state, "staff", None),
                "csrf": getattr(state, "csrf", None),
                "path": request.url.path,
            }
            | values
        )
    )
    return HTMLResponse(html, status)


def qr_code(text: str) -> Markup:
    """A QR code as inline SVG, black on white whatever the theme."""
    return Markup(segno.make(text, micro=False).svg_inline(scale=5, border=4, light="#fff"))  # noqa: S704  (made here of modules, not of the text)


def girocode(konto: Kassenkonto, betrag_cent: int, zweck: str) -> Markup:
    """The QR code that banking apps read (EPC069-12, "Girocode") as inline SVG."""
    code = make_epc_qr(konto.inhaber, konto.iban, Decimal(betrag_cent) / 100, text=zweck)
    return Markup(code.svg_inline(scale=4, border=4, light="#fff"))  # noqa: S704  (made here of modules, not of the text)


def download(content: bytes, media_type: str, filename: str) -> Response:
    """A file to save; the browser neither guesses its type nor shows it inside the portal's origin."""
    plain = "".join(
        sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "_" for sign in filename
    )
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
    }
    return Response(content, media_type=media_type, headers=headers)
