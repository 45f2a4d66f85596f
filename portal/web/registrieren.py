"""Making a local account, where the town has switched them on."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from portal.errors import NotFoundError, PortalError
from portal.services import anmeldung, konto, sitzung
from portal.services.zweitfaktor import Inhaber
from portal.web.anmelden import logged_in
from portal.web.auth import (
    CITIZEN_COOKIE,
    VISIT_COOKIE,
    Context,
    check_csrf,
    context_of,
    origin_of,
    set_cookie,
)
from portal.web.render import page

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=1000)]


@router.get("/konto/anlegen")
async def form(request: Request, context: Context) -> Response:
    """Name and password; the second factor comes next."""
    _local_only(context.settings.local_accounts)
    return _page(request)


@router.post("/konto/anlegen")
async def create(
    request: Request, context: Context, name: Text = "", neues: Text = "", email: Text = ""
) -> Response:
    """Create the account, log in, and go on to the second factor."""
    _local_only(context.settings.local_accounts)
    await check_csrf(request, request.cookies.get(VISIT_COOKIE))
    herkunft = origin_of(request)
    try:
        konto_id = await konto.registrieren(context, name, neues, email, herkunft.adresse)
    except PortalError as error:
        return _page(request, name=name, email=email, error=error)
    async with context.transaction() as session:
        neu = await anmeldung.beginnen(
            context,
            session,
            Inhaber(konto_id=konto_id),
            "niedrig",
            herkunft,
            alt=request.cookies.get(CITIZEN_COOKIE),
        )
    return await logged_in(request, context, "konto", neu, "/mein/sicherheit?meldung=neu")


def _local_only(switched_on: bool) -> None:
    if not switched_on:
        raise NotFoundError("Eigene Konten mit Name und Passwort gibt es in diesem Portal nicht.")


def _page(request: Request, *, name: str = "", email: str = "", error: PortalError | None = None) -> Response:
    visit = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(24)
    response = page(
        request,
        "konto/anlegen.html",
        status=error.status if error else 200,
        name=name,
        email=email,
        error=error,
        csrf=sitzung.csrf_token(visit),
    )
    set_cookie(response, context_of(request), VISIT_COOKIE, visit)
    return response
