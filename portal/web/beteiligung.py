"""Taking part in public: how a service runs, comments on it, votes on proposed changes."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from portal.catalogue.model import Ebene, Leistung
from portal.catalogue.overlay import EBENEN as ALLE_EBENEN
from portal.context import PortalContext
from portal.errors import PortalError
from portal.schema.tables import Base
from portal.services import abstimmung, herkunft, katalog, kommentare, sitzung, verarbeitung
from portal.services.ablauf import ROLLEN, ablauf
from portal.services.sitzung import SitzungView
from portal.web.auth import (
    VISIT_COOKIE,
    Citizen,
    Context,
    MaybeCitizen,
    check_csrf,
    set_cookie,
)
from portal.web.render import page

router = APIRouter(include_in_schema=False)

Seite = Annotated[int, Query(ge=1, le=100_000)]
Text = Annotated[str, Form(max_length=20_000)]
MELDUNGEN = {
    "kommentar": "Ihr Kommentar ist veröffentlicht. Die zuständige Redaktion antwortet hier öffentlich.",
    "stimme": "Ihre Stimme ist gezählt.",
}


@router.get("/leistungen/{leistung_id}/ablauf")
async def process(
    request: Request,
    context: Context,
    citizen: MaybeCitizen,
    leistung_id: str,
    seite: Seite = 1,
    gesendet: str = "",
) -> Response:
    """Who does what, which data go where and why, which tier says so since when, what changed, what people say."""
    return await _process(
        request, context, citizen, leistung_id, seite=seite, meldung=MELDUNGEN.get(gesendet)
    )


@router.post("/leistungen/{leistung_id}/kommentare")
async def comment(
    request: Request,
    context: Context,
    citizen: MaybeCitizen,
    leistung_id: str,
    text: Text = "",
    schluessel: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Publish a comment; on a refusal the page comes back with what was written."""
    service = katalog.leistung(context, leistung_id)
    await check_visitor(request, citizen)
    known = dict(_topics(service))
    try:
        await kommentare.schreiben(
            context,
            kommentare.thema_von(service.id),
            text,
            ebene=known.get(schluessel, "kommune"),
            schluessel=schluessel if schluessel in known else None,
            citizen=citizen,
            adresse=address_of(request),
        )
    except PortalError as error:
        return await _process(request, context, citizen, leistung_id, fehler=error, text=text)
    return RedirectResponse(f"/leistungen/{service.id}/ablauf?gesendet=kommentar#kommentare", 303)


