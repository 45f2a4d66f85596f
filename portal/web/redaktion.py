"""The editors' pages: one role per tier, which changes its own tier and nothing else."""

from collections.abc import Coroutine
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.errors import NotFoundError, PortalError
from portal.services import abstimmung, abweichung, kommentare, redaktion, redaktionsblatt
from portal.services.herkunft import BEZEICHNUNGEN, EBENEN
from portal.services.redaktion import EditRefusedError, Eingabe, Vorschau, ebene_von
from portal.services.sitzung import PersonalView
from portal.web.auth import Context, Editor
from portal.web.render import page

router = APIRouter(prefix="/redaktion", include_in_schema=False)

Lang = Annotated[str, Form(max_length=100_000)]
Kurz = Annotated[str, Form(max_length=400)]
Nummer = Annotated[int, Form(ge=0, le=1_000_000)]
MELDUNGEN = {
    "gilt": "Die Änderung gilt. Sie steht mit Ihrer Begründung in der öffentlichen Geschichte der Leistung.",
    "vorschlag": "Der Vorschlag ist veröffentlicht. Es gilt weiter, was bisher galt, bis Sie entscheiden.",
    "zurueck": "Ihre Fassung ist zurückgenommen. Es gilt wieder, was in den Dateien steht.",
    "entschieden": "Die Entscheidung und Ihre Antwort sind veröffentlicht.",
    "gesehen": "Vermerkt: Die eigene Angabe bleibt.",
    "antwort": "Ihre Antwort ist veröffentlicht.",
    "entfernt": "Der Kommentar ist entfernt. Ihr Grund steht öffentlich an seiner Stelle.",
}


@router.get("")
async def overview(request: Request, context: Context, staff: Editor, gesendet: str = "") -> Response:
    """What waits for the editor: values to look at again, open proposals, comments; then all services."""
    return await _overview(request, context, staff, meldung=MELDUNGEN.get(gesendet))


@router.get("/leistungen/{leistung_id}")
async def service(request: Request, context: Context, staff: Editor, leistung_id: str) -> Response:
    """All keys of a service with the tier that set each."""
    ebene = ebene_von(staff)
    async with context.transaction() as session:
        found, rows = await redaktionsblatt.zeilen(context, session, ebene, leistung_id)
        again = {
            a.schluessel for a in await abweichung.offen(context, session, ebene) if a.leistung == found.id
        }
    return _page(request, staff, "redaktion/leistung.html", leistung=found, zeilen=rows, weicht_ab=again)


@router.get("/leistungen/{leistung_id}/{schluessel}")
async def key_form(
    request: Request, context: Context, staff: Editor, leistung_id: str, schluessel: str, gesendet: str = ""
) -> Response:
    """The form of one key and its versions."""
    return await _form(request, context, staff, leistung_id, schluessel, meldung=MELDUNGEN.get(gesendet))


@router.post("/leistungen/{leistung_id}/{schluessel}")
async def change(
    request: Request,
    context: Context,
    staff: Editor,
    leistung_id: str,
    schluessel: str,
    eingabe: Lang = "",
    quelle: Kurz = "",
    marke: Kurz = "",
    gueltig_ab: Kurz = "",
    grund: Lang = "",
    basis: Nummer = 0,
    aktion: Kurz = "vorschau",
) -> Response:
    """Preview a change, propose it, or bring it into force; a refusal gives the form back as it was written."""
    sent = Eingabe(leistung_id, schluessel, eingabe, quelle, marke, gueltig_ab, grund, basis)
    here = f"/redaktion/leistungen/{leistung_id}/{schluessel}"
    try:
        if aktion in ("gilt", "vorschlag"):
            await redaktion.einreichen(context, staff, sent, sofort=aktion == "gilt")
            return RedirectResponse(f"{here}?gesendet={aktion}", 303)
        preview = await redaktion.pruefen(context, staff, sent)
        if preview.fehler:
            raise EditRefusedError(preview.fehler)
    except NotFoundError:
        raise
    except PortalError as error:
        return await _form(request, context, staff, leistung_id, schluessel, sent=sent, fehler=error)
    return await _form(request, context, staff, leistung_id, schluessel, sent=sent, vorschau=preview)


@router.post("/leistungen/{leistung_id}/{schluessel}/zuruecknehmen")
async def take_back(
    request: Request,
    context: Context,
    staff: Editor,
    leistung_id: str,
    schluessel: str,
    grund: Lang = "",
    basis: Nummer = 0,
) -> Response:
    """Let the files count again."""
    try:
        await redaktion.zuruecknehmen(context, staff, leistung_id, schluessel, grund=grund, basis=basis)
    except NotFoundError:
        raise
    except PortalError as error:
        return await _form(request, context, staff, leistung_id, schluessel, fehler=error)
    return RedirectResponse(f"/redaktion/leistungen/{leistung_id}/{schluessel}?gesendet=zurueck", 303)


