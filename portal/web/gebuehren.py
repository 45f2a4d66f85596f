"""Fees on plain pages: one overview, pay, receipt; the provider's signed report; the demo provider's page; home delivery."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from portal.context import PortalContext
from portal.domain.zahlung import Lieferfragen, Stand
from portal.errors import ConflictError, InvalidInputError, NotFoundError, PortalError
from portal.services import befreiung, gebuehr, lieferung, quittung, ueberweisung, zahlung, zahlungsanbieter
from portal.services.sitzung import SitzungView
from portal.web.auth import Citizen, Context
from portal.web.render import download, girocode, page

router = APIRouter(include_in_schema=False)
rueckruf = APIRouter(prefix="/api/payments", tags=["Zahlungen"])

MELDUNGEN = {
    "vorgemerkt": "Ihr Wunsch ist vorgemerkt. Die Behörde sieht ihn bei Ihrem Termin; dort geben Sie die Einwilligung.",
    "zurueckgenommen": "Der Wunsch ist gelöscht.",
}


@router.get("/mein/gebuehren")
async def overview(request: Request, context: Context, citizen: Citizen) -> Response:
    """All fees, what is open first."""
    async with context.transaction() as session:
        found = await gebuehr.liste(context, session, citizen.konto_id)
    return page(request, "mein/gebuehren.html", gebuehren=found, euro=gebuehr.euro, meldung=None, fehler=None)


@router.get("/mein/gebuehren/{gebuehr_id}")
async def show(request: Request, context: Context, citizen: Citizen, gebuehr_id: str) -> Response:
    """One fee: what it is made of, pay or ask for an exemption, later the receipt."""
    return await _show(request, context, citizen, gebuehr_id)


async def _show(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    gebuehr_id: str,
    *,
    fehler: PortalError | None = None,
) -> Response:
    async with context.transaction() as session:
        found = await gebuehr.laden(context, session, citizen.konto_id, gebuehr_id)
    account = ueberweisung.kassenkonto(context)
    return page(
        request,
        "mein/gebuehr.html",
        status=fehler.status if fehler else 200,
        g=found,
        euro=gebuehr.euro,
        kasse=account,
        girocode=girocode(account, found.betrag_cent, found.kassenzeichen) if account else None,
        online=zahlungsanbieter.anbieter_von(context) is not None,
        meldung=None,
        fehler=fehler,
    )


@router.post("/mein/gebuehren/{gebuehr_id}/bezahlen")
async def pay(request: Request, context: Context, citizen: Citizen, gebuehr_id: str) -> Response:
    """Send the browser to the provider."""
    try:
        url = await zahlung.bezahlen(context, citizen.konto_id, gebuehr_id)
    except ConflictError as error:
        return await _show(request, context, citizen, gebuehr_id, fehler=error)
    if url.startswith("/"):
        return RedirectResponse(url, 303)
    return page(request, "mein/zum_anbieter.html", ziel=url, meldung=None, fehler=None)


@router.get("/mein/gebuehren/{gebuehr_id}/zurueck")
async def returned(request: Request, context: Context, citizen: Citizen, gebuehr_id: str) -> Response:
    """The browser came back from the provider; the provider itself is asked what happened."""
    await zahlung.zurueck_vom_anbieter(context, citizen.konto_id, gebuehr_id)
    return RedirectResponse(gebuehr.pfad(gebuehr_id), 303)


@router.get("/mein/gebuehren/{gebuehr_id}/quittung.pdf")
async def receipt(context: Context, citizen: Citizen, gebuehr_id: str) -> Response:
    """The receipt of what was paid."""
    async with context.transaction() as session:
        content = await quittung.als_pdf(context, session, citizen.konto_id, gebuehr_id)
    return download(content, "application/pdf", "quittung.pdf")


@router.post("/mein/gebuehren/{gebuehr_id}/befreiung")
async def exempt(
    request: Request,
    context: Context,
    citizen: Citizen,
    gebuehr_id: str,
    grund: Annotated[str, Form(max_length=500)] = "",
    text: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Ask for an exemption on one of the catalogue's conditions."""
    try:
        async with context.transaction() as session:
            await befreiung.beantragen(context, session, citizen.konto_id, gebuehr_id, grund, text)
    except (ConflictError, InvalidInputError) as error:
        return await _show(request, context, citizen, gebuehr_id, fehler=error)
    return RedirectResponse(gebuehr.pfad(gebuehr_id), 303)


