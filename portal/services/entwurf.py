"""Use cases of drafts: one way to change them, for bot, clerk and page alike, always with the expected version."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Feld, Leistung
from portal.context import PortalContext
from portal.domain import antragsentwurf as regeln
from portal.domain import einwilligung
from portal.domain.antragsentwurf import Zustand
from portal.domain.datenschutz import anschrift_verdeckt
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.entwurf import Antwort, Beleg, EntwurfZeile, FreigabeZeile
from portal.services import (
    ansicht,
    auskunftssperre,
    auswertung,
    fristen,
    handeln,
    katalog,
    komforteinwilligung,
    mitnutzung,
    protokoll,
    stammdaten,
)
from portal.services.ansicht import Sicht, draft_view
from portal.services.fehler import DraftChangedError, DraftClosedError, ProtectedAddressError
from portal.services.feldpruefung import pruefen
from portal.services.views import DraftView

Urheber = Literal["citizen", "clerk"]

UNFERTIG = ("offen", "vorbereitet")


async def oeffnen(
    context: PortalContext, session: AsyncSession, konto_id: str, leistung_id: str, vertrauen: str
) -> DraftView:
    """Open the citizen's draft of a service, filled with offers from her data, or give the one that is open."""
    service = katalog.leistung(context, leistung_id)
    row = await session.scalar(
        select(EntwurfZeile).where(
            EntwurfZeile.konto_id == konto_id,
            EntwurfZeile.leistung == service.id,
            EntwurfZeile.status.in_(UNFERTIG),
        )
    )
    if row is None:
        now = context.clock()
        row = EntwurfZeile(
            id=str(uuid.uuid4()),
            konto_id=konto_id,
            leistung=service.id,
            version=1,
            status="offen",
            felder=await _vorschlaege(context, session, konto_id, service),
            nachweise={},
            erstellt_utc=now,
            geaendert_utc=now,
        )
        session.add(row)
        await session.flush()
        await mitnutzung.zaehlen(context, session, konto_id, service)
    return draft_view(context, await ansicht.sicht(context, session, row, vertrauen))


async def _vorschlaege(
    context: PortalContext, session: AsyncSession, konto_id: str, service: Leistung
) -> dict[str, Antwort]:
    """Offers: what she said in earlier steps first, then her master data; what does not fit a field is not offered."""
    wanted = await komforteinwilligung.erteilt(session, konto_id, "vorausfuellen")
    earlier = await fruehere_angaben(context, session, konto_id) if wanted else {}
    stored = await stammdaten.load(session, konto_id)
    master = {key: datum for key, datum in stored.items() if datum.gilt(context.today())}
    offers: dict[str, Antwort] = {}
    for feld in service.felder:
        datum = master.get(feld.stammdatum or feld.wiederverwenden or "")
        candidates: list[Antwort] = []
        if feld.wiederverwenden in earlier:
            candidates.append(earlier[feld.wiederverwenden])
        if feld.stammdatum in earlier and (
            datum is None or earlier[feld.stammdatum]["stand"] >= datum.stand.isoformat()
        ):
            candidates.append(earlier[feld.stammdatum])
        if datum is not None:
            candidates.append(
                _antwort(datum.wert, "stammdaten", datum.quelle_label, datum.stand, vorschlag=True)
            )
        for candidate in candidates:
            try:
                value = pruefen(feld, candidate["wert"] or "", context.today())
            except InvalidInputError:
                continue
            offers[feld.id] = {**candidate, "wert": value}
            break
    derived = await auswertung.ableiten(context, session, konto_id, service, offers)
    return offers | {key: value for key, value in derived.items() if value is not None}


async def _regeln_anwenden(context: PortalContext, session: AsyncSession, view: Sicht) -> None:
    """Offer what the rules make of the present answers; what does not hold any more is taken out."""
    row = view.zeile
    derived = await auswertung.ableiten(
        context,
        session,
        row.konto_id,
        view.leistung,
        row.felder,
        fuer_andere=row.vertretung_id is not None,
    )
    if derived:
        answers = {key: value for key, value in row.felder.items() if key not in derived}
        row.felder = answers | {key: value for key, value in derived.items() if value is not None}


