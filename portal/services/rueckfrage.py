"""Use cases of questions that an office asks on a case, and of their answers."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.bescheid import RueckfrageZeile
from portal.schema.dokument import DokumentZeile
from portal.schema.vorgang import VorgangZeile
from portal.services import (
    ansicht,
    benachrichtigung,
    dokument,
    dokumentfreigabe,
    handeln,
    postfach,
    vorgang,
    vorgangsprotokoll,
)
from portal.services.dokument import Datei

TEXT_HOECHSTENS = 4000
BEIGABE = "sonstiges"
"""Kind of document of a file that comes with an answer."""


@dataclass(frozen=True)
class Rueckfrage:
    """A question as pages show it."""

    id: str
    vorgang_id: str
    leistung_name: str
    aktenzeichen: str
    frage: str
    von: str
    bis: date | None
    gestellt: datetime
    antwort: str | None
    dateiname: str | None
    dokument_id: str | None
    """The file that came with it, a document of the case."""
    beantwortet: datetime | None
    kanal: str | None
    recht: str
    """Law of the service, on which the office asks."""


def pfad(rueckfrage_id: str) -> str:
    """The question's page."""
    return f"/mein/rueckfragen/{rueckfrage_id}"


async def stellen(
    context: PortalContext,
    session: AsyncSession,
    stelle_id: str,
    vorgang_id: str,
    frage: str,
    bis: date | None,
    *,
    funktion: str,
) -> str:
    """An office asks; the question lies in the postbox, and the notice takes the chosen channel. Gives its id.

    Raises
    ------
    InvalidInputError
        Nothing is asked, it is too long, or the day lies in the past.
    ConflictError
        The case is closed.
    NotFoundError
    """
    frage = frage.strip()
    if not frage:
        raise InvalidInputError("Bitte schreiben Sie die Frage.", field="frage")
    if len(frage) > TEXT_HOECHSTENS:
        raise InvalidInputError("Die Frage ist zu lang: höchstens 4.000 Zeichen.", field="frage")
    if bis is not None and bis <= context.today():
        raise InvalidInputError("Der Tag für die Antwort muss in der Zukunft liegen.", field="bis")
    case = await vorgang.fuer_stelle(session, stelle_id, vorgang_id)
    if case.status in vorgang.ENDE:
        raise ConflictError("Der Vorgang ist abgeschlossen. Es wurde nichts gefragt.")
    row = RueckfrageZeile(
        id=str(uuid.uuid4()),
        konto_id=case.konto_id,
        vorgang_id=case.id,
        frage=frage,
        von=f"{funktion}, {case.stelle}",
        bis=bis,
        gestellt_utc=context.clock(),
    )
    session.add(row)
    case.status = "rueckfrage"
    vorgang.verlauf(context, session, case, "Rückfrage gestellt", funktion)
    until = f"\n\nBitte antworten Sie bis zum {bis.day:02}.{bis.month:02}.{bis.year}." if bis else ""
    postfach.schreiben(
        context,
        session,
        case.konto_id,
        art="rueckfrage",
        absender=f"{case.stelle}, {case.behoerde}",
        betreff=f"Rückfrage: {case.leistung_name}",
        text=f"{frage}{until}\n\nAntworten können Sie in Ihrem Bereich oder im Chat: {pfad(row.id)}",
        vorgang_id=case.id,
    )
    await benachrichtigung.anstossen(
        session, case.konto_id, "rueckfrage", jetzt=context.clock(), verweis=pfad(row.id)
    )
    return row.id


async def beantworten(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    rueckfrage_id: str,
    antwort: str,
    *,
    kanal: str,
    datei: Datei | None = None,
) -> Rueckfrage:
    """She answers; the office sees it with the case, and the disclosure is logged.

    Raises
    ------
    InvalidInputError
        Nothing is said, or it is too long; nothing was sent.
    ConflictError
        It was answered before: an answer that is with the office is not overwritten.
    PowerLackingError
        She asked for somebody else, and her power has ended since.
    NotFoundError
    """
    antwort = antwort.strip()
    if not antwort and datei is None:
        raise InvalidInputError(
            "Bitte schreiben Sie eine Antwort oder fügen Sie eine Datei an.", field="antwort"
        )
    if len(antwort) > TEXT_HOECHSTENS:
        raise InvalidInputError("Die Antwort ist zu lang: höchstens 4.000 Zeichen.", field="antwort")
    row = await _eigene(session, konto_id, rueckfrage_id)
    if row.beantwortet_utc is not None:
        raise ConflictError("Diese Rückfrage haben Sie schon beantwortet. Ihre Antwort liegt bei der Stelle.")
    case = await session.get_one(VorgangZeile, row.vorgang_id)
    await handeln.am_vorgang(context, session, case)
    row.antwort, row.beantwortet_utc, row.kanal = antwort, context.clock(), kanal
    if datei is not None:
        kept = await dokument.aufbewahren(
            context, session, konto_id, art=BEIGABE, gueltig_bis=None, datei=datei
        )
        row.dokument_id = kept.id
        await dokumentfreigabe.mit_abgabe(
            context, session, case, [(kept.id, f"Zur Antwort auf eine Rückfrage: {kept.filename}")]
        )
    if case.status == "rueckfrage" and not await _offen(session, case.id, ausser=row.id):
        case.status = "in_bearbeitung"
    await vorgangsprotokoll.verlauf(context, session, case, "Rückfrage beantwortet")
    await vorgangsprotokoll.eintragen(
        context,
        session,
        case,
        art="uebermittlung",
        akteur="buerger",
        akteur_label="Sie selbst",
        felder=["Antwort auf eine Rückfrage", *(["Angefügte Datei"] if datei else [])],
        kanal="Portal" if kanal == "portal" else "Chat",
        wortlaut="rueckfrage",
    )
    return _view(context, row, case, datei.name if datei else None)


