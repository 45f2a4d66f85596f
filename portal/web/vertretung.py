"""Acting for others, and confirming as the other parent: own pages and the parts of a draft's page."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.domain.vertretung import ARTEN
from portal.errors import PortalError
from portal.services import dokumentfreigabe, mitzeichnung, organisationskonto, vertretung
from portal.services.identitaet import IdentityProofError
from portal.services.sitzung import SitzungView
from portal.services.views import DraftView
from portal.web.antraege import draft_page
from portal.web.auth import Citizen, Confirmed, Context
from portal.web.dokumente import day
from portal.web.render import page

router = APIRouter(prefix="/mein", include_in_schema=False)

Text = Annotated[str, Form(max_length=300)]
Auswahl = Annotated[list[str] | None, Form()]
Version = Annotated[int, Form()]

MELDUNGEN = {
    "gespeichert": "Die Vertretung ist gespeichert. Wählen Sie im Antrag aus, für wen Sie handeln.",
    "beendet": "Die Vertretung ist beendet. Sie gilt ab sofort nicht mehr.",
    "bestaetigt": "Sie haben bestätigt. Der andere Elternteil kann den Antrag jetzt abgeben.",
    "abgelehnt": "Sie haben nicht bestätigt. Der andere Elternteil hat eine Nachricht bekommen.",
}


@router.get("/vertretungen")
async def powers(request: Request, context: Context, citizen: Citizen, meldung: str = "") -> Response:
    """For whom she may act, who may act for her, and how a new power comes about."""
    return await _powers(request, context, citizen, meldung=MELDUNGEN.get(meldung))


@router.post("/vertretungen")
async def state_power(
    request: Request,
    context: Context,
    citizen: Confirmed,
    art: Text = "",
    fuer: Text = "",
    umfang: Auswahl = None,
    gueltig_bis: Text = "",
    dokument_id: Text = "",
) -> Response:
    """State a power with its proof."""
    try:
        async with context.transaction() as session:
            await vertretung.angeben(
                context,
                session,
                citizen.konto_id,
                art=art,
                fuer=fuer,
                umfang=umfang or [],
                gueltig_bis=day(gueltig_bis),
                dokument_id=dokument_id or None,
            )
    except PortalError as error:
        return await _powers(request, context, citizen, fehler=error)
    return RedirectResponse("/mein/vertretungen?meldung=gespeichert", 303)


@router.post("/vertretungen/vollmacht")
async def give_power(
    request: Request,
    context: Context,
    citizen: Confirmed,
    umfang: Auswahl = None,
    gueltig_bis: Text = "",
) -> Response:
    """Make the code by which somebody else may act for her; it is shown once."""
    try:
        async with context.transaction() as session:
            code = await vertretung.vollmacht_geben(
                context, session, citizen.konto_id, umfang or [], day(gueltig_bis)
            )
    except PortalError as error:
        return await _powers(request, context, citizen, fehler=error, gibt=True)
    return await _powers(request, context, citizen, code=code)


@router.post("/vertretungen/einloesen")
async def redeem(request: Request, context: Context, citizen: Confirmed, code: Text = "") -> Response:
    """Redeem a code of somebody else."""
    try:
        async with context.transaction() as session:
            await vertretung.einloesen(context, session, citizen.konto_id, code)
    except PortalError as error:
        return await _powers(request, context, citizen, fehler=error)
    return RedirectResponse("/mein/vertretungen?meldung=gespeichert", 303)


@router.get("/vertretungen/organisation/{dienst}")
async def to_company_account(context: Context, citizen: Confirmed, dienst: str) -> Response:
    """Send the browser to the Organisationskonto; nothing is connected yet."""
    weg = await organisationskonto.beginnen(context, citizen, dienst)
    return RedirectResponse(weg.url, 303)


@router.get("/vertretungen/organisation/{dienst}/zurueck")
async def from_company_account(request: Request, context: Context, citizen: Citizen, dienst: str) -> Response:
    """The signed answer of the Organisationskonto; it counts once, and only in the session that asked."""
    try:
        await organisationskonto.verbinden(context, citizen, dienst, dict(request.query_params))
    except IdentityProofError as error:
        return await _powers(request, context, citizen, fehler=error, firma=True)
    return RedirectResponse("/mein/vertretungen?meldung=gespeichert", 303)


@router.post("/vertretungen/{vertretung_id}/beenden")
async def end_power(request: Request, context: Context, citizen: Confirmed, vertretung_id: str) -> Response:
    """End a power at once."""
    try:
        async with context.transaction() as session:
            await vertretung.beenden(context, session, citizen.konto_id, vertretung_id)
    except PortalError as error:
        if error.status == 404:
            raise
        return await _powers(request, context, citizen, fehler=error)
    return RedirectResponse("/mein/vertretungen?meldung=beendet", 303)


async def _powers(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    code: str | None = None,
    gibt: bool = False,
    firma: bool = False,
) -> Response:
    async with context.transaction() as session:
        entries = await vertretung.liste(context, session, citizen.konto_id)
        documents = await dokumentfreigabe.unterlagenliste(context, session, citizen.konto_id)
    services = sorted(
        ((s.id, s.name) for s in context.katalog.leistungen.values() if s.online), key=lambda s: s[1]
    )
    return page(
        request,
        "mein/vertretungen.html",
        status=fehler.status if fehler else 200,
        vertretungen=entries,
        arten=ARTEN,
        dokumente=documents,
        leistungen=services,
        organisation=organisationskonto.anbindung(context),
        firma=firma,
        code=code,
        meldung=meldung,
        gibt=gibt,
        fehler=fehler,
    )


@router.post("/antraege/{entwurf_id}/vertretung")
async def act_for(
    request: Request,
    context: Context,
    citizen: Citizen,
    entwurf_id: str,
    version: Version,
    vertretung_id: Text = "",
) -> Response:
    """Say for whom a draft is."""
    try:
        async with context.transaction() as session:
            await vertretung.waehlen(
                context,
                session,
                citizen.konto_id,
                entwurf_id,
                vertretung_id or None,
                version=version,
                vertrauen=citizen.vertrauen,
            )
    except PortalError as error:
        if error.status == 404:
            raise
        return await draft_page(request, context, citizen, entwurf_id, fehler=error)
    return RedirectResponse(f"/mein/antraege/{entwurf_id}?meldung=gespeichert", 303)


@router.post("/antraege/{entwurf_id}/mitzeichnung")
async def ask_other_parent(
    request: Request, context: Context, citizen: Citizen, entwurf_id: str, version: Version
) -> Response:
    """Make the code with which the other parent confirms this version; it is shown once."""
    try:
        async with context.transaction() as session:
            code = await mitzeichnung.anfragen(
                context, session, citizen.konto_id, entwurf_id, version=version, vertrauen=citizen.vertrauen
            )
    except PortalError as error:
        if error.status == 404:
            raise
        return await draft_page(request, context, citizen, entwurf_id, fehler=error)
    return await draft_page(request, context, citizen, entwurf_id, code=code)


@router.get("/mitzeichnung")
async def other_parent(request: Request, citizen: Citizen, meldung: str = "") -> Response:
    """Where the other parent enters the code."""
    return _other_parent(request, meldung=MELDUNGEN.get(meldung))


@router.post("/mitzeichnung")
async def look(request: Request, context: Context, citizen: Citizen, code: Text = "") -> Response:
    """What the other parent would confirm."""
    try:
        async with context.transaction() as session:
            draft = await mitzeichnung.ansehen(context, session, citizen.konto_id, code)
    except PortalError as error:
        return _other_parent(request, fehler=error, code=code)
    return _other_parent(request, entwurf=draft, code=code)


@router.post("/mitzeichnung/entscheidung")
async def decide(
    request: Request,
    context: Context,
    citizen: Confirmed,
    code: Text = "",
    ja: Annotated[bool, Form()] = False,
) -> Response:
    """The other parent confirms or refuses."""
    try:
        async with context.transaction() as session:
            await mitzeichnung.entscheiden(
                context, session, citizen.konto_id, code, ja=ja, vertrauen=citizen.vertrauen
            )
    except PortalError as error:
        return _other_parent(request, fehler=error, code=code)
    return RedirectResponse(f"/mein/mitzeichnung?meldung={'bestaetigt' if ja else 'abgelehnt'}", 303)


def _other_parent(
    request: Request,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    entwurf: DraftView | None = None,
    code: str = "",
) -> Response:
    return page(
        request,
        "mein/mitzeichnung.html",
        status=fehler.status if fehler else 200,
        entwurf=entwurf,
        code=code,
        meldung=meldung,
        fehler=fehler,
    )