async def fruehere_angaben(
    context: PortalContext, session: AsyncSession, konto_id: str
) -> dict[str, Antwort]:
    """The citizen's answers about herself by shared key (`wiederverwenden`, else the master datum's id), the newest of each."""
    rows = await session.scalars(
        select(EntwurfZeile)
        .where(
            EntwurfZeile.konto_id == konto_id,
            EntwurfZeile.status != "verworfen",
            EntwurfZeile.vertretung_id.is_(None),
        )
        .order_by(EntwurfZeile.geaendert_utc)
    )
    found: dict[str, Antwort] = {}
    for row in rows:
        service = context.katalog.leistungen.get(row.leistung)
        for feld in service.felder if service else []:
            answer = row.felder.get(feld.id)
            key = feld.wiederverwenden or feld.stammdatum
            if (
                key
                and answer
                and answer["wert"] is not None
                and not answer["vorschlag"]
                and answer["quelle"] != "stammdaten"
            ):
                day = date.fromisoformat(answer["stand"])
                label = f"Ihre Angabe vom {day.strftime('%d.%m.%Y')}"
                found[key] = _antwort(answer["wert"], "angabe", label, day, vorschlag=True)
    return found


def _antwort(
    wert: str | int | None, quelle: str, label: str, stand: date, *, vorschlag: bool = False
) -> Antwort:
    return {
        "wert": wert,
        "quelle": quelle,
        "quelle_label": label,
        "stand": stand.isoformat(),
        "vorschlag": vorschlag,
    }


async def zeile(session: AsyncSession, konto_id: str, entwurf_id: str) -> EntwurfZeile:
    """The stored draft of this citizen, locked until the transaction ends; a foreign one is as unknown."""
    row = await session.scalar(
        select(EntwurfZeile)
        .where(EntwurfZeile.id == entwurf_id, EntwurfZeile.konto_id == konto_id)
        .with_for_update()
    )
    if row is None:
        raise NotFoundError("Diesen Entwurf gibt es nicht oder nicht mehr.")
    return row


async def laden(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    entwurf_id: str,
    vertrauen: str,
    *,
    masked: bool = False,
    proposals: bool = True,
) -> DraftView:
    """The draft; `masked` and `proposals` as in `draft_view`. Raises NotFoundError."""
    view = await ansicht.sicht(context, session, await zeile(session, konto_id, entwurf_id), vertrauen)
    return draft_view(context, view, masked=masked, proposals=proposals)


async def liste(
    context: PortalContext, session: AsyncSession, konto_id: str, vertrauen: str
) -> list[DraftView]:
    """The citizen's unfinished drafts, the last changed first."""
    rows = await session.scalars(
        select(EntwurfZeile)
        .where(EntwurfZeile.konto_id == konto_id, EntwurfZeile.status.in_(UNFERTIG))
        .order_by(EntwurfZeile.geaendert_utc.desc())
    )
    known = [row for row in rows if row.leistung in context.katalog.leistungen]
    return [draft_view(context, await ansicht.sicht(context, session, row, vertrauen)) for row in known]


async def zum_aendern(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    entwurf_id: str,
    version: int,
    vertrauen: str,
) -> Sicht:
    """The draft, if it is unfinished and has this version.

    Raises
    ------
    NotFoundError, DraftChangedError, DraftClosedError
    """
    view = await ansicht.sicht(context, session, await zeile(session, konto_id, entwurf_id), vertrauen)
    if view.zeile.version != version:
        raise DraftChangedError(draft_view(context, view, masked=True))
    if view.zeile.status not in UNFERTIG:
        raise DraftClosedError
    return view


async def antworten(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    entwurf_id: str,
    feld_id: str,
    wert: str | int | None,
    *,
    version: int,
    vertrauen: str,
    urheber: Urheber = "citizen",
) -> DraftView:
    """Write one answer. None clears a required field; for an optional one it means "keine Angabe".

    Raises
    ------
    InvalidValueError
        The value does not fit the field.
    NotFoundError, DraftChangedError, DraftClosedError
    """
    view = await zum_aendern(context, session, konto_id, entwurf_id, version, vertrauen)
    feld = view.leistung.feld(feld_id)
    if feld is None:
        raise NotFoundError("Dieses Feld gibt es in dem Entwurf nicht.", field=feld_id)
    answers = dict(view.zeile.felder)
    if wert is None and feld.pflicht:
        answers.pop(feld_id, None)
    else:
        answers[feld_id] = _angabe(context, feld, wert, urheber)
    view.zeile.felder = answers
    return await geaendert(context, session, view, vertrauen)


