"""Use cases of uploaded files: checked by content, scanned, kept encrypted with the citizen's key, released one by one."""

import asyncio
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import PurePath

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from portal.context import PortalContext
from portal.domain import unterlagen
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.dokument import DokumentfreigabeZeile, DokumentZeile
from portal.schema.entwurf import EntwurfZeile
from portal.schema.vorgang import VorgangZeile
from portal.services import dateipruefung, entwurf, katalog, kopiestempel, schluessel, stammdaten
from portal.services.dateipruefung import GROESSE_HOECHSTENS, MEDIENTYPEN, FileTooLargeError, FileTypeError
from portal.services.entwurf import UNFERTIG
from portal.services.fehler import DraftClosedError
from portal.services.views import DocumentView
from portal.services.virenscan import ScannerUnavailableError, scanner

__all__ = ["GROESSE_HOECHSTENS", "MEDIENTYPEN", "FileTooLargeError", "FileTypeError"]

DATEINAME_HOECHSTENS = 200
VERWORFENES_BLEIBT = timedelta(days=30)
"""How long files of a draft given up stay; the page of the draft says it."""


@dataclass(frozen=True)
class Datei:
    """A file that was let in: checked, scanned, with a harmless name. `kennung`: id of the document that it becomes."""

    name: str
    medientyp: str
    inhalt: bytes
    scanner: str
    kennung: str = field(default_factory=lambda: str(uuid.uuid4()))


async def annehmen(context: PortalContext, dateiname: str, inhalt: bytes) -> Datei:
    """Check and scan a file, outside any transaction.

    Raises
    ------
    InvalidInputError
        The file is empty.
    FileTooLargeError, FileTypeError, FileAmbiguousError, FileBombError
    MalwareFoundError, ScannerUnavailableError
    """
    kind = await asyncio.to_thread(dateipruefung.pruefen, inhalt)
    guard = scanner(context.settings.clamd)
    await guard.pruefen(inhalt)
    return Datei(_harmlos(dateiname, kind.endung), kind.medientyp, inhalt, guard.name)


@dataclass(frozen=True)
class Vorpruefung:
    """What a file is that waits elsewhere. `scanner`: what was looked for; None when the scanner did not answer."""

    medientyp: str
    scanner: str | None


async def vorpruefen(context: PortalContext, inhalt: bytes) -> Vorpruefung:
    """Check and scan a file that is not taken yet: `annehmen` checks it again.

    Raises
    ------
    InvalidInputError
        The file is empty.
    FileTooLargeError, FileTypeError, FileAmbiguousError, FileBombError, MalwareFoundError
    """
    kind = await asyncio.to_thread(dateipruefung.pruefen, inhalt)
    guard = scanner(context.settings.clamd)
    try:
        await guard.pruefen(inhalt)
    except ScannerUnavailableError:
        return Vorpruefung(kind.medientyp, None)
    return Vorpruefung(kind.medientyp, guard.name)


async def hochladen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    *,
    entwurf_id: str,
    nachweis_id: str,
    datei: Datei,
) -> DocumentView:
    """Keep a file for one piece of evidence of a draft. Tying it to the draft is `entwurf.nachweisen`.

    Raises
    ------
    NotFoundError
        No such draft of this citizen, or no such evidence.
    DraftClosedError
        The draft was handed in or given up.
    FileAmbiguousError
        The copy of an identity card cannot be marked as one.
    """
    row = await entwurf.zeile(session, konto_id, entwurf_id)
    if row.status not in UNFERTIG:
        raise DraftClosedError
    nachweis = katalog.leistung(context, row.leistung).nachweis(nachweis_id)
    if nachweis is None or not nachweis.hochladbar:
        raise NotFoundError("Diesen Nachweis gibt es in dem Entwurf nicht.", field="nachweis")
    document = await _ablegen(context, session, konto_id, datei, kopie=nachweis.kopie)
    document.entwurf_id, document.nachweis = entwurf_id, nachweis_id
    await session.flush()
    return ansicht(document)


def uebernehmbar(belegt: Sequence[str]) -> dict[str, str]:
    """Master data that a document may bring: what its kind proves, or anything where the kind says nothing; id → label."""
    known = [feld for feld in belegt if feld in stammdaten.EIGENE_PRUEFUNG] or list(
        stammdaten.EIGENE_PRUEFUNG
    )
    return {feld: stammdaten.FELDER[feld] for feld in known}


async def angabe_uebernehmen(
    context: PortalContext, session: AsyncSession, konto_id: str, dokument_id: str, *, feld: str, wert: str
) -> None:
    """Store one value that a document of hers shows, with the document as its source. It counts as declared, not as proved.

    Raises
    ------
    NotFoundError
        She has no such document.
    InvalidInputError
        The document's kind does not show this datum, or the value does not fit it.
    """
    row = await session.scalar(
        select(DokumentZeile).where(DokumentZeile.id == dokument_id, DokumentZeile.konto_id == konto_id)
    )
    if row is None:
        raise NotFoundError("Dieses Dokument gibt es nicht.")
    if feld not in uebernehmbar(row.belegt or ()):
        raise InvalidInputError("Bitte wählen Sie eine Angabe aus der Liste.", field="feld")
    checked = stammdaten.geprueft(context, feld, wert)
    await stammdaten.speichern(context, session, konto_id, {feld: checked}, "dokument")


