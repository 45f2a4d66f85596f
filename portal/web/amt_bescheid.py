"""What an office sends to a citizen on a case: a question, a decision with its norm and Belehrung."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.domain.bekanntgabe import REGELN, Norm
from portal.domain.rechtsbehelf import WEGE, Belehrung, Weg
from portal.errors import InvalidInputError, PortalError
from portal.services import bereitstellung, bescheid, rueckfrage, stammdaten, vorgang
from portal.services.sitzung import PersonalView
from portal.web.auth import Context, Official
from portal.web.grenzen import BoundedRoute, hochgeladen
from portal.web.render import page

router = APIRouter(prefix="/amt", include_in_schema=False, route_class=BoundedRoute)

Kurz = Annotated[str, Form(max_length=300)]


@router.get("/vorgaenge/{vorgang_id}/rueckfrage")
async def ask_form(request: Request, context: Context, staff: Official, vorgang_id: str) -> Response:
    """The form for a question."""
    return await _form(request, context, staff, vorgang_id, "amt/rueckfrage.html", {})


@router.post("/vorgaenge/{vorgang_id}/rueckfrage")
async def ask(
    request: Request,
    context: Context,
    staff: Official,
    vorgang_id: str,
    frage: Annotated[str, Form()] = "",
    bis: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Ask; on a mistake the form comes back with what was written."""
    try:
        until = _day(bis, "bis")
        async with context.transaction() as session:
            await rueckfrage.stellen(
                context, session, staff.stelle or "", vorgang_id, frage, until, funktion=staff.funktion
            )
    except PortalError as error:
        if error.status == 404:
            raise
        values = {"frage": frage, "bis": bis}
        return await _form(request, context, staff, vorgang_id, "amt/rueckfrage.html", values, fehler=error)
    return RedirectResponse(f"/amt/vorgaenge/{vorgang_id}?meldung=gefragt", 303)


@router.get("/vorgaenge/{vorgang_id}/bescheid")
async def decision_form(request: Request, context: Context, staff: Official, vorgang_id: str) -> Response:
    """The form for a decision."""
    return await _form(request, context, staff, vorgang_id, "amt/bescheid.html", {})


@router.post("/vorgaenge/{vorgang_id}/bescheid")
async def decide(
    request: Request,
    context: Context,
    staff: Official,
    vorgang_id: str,
    betreff: Kurz = "",
    norm: Annotated[str, Form(max_length=20)] = "",
    bescheiddatum: Annotated[str, Form(max_length=10)] = "",
    aufgabe: Annotated[str, Form(max_length=10)] = "",
    belehrung: Annotated[str, Form(max_length=10)] = "",
    empfaenger: Kurz = "",
    monate: Annotated[str, Form(max_length=3)] = "",
    wortlaut: Annotated[str, Form()] = "",
    datei: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Make it known; on a mistake the form comes back, the file has to be chosen again."""
    form = await request.form()
    told = {feld: str(form.get(f"daten_{feld}", ""))[:300].strip() for feld in bescheid.UEBERNEHMBAR}
    try:
        file = await hochgeladen(context, datei)
        if file is not None and file.medientyp != "application/pdf":
            raise InvalidInputError(
                "Der Bescheid muss ein PDF sein. Es wurde nichts bekannt gegeben.", field="datei"
            )
        entered = bereitstellung.Eingabe(
            norm=norm,
            betreff=betreff,
            bescheiddatum=_required_day(bescheiddatum, "bescheiddatum"),
            belehrung=_told(belehrung, empfaenger, monate),
            belehrung_text=wortlaut,
            datei=file,
            aufgabe=_day(aufgabe, "aufgabe"),
            daten={feld: wert for feld, wert in told.items() if wert},
        )
        async with context.transaction() as session:
            await bereitstellung.bereitstellen(
                context, session, staff.stelle or "", vorgang_id, entered, funktion=staff.funktion
            )
    except PortalError as error:
        if error.status == 404:
            raise
        values = {
            "betreff": betreff,
            "norm": norm,
            "bescheiddatum": bescheiddatum,
            "aufgabe": aufgabe,
            "belehrung": belehrung,
            "empfaenger": empfaenger,
            "monate": monate,
            "wortlaut": wortlaut,
            **{f"daten_{feld}": wert for feld, wert in told.items()},
        }
        return await _form(request, context, staff, vorgang_id, "amt/bescheid.html", values, fehler=error)
    return RedirectResponse(f"/amt/vorgaenge/{vorgang_id}?meldung=bescheid", 303)


@router.post("/bescheide/{bescheid_id}/ersetzt")
async def replaced(context: Context, staff: Official, bescheid_id: str) -> Response:
    """Note that a decision whose provision ended is sent otherwise; the form for the letter comes next."""
    async with context.transaction() as session:
        case_id = await bereitstellung.ersetzt(context, session, staff.stelle or "", bescheid_id)
    return RedirectResponse(f"/amt/vorgaenge/{case_id}/bescheid", 303)


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError("Das ist kein Datum. Bitte in der Form TT.MM.JJJJ.", field=field) from error


def _required_day(text: str, field: str) -> date:
    day = _day(text, field)
    if day is None:
        raise InvalidInputError("Bitte geben Sie das Datum des Bescheids an.", field=field)
    return day


def _told(belehrung: str, empfaenger: str, monate: str) -> Belehrung:
    """The decision's own Belehrung, as the Sachbearbeiter entered it."""
    if belehrung == "fehlt":
        return Belehrung(vorhanden=False)
    if belehrung not in {str(weg) for weg in Weg}:
        raise InvalidInputError(
            "Bitte geben Sie an, welchen Rechtsbehelf die Belehrung nennt.", field="belehrung"
        )
    if monate and not (monate.isdecimal() and 1 <= int(monate) <= 24):
        raise InvalidInputError("Die Frist in Monaten ist eine Zahl von 1 bis 24.", field="monate")
    return Belehrung(
        weg=Weg(belehrung), stelle=empfaenger.strip() or None, monate=int(monate) if monate else None
    )


def vorschlag_norm(context: PortalContext, leistung_id: str) -> Norm:
    """The norm that fits the service's law best; the Sachbearbeiter may choose another."""
    service = context.katalog.leistungen.get(leistung_id)
    law = " ".join(service.rechtsgrundlage) if service else ""
    if "KAG" in law or "GrStG" in law:
        return Norm.AO_122A
    if "SGB" in law or "WoGG" in law or "UVG" in law:
        return Norm.SGBX_37_2A
    return Norm.OZG_9


async def _form(
    request: Request,
    context: PortalContext,
    staff: PersonalView,
    vorgang_id: str,
    template: str,
    werte: dict[str, str],
    *,
    fehler: PortalError | None = None,
) -> Response:
    async with context.transaction() as session:
        case = await vorgang.fuer_stelle(session, staff.stelle or "", vorgang_id)
    service = context.katalog.leistungen.get(case.leistung)
    return page(
        request,
        template,
        status=fehler.status if fehler else 200,
        vorgang=vorgang.case_view(case),
        normen=REGELN,
        norm=werte.get("norm") or vorschlag_norm(context, case.leistung),
        wege={str(weg): (f"{w.name} ({w.recht})" if w.recht else w.name) for weg, w in WEGE.items()},
        ueblich=service.rechtsbehelf.weg if service else None,
        uebernehmbar=[(feld, stammdaten.FELDER[feld]) for feld in bescheid.UEBERNEHMBAR],
        datumsfelder=stammdaten.DATUMSFELDER,
        heute=context.today(),
        werte=werte,
        fehler=fehler,
    )