class Report(BaseModel):
    """A provider's signed report."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(max_length=4000)]


class Taken(BaseModel):
    """What the portal knows of the payment now."""

    status: str


@rueckruf.post("/callback/{anbieter}")
async def callback(context: Context, anbieter: str, body: Report) -> Taken:
    """Meldung eines Zahlungsdienstes von Server zu Server: signiert, kurz gültig, zweimal dasselbe ändert nichts."""
    provider = zahlungsanbieter.anbieter_von(context)
    if provider is None or provider.id != anbieter:
        raise NotFoundError("Diesen Zahlungsdienst gibt es hier nicht.")
    report = provider.pruefen(body.token, context.clock())
    return Taken(status=await zahlung.melden(context, provider, report))


@router.get("/bezahlen/demo")
async def demo_page(request: Request, context: Context, referenz: str) -> Response:
    """The demonstration provider's page; it knows the payment alone, as a foreign provider would."""
    row = await zahlungsanbieter.demo_anbieter(context).seite(referenz)
    return page(request, "bezahlen_demo.html", zahlung=row, betrag=gebuehr.euro(row.betrag_cent))


@router.post("/bezahlen/demo")
async def demo_decide(
    context: Context,
    referenz: Annotated[str, Form(max_length=80)],
    ausgang: Annotated[str, Form(max_length=12)],
) -> Response:
    """The demonstration provider decides, reports to the portal, and sends the browser back."""
    outcomes = {
        "bezahlt": Stand.BOOKED,
        "abgelehnt": Stand.FAILED,
        "abgebrochen": Stand.CANCELED,
        "offen": Stand.INITIAL,
    }
    if ausgang not in outcomes:
        raise InvalidInputError("Diese Wahl gibt es nicht.", field="ausgang")
    provider = zahlungsanbieter.demo_anbieter(context)
    token, back = await provider.entscheiden(referenz, outcomes[ausgang])
    if ausgang != "offen":
        await zahlung.melden(context, provider, provider.pruefen(token, context.clock()))
    return RedirectResponse(back, 303)


@router.get("/leistungen/{leistung_id}/lieferung")
async def delivery(
    request: Request, context: Context, citizen: Citizen, leistung_id: str, meldung: str | None = None
) -> Response:
    """Whether home delivery is possible: the conditions are asked before it is offered."""
    return await _delivery(
        request, context, citizen, leistung_id, Lieferfragen(), meldung=MELDUNGEN.get(meldung or "")
    )


@router.post("/leistungen/{leistung_id}/lieferung")
async def wish(
    request: Request,
    context: Context,
    citizen: Citizen,
    leistung_id: str,
    anderer_ausweis: Annotated[str, Form(max_length=4)] = "",
    gemeldet: Annotated[str, Form(max_length=4)] = "",
    persoenlich: Annotated[str, Form(max_length=4)] = "",
    einwilligung: Annotated[str, Form(max_length=4)] = "",
    vormerken: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Check the answers; with `vormerken` note the wish, with `vormerken=nein` take it back."""
    asked = Lieferfragen(
        *(
            {"ja": True, "nein": False}.get(answer)
            for answer in (anderer_ausweis, gemeldet, persoenlich, einwilligung)
        )
    )
    try:
        async with context.transaction() as session:
            if vormerken == "nein":
                await lieferung.zuruecknehmen(session, citizen.konto_id, leistung_id)
            elif vormerken:
                await lieferung.wuenschen(context, session, citizen.konto_id, leistung_id, asked)
    except ConflictError as error:
        return await _delivery(request, context, citizen, leistung_id, asked, gefragt=True, fehler=error)
    if vormerken:
        said = "zurueckgenommen" if vormerken == "nein" else "vorgemerkt"
        return RedirectResponse(f"/leistungen/{leistung_id}/lieferung?meldung={said}", 303)
    return await _delivery(request, context, citizen, leistung_id, asked, gefragt=True)


async def _delivery(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    leistung_id: str,
    asked: Lieferfragen,
    *,
    gefragt: bool = False,
    meldung: str | None = None,
    fehler: ConflictError | None = None,
) -> Response:
    offer = lieferung.angebot(context, leistung_id, asked)
    async with context.transaction() as session:
        noted = await lieferung.vorgemerkt(session, citizen.konto_id, leistung_id)
    return page(
        request,
        "mein/lieferung.html",
        status=fehler.status if fehler else 200,
        angebot=offer,
        fragen=asked,
        gefragt=gefragt,
        vorgemerkt=noted,
        meldung=meldung,
        fehler=fehler,
    )
