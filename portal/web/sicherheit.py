"""The citizen's security page: second factors, recovery codes, sessions, password, lock; and confirming before critical acts."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import PortalContext
from portal.domain import zugang
from portal.errors import InvalidInputError, PortalError
from portal.services import (
    anmeldung,
    bestaetigung,
    buergerident,
    datenvorschlag,
    fremdanmeldung,
    gespraeche,
    identitaet,
    konto,
    passkey,
    sitzung,
    sperre,
    sperrlink,
    zweitfaktor,
)
from portal.services.bremse import TooManyAttemptsError
from portal.services.konto import LoginFailedError
from portal.services.sitzung import SitzungView
from portal.services.zweitfaktor import Inhaber, WrongCodeError
from portal.web.auth import CITIZEN_COOKIE, Citizen, Confirmed, Context, own_path, passkey_hier, passkey_ort
from portal.web.render import page, qr_code

router = APIRouter(prefix="/mein", include_in_schema=False)

SEITE = "/mein/sicherheit"
Text = Annotated[str, Form(max_length=200)]
Antwort = Annotated[str, Form(max_length=20_000)]
Zurueck = Annotated[str, Query(max_length=500)]
Nummer = Annotated[str, Query(max_length=36)]

MELDUNGEN = {
    "neu": "Ihr Konto ist angelegt. Richten Sie jetzt einen zweiten Faktor ein.",
    "app": "Ihre App ist eingerichtet. Bitte erzeugen Sie jetzt auch Rettungscodes.",
    "passkey": "Ihr Passkey ist eingerichtet. Bitte erzeugen Sie jetzt auch Rettungscodes.",
    "sms": "Ihre Mobilnummer ist eingerichtet. Bitte erzeugen Sie jetzt auch Rettungscodes.",
    "entfernt": "Der zweite Faktor ist entfernt.",
    "beendet": "Die Anmeldung ist beendet.",
    "passwort": "Ihr Passwort ist geändert. Alle anderen Anmeldungen sind beendet.",
}


@router.get("/sicherheit")
async def overview(request: Request, context: Context, citizen: Citizen, meldung: str = "") -> Response:
    """All of it at a glance."""
    return await _overview(request, context, citizen, meldung=MELDUNGEN.get(meldung))


@router.get("/bestaetigen")
async def confirm_form(
    request: Request, context: Context, citizen: Citizen, zurueck: Zurueck = "/mein", formular: Nummer = ""
) -> Response:
    """Ask for the second factor before a critical act."""
    return await _confirm_page(request, context, citizen, own_path(zurueck, "/mein"), formular)


@router.post("/bestaetigen")
async def confirm(
    request: Request,
    context: Context,
    citizen: Citizen,
    code: Text = "",
    passkey_antwort: Antwort = "",
    zurueck: Annotated[str, Form(max_length=500)] = "",
    formular: Annotated[str, Form(max_length=36)] = "",
) -> Response:
    """Check the second factor; then the act goes on where it was."""
    target = own_path(zurueck, "/mein")
    try:
        if passkey_antwort:
            owner = Inhaber(konto_id=citizen.konto_id)
            await passkey.pruefen(
                context, owner, passkey_antwort, citizen.sid, passkey_hier(request, context)
            )
            async with context.transaction() as session:
                await sitzung.confirm(session, citizen.sid, context.clock())
        else:
            await bestaetigung.mit_code(context, citizen, code)
    except (WrongCodeError, TooManyAttemptsError) as error:
        return await _confirm_page(request, context, citizen, target, formular, error=error)
    if formular:
        return RedirectResponse(f"{bestaetigung.SEITE}?formular={quote(formular)}", 303)
    return RedirectResponse(target, 303)


@router.post("/bestaetigen/sms")
async def confirm_sms(
    request: Request,
    context: Context,
    citizen: Citizen,
    zurueck: Annotated[str, Form(max_length=500)] = "",
    formular: Annotated[str, Form(max_length=36)] = "",
) -> Response:
    """Send a code to the citizen's number."""
    error: PortalError | None = None
    try:
        await zweitfaktor.sms_anfordern(context, Inhaber(konto_id=citizen.konto_id), citizen.sid)
    except TooManyAttemptsError as too_early:
        error = too_early
    return await _confirm_page(
        request,
        context,
        citizen,
        own_path(zurueck, "/mein"),
        formular,
        error=error,
        meldung=None if error else "Der Code ist unterwegs. Er gilt 10 Minuten.",
    )