def _angabe(
    context: PortalContext, feld: Feld, wert: str | int | None, urheber: Urheber = "citizen"
) -> Antwort:
    today = context.today()
    checked = None if wert is None else pruefen(feld, wert, today)
    turned = auswertung.umwandeln(context, feld, checked)
    if turned is not None:
        return turned
    day = today.strftime("%d.%m.%Y")
    if urheber == "clerk":
        return _antwort(
            checked, "mensch", f"Vorschlag aus der Beratung, von Ihnen angenommen am {day}", today
        )
    return _antwort(checked, "angabe", f"Ihre Angabe vom {day}", today)


async def freigeben(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    entwurf_id: str,
    freigabe: Sequence[str],
    aendern: Mapping[str, str | int | None],
    *,
    version: int,
    vertrauen: str,
) -> DraftView:
    """Release offered data for this purpose and recipient; correct some of them; all others are not used.

    The release is recorded with the version of its text. What was offered and not released is dropped: a required field
    is asked for, an optional one stays without a statement.

    Raises
    ------
    InvalidValueError
        A corrected value does not fit its field; then nothing is released.
    NotFoundError, DraftChangedError, DraftClosedError
    """
    view = await zum_aendern(context, session, konto_id, entwurf_id, version, vertrauen)
    states = regeln.zustaende(view.lage.fragen, view.lage.antworten)
    answers = dict(view.zeile.felder)
    released: list[Feld] = []
    for feld_id in {*freigabe, *aendern} - {f.id for f in view.leistung.felder}:
        raise NotFoundError("Dieses Feld gibt es in dem Entwurf nicht.", field=feld_id)
    for feld in view.leistung.felder:
        if feld.id in aendern:
            answers[feld.id] = _angabe(context, feld, aendern[feld.id])
        elif states[feld.id] is not Zustand.VORGESCHLAGEN:
            continue
        elif feld.id in freigabe:
            answers[feld.id] = {**answers[feld.id], "vorschlag": False}
            released.append(feld)
        elif feld.pflicht:
            del answers[feld.id]
        else:
            answers[feld.id] = _angabe(context, feld, None)
    if released:
        release = await _freigabe_festhalten(context, session, view, released)
        for feld in released:
            answers[feld.id] = {**answers[feld.id], "freigabe": release}
    view.zeile.felder = answers
    return await geaendert(context, session, view, vertrauen)


async def _freigabe_festhalten(
    context: PortalContext, session: AsyncSession, view: Sicht, felder: Sequence[Feld]
) -> str:
    office = view.empfaenger.stelle
    row = FreigabeZeile(
        id=str(uuid.uuid4()),
        konto_id=view.zeile.konto_id,
        entwurf_id=view.zeile.id,
        leistung=view.leistung.id,
        zweck=ansicht.zweck(view.leistung),
        stelle=office.name,
        behoerde=office.behoerde,
        felder=[f.id for f in felder],
        rechtsgrundlage=ansicht.rechtsgrundlage(view.leistung),
        textversion=einwilligung.WORTLAUTE["freigabe"].version,
        sprache=einwilligung.SPRACHE,
        erteilt_utc=context.clock(),
        gueltig_bis_utc=context.clock() + einwilligung.GILT,
        widerrufen_utc=None,
    )
    session.add(row)
    await protokoll.eintragen(
        context,
        session,
        view.zeile.konto_id,
        art="freigabe",
        akteur="buerger",
        akteur_label="Sie selbst",
        stelle=office,
        leistung=view.leistung,
        felder=[f.label for f in felder],
        kanal="Freigabe im Portal",
        wortlaut="freigabe",
        freigabe_id=row.id,
        vertretung=await handeln.im_entwurf(session, view.zeile),
    )
    return row.id


