"""Proving one's identity: the portal's page, the provider's answer, and the provider's demonstration page."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from portal.services import anbieter, gespraeche, identitaet, sperre
from portal.web.anmelden import logged_in
from portal.web.auth import Citizen, Context, MaybeCitizen, own_path
from portal.web.render import page
from portal.web.sperren import locked_login

router = APIRouter(prefix="/identitaet", include_in_schema=False)


@router.get("/nachweis")
async def explain(
    request: Request, context: Context, citizen: Citizen, zurueck: Annotated[str | None, Query()] = None
) -> Response:
    """What happens next, and that nothing is lost if it is not done."""
    return page(
        request,
        "identitaet/nachweis.html",
        zurueck=own_path(zurueck, "/mein"),
        provider=identitaet.provider_of(context),
        bundid="bundid" in anbieter.dienste(context, "konto"),
    )


@router.post("/nachweis")
async def start(context: Context, citizen: Citizen, zurueck: Annotated[str, Form()] = "") -> Response:
    """Send the browser to the provider."""
    return RedirectResponse(await identitaet.start(context, citizen, own_path(zurueck, "/mein")), 303)


@router.get("/rueckruf")
async def callback(
    request: Request,
    context: Context,
    citizen: MaybeCitizen,
    antwort: Annotated[str, Query(max_length=4000)],
) -> Response:
    """The provider's signed answer; counts once, and only in the session (or the login to a locked account) that asked."""
    if citizen is None:
        offen = await locked_login(request, context)
        neu = await sperre.entsperren_mit_eid(context, offen, antwort)
        return await logged_in(request, context, "konto", neu, "/mein/sicherheit")
    zurueck = await identitaet.finish(context, citizen, antwort)
    await gespraeche.tell_session(context, citizen.sid, "identity_proved")
    return RedirectResponse(zurueck, 303)


@router.get("/demo")
async def demo_provider(
    request: Request, context: Context, anfrage: Annotated[str, Query(max_length=36)]
) -> Response:
    """The demonstration provider's page. It knows the request alone, as a foreign eID server would."""
    identitaet.demo_provider(context)
    return page(request, "identitaet/demo.html", anfrage=anfrage)


@router.post("/demo")
async def demo_confirm(context: Context, anfrage: Annotated[str, Form(max_length=36)]) -> Response:
    """The demonstration provider signs and sends the browser back."""
    antwort = identitaet.demo_provider(context).confirm(anfrage, context.clock())
    return RedirectResponse(f"/identitaet/rueckruf?antwort={antwort}", 303)
