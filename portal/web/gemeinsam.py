"""Documents that two citizens sign with each other: invite, look, change, sign, use as evidence."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.errors import ConflictError, PortalError
from portal.services import sperrlink, vereinbarung
from portal.services.sitzung import SitzungView
from portal.web.auth import Citizen, Confirmed, Context
from portal.web.render import download, page

router = APIRouter(prefix="/mein/gemeinsam", include_in_schema=False)

MELDUNGEN = {
    "angenommen": "Sie sind jetzt Teil dieses Dokuments. Prüfen Sie den Text in Ruhe, bevor Sie unterzeichnen.",
    "geaendert": "Der Text ist geändert. Frühere Unterschriften gelten nicht mehr.",
    "unterzeichnet": "Sie haben unterzeichnet.",
    "beendet": "Das Dokument ist beendet. Niemand hat etwas davon bekommen.",
}
Kurz = Annotated[str, Form(max_length=500)]


@router.get("")
async def overview(request: Request, context: Context, citizen: Citizen) -> Response:
    """Her documents with others, and the form for a new one."""
    return await _overview(request, context, citizen)


async def _overview(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    *,
    link: str | None = None,
    werte: dict[str, str] | None = None,
    fehler: PortalError | None = None,
) -> Response:
    async with context.transaction() as session:
        found = await vereinbarung.liste(session, citizen.konto_id)
    return page(
        request,
        "mein/gemeinsam.html",
        status=fehler.status if fehler else 200,
        dokumente=found,
        rollen=vereinbarung.ROLLEN,
        felder=vereinbarung.FELDER,
        freiwillig=vereinbarung.FREIWILLIG,
        link=link,
        werte=werte or {},
        meldung=None,
        fehler=fehler,
    )


@router.post("")
async def invite(
    request: Request,
    context: Context,
    citizen: Citizen,
    rolle: Annotated[str, Form(max_length=20)] = "",
    anschrift: Kurz = "",
    einzugsdatum: Annotated[str, Form(max_length=10)] = "",
    personen: Kurz = "",
    wohnungsgeber: Kurz = "",
    eigentuemer: Kurz = "",
) -> Response:
    """Begin a document; its one-time link is shown on the answer alone."""
    values = _values(anschrift, einzugsdatum, personen, wohnungsgeber, eigentuemer)
    try:
        async with context.transaction() as session:
            _, link = await vereinbarung.einladen(context, session, citizen.konto_id, rolle, values)
    except PortalError as error:
        return await _overview(request, context, citizen, werte=values | {"rolle": rolle}, fehler=error)
    return await _overview(request, context, citizen, link=link)


def _values(
    anschrift: str, einzugsdatum: str, personen: str, wohnungsgeber: str, eigentuemer: str
) -> dict[str, str]:
    return {
        "anschrift": anschrift,
        "einzugsdatum": einzugsdatum,
        "personen": personen,
        "wohnungsgeber": wohnungsgeber,
        "eigentuemer": eigentuemer,
    }


@router.get("/einladung/{code}")
async def invitation(request: Request, context: Context, citizen: Citizen, code: str) -> Response:
    """What she is invited to; looking does not use the link up."""
    async with context.transaction() as session:
        role = await vereinbarung.einladung_ansehen(context, session, code)
    return page(
        request,
        "mein/einladung.html",
        code=code,
        rolle=vereinbarung.ROLLEN[role],
        meldung=None,
        fehler=None,
    )


@router.post("/einladung/{code}")
async def accept(context: Context, citizen: Citizen, code: str) -> Response:
    """Take the other role."""
    async with context.transaction() as session:
        found = await vereinbarung.annehmen(context, session, citizen.konto_id, code)
    return RedirectResponse(f"{vereinbarung.pfad(found)}?meldung=angenommen", 303)


@router.get("/{vereinbarung_id}")
async def show(
    request: Request, context: Context, citizen: Citizen, vereinbarung_id: str, meldung: str | None = None
) -> Response:
    """The text, who signed, and what is still to do."""
    return await _show(request, context, citizen, vereinbarung_id, meldung=MELDUNGEN.get(meldung or ""))


async def _show(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    vereinbarung_id: str,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
) -> Response:
    async with context.transaction() as session:
        found = await vereinbarung.laden(session, citizen.konto_id, vereinbarung_id)
    return page(
        request,
        "mein/vereinbarung.html",
        status=fehler.status if fehler else 200,
        v=found,
        rollen=vereinbarung.ROLLEN,
        felder=vereinbarung.FELDER,
        freiwillig=vereinbarung.FREIWILLIG,
        meldung=meldung,
        fehler=fehler,
    )


@router.post("/{vereinbarung_id}/text")
async def change(
    request: Request,
    context: Context,
    citizen: Citizen,
    vereinbarung_id: str,
    anschrift: Kurz = "",
    einzugsdatum: Annotated[str, Form(max_length=10)] = "",
    personen: Kurz = "",
    wohnungsgeber: Kurz = "",
    eigentuemer: Kurz = "",
) -> Response:
    """Change the text; signatures of the old one fall away."""
    values = _values(anschrift, einzugsdatum, personen, wohnungsgeber, eigentuemer)
    try:
        async with context.transaction() as session:
            await vereinbarung.aendern(context, session, citizen.konto_id, vereinbarung_id, values)
    except PortalError as error:
        if error.status == 404:
            raise
        return await _show(request, context, citizen, vereinbarung_id, fehler=error)
    return RedirectResponse(f"{vereinbarung.pfad(vereinbarung_id)}?meldung=geaendert", 303)


@router.post("/{vereinbarung_id}/unterschrift")
async def sign(
    request: Request,
    context: Context,
    citizen: Confirmed,
    vereinbarung_id: str,
    fassung: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Sign by name exactly the text that was shown."""
    try:
        async with context.transaction() as session:
            await vereinbarung.unterschreiben(
                context,
                session,
                citizen.konto_id,
                vereinbarung_id,
                fassung=fassung,
                vertrauen=citizen.vertrauen,
            )
            await sperrlink.aenderung_melden(context, session, citizen.konto_id)
    except ConflictError as error:
        return await _show(request, context, citizen, vereinbarung_id, fehler=error)
    return RedirectResponse(f"{vereinbarung.pfad(vereinbarung_id)}?meldung=unterzeichnet", 303)