@router.post("/sicherheit/app")
async def begin_totp(request: Request, context: Context, citizen: Citizen, passwort: Text = "") -> Response:
    """Make a new secret for an authenticator app. The first factor needs the password or a fresh login at the provider, every further one a confirmation."""
    try:
        await _may_add(context, citizen, passwort)
    except (LoginFailedError, TooManyAttemptsError) as error:
        return await _overview(request, context, citizen, fehler=error)
    owner = Inhaber(konto_id=citizen.konto_id)
    async with context.transaction() as session:
        name = await anmeldung.name_von(session, owner)
    await zweitfaktor.totp_beginnen(context, owner, name)
    return RedirectResponse(f"{SEITE}/app", 303)


@router.get("/sicherheit/app")
async def totp_form(request: Request, context: Context, citizen: Citizen) -> Response:
    """The QR code, the same as text, and the field for the first code."""
    return await _totp_page(request, context, citizen)


@router.post("/sicherheit/app/bestaetigen")
async def finish_totp(
    request: Request, context: Context, citizen: Citizen, code: Text = "", name: Text = ""
) -> Response:
    """The first right code switches the app on."""
    try:
        await zweitfaktor.totp_bestaetigen(context, Inhaber(konto_id=citizen.konto_id), code, name)
    except (WrongCodeError, TooManyAttemptsError) as error:
        return await _totp_page(request, context, citizen, fehler=error)
    await _changed(context, citizen, confirmed=True)
    return RedirectResponse(f"{SEITE}?meldung=app", 303)


@router.post("/sicherheit/sms")
async def begin_sms(
    request: Request, context: Context, citizen: Citizen, nummer: Text = "", passwort: Text = ""
) -> Response:
    """Send a code to a new number."""
    try:
        await _may_add(context, citizen, passwort)
        await zweitfaktor.sms_beginnen(context, Inhaber(konto_id=citizen.konto_id), nummer, citizen.sid)
    except (LoginFailedError, TooManyAttemptsError, InvalidInputError) as error:
        return await _overview(request, context, citizen, fehler=error, nummer=nummer)
    return page(request, "mein/sicherheit_sms.html", meldung="Der Code ist unterwegs.", fehler=None)


@router.post("/sicherheit/sms/bestaetigen")
async def finish_sms(request: Request, context: Context, citizen: Citizen, code: Text = "") -> Response:
    """The code that came by SMS switches the number on."""
    try:
        await zweitfaktor.sms_bestaetigen(context, Inhaber(konto_id=citizen.konto_id), code, citizen.sid)
    except (WrongCodeError, TooManyAttemptsError) as error:
        return page(request, "mein/sicherheit_sms.html", status=error.status, meldung=None, fehler=error)
    await _changed(context, citizen, confirmed=True)
    return RedirectResponse(f"{SEITE}?meldung=sms", 303)


@router.post("/sicherheit/passkey")
async def begin_passkey(
    request: Request, context: Context, citizen: Citizen, passwort: Text = ""
) -> Response:
    """The page on which the browser makes a passkey."""
    try:
        await _may_add(context, citizen, passwort)
    except (LoginFailedError, TooManyAttemptsError) as error:
        return await _overview(request, context, citizen, fehler=error)
    return await _passkey_page(request, context, citizen)


@router.post("/sicherheit/passkey/anlegen")
async def finish_passkey(
    request: Request, context: Context, citizen: Citizen, passkey_antwort: Antwort = "", name: Text = ""
) -> Response:
    """Store the passkey that the browser made."""
    owner = Inhaber(konto_id=citizen.konto_id)
    try:
        await passkey.anlegen(
            context, owner, passkey_antwort, citizen.sid, passkey_hier(request, context), name
        )
    except WrongCodeError as error:
        return await _overview(request, context, citizen, fehler=error)
    await _changed(context, citizen, confirmed=True)
    return RedirectResponse(f"{SEITE}?meldung=passkey", 303)


@router.post("/sicherheit/faktoren/{faktor_id}/entfernen")
async def remove_factor(context: Context, citizen: Confirmed, faktor_id: str) -> Response:
    """Remove a factor."""
    await zweitfaktor.entfernen(context, Inhaber(konto_id=citizen.konto_id), faktor_id)
    await _changed(context, citizen)
    return RedirectResponse(f"{SEITE}?meldung=entfernt", 303)


