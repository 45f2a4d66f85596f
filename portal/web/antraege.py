"""The draft as a plain page: the same use cases as in the chat, with the same versions, without JavaScript."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.errors import InvalidInputError, PortalError
from portal.services import (
    abgabe,
    bestaetigung,
    dokument,
    entwurf,
    gespraeche,
    mitzeichnung,
    unterschriftsblatt,
    vertretung,
)
from portal.services.sitzung import SitzungView
from portal.services.views import DraftView, FieldView
from portal.web.auth import Citizen, Context
from portal.web.grenzen import BoundedRoute
from portal.web.render import download, page

router = APIRouter(prefix="/mein/antraege", include_in_schema=False)
uploads = APIRouter(prefix="/mein/antraege", include_in_schema=False, route_class=BoundedRoute)
"""Routes that take files: their bodies are counted while they arrive."""

Version = Annotated[int, Form()]

MELDUNGEN = {
    "gespeichert": "Ihre Angabe ist gespeichert.",
    "freigegeben": "Ihre Auswahl ist gespeichert.",
    "hochgeladen": "Die Datei ist gespeichert.",
    "beigelegt": "Die Unterlage liegt dem Antrag bei.",
    "spaeter": "Notiert: Sie reichen die Unterlage nach.",
    "abgegeben": "Ihre Angaben sind abgegeben.",
    "vorbereitet": "Ihre Vorbereitung ist fertig und gespeichert.",
    "verworfen": "Der Entwurf ist verworfen.",
}
"""What the page says after a change; the address names only the key."""


@router.post("")
async def open_draft(context: Context, citizen: Citizen, leistung: Annotated[str, Form()]) -> Response:
    """Open the draft of a service, or go to the one that is open."""
    async with context.transaction() as session:
        draft = await entwurf.oeffnen(context, session, citizen.konto_id, leistung, citizen.vertrauen)
    return RedirectResponse(f"/mein/antraege/{draft.id}", 303)


@router.get("/{entwurf_id}")
async def show(
    request: Request, context: Context, citizen: Citizen, entwurf_id: str, meldung: str | None = None
) -> Response:
    """The draft with everything that can be done with it now."""
    return await draft_page(request, context, citizen, entwurf_id, meldung=MELDUNGEN.get(meldung or ""))


@router.get("/{entwurf_id}/unterschrift.pdf")
async def signature_sheet(context: Context, citizen: Citizen, entwurf_id: str) -> Response:
    """The draft to print and sign, where a signature is needed."""
    async with context.transaction() as session:
        draft, office = await unterschriftsblatt.laden(
            context, session, citizen.konto_id, entwurf_id, citizen.vertrauen
        )
    content = await asyncio.to_thread(unterschriftsblatt.als_pdf, draft, office, demo=context.settings.demo)
    return download(content, "application/pdf", "zum-unterschreiben.pdf")


@router.post("/{entwurf_id}/felder/{feld_id}")
async def answer_field(
    request: Request,
    context: Context,
    citizen: Citizen,
    entwurf_id: str,
    feld_id: str,
    version: Version,
    wert: Annotated[str, Form(max_length=4000)] = "",
    leer: Annotated[bool, Form()] = False,
) -> Response:
    """Store one answer; "Ohne Angabe weiter" stores that there is none."""
    text = wert.strip()

    async def change() -> DraftView:
        async with context.transaction() as session:
            draft = await entwurf.laden(context, session, citizen.konto_id, entwurf_id, citizen.vertrauen)
            field = next((f for f in draft.fields if f.id == feld_id), None)
            if not text and not leer and field is not None and field.required:
                raise InvalidInputError(
                    "Diese Angabe wird gebraucht. Bitte füllen Sie das Feld aus.", field=feld_id
                )
            value = from_form(field, text) if text and not leer else None
            return await entwurf.antworten(
                context,
                session,
                citizen.konto_id,
                entwurf_id,
                feld_id,
                value,
                version=version,
                vertrauen=citizen.vertrauen,
            )

    return await _change(request, context, citizen, entwurf_id, change, "gespeichert", {feld_id: wert})


def from_form(field: FieldView | None, text: str) -> str | int:
    """What people type into a plain form, in the shape that the use case takes: euros become cents.

    Raises
    ------
    InvalidInputError
        An amount that is no amount.
    """
    if field is None or field.type != "amount":
        return text
    euros, _, cents = text.removesuffix("€").strip().replace(".", "").partition(",")
    if not euros.isdecimal() or (cents and not (cents.isdecimal() and len(cents) == 2)):
        raise InvalidInputError("Bitte geben Sie den Betrag so an: 1.234,50", field=field.id)
    return int(euros) * 100 + int(cents or 0)


@router.post("/{entwurf_id}/freigabe")
async def release(
    request: Request,
    context: Context,
    citizen: Citizen,
    entwurf_id: str,
    version: Version,
    freigeben: Annotated[list[str] | None, Form()] = None,
    alle: Annotated[bool, Form()] = False,
) -> Response:
    """Release the chosen master data, or all that are offered, for this purpose and recipient."""

    async def change() -> DraftView:
        async with context.transaction() as session:
            chosen = freigeben or []
            if alle:
                draft = await entwurf.laden(context, session, citizen.konto_id, entwurf_id, citizen.vertrauen)
                chosen = [field.id for field in draft.fields if field.state == "vorgeschlagen"]
            return await entwurf.freigeben(
                context,
                session,
                citizen.konto_id,
                entwurf_id,
                chosen,
                {},
                version=version,
                vertrauen=citizen.vertrauen,
            )

    return await _change(request, context, citizen, entwurf_id, change, "freigegeben")


@uploads.post("/{entwurf_id}/nachweise/{nachweis_id}")
async def upload(
    request: Request,
    context: Context,
    citizen: Citizen,
    entwurf_id: str,
    nachweis_id: str,
    version: Version,
    datei: Annotated[UploadFile, File()],
) -> Response:
    """Store a file and tie it to its evidence."""
    content = await datei.read(dokument.GROESSE_HOECHSTENS + 1)

    async def change() -> DraftView:
        checked = await dokument.annehmen(context, datei.filename or "", content)
        async with context.transaction() as session:
            document = await dokument.hochladen(
                context,
                session,
                citizen.konto_id,
                entwurf_id=entwurf_id,
                nachweis_id=nachweis_id,
                datei=checked,
            )
            return await entwurf.nachweisen(
                context,
                session,
                citizen.konto_id,
                entwurf_id,
                nachweis_id,
                document.id,
                version=version,
                vertrauen=citizen.vertrauen,
            )

    return await _change(request, context, citizen, entwurf_id, change, "hochgeladen")


@router.post("/{entwurf_id}/nachweise/{nachweis_id}/unterlage")
async def use_kept(
    request: Request,
    context: Context,
    citizen: Citizen,
    entwurf_id: str,
    nachweis_id: str,
    version: Version,
    dokument_id: Annotated[str, Form(max_length=36)] = "",
) -> Response:
    """Use a document of her own as evidence."""

    return await _evidence(
        request, context, citizen, entwurf_id, nachweis_id, dokument_id, version, "beigelegt"
    )


async def _evidence(
    request: Request,
    context: Context,
    citizen: Citizen,
    entwurf_id: str,
    nachweis_id: str,
    dokument_id: str | None,
    version: Version,
    done: str,
) -> Response:
    async def change() -> DraftView:
        async with context.transaction() as session:
            return await entwurf.nachweisen(
                context,
                session,
                citizen.konto_id,
                entwurf_id,
                nachweis_id,
                dokument_id,
                version=version,
                vertrauen=citizen.vertrauen,
            )

    return await _change(request, context, citizen, entwurf_id, change, done)


@router.post("/{entwurf_id}/nachweise/{nachweis_id}/spaeter")
async def evidence_later(
    request: Request, context: Context, citizen: Citizen, entwurf_id: str, nachweis_id: str, version: Version
) -> Response:
    """Promise to send a piece of evidence later."""

    return await _evidence(request, context, citizen, entwurf_id, nachweis_id, None, version, "spaeter")


@router.post("/{entwurf_id}/abgabe")
async def submit(
    request: Request,
    context: Context,
    citizen: Citizen,
    entwurf_id: str,
    version: Version,
    geprueft: Annotated[bool, Form()] = False,
) -> Response:
    """The citizen's explicit confirmation of exactly this version."""

    async def change() -> DraftView:
        if not geprueft:
            raise InvalidInputError(
                "Bitte bestätigen Sie, dass Sie alle Angaben geprüft haben. Abgegeben wurde noch nichts."
            )
        async with context.transaction() as session:
            shown = await entwurf.laden(context, session, citizen.konto_id, entwurf_id, citizen.vertrauen)
        try:
            bestaetigung.vor_der_abgabe(context, citizen, shown, f"/mein/antraege/{entwurf_id}")
        except bestaetigung.ConfirmationNeededError:
            fields = [("version", str(version)), ("geprueft", "1")]
            url = await bestaetigung.formular_merken(context, citizen.sid, request.url.path, fields)
            raise bestaetigung.ConfirmationNeededError(url) from None
        async with context.transaction() as session:
            done = await abgabe.abgeben(
                context, session, citizen.konto_id, entwurf_id, version=version, vertrauen=citizen.vertrauen
            )
        return done.draft

    return await _change(request, context, citizen, entwurf_id, change, "abgegeben")


