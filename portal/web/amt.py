"""The office's inbox: a Sachbearbeiter lists, opens and settles the cases of her own office."""

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.errors import PortalError
from portal.services import (
    akte,
    amtstermine,
    anliegen,
    auswertung,
    bereitstellung,
    bescheid,
    gebuehr,
    lieferung,
    rueckfrage,
    vermerk,
    vorgang,
)
from portal.services.sitzung import PersonalView
from portal.services.views import CaseDetail
from portal.web.auth import Context, Official
from portal.web.render import download, page

router = APIRouter(prefix="/amt", include_in_schema=False)

ANTWORT_GESPEICHERT = "Die Antwort ist gespeichert. Wer ein Konto hat, findet sie im Postfach."
MELDUNGEN = {
    "gefragt": "Die Rückfrage liegt im Postfach der Person. Sie hat einen Hinweis bekommen.",
    "gebuehr": "Die Gebühr liegt im Postfach der Person.",
    "eingang": "Der Eingang ist eingetragen. Die Person hat eine Nachricht im Postfach.",
    "erstattet": "Die Erstattung ist auf dem Weg.",
    "bescheid": "Der Bescheid ist eingetragen. Die Person bekommt heute noch einen Hinweis.",
}
GESPEICHERT = "Der Status ist gespeichert. Die Person hat eine Nachricht im Postfach."


@router.get("")
async def inbox(request: Request, context: Context, staff: Official) -> Response:
    """What was delivered to the caller's office; the list names no person."""
    async with context.transaction() as session:
        entries = await vorgang.posteingang(session, staff.stelle or "")
        requests = await anliegen.fuer_stelle(context, session, staff.stelle or "")
        ended = await bereitstellung.zu_ersetzen(context, session, staff.stelle or "")
        appointments = await amtstermine.liste(context, session, staff.stelle or "")
        asked = await rueckfrage.je_vorgang(session, staff.stelle or "")
    return page(
        request,
        "amt/eingang.html",
        termine=appointments,
        eingang=entries,
        gefragt=asked,
        stati=vorgang.STATUS,
        anliegen=requests,
        zu_ersetzen=ended,
        anliegen_stati=anliegen.STATUS,
        wuensche=anliegen.WUENSCHE,
    )


@router.get("/anliegen/{anliegen_id}")
async def show_request(
    request: Request, context: Context, staff: Official, anliegen_id: str, gespeichert: bool = False
) -> Response:
    """One request from the chat. The look is logged where the citizen sees it."""
    meldung = ANTWORT_GESPEICHERT if gespeichert else None
    return await _show_request(request, context, staff, anliegen_id, meldung=meldung)


@router.post("/anliegen/{anliegen_id}/antwort")
async def answer_request(
    request: Request, context: Context, staff: Official, anliegen_id: str, text: Annotated[str, Form()] = ""
) -> Response:
    """Settle a request. On a refusal the page comes back with what was written."""
    try:
        async with context.transaction() as session:
            await anliegen.beantworten(
                context, session, staff.stelle or "", anliegen_id, text.strip(), staff.funktion
            )
    except PortalError as error:
        if error.status == 404:
            raise
        return await _show_request(request, context, staff, anliegen_id, fehler=error, text=text)
    return RedirectResponse(f"/amt/anliegen/{anliegen_id}?gespeichert=1", 303)


@router.get("/vorgaenge/{vorgang_id}")
async def show(
    request: Request,
    context: Context,
    staff: Official,
    vorgang_id: str,
    gespeichert: bool = False,
    meldung: str | None = None,
) -> Response:
    """One case. The look is logged where the citizen sees it."""
    said = GESPEICHERT if gespeichert else MELDUNGEN.get(meldung or "")
    return await _show(request, context, staff, vorgang_id, meldung=said)


@router.get("/vorgaenge/{vorgang_id}/pdf")
async def as_pdf(context: Context, staff: Official, vorgang_id: str) -> Response:
    """The readable form of a case."""
    async with context.transaction() as session:
        content = await vorgang.pdf_fuer_stelle(
            context, session, staff.stelle or "", vorgang_id, staff.funktion
        )
    return download(content, "application/pdf", f"{vorgang_id}.pdf")


