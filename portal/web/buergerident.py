"""BürgerIdent on both sides of the counter, and the citizen's decision on values that a proof brought."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from portal.errors import PortalError
from portal.services import buergerident, datenvorschlag, stammdaten
from portal.services.buergerident import Ergebnis, Pruefung
from portal.web.auth import Citizen, Confirmed, Context, Identifier, own_path
from portal.web.render import page

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=400)]
Zurueck = Annotated[str, Query(max_length=500)]


@router.post("/mein/buergerident")
async def make_code(request: Request, context: Context, citizen: Confirmed) -> Response:
    """A one-time code to bring to the Bürgerbüro."""
    code = await buergerident.code_erzeugen(context, citizen.konto_id)
    return page(request, "mein/identcode.html", code=code, meldung=None, fehler=None)


@router.get("/mein/buergerident")
async def explain(request: Request, context: Context, citizen: Citizen) -> Response:
    """What BürgerIdent is, what it is not, and how it goes."""
    async with context.transaction() as session:
        since = await buergerident.geprueft_am(session, citizen.konto_id)
    return page(request, "mein/buergerident.html", seit=since, meldung=None, fehler=None)


@router.get("/mein/vorschlaege")
async def proposals(request: Request, context: Context, citizen: Citizen) -> Response:
    """What waits for the citizen's decision."""
    async with context.transaction() as session:
        waiting = await datenvorschlag.offene(session, citizen.konto_id)
    return page(
        request,
        "mein/vorschlaege.html",
        vorschlaege=waiting,
        quellen=stammdaten.QUELLEN,
        meldung=None,
        fehler=None,
    )


@router.get("/mein/vorschlaege/{vorschlag_id}")
async def proposal(
    request: Request, context: Context, citizen: Citizen, vorschlag_id: str, zurueck: Zurueck = "/mein/daten"
) -> Response:
    """Each value with its trust; none is taken over unasked."""
    async with context.transaction() as session:
        found = await datenvorschlag.laden(session, citizen.konto_id, vorschlag_id)
        known = await stammdaten.load(session, citizen.konto_id)
    return page(
        request,
        "mein/vorschlag.html",
        vorschlag=found,
        bekannt={feld: d.wert for feld, d in known.items()},
        labels=stammdaten.FELDER,
        datumsfelder=stammdaten.DATUMSFELDER,
        marken=datenvorschlag.VERTRAUEN,
        quelle=stammdaten.QUELLEN[found.quelle],
        zurueck=own_path(zurueck, "/mein/daten"),
        meldung=None,
        fehler=None,
    )


@router.post("/mein/vorschlaege/{vorschlag_id}")
async def decide(
    request: Request,
    context: Context,
    citizen: Confirmed,
    vorschlag_id: str,
    uebernehmen: Annotated[list[str] | None, Form()] = None,
    zurueck: Text = "",
) -> Response:
    """Take over the ticked values, drop the others."""
    await datenvorschlag.entscheiden(context, citizen.konto_id, vorschlag_id, set(uebernehmen or ()))
    return RedirectResponse(own_path(zurueck, "/mein/daten"), 303)


@router.get("/amt/identitaet")
async def check_form(request: Request, staff: Identifier) -> Response:
    """The clerk's form."""
    return _check_page(request)


@router.post("/amt/identitaet")
async def check(
    request: Request,
    context: Context,
    staff: Identifier,
    code: Text = "",
    dokumentart: Text = "",
    familienname: Text = "",
    vornamen: Text = "",
    geburtsdatum: Text = "",
    geburtsort: Text = "",
    anschrift: Text = "",
    ausweis_gueltig_bis: Text = "",
    lichtbild: Text = "",
    einwilligung: Text = "",
) -> Response:
    """Tie the checked card to the account. On a mistake the form comes back as it was filled in."""
    values = {
        "familienname": familienname,
        "vornamen": vornamen,
        "geburtsdatum": geburtsdatum,
        "geburtsort": geburtsort,
        "anschrift": anschrift,
        "ausweis_gueltig_bis": ausweis_gueltig_bis,
    }
    checked = Pruefung(code, dokumentart, values, lichtbild == "ja", einwilligung == "ja")
    try:
        done = await buergerident.pruefen(context, staff, checked)
    except PortalError as error:
        return _check_page(request, checked, fehler=error)
    return _check_page(request, ergebnis=done)


def _check_page(
    request: Request,
    eingabe: Pruefung | None = None,
    *,
    fehler: PortalError | None = None,
    ergebnis: Ergebnis | None = None,
) -> Response:
    return page(
        request,
        "amt/identitaet.html",
        status=fehler.status if fehler else 200,
        eingabe=eingabe or Pruefung("", "", {}, False, False),
        dokumente=buergerident.DOKUMENTE,
        felder=[(feld, stammdaten.FELDER[feld]) for feld in buergerident.FELDER],
        datumsfelder=stammdaten.DATUMSFELDER,
        fehler=fehler,
        ergebnis=ergebnis,
    )