async def aufbewahren(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    *,
    art: str,
    gueltig_bis: date | None,
    datei: Datei,
) -> DocumentView:
    """Keep a file with the citizen's own data, linked to the master data that it proves.

    Raises
    ------
    InvalidInputError
        The kind is unknown, or the document is not valid any more.
    FileAmbiguousError
        The copy of an identity card cannot be marked as one.
    """
    kind = unterlagen.ARTEN.get(art)
    if kind is None:
        raise InvalidInputError("Bitte wählen Sie, was für eine Unterlage das ist.", field="art")
    if gueltig_bis is not None and gueltig_bis < context.today():
        raise InvalidInputError(
            "Diese Unterlage ist nach Ihrer Angabe schon abgelaufen.", field="gueltig_bis"
        )
    document = await _ablegen(context, session, konto_id, datei, kopie=kind.kopie)
    document.art, document.belegt, document.gueltig_bis = art, list(kind.belegt), gueltig_bis
    await session.flush()
    return ansicht(document)


async def _ablegen(
    context: PortalContext, session: AsyncSession, konto_id: str, datei: Datei, *, kopie: bool
) -> DokumentZeile:
    content = datei.inhalt
    if kopie:
        content = await asyncio.to_thread(kopiestempel.stempeln, content, datei.medientyp, context.today())
    key = await schluessel.fuer(context, session, konto_id)
    document = DokumentZeile(
        id=datei.kennung,
        konto_id=konto_id,
        belegt=[],
        scanner=datei.scanner,
        kopie=kopie,
        dateiname=datei.name,
        medientyp=datei.medientyp,
        groesse=len(content),
        sha256=await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest()),
        inhalt=await asyncio.to_thread(key.verschluesseln, content, f"dokument:{datei.kennung}"),
        hochgeladen_utc=context.clock(),
    )
    session.add(document)
    return document


def _harmlos(name: str, endung: str) -> str:
    """A file name without folders and control characters; never empty."""
    last = PurePath(name.replace("\\", "/")).name
    clean = "".join(z for z in last if z.isprintable()).strip()[-DATEINAME_HOECHSTENS:]
    return clean or f"dokument.{endung}"


def ansicht(row: DokumentZeile) -> DocumentView:
    """A document in short."""
    return DocumentView(
        id=row.id, filename=row.dateiname, media_type=row.medientyp, size=row.groesse, sha256=row.sha256
    )


async def zeile(session: AsyncSession, dokument_id: str, *, konto_id: str) -> DokumentZeile:
    """A citizen's own stored file without its bytes; a foreign one is as unknown. Raises NotFoundError."""
    row = await session.scalar(
        select(DokumentZeile).where(DokumentZeile.id == dokument_id, DokumentZeile.konto_id == konto_id)
    )
    if row is None:
        raise NotFoundError("Dieses Dokument gibt es nicht.")
    return row


async def laden(session: AsyncSession, dokument_id: str, *, konto_id: str) -> tuple[DocumentView, bytes]:
    """A citizen's own file with its bytes; a foreign one is as unknown. Raises NotFoundError."""
    row = await session.scalar(
        select(DokumentZeile)
        .where(DokumentZeile.id == dokument_id, DokumentZeile.konto_id == konto_id)
        .options(undefer(DokumentZeile.inhalt))
    )
    key = await schluessel.vorhanden(session, konto_id)
    if row is None or key is None:
        raise NotFoundError("Dieses Dokument gibt es nicht.")
    return ansicht(row), await asyncio.to_thread(key.entschluesseln, row.inhalt, f"dokument:{row.id}")


async def loeschen(session: AsyncSession, konto_id: str, dokument_id: str) -> None:
    """Delete a file of her own.

    Raises
    ------
    ConflictError
        It belongs to a case that was handed in.
    NotFoundError
    """
    row = await zeile(session, dokument_id, konto_id=konto_id)
    used = await session.scalar(
        select(DokumentfreigabeZeile.id).where(
            DokumentfreigabeZeile.dokument_id == row.id, DokumentfreigabeZeile.widerrufen_utc.is_(None)
        )
    )
    draft = await session.get(EntwurfZeile, row.entwurf_id) if row.entwurf_id else None
    if used is not None or (draft is not None and draft.status == "abgegeben"):
        raise ConflictError(
            "Diese Unterlage gehört zu einem abgegebenen Vorgang. Solange die Stelle ihn hat, bleibt sie erhalten. Widerrufen Sie die "
            "Freigabe, solange die Stelle die Unterlage noch nicht geöffnet hat."
        )
    unfinished = await session.scalars(
        select(EntwurfZeile).where(EntwurfZeile.konto_id == konto_id, EntwurfZeile.status.in_(UNFERTIG))
    )
    for one in unfinished:
        if any(beleg["dokument"] == row.id for beleg in one.nachweise.values()):
            one.nachweise = {k: b for k, b in one.nachweise.items() if b["dokument"] != row.id}
            one.version += 1
    await session.execute(delete(DokumentfreigabeZeile).where(DokumentfreigabeZeile.dokument_id == row.id))
    await session.delete(row)


async def aufraeumen(context: PortalContext) -> int:
    """Job: delete files of drafts that were given up `VERWORFENES_BLEIBT` ago, and files that no draft uses any more."""
    before = context.clock() - VERWORFENES_BLEIBT
    removed = 0
    async with context.transaction() as session:
        rows = await session.execute(
            select(DokumentZeile, EntwurfZeile)
            .join(EntwurfZeile, EntwurfZeile.id == DokumentZeile.entwurf_id)
            .outerjoin(VorgangZeile, VorgangZeile.entwurf_id == EntwurfZeile.id)
            .where(VorgangZeile.id.is_(None), EntwurfZeile.geaendert_utc < before)
        )
        for document, draft in rows.all():
            used = any(beleg["dokument"] == document.id for beleg in draft.nachweise.values())
            if draft.status == "verworfen" or not used:
                await session.delete(document)
                removed += 1
    return removed