@router.post("/{vereinbarung_id}/ende")
async def end(request: Request, context: Context, citizen: Citizen, vereinbarung_id: str) -> Response:
    """Give it up before both signed."""
    try:
        async with context.transaction() as session:
            await vereinbarung.beenden(context, session, citizen.konto_id, vereinbarung_id)
    except ConflictError as error:
        return await _show(request, context, citizen, vereinbarung_id, fehler=error)
    return RedirectResponse(f"{vereinbarung.pfad(vereinbarung_id)}?meldung=beendet", 303)


@router.get("/{vereinbarung_id}/pdf")
async def document(context: Context, citizen: Citizen, vereinbarung_id: str) -> Response:
    """The document that both signed."""
    async with context.transaction() as session:
        content = await vereinbarung.pdf(session, citizen.konto_id, vereinbarung_id)
    return download(content, "application/pdf", "wohnungsgeberbestaetigung.pdf")


@router.post("/{vereinbarung_id}/nachweis")
async def evidence(request: Request, context: Context, citizen: Citizen, vereinbarung_id: str) -> Response:
    """Lay it into her Anmeldung."""
    try:
        draft = await vereinbarung.als_nachweis(
            context, citizen.konto_id, vereinbarung_id, vertrauen=citizen.vertrauen
        )
    except ConflictError as error:
        return await _show(request, context, citizen, vereinbarung_id, fehler=error)
    return RedirectResponse(f"/mein/antraege/{draft}", 303)
