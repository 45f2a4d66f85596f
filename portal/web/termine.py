"""Appointments on plain pages: choose a time, see, move, cancel, take home as a calendar file."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.errors import ConflictError
from portal.services import kalenderdatei, termine
from portal.services.sitzung import SitzungView
from portal.services.sprechzeiten import TAGE
from portal.services.views import AppointmentView, SlotsView, SlotView
from portal.web.auth import Citizen, Context, MaybeCitizen
from portal.web.render import download, german_date, page

router = APIRouter(include_in_schema=False)

JE_SEITE = 36
"""How many free times one page shows: some days' worth."""

MELDUNGEN = {
    "gebucht": "Ihr Termin ist gebucht.",
    "verlegt": "Ihr Termin ist verlegt.",
    "abgesagt": "Ihr Termin ist abgesagt.",
}
"""What the page says after a change; the address names only the key."""

Fenster = Annotated[str, Form(max_length=20)]
Ab = Annotated[date | None, Query()]


@dataclass(frozen=True)
class Tag:
    """The free times of one day."""

    name: str
    fenster: list[SlotView]


def nach_tagen(slots: list[SlotView]) -> list[Tag]:
    """Free times, grouped by day."""
    return [
        Tag(f"{TAGE[day.weekday()].capitalize()}, {german_date(day)}", list(group))
        for day, group in groupby(slots, key=lambda slot: slot.start.date())
    ]


async def _freie(context: PortalContext, leistung_id: str, ab: date | None) -> SlotsView:
    async with context.transaction() as session:
        return await termine.freie(context, session, leistung_id, ab=ab, hoechstens=JE_SEITE)


@router.get("/leistungen/{leistung_id}/termin")
async def choose(
    request: Request, context: Context, citizen: MaybeCitizen, leistung_id: str, ab: Ab = None
) -> Response:
    """The next free times; to book one she logs in."""
    return await _choose(request, context, citizen, leistung_id, ab=ab)


@router.post("/leistungen/{leistung_id}/termin")
async def book(
    request: Request, context: Context, citizen: Citizen, leistung_id: str, fenster: Fenster = ""
) -> Response:
    """Book one; if somebody was faster, the page shows what is free now."""
    try:
        async with context.transaction() as session:
            done = await termine.buchen(context, session, citizen.konto_id, leistung_id, fenster)
    except ConflictError as error:
        return await _choose(request, context, citizen, leistung_id, fehler=error)
    return RedirectResponse(f"{done.url}?meldung=gebucht", 303)


async def _choose(
    request: Request,
    context: PortalContext,
    citizen: SitzungView | None,
    leistung_id: str,
    *,
    ab: date | None = None,
    fehler: ConflictError | None = None,
) -> Response:
    free = await _freie(context, leistung_id, ab)
    booked: AppointmentView | None = None
    if citizen is not None:
        async with context.transaction() as session:
            coming = await termine.liste(context, session, citizen.konto_id, nur_kommende=True)
        booked = next((one for one in coming if one.service == free.service), None)
    return page(
        request,
        "termin.html",
        status=fehler.status if fehler else 200,
        frei=free,
        tage=nach_tagen(free.slots),
        gebucht=booked,
        seite=f"/leistungen/{leistung_id}/termin",
        fehler=fehler,
    )


@router.get("/mein/termine")
async def appointments(request: Request, context: Context, citizen: Citizen) -> Response:
    """All her appointments, the coming ones first."""
    async with context.transaction() as session:
        found = await termine.liste(context, session, citizen.konto_id)
    return page(request, "mein/termine.html", termine=found, meldung=None, fehler=None)


@router.get("/mein/termine/{termin_id}")
async def appointment(
    request: Request,
    context: Context,
    citizen: Citizen,
    termin_id: str,
    meldung: str | None = None,
    ab: Ab = None,
) -> Response:
    """One appointment: what to bring, and the ways to move or cancel it."""
    return await _show(request, context, citizen, termin_id, meldung=MELDUNGEN.get(meldung or ""), ab=ab)


@router.post("/mein/termine/{termin_id}/verlegen")
async def move(
    request: Request, context: Context, citizen: Citizen, termin_id: str, fenster: Fenster = ""
) -> Response:
    """Move it; if the new time was taken meanwhile, the old one stays."""
    try:
        async with context.transaction() as session:
            done = await termine.verlegen(context, session, citizen.konto_id, termin_id, fenster)
    except ConflictError as error:
        return await _show(request, context, citizen, termin_id, fehler=error)
    return RedirectResponse(f"{done.url}?meldung=verlegt", 303)


@router.post("/mein/termine/{termin_id}/absagen")
async def cancel(request: Request, context: Context, citizen: Citizen, termin_id: str) -> Response:
    """Cancel it."""
    try:
        async with context.transaction() as session:
            done = await termine.absagen(context, session, citizen.konto_id, termin_id)
    except ConflictError as error:
        return await _show(request, context, citizen, termin_id, fehler=error)
    return RedirectResponse(f"{done.url}?meldung=abgesagt", 303)


@router.get("/mein/termine/{termin_id}/termin.ics")
async def calendar_file(context: Context, citizen: Citizen, termin_id: str) -> Response:
    """The appointment as a calendar file."""
    async with context.transaction() as session:
        found = await termine.laden(context, session, citizen.konto_id, termin_id)
        sequence, changed = await termine.kalenderdatei_stand(session, citizen.konto_id, termin_id)
    content = kalenderdatei.als_ics(found, folge=sequence, geaendert=changed, adresse=context.settings.origin)
    return download(content, "text/calendar; charset=utf-8", "termin.ics")


async def _show(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    termin_id: str,
    *,
    ab: date | None = None,
    meldung: str | None = None,
    fehler: ConflictError | None = None,
) -> Response:
    async with context.transaction() as session:
        found = await termine.laden(context, session, citizen.konto_id, termin_id)
    changeable = found.status == "gebucht" and found.start > context.clock()
    free = await _freie(context, found.service, ab) if changeable else None
    return page(
        request,
        "mein/termin.html",
        status=fehler.status if fehler else 200,
        termin=found,
        aenderbar=changeable,
        frei=free,
        tage=nach_tagen(free.slots) if free else [],
        seite=found.url,
        meldung=meldung,
        fehler=fehler,
    )
