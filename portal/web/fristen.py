"""Deadlines on plain pages: the list with its reasons, her own letters, calendar file and calendar address."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.domain.bekanntgabe import REGELN, Norm
from portal.domain.rechtsbehelf import WEGE, Belehrung, Weg, Zugang
from portal.errors import InvalidInputError, PortalError
from portal.services import (
    bescheid,
    fristenblatt,
    kalenderabo,
    kalenderdatei,
    komforteinwilligung,
    sperrlink,
    termine,
)
from portal.services.sitzung import SitzungView
from portal.web.auth import Citizen, Confirmed, Context
from portal.web.render import download, page

router = APIRouter(include_in_schema=False)

MELDUNGEN = {
    "widerrufen": "Die Kalenderadresse ist widerrufen. Wer sie kennt, sieht nichts mehr.",
}
BRIEFWEGE = {
    "": "Ich weiß es nicht",
    **{str(norm): regel.label for norm, regel in REGELN.items() if not regel.im_portal},
}
"""Ways on which a letter may have come, as the form offers them."""
ICS = "text/calendar; charset=utf-8"


@router.get("/mein/fristen")
async def deadlines(
    request: Request, context: Context, citizen: Citizen, meldung: str | None = None
) -> Response:
    """All deadlines, the unsettled first, each with its reasons."""
    return await _show(request, context, citizen, meldung=MELDUNGEN.get(meldung or ""))


async def _show(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    neue_adresse: str | None = None,
) -> Response:
    async with context.transaction() as session:
        entries = await fristenblatt.liste(context, session, citizen.konto_id)
        coming = await termine.liste(context, session, citizen.konto_id, nur_kommende=True)
        offers = await komforteinwilligung.angebote(session, citizen.konto_id)
        calendars = await kalenderabo.liste(session, citizen.konto_id)
    return page(
        request,
        "mein/fristen.html",
        status=fehler.status if fehler else 200,
        fristen=entries,
        angebote=[one for one in offers if one.zweck == "erinnerungen" and not one.erteilt],
        termine=coming,
        abos=calendars,
        neue_adresse=neue_adresse,
        heute=context.today(),
        meldung=meldung,
        fehler=fehler,
    )


@router.get("/mein/fristen/fristen.ics")
async def calendar_file(context: Context, citizen: Citizen) -> Response:
    """All running deadlines as a calendar file that she saves herself."""
    async with context.transaction() as session:
        entries = await fristenblatt.liste(context, session, citizen.konto_id)
    content = kalenderdatei.fristen_als_ics(
        entries, jetzt=context.clock(), adresse=context.settings.origin, mit_namen=True
    )
    return download(content, ICS, "fristen.ics")


@router.post("/mein/fristen/kalender")
async def new_calendar(request: Request, context: Context, citizen: Confirmed) -> Response:
    """Make a secret address for a calendar; shown on this page only, this once."""
    try:
        async with context.transaction() as session:
            address = await kalenderabo.anlegen(context, session, citizen.konto_id)
            await sperrlink.aenderung_melden(context, session, citizen.konto_id)
    except PortalError as error:
        return await _show(request, context, citizen, fehler=error)
    return await _show(request, context, citizen, neue_adresse=address)


@router.post("/mein/fristen/kalender/{abo_id}/widerrufen")
async def revoke_calendar(context: Context, citizen: Citizen, abo_id: str) -> Response:
    """End a calendar's address."""
    async with context.transaction() as session:
        await kalenderabo.widerrufen(context, session, citizen.konto_id, abo_id)
    return RedirectResponse("/mein/fristen?meldung=widerrufen", 303)


@router.get("/kalender/{geheimnis}.ics")
async def feed(context: Context, geheimnis: str) -> Response:
    """What a subscribed calendar reads: days and a link, nothing personal."""
    async with context.transaction() as session:
        content = await kalenderabo.lesen(context, session, geheimnis)
    return Response(content, media_type=ICS, headers={"Cache-Control": "private, no-store"})


@router.get("/mein/fristen/brief")
async def letter(request: Request, context: Context, citizen: Citizen) -> Response:
    """A form for a letter that came on paper."""
    return _letter(request, context, {})


@router.post("/mein/fristen/brief")
async def note_letter(
    request: Request,
    context: Context,
    citizen: Citizen,
    leistung: Annotated[str, Form(max_length=80)] = "",
    weg: Annotated[str, Form(max_length=20)] = "",
    bescheiddatum: Annotated[str, Form(max_length=10)] = "",
    beginn: Annotated[str, Form(max_length=10)] = "",
    zugang: Annotated[str, Form(max_length=10)] = "",
    rechtsbehelf: Annotated[str, Form(max_length=20)] = "",
    empfaenger: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Compute the deadline of a letter and keep it; on a mistake the form comes back as it was filled in."""
    values = {
        "leistung": leistung,
        "weg": weg,
        "bescheiddatum": bescheiddatum,
        "beginn": beginn,
        "zugang": zugang,
        "rechtsbehelf": rechtsbehelf,
        "empfaenger": empfaenger,
    }
    try:
        access = _access(values)
        async with context.transaction() as session:
            noted = await bescheid.notieren(
                context, session, citizen.konto_id, leistung, access, _told(rechtsbehelf, empfaenger)
            )
    except PortalError as error:
        return _letter(request, context, values, fehler=error)
    return RedirectResponse(bescheid.pfad(noted), 303)


def _access(values: dict[str, str]) -> Zugang:
    if values["weg"] not in BRIEFWEGE:
        raise InvalidInputError("Diesen Weg gibt es nicht.", field="weg")
    dated = _day(values, "bescheiddatum")
    if dated is None:
        raise InvalidInputError(
            "Bitte geben Sie das Datum an, das auf dem Bescheid steht.", field="bescheiddatum"
        )
    norm = Norm(values["weg"]) if values["weg"] else None
    return Zugang(norm, dated, _day(values, "beginn"), _day(values, "zugang"))


def _day(values: dict[str, str], field: str) -> date | None:
    if not values[field]:
        return None
    try:
        return date.fromisoformat(values[field])
    except ValueError as error:
        raise InvalidInputError("Das ist kein Datum. Bitte in der Form TT.MM.JJJJ.", field=field) from error


def _told(rechtsbehelf: str, empfaenger: str) -> Belehrung | None:
    """What the letter says about its remedy; None: she does not know."""
    if rechtsbehelf == "fehlt":
        return Belehrung(vorhanden=False)
    if rechtsbehelf in {str(weg) for weg in Weg}:
        return Belehrung(weg=Weg(rechtsbehelf), stelle=empfaenger.strip() or None)
    return None


def _letter(
    request: Request, context: PortalContext, werte: dict[str, str], fehler: PortalError | None = None
) -> Response:
    services = sorted(context.katalog.leistungen.values(), key=lambda s: s.name)
    return page(
        request,
        "mein/brief.html",
        status=fehler.status if fehler else 200,
        leistungen=[(s.id, s.name) for s in services if s.rechtsbehelf.weg != "kein"],
        wege=BRIEFWEGE,
        rechtsbehelfe={
            "VG": "Klage beim Verwaltungsgericht",
            "WI": "Widerspruch (danach Verwaltungsgericht)",
            "SG": "Widerspruch (danach Sozialgericht)",
            "FG": f"{WEGE[Weg.FG].name} (danach Finanzgericht)",
            "fehlt": "Es steht keine Belehrung darin",
        },
        werte=werte,
        heute=context.today(),
        meldung=None,
        fehler=fehler,
    )
