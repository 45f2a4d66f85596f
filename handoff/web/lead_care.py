"""`/konsole/leitung/…`: what a lead edits. Skills and languages, hours and exceptions, canned replies, the log of changes."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from handoff.domain.hours import BERLIN
from handoff.domain.replies import KNOWN
from handoff.errors import ConflictError, InvalidInputError
from handoff.services import hours, lead
from handoff.storage import duty
from handoff.storage import lead as store
from handoff.storage.duty import WHOLE_TOWN
from handoff.web.guards import Context, Desk, Editing, Leading
from handoff.web.lead_pages import (
    NOTHING,
    Typed,
    back,
    chosen_in,
    chosen_office,
    offices,
    render,
    typed_in,
)

router = APIRouter(prefix="/konsole/leitung")

TEAM, HOURS, REPLIES = "/konsole/leitung/team", "/konsole/leitung/zeiten", "/konsole/leitung/textbausteine"
Office = Annotated[str | None, Query(max_length=80)]


@router.get("/team")
async def team(context: Context, desk: Leading) -> Response:
    """Show who speaks and can what."""
    return await _team(context, desk)


async def _team(context: Context, desk: Desk, typed: Typed = NOTHING) -> Response:
    async with context.database.read() as session:
        clerks = await store.clerks(session, desk.staff.office_id)
    return render(
        context, desk, "leitung_team.html", "Team", TEAM, typed,
        clerks=clerks, languages=lead.LANGUAGES, skills=lead.SKILLS,
    )  # fmt: skip


@router.post("/team")
async def equip(request: Request, context: Context, desk: Leading) -> Response:
    """Change a clerk's languages and skills."""
    form = await typed_in(request)
    languages, skills = await chosen_in(request, "sprachen"), await chosen_in(request, "faehigkeiten")
    try:
        await lead.equip(context, desk.staff, form.get("person", ""), languages, skills)
    except InvalidInputError as error:
        return await _team(context, desk, Typed(form, error))
    return back(TEAM)


@router.get("/zeiten")
async def times(context: Context, desk: Editing, stelle: Office = None) -> Response:
    """Show a team's week, its exceptions and the coming holidays."""
    return await _times(context, desk, chosen_office(desk.staff, stelle))


async def _times(context: Context, desk: Desk, office: str, typed: Typed = NOTHING) -> Response:
    today = context.clock().astimezone(BERLIN).date()
    async with context.database.read() as session:
        known = {one.office: one for one in await duty.teams(session)}
        exceptions = await duty.exceptions(session, office, today)
    names = await offices(context, desk.staff)
    others = {id_: name for id_, name in names.items() if id_ not in (office, WHOLE_TOWN)}
    return render(
        context, desk, "leitung_zeiten.html", "Öffnungszeiten", HOURS, typed,
        office=office, offices=names, others=others, team=known.get(office), days=lead.DAYS, exceptions=exceptions,
        holidays=lead.holidays_ahead(today), today=today, promise_days=hours.PROMISE_DAYS,
    )  # fmt: skip


@router.post("/zeiten")
async def set_times(request: Request, context: Context, desk: Editing, stelle: Office = None) -> Response:
    """Write a team's week."""
    office, form = chosen_office(desk.staff, stelle), await typed_in(request)
    unknown = form.get("bekannt") != "ja"
    week = None if unknown else {day: form.get(f"tag{day}", "") for day in range(7)}
    try:
        await lead.set_hours(
            context, desk.staff, office, week,
            mode=form.get("verteilung", "pull"), fallback=form.get("vertretung"), promise_days=_number(form.get("zusage")),
        )  # fmt: skip
    except InvalidInputError as error:
        return await _times(context, desk, office, Typed(form, error))
    return back(f"{HOURS}?stelle={office}")


@router.post("/ausnahmen")
async def set_exception(request: Request, context: Context, desk: Editing, stelle: Office = None) -> Response:
    """Let a day be different, or as usual again."""
    office, form = chosen_office(desk.staff, stelle), await typed_in(request)
    spans = (
        None if form.get("art") == "wie-sonst" else "" if form.get("art") == "zu" else form.get("zeiten", "")
    )
    try:
        if spans == "" and form.get("art") != "zu":
            raise InvalidInputError("Bitte nennen Sie die Zeiten dieses Tages.", field="zeiten")
        day = _day(form.get("tag", ""))
        await lead.set_exception(context, desk.staff, office, day, spans, form.get("anlass", ""))
    except InvalidInputError as error:
        return await _times(context, desk, office, Typed(form, error))
    return back(f"{HOURS}?stelle={office}")


@router.get("/textbausteine")
async def replies(context: Context, desk: Editing) -> Response:
    """Show the office's canned replies."""
    return await _replies(context, desk)


async def _replies(context: Context, desk: Desk, typed: Typed = NOTHING) -> Response:
    async with context.database.read() as session:
        rows = await store.own_replies(session, desk.staff.office)
    return render(
        context,
        desk,
        "leitung_textbausteine.html",
        "Textbausteine",
        REPLIES,
        typed,
        replies=rows,
        placeholders=KNOWN,
    )


@router.post("/textbausteine")
async def keep_reply(request: Request, context: Context, desk: Editing) -> Response:
    """Keep a canned reply, or delete it."""
    form = await typed_in(request)
    try:
        if form.get("was") == "loeschen":
            await lead.drop_reply(context, desk.staff, form.get("id", ""))
        else:
            await lead.keep_reply(context, desk.staff, form.get("titel", ""), form.get("text", ""))
    except (InvalidInputError, ConflictError) as error:
        return await _replies(context, desk, Typed(form, error))
    return back(REPLIES)


@router.get("/aenderungen")
async def changes(context: Context, desk: Leading) -> Response:
    """Show who changed what."""
    async with context.database.read() as session:
        rows = await store.changes(session, desk.staff.office_id)
    return render(
        context, desk, "leitung_aenderungen.html", "Änderungen", "/konsole/leitung/aenderungen", changes=rows
    )


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 4 else 0


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError("Bitte wählen Sie einen Tag.", field="tag") from error
    if day > date.max - timedelta(days=366):
        raise InvalidInputError("Dieser Tag liegt zu weit in der Zukunft.", field="tag")
    return day
