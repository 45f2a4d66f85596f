"""`/konsole/leitung`: the load now, and figures of teams by office and hour, with CSV. Never of a single clerk."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from handoff.domain.figures import MIN_CLERKS, MIN_CONTACTS, TOO_FEW
from handoff.domain.reasons import urgency
from handoff.services import figures, waits
from handoff.storage import lead as store
from handoff.storage.duty import WHOLE_TOWN
from handoff.web.guards import Context, Desk, Leading
from handoff.web.lead_pages import TOWN, chosen_office, offices, render

router = APIRouter(prefix="/konsole/leitung")

PATH = "/konsole/leitung"
PERIODS = {"heute": "Heute", "gestern": "Gestern", "7": "Die letzten 7 Tage", "28": "Die letzten 28 Tage"}
Period = Annotated[str, Query(max_length=10)]
Office = Annotated[str | None, Query(max_length=80)]


def _team(desk: Desk, wanted: str | None) -> str | None:
    """The team that is asked for; None: all that this lead may see."""
    return chosen_office(desk.staff, wanted) if wanted or desk.staff.office_id else None


@router.get("")
async def show(context: Context, desk: Leading, zeitraum: Period = "7", stelle: Office = None) -> Response:
    """Show the load and the figures."""
    office = _team(desk, stelle or None)
    found = await figures.overview(context, office, zeitraum, others=desk.staff.office_id is None)
    load = await figures.load(context, None if office == WHOLE_TOWN else office)
    async with context.database.read() as session:
        off = await store.switches(session)
    names = await offices(context, desk.staff) | {WHOLE_TOWN: "Chat der ganzen Stadt"}
    return render(
        context, desk, "leitung_ueberblick.html", "Überblick", PATH,
        found=found, load=load, off=off, names=names, office=office, period=zeitraum, periods=PERIODS,
        estimates=await waits.accuracy(context), minimum=MIN_CLERKS, contacts=MIN_CONTACTS, too_few=TOO_FEW, town=TOWN,
        reasons={word: urgency(word).label for word in found.whole.reasons},
        label=figures.label, hour_label=figures.hour_label,
    )  # fmt: skip


@router.get("/zahlen.csv")
async def export(context: Context, desk: Leading, zeitraum: Period = "7", stelle: Office = None) -> Response:
    """Give the same figures as a table for spreadsheets."""
    office = _team(desk, stelle or None)
    found = await figures.overview(context, office, zeitraum, others=desk.staff.office_id is None)
    names = await offices(context, desk.staff)
    return Response(
        figures.as_csv(found, names),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="amtslotse-{found.since:%Y-%m-%d}-{zeitraum}.csv"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