async def nachweisen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    entwurf_id: str,
    nachweis_id: str,
    dokument_id: str | None,
    *,
    version: int,
    vertrauen: str,
) -> DraftView:
    """Tie an uploaded document, or one that she keeps, to its evidence; None promises to send it later.

    Raises
    ------
    NotFoundError
        Unknown evidence, or no such document of this citizen and draft.
    DraftChangedError, DraftClosedError
    """
    view = await zum_aendern(context, session, konto_id, entwurf_id, version, vertrauen)
    nachweis = view.leistung.nachweis(nachweis_id)
    if nachweis is None:
        raise NotFoundError("Diesen Nachweis gibt es in dem Entwurf nicht.", field=nachweis_id)
    own = {row.id for row in ansicht.verwendbar(nachweis, view.aufbewahrt)}
    if dokument_id is not None and dokument_id not in {*view.dateinamen, *own}:
        raise NotFoundError("Dieses Dokument wurde zu diesem Entwurf nicht hochgeladen.", field=nachweis_id)
    entry: Beleg = {"dokument": dokument_id, "spaeter": dokument_id is None}
    view.zeile.nachweise = {**view.zeile.nachweise, nachweis_id: entry}
    return await geaendert(context, session, view, vertrauen)


async def verwerfen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    entwurf_id: str,
    *,
    version: int,
    vertrauen: str,
) -> DraftView:
    """Give the draft up. It is kept for 30 days and can be taken up again with `wiederaufnehmen`."""
    view = await zum_aendern(context, session, konto_id, entwurf_id, version, vertrauen)
    return await geaendert(context, session, view, vertrauen, status="verworfen")


async def wiederaufnehmen(
    context: PortalContext, session: AsyncSession, konto_id: str, entwurf_id: str, vertrauen: str
) -> DraftView:
    """Take a draft up again that was given up.

    Raises
    ------
    ConflictError
        Another draft of the same service is open.
    NotFoundError, DraftClosedError
    """
    row = await zeile(session, konto_id, entwurf_id)
    if row.status != "verworfen":
        raise DraftClosedError
    other = await session.scalar(
        select(EntwurfZeile.id).where(
            EntwurfZeile.konto_id == konto_id,
            EntwurfZeile.leistung == row.leistung,
            EntwurfZeile.status.in_(UNFERTIG),
        )
    )
    if other is not None:
        raise ConflictError("Für diese Leistung ist schon ein anderer Entwurf offen. Beide bleiben erhalten.")
    view = await ansicht.sicht(context, session, row, vertrauen)
    return await geaendert(context, session, view, vertrauen)


async def wert_fuer_personal(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    entwurf_id: str,
    feld_id: str,
    *,
    funktion: str,
    stelle_name: str,
    personal_id: str,
) -> str | int | None:
    """The unmasked value for a clerk; the look is logged where the citizen sees it.

    The citizen reads function and office; `personal_id` is kept for the town's own supervision alone.

    Raises
    ------
    NotFoundError
        No such field, or its value was not released.
    ProtectedAddressError
        It can hold an address under an Auskunftssperre.
    """
    view = await ansicht.sicht(context, session, await zeile(session, konto_id, entwurf_id), "niedrig")
    feld = view.leistung.feld(feld_id)
    values = view.werte()
    if feld is None or feld_id not in values:
        raise NotFoundError("Zu diesem Feld gibt es keine freigegebene Angabe.", field=feld_id)
    if anschrift_verdeckt(
        gesperrt=await auskunftssperre.gilt(session, konto_id), typ=feld.typ, stammdatum=feld.stammdatum
    ):
        raise ProtectedAddressError
    await protokoll.eintragen(
        context,
        session,
        konto_id,
        art="einsicht",
        akteur="mensch",
        akteur_label=funktion,
        stelle_name=stelle_name,
        leistung=view.leistung,
        felder=[feld.label],
        kanal="Beratung im Chat",
        personal_id=personal_id,
        vertretung=await handeln.im_entwurf(session, view.zeile),
    )
    return values[feld_id]


async def geaendert(
    context: PortalContext, session: AsyncSession, view: Sicht, vertrauen: str, *, status: str = "offen"
) -> DraftView:
    """Raise the version, keep the deadline in step, and show the draft anew."""
    view.zeile.version += 1
    view.zeile.status = status
    view.zeile.geaendert_utc = context.clock()
    if status == "offen":
        await _regeln_anwenden(context, session, view)
    await session.flush()
    fresh = await ansicht.sicht(context, session, view.zeile, vertrauen)
    await fristen.nachfuehren(context, session, fresh)
    return draft_view(context, fresh)
