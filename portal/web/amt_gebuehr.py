"""What an office does about fees: ask for one, decide on an exemption, give money back."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.errors import InvalidInputError, PortalError
from portal.services import befreiung, erstattung, gebuehr, ueberweisung, vorgang
from portal.services.gebuehr import Posten
from portal.services.sitzung import PersonalView
from portal.web.auth import Context, Official
from portal.web.render import page

router = APIRouter(prefix="/amt", include_in_schema=False)


def betrag_cent(text: str) -> int:
    """`27,60` or `1.234,5` → cents. Raises InvalidInputError."""
    plain = text.strip().removesuffix("€").strip().replace(".", "").replace(",", ".")
    euros, _, cents = plain.partition(".")
    if not (euros.isdecimal() and len(euros) <= 6 and (not cents or (cents.isdecimal() and len(cents) <= 2))):
        raise InvalidInputError("Der Betrag ist keine Zahl. Bitte in der Form 27,60.", field="betrag")
    return int(euros) * 100 + int((cents or "0").ljust(2, "0"))


@router.get("/vorgaenge/{vorgang_id}/gebuehr")
async def form(request: Request, context: Context, staff: Official, vorgang_id: str) -> Response:
    """The form for a fee, with the lines that the catalogue knows."""
    return await _form(request, context, staff, vorgang_id, {})


@router.post("/vorgaenge/{vorgang_id}/gebuehr")
async def ask(
    request: Request,
    context: Context,
    staff: Official,
    vorgang_id: str,
    posten: Annotated[list[int] | None, Form()] = None,
    text: Annotated[str, Form(max_length=200)] = "",
    betrag: Annotated[str, Form(max_length=20)] = "",
    art: Annotated[str, Form(max_length=16)] = "bescheid",
    faellig: Annotated[str, Form(max_length=10)] = "",
    kassenzeichen: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Ask for it; on a mistake the form comes back."""
    values = {"text": text, "betrag": betrag, "art": art, "faellig": faellig, "kassenzeichen": kassenzeichen}
    try:
        async with context.transaction() as session:
            case = await vorgang.fuer_stelle(session, staff.stelle or "", vorgang_id)
            known = gebuehr.gebuehrenposten(context, case.leistung)
            chosen = [known[i] for i in posten or [] if 0 <= i < len(known)]
            if betrag:
                chosen.append(Posten(text.strip() or case.leistung_name, betrag_cent(betrag)))
            await gebuehr.festsetzen(
                context,
                session,
                staff.stelle or "",
                vorgang_id,
                chosen,
                art,
                _day(faellig),
                kassenzeichen,
                funktion=staff.funktion,
            )
    except PortalError as error:
        if error.status == 404:
            raise
        return await _form(request, context, staff, vorgang_id, values, fehler=error)
    return RedirectResponse(f"/amt/vorgaenge/{vorgang_id}?meldung=gebuehr", 303)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            "Das ist kein Datum. Bitte in der Form TT.MM.JJJJ.", field="faellig"
        ) from error


@router.post("/gebuehren/{gebuehr_id}/befreiung")
async def decide(
    context: Context,
    staff: Official,
    gebuehr_id: str,
    entscheidung: Annotated[str, Form(max_length=12)] = "",
    betrag: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Grant an exemption, reduce the fee, or refuse."""
    if entscheidung not in ("bewilligt", "ermaessigt", "abgelehnt"):
        raise InvalidInputError("Bitte wählen Sie bewilligen, ermäßigen oder ablehnen.", field="entscheidung")
    left = betrag_cent(betrag) if entscheidung == "ermaessigt" else None
    async with context.transaction() as session:
        case_id = await befreiung.entscheiden(
            context,
            session,
            staff.stelle or "",
            gebuehr_id,
            bewilligt=entscheidung != "abgelehnt",
            betrag_cent=left,
            funktion=staff.funktion,
        )
    return RedirectResponse(f"/amt/vorgaenge/{case_id}", 303)


@router.post("/gebuehren/{gebuehr_id}/erstatten")
async def refund(
    context: Context,
    staff: Official,
    gebuehr_id: str,
    betrag: Annotated[str, Form(max_length=20)] = "",
    grund: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Give money back, in whole or in part."""
    async with context.transaction() as session:
        case_id = await erstattung.zurueckzahlen(
            context,
            session,
            staff.stelle or "",
            gebuehr_id,
            betrag_cent(betrag),
            grund,
            funktion=staff.funktion,
        )
    return RedirectResponse(f"/amt/vorgaenge/{case_id}?meldung=erstattet", 303)


@router.post("/gebuehren/{gebuehr_id}/eingang")
async def received(
    context: Context,
    staff: Official,
    gebuehr_id: str,
    betrag: Annotated[str, Form(max_length=20)] = "",
    am: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Enter a transfer that has come in."""
    day = _day(am)
    if day is None:
        raise InvalidInputError("Bitte geben Sie an, wann das Geld eingegangen ist.", field="am")
    async with context.transaction() as session:
        case_id = await ueberweisung.eingang(
            context, session, staff.stelle or "", gebuehr_id, betrag_cent(betrag), day
        )
    return RedirectResponse(f"/amt/vorgaenge/{case_id}?meldung=eingang", 303)


@router.post("/erstattungen/{erstattung_id}/ueberwiesen")
async def given_back(context: Context, staff: Official, erstattung_id: str) -> Response:
    """Enter that a refund was transferred."""
    async with context.transaction() as session:
        case_id = await ueberweisung.zurueckueberwiesen(context, session, staff.stelle or "", erstattung_id)
    return RedirectResponse(f"/amt/vorgaenge/{case_id}?meldung=erstattet", 303)


async def _form(
    request: Request,
    context: PortalContext,
    staff: PersonalView,
    vorgang_id: str,
    werte: dict[str, str],
    *,
    fehler: PortalError | None = None,
) -> Response:
    async with context.transaction() as session:
        case = await vorgang.fuer_stelle(session, staff.stelle or "", vorgang_id)
    return page(
        request,
        "amt/gebuehr.html",
        status=fehler.status if fehler else 200,
        vorgang=vorgang.case_view(case),
        posten=gebuehr.gebuehrenposten(context, case.leistung),
        arten=gebuehr.ARTEN,
        euro=gebuehr.euro,
        werte=werte,
        fehler=fehler,
    )