async def _eigene(session: AsyncSession, konto_id: str, rueckfrage_id: str) -> RueckfrageZeile:
    row = await session.scalar(
        select(RueckfrageZeile)
        .where(RueckfrageZeile.id == rueckfrage_id, RueckfrageZeile.konto_id == konto_id)
        .with_for_update()
    )
    if row is None:
        raise NotFoundError("Diese Rückfrage gibt es nicht.")
    return row


async def _offen(session: AsyncSession, vorgang_id: str, *, ausser: str) -> bool:
    query = select(RueckfrageZeile.id).where(
        RueckfrageZeile.vorgang_id == vorgang_id,
        RueckfrageZeile.beantwortet_utc.is_(None),
        RueckfrageZeile.id != ausser,
    )
    return await session.scalar(query.limit(1)) is not None


async def laden(
    context: PortalContext, session: AsyncSession, konto_id: str, rueckfrage_id: str
) -> Rueckfrage:
    """Her own question; a foreign one is as unknown. Raises NotFoundError."""
    row = await _eigene(session, konto_id, rueckfrage_id)
    document = await session.get(DokumentZeile, row.dokument_id) if row.dokument_id else None
    case = await session.get_one(VorgangZeile, row.vorgang_id)
    return _view(context, row, case, document.dateiname if document else None)


async def alle(context: PortalContext, session: AsyncSession, konto_id: str) -> list[Rueckfrage]:
    """All her questions, the oldest first."""
    rows = await session.execute(
        select(RueckfrageZeile, VorgangZeile, DokumentZeile.dateiname)
        .join(VorgangZeile, VorgangZeile.id == RueckfrageZeile.vorgang_id)
        .outerjoin(DokumentZeile, DokumentZeile.id == RueckfrageZeile.dokument_id)
        .where(RueckfrageZeile.konto_id == konto_id)
        .order_by(RueckfrageZeile.gestellt_utc)
    )
    return [_view(context, row, case, name) for row, case, name in rows]


async def offene(context: PortalContext, session: AsyncSession, konto_id: str) -> list[Rueckfrage]:
    """What waits for her answer, the oldest first."""
    return [one for one in await alle(context, session, konto_id) if one.beantwortet is None]


async def zum_vorgang(context: PortalContext, session: AsyncSession, vorgang_id: str) -> list[Rueckfrage]:
    """All questions on a case, the newest first. The caller has checked who asks."""
    rows = await session.execute(
        select(RueckfrageZeile, VorgangZeile, DokumentZeile.dateiname)
        .join(VorgangZeile, VorgangZeile.id == RueckfrageZeile.vorgang_id)
        .outerjoin(DokumentZeile, DokumentZeile.id == RueckfrageZeile.dokument_id)
        .where(RueckfrageZeile.vorgang_id == vorgang_id)
        .order_by(RueckfrageZeile.gestellt_utc.desc())
    )
    return [_view(context, row, case, name) for row, case, name in rows]


async def je_vorgang(session: AsyncSession, stelle_id: str) -> dict[str, str]:
    """Of each of an office's cases with a question: `offen` where one waits for an answer, else `beantwortet`."""
    rows = await session.execute(
        select(RueckfrageZeile.vorgang_id, RueckfrageZeile.beantwortet_utc)
        .join(VorgangZeile, VorgangZeile.id == RueckfrageZeile.vorgang_id)
        .where(VorgangZeile.stelle_id == stelle_id)
    )
    found: dict[str, str] = {}
    for case, answered in rows:
        if answered is None or case not in found:
            found[case] = "offen" if answered is None else "beantwortet"
    return found


def _view(
    context: PortalContext, row: RueckfrageZeile, case: VorgangZeile, dateiname: str | None
) -> Rueckfrage:
    service = context.katalog.leistungen.get(case.leistung)
    return Rueckfrage(
        id=row.id,
        vorgang_id=row.vorgang_id,
        leistung_name=case.leistung_name,
        aktenzeichen=case.aktenzeichen,
        frage=row.frage,
        von=row.von,
        bis=row.bis,
        gestellt=row.gestellt_utc,
        antwort=row.antwort,
        dateiname=dateiname,
        dokument_id=row.dokument_id,
        beantwortet=row.beantwortet_utc,
        kanal=row.kanal,
        recht=ansicht.rechtsgrundlage(service) if service else "dem Recht der Leistung",
    )