@router.post("/sicherheit/rettungscodes")
async def make_recovery_codes(request: Request, context: Context, citizen: Confirmed) -> Response:
    """New recovery codes, shown this once."""
    codes = await zweitfaktor.rettungscodes_erzeugen(context, Inhaber(konto_id=citizen.konto_id))
    await _changed(context, citizen)
    return page(request, "mein/rettungscodes.html", codes=codes, meldung=None, fehler=None)


@router.post("/sicherheit/anmeldungen/beenden")
async def end_others(context: Context, citizen: Citizen) -> Response:
    """End all other sessions."""
    async with context.transaction() as session:
        await sitzung.revoke_all(session, citizen.konto_id, context.clock(), ausser=citizen.sid)
    await gespraeche.widerrufe_melden(context)
    return RedirectResponse(f"{SEITE}?meldung=beendet", 303)


@router.post("/sicherheit/anmeldungen/{sid}/beenden")
async def end_one(context: Context, citizen: Citizen, sid: str) -> Response:
    """End one session of this account."""
    async with context.transaction() as session:
        await sitzung.revoke_own(session, citizen.konto_id, sid, context.clock())
    await gespraeche.widerrufe_melden(context)
    return RedirectResponse(f"{SEITE}?meldung=beendet", 303)


@router.post("/sicherheit/passwort")
async def change_password(
    request: Request, context: Context, citizen: Confirmed, altes: Text = "", neues: Text = ""
) -> Response:
    """Another password; all other sessions end."""
    try:
        konto.passwort_zulaessig(neues)
        await konto.passwort_stimmt(context, citizen.konto_id, altes)
        await konto.passwort_aendern(context, citizen.konto_id, neues)
    except (LoginFailedError, TooManyAttemptsError, InvalidInputError) as error:
        return await _overview(request, context, citizen, fehler=error)
    async with context.transaction() as session:
        await sitzung.revoke_all(session, citizen.konto_id, context.clock(), ausser=citizen.sid)
    await _changed(context, citizen)
    await gespraeche.widerrufe_melden(context)
    return RedirectResponse(f"{SEITE}?meldung=passwort", 303)


@router.get("/sicherheit/sperren")
async def lock_form(request: Request, citizen: Citizen) -> Response:
    """What locking does, and the button."""
    return page(request, "mein/sperren.html", ziel=f"{SEITE}/sperren", meldung=None, fehler=None)


@router.post("/sicherheit/sperren")
async def lock(context: Context, citizen: Citizen) -> Response:
    """Lock the account now."""
    await sperre.sperren(context, citizen.konto_id)
    response = RedirectResponse("/konto/gesperrt", 303)
    response.delete_cookie(CITIZEN_COOKIE, path="/")
    return response


async def _may_add(context: PortalContext, citizen: SitzungView, passwort: str) -> None:
    async with context.transaction() as session:
        has_factor = await zweitfaktor.vorhanden(session, Inhaber(konto_id=citizen.konto_id))
        local = await konto.hat_passwort(session, citizen.konto_id)
    if zugang.bestaetigt(citizen.bestaetigt_at, context.clock()):
        return
    fresh = zugang.bestaetigt(citizen.angemeldet_at, context.clock())
    if has_factor or not (local or fresh):
        bestaetigung.verlangen(context, citizen, SEITE)
    if not local:
        return  # the provider has just asked who she is
    await konto.passwort_stimmt(context, citizen.konto_id, passwort)


async def _changed(context: PortalContext, citizen: SitzungView, *, confirmed: bool = False) -> None:
    """Tell the citizen that her account was changed; a new factor that has just worked counts as a confirmation."""
    now = context.clock()
    async with context.transaction() as session:
        if confirmed:
            await sitzung.confirm(session, citizen.sid, now)
        await sperrlink.aenderung_melden(context, session, citizen.konto_id)


