"""The citizen's own area: overview, postbox, cases."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal.services import anliegen, katalog, postfach, stammdaten, vorgang
from portal.web.auth import Citizen, Context
from portal.web.render import download, page
from portal.web.stand import stand_of

router = APIRouter(prefix="/mein", include_in_schema=False)


@router.get("")
async def overview(request: Request, context: Context, citizen: Citizen) -> Response:
    """Everything at a glance."""
    stand = await stand_of(context, citizen)
    async with context.transaction() as session:
        cases = await vorgang.liste(session, citizen.konto_id)
        known = await stammdaten.load(session, citizen.konto_id)
        left = await anliegen.eigene(context, session, citizen.konto_id)
    vorname = known["vornamen"].wert.split()[0] if "vornamen" in known else None
    return page(
        request,
        "mein/uebersicht.html",
        **stand,
        vorgaenge=cases,
        vorname=vorname,
        anliegen=left,
        stati=vorgang.STATUS,
        meldung=None,
        fehler=None,
    )


@router.get("/anliegen")
async def requests(request: Request, context: Context, citizen: Citizen) -> Response:
    """What she left in the chat, with the promised date and the answer."""
    async with context.transaction() as session:
        own = await anliegen.eigene(context, session, citizen.konto_id)
    return page(
        request,
        "mein/anliegen.html",
        anliegen=own,
        stati=anliegen.STATUS,
        wuensche=anliegen.WUENSCHE,
        meldung=None,
        fehler=None,
    )


@router.get("/postfach")
async def postbox(request: Request, context: Context, citizen: Citizen) -> Response:
    """All messages, the newest first."""
    async with context.transaction() as session:
        messages = await postfach.liste(session, citizen.konto_id)
    return page(request, "mein/postfach.html", nachrichten=messages, meldung=None, fehler=None)


@router.get("/postfach/{nachricht_id}")
async def message(request: Request, context: Context, citizen: Citizen, nachricht_id: str) -> Response:
    """One message; opening it marks it as read."""
    async with context.transaction() as session:
        found = await postfach.lesen(context, session, citizen.konto_id, nachricht_id)
    return page(request, "mein/nachricht.html", nachricht=found, meldung=None, fehler=None)


@router.get("/vorgaenge/{vorgang_id}")
async def case(request: Request, context: Context, citizen: Citizen, vorgang_id: str) -> Response:
    """A case of hers: what was handed in, and what became of it."""
    async with context.transaction() as session:
        detail = await vorgang.laden(session, citizen.konto_id, vorgang_id)
        offer = []
        if await vorgang.ist_zugestellt(session, vorgang_id):
            service = katalog.leistung(context, detail.case.service)
            offer = await stammdaten.uebernehmbar(session, citizen.konto_id, service, detail.package)
    return page(
        request,
        "mein/vorgang.html",
        vorgang=detail,
        uebernahme=offer,
        stati=vorgang.STATUS,
        meldung=None,
        fehler=None,
    )


@router.get("/vorgaenge/{vorgang_id}/pdf")
async def case_pdf(context: Context, citizen: Citizen, vorgang_id: str) -> Response:
    """What was handed in, as a readable PDF."""
    async with context.transaction() as session:
        content = await vorgang.pdf(session, citizen.konto_id, vorgang_id)
    return download(content, "application/pdf", f"{vorgang_id}.pdf")
