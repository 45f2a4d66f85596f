"""A life situation as the citizen's own checklist, on plain pages."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.services import buendel
from portal.services.herkunft import belege
from portal.web.auth import Citizen, Context
from portal.web.render import page

router = APIRouter(prefix="/mein/lebenslagen", include_in_schema=False)


@router.get("/{lage_id}")
async def checklist(request: Request, context: Context, citizen: Citizen, lage_id: str) -> Response:
    """The checklist with progress, next step and what can be done with each."""
    async with context.transaction() as session:
        found = await buendel.laden(context, session, citizen.konto_id, lage_id)
    sources = belege(buendel.lebenslage(context, lage_id))
    return page(request, "mein/lebenslage.html", lage=found, belege=sources, meldung=None, fehler=None)


@router.post("/{lage_id}/neu")
async def begin_anew(context: Context, citizen: Citizen, lage_id: str) -> Response:
    """Begin the checklist anew."""
    async with context.transaction() as session:
        await buendel.neu_beginnen(context, session, citizen.konto_id, lage_id)
    return RedirectResponse(f"/mein/lebenslagen/{lage_id}", 303)


@router.post("/{lage_id}/schritte/{leistung_id}")
async def tick(
    context: Context,
    citizen: Citizen,
    lage_id: str,
    leistung_id: str,
    stand: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Tick a step off, rule it out, or take that back."""
    async with context.transaction() as session:
        await buendel.haken(context, session, citizen.konto_id, lage_id, leistung_id, stand)
    return RedirectResponse(f"/mein/lebenslagen/{lage_id}#{leistung_id}", 303)
