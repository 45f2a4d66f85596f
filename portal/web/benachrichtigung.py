"""How the citizen wants to hear of things, and the demo's outbox."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from portal import demo
from portal.domain import zugang
from portal.domain.benachrichtigung import ARTEN, Kanal
from portal.errors import ConflictError, InvalidInputError, NotFoundError, PortalError, UnavailableError
from portal.services import benachrichtigung, komforteinwilligung, push, sperrlink
from portal.services import kanaele as messenger
from portal.services.benachrichtigung import ERINNERN_TAGE, KANAL_LABEL
from portal.services.sitzung import SitzungView
from portal.web.auth import Citizen, Confirmed, Context
from portal.web.render import page

router = APIRouter(include_in_schema=False)

GESPEICHERT = "Ihre Wünsche sind gespeichert. Sie gelten ab sofort."
PUSH_MELDUNGEN = {
    "an": "Push ist auf diesem Gerät eingeschaltet. Wählen Sie jetzt, wofür.",
    "aus": "Das Gerät bekommt keine Push-Hinweise mehr.",
}


@router.get("/mein/benachrichtigungen")
async def settings(
    request: Request,
    context: Context,
    citizen: Citizen,
    gespeichert: bool = False,
    stand: Annotated[str, Query(alias="push", max_length=3)] = "",
) -> Response:
    """One choice for each kind of message, quiet hours, days of reminders, browsers with Web Push."""
    said = GESPEICHERT if gespeichert else PUSH_MELDUNGEN.get(stand)
    return await _show(request, context, citizen, meldung=said)


@router.post("/mein/benachrichtigungen")
async def change(
    request: Request,
    context: Context,
    citizen: Confirmed,
    ruhe_von: Annotated[str, Form(max_length=8)] = "",
    ruhe_bis: Annotated[str, Form(max_length=8)] = "",
    erinnern: Annotated[list[int] | None, Form(max_length=10)] = None,
    bescheide: Annotated[str, Form(max_length=10)] = "postfach",
) -> Response:
    """Store it; on a mistake the page says which."""
    form = await request.form()
    kanaele = {art: str(form[f"kanal_{art}"]) for art in ARTEN if f"kanal_{art}" in form}
    try:
        await benachrichtigung.wuenschen(
            context,
            citizen.konto_id,
            kanaele,
            (ruhe_von, ruhe_bis),
            erinnern or [],
            bescheide_im_postfach=bescheide != "papier",
        )
    except InvalidInputError as error:
        return await _show(request, context, citizen, fehler=error, kanaele=kanaele)
    return RedirectResponse("/mein/benachrichtigungen?gespeichert=1", 303)


async def _show(
    request: Request,
    context: Context,
    citizen: SitzungView,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    kanaele: dict[str, str] | None = None,
) -> Response:
    async with context.transaction() as session:
        wish = await benachrichtigung.wunsch(session, citizen.konto_id)
        mail = await benachrichtigung.adresse(session, citizen.konto_id, Kanal.MAIL)
        offers = await komforteinwilligung.angebote(session, citizen.konto_id)
        browsers = await push.liste(session, citizen.konto_id)
        phone = await benachrichtigung.adresse(session, citizen.konto_id, Kanal.SMS)
    try:
        linked = (await messenger.uebersicht(context, citizen.konto_id)).linked
    except UnavailableError:
        linked = None
    chosen = {art: str(wish.kanal(art)) for art in ARTEN} | (kanaele or {})
    return page(
        request,
        "mein/benachrichtigungen.html",
        status=fehler.status if fehler else 200,
        arten=ARTEN.values(),
        kanaele={
            kanal: label
            for kanal, label in KANAL_LABEL.items()
            if kanal != Kanal.PUSH or browsers or Kanal.PUSH in chosen.values()
        },
        gewaehlt=chosen,
        wunsch=wish,
        push_schluessel=push.oeffentlicher_schluessel(context),
        geraete=browsers,
        angebote=[one for one in offers if one.zweck == "erinnerungen" and not one.erteilt],
        tage=ERINNERN_TAGE,
        mail=mail,
        telefon=phone,
        verbunden=linked,
        meldung=meldung,
        fehler=fehler,
    )


@router.post("/mein/benachrichtigungen/push")
async def push_on(
    request: Request,
    context: Context,
    citizen: Confirmed,
    endpoint: Annotated[str, Form(max_length=1000)] = "",
    p256dh: Annotated[str, Form(max_length=200)] = "",
    auth: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Switch Web Push on in the browser that sends this."""
    try:
        async with context.transaction() as session:
            await push.einschalten(
                context,
                session,
                citizen.konto_id,
                endpoint=endpoint,
                p256dh=p256dh,
                auth=auth,
                geraet=zugang.geraet(request.headers.get("User-Agent", "")),
            )
            await sperrlink.aenderung_melden(context, session, citizen.konto_id)
    except (InvalidInputError, ConflictError) as error:
        return await _show(request, context, citizen, fehler=error)
    return RedirectResponse("/mein/benachrichtigungen?push=an", 303)


@router.post("/mein/benachrichtigungen/push/{abo_id}/ausschalten")
async def push_off(context: Context, citizen: Citizen, abo_id: str) -> Response:
    """Switch Web Push off in one browser."""
    async with context.transaction() as session:
        await push.ausschalten(session, citizen.konto_id, abo_id)
    return RedirectResponse("/mein/benachrichtigungen?push=aus", 303)


@router.get("/demo/ausgang")
async def demo_outbox(request: Request, context: Context) -> Response:
    """What the demo town would have sent. NotFoundError outside of a demo."""
    if not context.settings.demo:
        raise NotFoundError("Diese Seite gibt es nur in der Demonstration.")
    async with context.transaction() as session:
        sent = await benachrichtigung.demo_ausgang(session)
    return page(request, "demo_ausgang.html", gesendet=sent)


@router.get("/demo/codes")
async def demo_codes(request: Request, context: Context) -> Response:
    """The present codes of the demo's people with a second factor. NotFoundError outside of a demo."""
    if not context.settings.demo:
        raise NotFoundError("Diese Seite gibt es nur in der Demonstration.")
    return page(request, "demo_codes.html", codes=demo.demo_codes(context.clock()), schluessel=demo.DEMO_TOTP)