@router.post("/vorschlaege/{aenderung_id}/stimme")
async def vote(
    context: Context, citizen: Citizen, aenderung_id: str, stimme: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """Vote once on a proposed change; needs a proved identity."""
    service = await abstimmung.abstimmen(context, citizen, aenderung_id, stimme)
    return RedirectResponse(f"/leistungen/{service}/ablauf?gesendet=stimme#vorschlaege", 303)


@router.get("/datenschutz/verarbeitung")
async def processing(
    request: Request, context: Context, citizen: MaybeCitizen, seite: Seite = 1, gesendet: str = ""
) -> Response:
    """What the system stores and links, read off its tables and its catalogue, open to comment."""
    return await _processing(request, context, citizen, seite=seite, meldung=MELDUNGEN.get(gesendet))


@router.post("/datenschutz/verarbeitung/kommentare")
async def comment_processing(
    request: Request, context: Context, citizen: MaybeCitizen, text: Text = ""
) -> Response:
    """As `comment`; the town answers."""
    await check_visitor(request, citizen)
    try:
        await kommentare.schreiben(
            context,
            kommentare.VERARBEITUNG,
            text,
            ebene="kommune",
            schluessel=None,
            citizen=citizen,
            adresse=address_of(request),
        )
    except PortalError as error:
        return await _processing(request, context, citizen, fehler=error, text=text)
    return RedirectResponse("/datenschutz/verarbeitung?gesendet=kommentar#kommentare", 303)


async def check_visitor(request: Request, citizen: SitzungView | None) -> None:
    """Who is logged in was checked with the session; an anonymous visitor needs the token of the visit's cookie."""
    if citizen is None:
        await check_csrf(request, request.cookies.get(VISIT_COOKIE))


def address_of(request: Request) -> str:
    """Network address of the caller."""
    return request.client.host if request.client else "unbekannt"


def page_with_form(
    request: Request, template: str, citizen: SitzungView | None, *, status: int = 200, **values: object
) -> Response:
    """A page with a form for everybody: its CSRF token belongs to the session or to the visit."""
    if citizen is not None:
        return page(request, template, status=status, kommentar_csrf=request.state.csrf, **values)
    visit = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(24)
    response = page(request, template, status=status, kommentar_csrf=sitzung.csrf_token(visit), **values)
    set_cookie(response, request.app.state.context, VISIT_COOKIE, visit)
    return response


def _topics(service: Leistung) -> list[tuple[str, Ebene]]:
    """What of a service can be commented, with the tier that answers for it."""
    found: list[tuple[str, Ebene]] = []
    for key, origin in service.herkunft.items():
        value = getattr(service, key, None)
        first = value[0] if isinstance(value, list) and value else value
        tier = getattr(first, "ebene", None) or origin.ebene
        if key in herkunft.BEZEICHNUNGEN:
            found.append((key, next(e for e in ALLE_EBENEN if e == tier)))
    return found


async def _process(
    request: Request,
    context: PortalContext,
    citizen: SitzungView | None,
    leistung_id: str,
    *,
    seite: int = 1,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    text: str = "",
) -> Response:
    service = katalog.leistung(context, leistung_id)
    async with context.transaction() as session:
        history, proposals = await herkunft.geschichte(context, session, service)
        changes = [entry.id for entry in (*proposals, *history) if entry.id]
        votes = await abstimmung.stimmen(context, session, changes, citizen)
        comments = await kommentare.liste(session, kommentare.thema_von(service.id), seite)
    return page_with_form(
        request,
        "ablauf.html",
        citizen,
        status=fehler.status if fehler else 200,
        leistung=service,
        ablauf=ablauf(context, service),
        rollen=ROLLEN,
        werte=herkunft.werte(context, service),
        geschichte=history,
        vorschlaege=proposals,
        stimmen=votes,
        abstimmungshinweis=abstimmung.HINWEIS,
        verifiziert=citizen is not None and citizen.vertrauen in abstimmung.GENUEGT,
        kommentare=comments,
        themen=[(key, herkunft.bezeichnung(key), herkunft.EBENEN[tier]) for key, tier in _topics(service)],
        ebenen=herkunft.EBENEN,
        bezeichnungen=herkunft.BEZEICHNUNGEN,
        meldung=meldung,
        fehler=fehler,
        text=text,
        hoechstlaenge=kommentare.HOECHSTLAENGE,
    )


async def _processing(
    request: Request,
    context: PortalContext,
    citizen: SitzungView | None,
    *,
    seite: int = 1,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    text: str = "",
) -> Response:
    async with context.transaction() as session:
        comments = await kommentare.liste(session, kommentare.VERARBEITUNG, seite)
    own = verarbeitung.tabellen("Portal", Base.metadata, verarbeitung.ZWECKE)
    return page_with_form(
        request,
        "recht/verarbeitung.html",
        citizen,
        status=fehler.status if fehler else 200,
        tabellen=[*own, *request.app.state.weitere_tabellen],
        verknuepfungen=verarbeitung.verknuepfungen(context),
        stammdaten=verarbeitung.stammdaten_nutzung(context),
        empfaenger=verarbeitung.empfaenger(context),
        kommentare=comments,
        ebenen=herkunft.EBENEN,
        bezeichnungen=herkunft.BEZEICHNUNGEN,
        meldung=meldung,
        fehler=fehler,
        text=text,
        hoechstlaenge=kommentare.HOECHSTLAENGE,
    )