@router.post("/vorschlaege/{aenderung_id}")
async def decide(
    request: Request,
    context: Context,
    staff: Editor,
    aenderung_id: str,
    aktion: Kurz = "",
    antwort: Lang = "",
) -> Response:
    """Bring a proposal into force or drop it, with a public answer."""
    return await _act(
        request,
        context,
        staff,
        redaktion.entscheiden(
            context, staff, aenderung_id, uebernehmen=aktion == "uebernehmen", antwort=antwort
        ),
        "entschieden",
        {aenderung_id: antwort},
    )


@router.post("/abweichungen")
async def seen(
    request: Request,
    context: Context,
    staff: Editor,
    leistung: Kurz = "",
    schluessel: Kurz = "",
    eltern: Kurz = "",
) -> Response:
    """The editor looked at a changed parent and keeps her own value."""

    async def note() -> None:
        async with context.transaction() as session:
            await abweichung.gesehen(
                context, session, ebene_von(staff), leistung, schluessel, eltern, staff.personal_id
            )

    return await _act(request, context, staff, note(), "gesehen", {})


@router.post("/kommentare/{kommentar_id}")
async def moderate(
    request: Request,
    context: Context,
    staff: Editor,
    kommentar_id: str,
    aktion: Kurz = "antworten",
    text: Lang = "",
) -> Response:
    """Answer a comment in public, or hide its text and say why."""
    remove = aktion == "entfernen"
    work = (kommentare.entfernen if remove else kommentare.beantworten)(context, staff, kommentar_id, text)
    return await _act(
        request, context, staff, work, "entfernt" if remove else "antwort", {kommentar_id: text}
    )


async def _act(
    request: Request,
    context: PortalContext,
    staff: PersonalView,
    work: Coroutine[object, object, None],
    done: str,
    texte: dict[str, str],
) -> Response:
    """Do it and go back to the overview; a refusal shows the overview with what was written."""
    try:
        await work
    except NotFoundError:
        raise
    except PortalError as error:
        return await _overview(request, context, staff, fehler=error, texte=texte)
    return RedirectResponse(f"/redaktion?gesendet={done}", 303)


async def _overview(
    request: Request,
    context: PortalContext,
    staff: PersonalView,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    texte: dict[str, str] | None = None,
) -> Response:
    ebene = ebene_von(staff)
    async with context.transaction() as session:
        again = await abweichung.offen(context, session, ebene)
        proposals = await redaktionsblatt.vorschlaege(context, session, ebene)
        votes = await abstimmung.stimmen(context, session, [p.id for p in proposals], None)
        comments = await kommentare.unbeantwortet(session, ebene)
        resting = await redaktionsblatt.ruhend(context, session, ebene)
    return _page(
        request,
        staff,
        "redaktion/uebersicht.html",
        status=fehler.status if fehler else 200,
        abweichungen=again,
        vorschlaege=proposals,
        stimmen=votes,
        kommentare=comments,
        ruhend=resting,
        leistungen=sorted(context.katalog.leistungen.values(), key=lambda s: s.name),
        namen={s.id: s.name for s in context.katalog.leistungen.values()},
        abstimmungshinweis=abstimmung.HINWEIS,
        meldung=meldung,
        fehler=fehler,
        texte=texte or {},
    )


async def _form(
    request: Request,
    context: PortalContext,
    staff: PersonalView,
    leistung_id: str,
    schluessel: str,
    *,
    sent: Eingabe | None = None,
    vorschau: Vorschau | None = None,
    fehler: PortalError | None = None,
    meldung: str | None = None,
) -> Response:
    ebene = ebene_von(staff)
    async with context.transaction() as session:
        blatt = await redaktionsblatt.blatt(context, session, ebene, leistung_id, schluessel)
        again = [
            a
            for a in await abweichung.offen(context, session, ebene)
            if (a.leistung, a.schluessel) == (leistung_id, schluessel)
        ]
    lines = None
    if vorschau is not None:
        before, after = redaktionsblatt.wirkung(context, vorschau, leistung_id, schluessel)
        lines = redaktionsblatt.unterschied(before, after)
    return _page(
        request,
        staff,
        "redaktion/schluessel.html",
        status=fehler.status if fehler else 200,
        blatt=blatt,
        eingabe=sent or blatt.eingabe,
        unterschied=lines,
        betroffen=vorschau.betroffen if vorschau else [],
        abweichungen=again,
        fehler=fehler,
        regeln=fehler.fehler if isinstance(fehler, EditRefusedError) else [],
        meldung=meldung,
    )


def _page(
    request: Request, staff: PersonalView, template: str, *, status: int = 200, **values: object
) -> Response:
    tier = EBENEN[ebene_von(staff)]
    return page(
        request,
        template,
        status=status,
        eigene_ebene=tier,
        ebenen=EBENEN,
        bezeichnungen=BEZEICHNUNGEN,
        **values,
    )