@router.get("/vorgaenge/{vorgang_id}/json")
async def as_json(context: Context, staff: Official, vorgang_id: str) -> Response:
    """The canonical package of a case, byte for byte what its checksum was made of."""
    detail = await _open(context, staff, vorgang_id)
    content = json.dumps(detail.package, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return download(content, "application/json", f"{vorgang_id}.json")


@router.get("/vorgaenge/{vorgang_id}/dokumente/{dokument_id}")
async def document(context: Context, staff: Official, vorgang_id: str, dokument_id: str) -> Response:
    """A document that belongs to a case."""
    async with context.transaction() as session:
        view, content = await vorgang.dokument_fuer_stelle(
            context, session, staff.stelle or "", vorgang_id, dokument_id, staff.funktion
        )
    return download(content, view.media_type, view.filename)


@router.get("/vorgaenge/{vorgang_id}/akte")
async def records(context: Context, staff: Official, vorgang_id: str) -> Response:
    """The whole case as one ZIP for the E-Akte."""
    async with context.transaction() as session:
        reference, content = await akte.ausgeben(
            context, session, staff.stelle or "", vorgang_id, staff.funktion
        )
    return download(content, "application/zip", f"{reference}.zip")


@router.get("/vorgaenge/{vorgang_id}/vermerke/{vermerk_id}.{art}")
async def note(
    context: Context,
    staff: Official,
    vorgang_id: str,
    vermerk_id: str,
    art: Literal["json", "xml", "pdf"],
) -> Response:
    """One Vermerk of the chat as a file."""
    async with context.transaction() as session:
        media_type, content = await vermerk.datei(
            context, session, staff.stelle or "", vorgang_id, vermerk_id, art, staff.funktion
        )
    return download(content, media_type, f"vermerk-{vermerk_id}.{art}")


@router.post("/vorgaenge/{vorgang_id}/status")
async def set_status(
    request: Request,
    context: Context,
    staff: Official,
    vorgang_id: str,
    status: Annotated[str, Form()],
    text: Annotated[str, Form()] = "",
) -> Response:
    """Set the status; the citizen gets a message. On a refusal the page comes back with what was written."""
    try:
        async with context.transaction() as session:
            await vorgang.status_setzen(
                context,
                session,
                staff.stelle or "",
                vorgang_id,
                status,
                text=text.strip(),
                funktion=staff.funktion,
            )
    except PortalError as error:
        if error.status == 404:
            raise
        return await _show(request, context, staff, vorgang_id, fehler=error, text=text)
    return RedirectResponse(f"/amt/vorgaenge/{vorgang_id}?gespeichert=1", 303)


async def _show_request(
    request: Request,
    context: PortalContext,
    staff: PersonalView,
    anliegen_id: str,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    text: str = "",
) -> Response:
    async with context.transaction() as session:
        found = await anliegen.oeffnen(context, session, staff.stelle or "", anliegen_id, staff.funktion)
    return page(
        request,
        "amt/anliegen.html",
        status=fehler.status if fehler else 200,
        anliegen=found,
        wuensche=anliegen.WUENSCHE,
        meldung=meldung,
        fehler=fehler,
        text=text,
    )


async def _open(context: PortalContext, staff: PersonalView, vorgang_id: str) -> CaseDetail:
    async with context.transaction() as session:
        return await vorgang.oeffnen_fuer_stelle(
            context, session, staff.stelle or "", vorgang_id, staff.funktion
        )


async def _show(
    request: Request,
    context: PortalContext,
    staff: PersonalView,
    vorgang_id: str,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    text: str = "",
) -> Response:
    detail = await _open(context, staff, vorgang_id)
    async with context.transaction() as session:
        questions = await rueckfrage.zum_vorgang(context, session, vorgang_id)
        decisions = await bescheid.zum_vorgang(context, session, vorgang_id)
        handover = await lieferung.uebergabe(context, session, detail.konto_id, detail.case.service)
        charged = await gebuehr.zum_vorgang(context, session, vorgang_id)
    return page(
        request,
        "amt/vorgang.html",
        status=fehler.status if fehler else 200,
        vorgang=detail,
        rueckfragen=questions,
        bescheide=decisions,
        antworten=auswertung.geprueft(context, detail.package),
        gebuehren=charged,
        uebergabe=handover,
        euro=gebuehr.euro,
        stati=vorgang.STATUS,
        abgeschlossen=detail.case.status in vorgang.ENDE,
        meldung=meldung,
        fehler=fehler,
        text=text,
    )