async def _overview(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    *,
    meldung: str | None = None,
    fehler: PortalError | None = None,
    nummer: str = "",
) -> Response:
    owner = Inhaber(konto_id=citizen.konto_id)
    now = context.clock()
    where = passkey_ort(request, context)
    async with context.transaction() as session:
        factors = await zweitfaktor.liste(session, owner)
        codes = await zweitfaktor.rettungscodes_uebrig(session, owner)
        sessions = await sitzung.liste(session, citizen.konto_id, citizen.sid, now)
        local = await konto.hat_passwort(session, citizen.konto_id)
        checked = await buergerident.geprueft_am(session, citizen.konto_id)
        waiting = await datenvorschlag.offene(session, citizen.konto_id)
        form = await bestaetigung.wartet(session, citizen.sid, now)
    return page(
        request,
        "mein/sicherheit.html",
        status=fehler.status if fehler else 200,
        faktoren=factors,
        kein_passkey=where if isinstance(where, passkey.KeinOrt) else None,
        rettungscodes=codes,
        anmeldungen=sessions,
        geprueft=checked,
        vorschlaege=len(waiting),
        wartet=form if zugang.bestaetigt(citizen.bestaetigt_at, now) else None,
        mit_passwort=local and not factors and not zugang.bestaetigt(citizen.bestaetigt_at, now),
        lokal=local,
        sms=zweitfaktor.sms_moeglich(context),
        nummer=nummer,
        meldung=meldung,
        fehler=fehler,
    )


async def _totp_page(
    request: Request, context: PortalContext, citizen: SitzungView, *, fehler: PortalError | None = None
) -> Response:
    owner = Inhaber(konto_id=citizen.konto_id)
    async with context.transaction() as session:
        setup = await zweitfaktor.totp_begonnen(session, owner, await anmeldung.name_von(session, owner))
    if setup is None:
        return RedirectResponse(SEITE, 303)
    return page(
        request,
        "mein/sicherheit_app.html",
        status=fehler.status if fehler else 200,
        einrichtung=setup,
        qr=qr_code(setup.uri),
        meldung=None,
        fehler=fehler,
    )


async def _passkey_page(request: Request, context: PortalContext, citizen: SitzungView) -> Response:
    owner = Inhaber(konto_id=citizen.konto_id)
    async with context.transaction() as session:
        name = await anmeldung.name_von(session, owner)
    try:
        options = await passkey.neu_anfrage(context, owner, name, citizen.sid, passkey_hier(request, context))
    except WrongCodeError:  # the overview says why there are none here
        return await _overview(request, context, citizen)
    return page(request, "mein/sicherheit_passkey.html", passkey=options, meldung=None, fehler=None)


async def _confirm_page(
    request: Request,
    context: PortalContext,
    citizen: SitzungView,
    zurueck: str,
    formular_id: str,
    *,
    error: PortalError | None = None,
    meldung: str | None = None,
) -> Response:
    owner = Inhaber(konto_id=citizen.konto_id)
    now = context.clock()
    async with context.transaction() as session:
        form = await bestaetigung.formular(session, citizen.sid, formular_id, now) if formular_id else None
        factors = await zweitfaktor.liste(session, owner)
        local = await konto.hat_passwort(session, citizen.konto_id)
        providers = [] if local else await fremdanmeldung.dienste_von(context, session, citizen.konto_id)
        confirmed = zugang.bestaetigt(citizen.bestaetigt_at, now)
        if confirmed and form is not None:
            await bestaetigung.formular_fertig(session, citizen.sid)
    arten = {factor.art for factor in factors}
    fresh = not local and zugang.bestaetigt(citizen.angemeldet_at, now)
    may_go_on = confirmed or (fresh and not arten and zurueck == SEITE)
    if may_go_on and form is None:
        return RedirectResponse(zurueck, 303)
    options = None
    where = passkey_ort(request, context)
    if "passkey" in arten and not confirmed and isinstance(where, passkey.Ort):
        options = await passkey.anfrage(context, owner, citizen.sid, where)
    here = f"{bestaetigung.SEITE}?" + (
        f"formular={formular_id}" if form else f"zurueck={quote(zurueck, safe='/')}"
    )
    return page(
        request,
        "mein/bestaetigen.html",
        status=error.status if error else 200,
        bestaetigt=confirmed,
        formular=form,
        zurueck=zurueck,
        hierher=here,
        ausweis=identitaet.provider_of(context) is not None,
        arten=arten,
        dienste=providers,
        frisch=fresh,
        passkey=options,
        kein_passkey=where if "passkey" in arten and isinstance(where, passkey.KeinOrt) else None,
        error=error,
        meldung=meldung,
        fehler=None,
    )