@router.post("/{entwurf_id}/verwerfen")
async def discard(
    request: Request, context: Context, citizen: Citizen, entwurf_id: str, version: Version
) -> Response:
    """Give the draft up; it is kept for thirty days."""

    async def change() -> DraftView:
        async with context.transaction() as session:
            return await entwurf.verwerfen(
                context, session, citizen.konto_id, entwurf_id, version=version, vertrauen=citizen.vertrauen
            )

    return await _change(request, context, citizen, entwurf_id, change, "verworfen")


async def _change(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    entwurf_id: str,
    change: Callable[[], Awaitable[DraftView]],
    meldung: str,
    eingaben: dict[str, str] | None = None,
) -> Response:
    """Run one change; on a refusal show the present draft with what was typed, else redirect to it."""
    try:
        draft = await change()
    except PortalError as error:
        if error.status == 404 or isinstance(error, bestaetigung.ConfirmationNeededError):
            raise
        return await draft_page(request, context, citizen, entwurf_id, fehler=error, eingaben=eingaben)
    await gespraeche.tell_draft(context, citizen.konto_id, entwurf_id)
    if draft.status == "vorbereitet":
        meldung = "vorbereitet"
    anchor = f"#angabe-{draft.next.id}" if draft.next.kind == "field" else ""
    return RedirectResponse(f"/mein/antraege/{entwurf_id}?meldung={meldung}{anchor}", 303)


async def draft_page(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    entwurf_id: str,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    eingaben: dict[str, str] | None = None,
    code: str | None = None,
) -> Response:
    """The draft's page, after a refusal with what was typed."""
    async with context.transaction() as session:
        draft = await entwurf.laden(context, session, citizen.konto_id, entwurf_id, citizen.vertrauen)
        row = await entwurf.zeile(session, citizen.konto_id, entwurf_id)
        powers = await vertretung.waehlbare(context, session, citizen.konto_id, draft.service)
        both = mitzeichnung.noetig(context, draft.service)
        parent = await mitzeichnung.stand(session, draft.id, draft.version) if both else None
    return page(
        request,
        "mein/antrag.html",
        status=fehler.status if fehler else 200,
        entwurf=draft,
        vertretungen=[(power.id, power.fuer) for power in powers],
        vertretung_id=row.vertretung_id,
        anderer_elternteil=parent,
        code=code,
        meldung=meldung,
        fehler=fehler,
        eingaben=eingaben or {},
    )
