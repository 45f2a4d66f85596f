"""Staff's own second factors: which there are, a passkey more, one less. Every change asks for a code."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.errors import PortalError
from portal.services import anmeldung, passkey, zweitfaktor
from portal.services.sitzung import PersonalView
from portal.services.zweitfaktor import Inhaber
from portal.web.auth import Context, Staff, passkey_hier, passkey_ort
from portal.web.render import page

router = APIRouter(prefix="/amt/sicherheit", include_in_schema=False)

SEITE = "/amt/sicherheit"
MELDUNGEN = {
    "angelegt": "Der Passkey ist eingerichtet. Ab jetzt können Sie sich damit anmelden.",
    "entfernt": "Der Faktor ist entfernt.",
}
Code = Annotated[str, Form(max_length=40)]


@router.get("")
async def overview(request: Request, context: Context, staff: Staff, meldung: str = "") -> Response:
    """The caller's second factors."""
    return await _show(request, context, staff, meldung=MELDUNGEN.get(meldung))


@router.post("/passkey")
async def begin(request: Request, context: Context, staff: Staff, code: Code = "") -> Response:
    """After a right code: the page on which the browser makes a passkey."""
    owner = Inhaber(personal_id=staff.personal_id)
    try:
        where = passkey_hier(request, context)
        await zweitfaktor.pruefen(context, owner, code, staff.sid)
        async with context.transaction() as session:
            name = await anmeldung.name_von(session, owner)
        options = await passkey.neu_anfrage(context, owner, name, staff.sid, where)
    except PortalError as error:
        return await _show(request, context, staff, fehler=error)
    return page(request, "amt/passkey.html", passkey=options)


@router.post("/passkey/anlegen")
async def finish(
    request: Request,
    context: Context,
    staff: Staff,
    passkey_antwort: Annotated[str, Form(max_length=20_000)] = "",
    name: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Store the passkey that the browser made. Its challenge was given out only after a code."""
    owner = Inhaber(personal_id=staff.personal_id)
    try:
        where = passkey_hier(request, context)
        await passkey.anlegen(context, owner, passkey_antwort, staff.sid, where, name)
    except PortalError as error:
        return await _show(request, context, staff, fehler=error)
    return RedirectResponse(f"{SEITE}?meldung=angelegt", 303)


@router.post("/faktoren/{faktor_id}/entfernen")
async def remove(
    request: Request, context: Context, staff: Staff, faktor_id: str, code: Code = ""
) -> Response:
    """Remove a factor, never the app: it is what every login falls back on."""
    owner = Inhaber(personal_id=staff.personal_id)
    try:
        await zweitfaktor.pruefen(context, owner, code, staff.sid)
        await zweitfaktor.entfernen(context, owner, faktor_id, nur="passkey")
    except PortalError as error:
        if error.status == 404:
            raise
        return await _show(request, context, staff, fehler=error)
    return RedirectResponse(f"{SEITE}?meldung=entfernt", 303)


async def _show(
    request: Request,
    context: PortalContext,
    staff: PersonalView,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
) -> Response:
    async with context.transaction() as session:
        factors = await zweitfaktor.liste(session, Inhaber(personal_id=staff.personal_id))
    where = passkey_ort(request, context)
    return page(
        request,
        "amt/sicherheit.html",
        status=fehler.status if fehler else 200,
        faktoren=factors,
        kein_passkey=where if isinstance(where, passkey.KeinOrt) else None,
        meldung=meldung,
        fehler=fehler,
    )
