"""`/konsole/leitung/beispiele`: what the assistant may learn from chats, one sentence at a time."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from handoff.errors import ConflictError, InvalidInputError
from handoff.services import examples
from handoff.storage import lead as store
from handoff.web.guards import Context, Desk, Leading
from handoff.web.lead_pages import NOTHING, Typed, back, render, typed_in

router = APIRouter(prefix="/konsole/leitung/beispiele")

PATH = "/konsole/leitung/beispiele"


@router.get("")
async def show(context: Context, desk: Leading) -> Response:
    """Show what waits for review, and what was accepted."""
    return await _show(context, desk)


async def _show(context: Context, desk: Desk, typed: Typed = NOTHING) -> Response:
    async with context.database.read() as session:
        waiting = await store.examples(session, examples.OPEN)
        accepted = await store.examples(session, examples.ACCEPTED)
        counts = await store.count_examples(session)
    hints = await examples.hints(context, waiting)
    return render(
        context, desk, "leitung_beispiele.html", "Beispiele", PATH, typed,
        waiting=waiting, hints=hints, accepted=accepted, discarded=counts.get(examples.DISCARDED, 0), intents=context.intents,
        limit=examples.TEXT_MAX_CHARS,
    )  # fmt: skip


@router.post("")
async def review(request: Request, context: Context, desk: Leading) -> Response:
    """Accept, relabel or discard one."""
    form = await typed_in(request)
    example, seen = form.get("id", ""), form.get("stand", "")
    try:
        if form.get("was") == "verwerfen":
            await examples.discard(context, desk.staff, example, seen)
        else:
            await examples.accept(
                context, desk.staff, example, seen,
                text=form.get("text", ""), intent=form.get("absicht", ""), clean=form.get("geprueft") == "ja",
            )  # fmt: skip
    except (InvalidInputError, ConflictError) as error:
        return await _show(context, desk, Typed(form, error))
    return back(PATH)
