"""`/konsole/leitung/schalter`: a service, a topic or the whole assistant off and on again, with a notice."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from handoff.domain.message import Object
from handoff.domain.switches import Kind
from handoff.errors import ConflictError, InvalidInputError
from handoff.services import switches
from handoff.storage import lead as store
from handoff.web.guards import Context, Desk, Leading
from handoff.web.lead_pages import NOTHING, Typed, back, chosen_in, render, typed_in

router = APIRouter(prefix="/konsole/leitung/schalter")

PATH = "/konsole/leitung/schalter"
PAGE = "leitung"
"""Stands for a conversation where the portal's catalogue is asked for none."""
Words = Annotated[str, Query(max_length=100)]


@router.get("")
async def show(context: Context, desk: Leading, suche: Words = "") -> Response:
    """Show what is off, and services to switch off."""
    return await _show(context, desk, suche)


async def _show(
    context: Context, desk: Desk, words: str, typed: Typed = NOTHING, chosen: tuple[str, ...] = ()
) -> Response:
    async with context.database.read() as session:
        rows = await store.switch_rows(session)
    found: list[Object] = await context.portal.find_services(PAGE, words) if words.strip() else []
    return render(
        context, desk, "leitung_schalter.html", "Abschalten", PATH, typed,
        switches=[row for row in rows if row.ended_at is None],
        history=[row for row in rows if row.ended_at is not None],
        words=words, found=found, chosen=chosen, limit=switches.NOTICE_MAX_CHARS,
    )  # fmt: skip


@router.post("/aus")
async def off(request: Request, context: Context, desk: Leading) -> Response:
    """Switch something off."""
    form, chosen = await typed_in(request), await chosen_in(request, "leistung")
    words = form.get("suche", "")
    try:
        names = {id_: await _name(context, id_) for id_ in chosen[:50]}
        if form.get("was") == "assistent":
            kind = Kind.ASSISTANT
        else:
            kind = Kind.SERVICE if len(names) == 1 and not form.get("titel", "").strip() else Kind.TOPIC
        await switches.switch_off(
            context, desk.staff, kind, names, form.get("titel", ""), form.get("hinweis", "")
        )
    except (InvalidInputError, ConflictError) as error:
        return await _show(context, desk, words, Typed(form, error), tuple(chosen))
    return back(PATH)


async def _name(context: Context, service_id: str) -> str:
    service = await context.portal.service(PAGE, service_id)
    if service is None:
        raise InvalidInputError("Diese Leistung steht nicht im Katalog.", field="leistung")
    return str(service["name"])


@router.post("/ein")
async def on(request: Request, context: Context, desk: Leading) -> Response:
    """Switch it on again."""
    form = await typed_in(request)
    try:
        await switches.switch_on(context, desk.staff, form.get("id", ""))
    except ConflictError as error:
        return await _show(context, desk, "", Typed(form, error))
    return back(PATH)
