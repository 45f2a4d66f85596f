"""Use cases of uploaded files: checked by content, kept encrypted."""

import asyncio
import hashlib
import uuid
from pathlib import PurePath

import filetype
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from portal.context import PortalContext
from portal.errors import InvalidInputError, NotFoundError, PortalError
from portal.schema.dokument import DokumentZeile
from portal.services import entwurf, katalog, schluessel
from portal.services.entwurf import UNFERTIG
from portal.services.fehler import DraftClosedError
from portal.services.views import DocumentView

GROESSE_HOECHSTENS = 25 * 1024 * 1024
"""Bytes."""
MEDIENTYPEN = ("application/pdf", "image/jpeg", "image/png")
DATEINAME_HOECHSTENS = 200


class FileTooLargeError(PortalError):
    """The file is larger than 25 MB. The citizen sends a smaller one; nothing was kept."""

    code = "datei_zu_gross"
    status = 413

    def __init__(self) -> None:
        super().__init__(
            "Die Datei ist größer als 25 MB und wurde nicht gespeichert. Bitte wählen Sie eine kleinere, zum Beispiel ein "
            "Foto mit weniger Auflösung. Ihre Angaben sind erhalten.",
            field="datei",
        )


class FileTypeError(PortalError):
    """The content is neither PDF nor JPEG nor PNG. The citizen sends another file; nothing was kept."""

    code = "dateityp_unzulaessig"
    status = 415

    def __init__(self) -> None:
        super().__init__(
            "Diese Datei ist weder PDF noch JPEG noch PNG und wurde nicht gespeichert. Bitte wählen Sie eine andere Datei. "
            "Ihre Angaben sind erhalten.",
            field="datei",
        )


async def hochladen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    *,
    entwurf_id: str,
    nachweis_id: str,
    dateiname: str,
    inhalt: bytes,
) -> DocumentView:
    """Keep a file for one piece of evidence of a draft. Tying it to the draft is `entwurf.nachweisen`.

    Raises
    ------
    FileTooLargeError, FileTypeError
    InvalidInputError
        The file is empty.
    NotFoundError
        No such draft of this citizen, or no such evidence.
    DraftClosedError
        The draft was handed in or given up.
    """
    if len(inhalt) > GROESSE_HOECHSTENS:
        raise FileTooLargeError
    if not inhalt:
        raise InvalidInputError("Die Datei ist leer. Bitte wählen Sie eine andere.", field="datei")
    kind = filetype.guess(inhalt[:8192])
    if kind is None or kind.mime not in MEDIENTYPEN:
        raise FileTypeError
    row = await entwurf.zeile(session, konto_id, entwurf_id)
    if row.status not in UNFERTIG:
        raise DraftClosedError
    nachweis = katalog.leistung(context, row.leistung).nachweis(nachweis_id)
    if nachweis is None or not nachweis.hochladbar:
        raise NotFoundError("Diesen Nachweis gibt es in dem Entwurf nicht.", field="nachweis")
    document_id = str(uuid.uuid4())
    key = await schluessel.fuer(context, session, konto_id)
    document = DokumentZeile(
        id=document_id,
        konto_id=konto_id,
        entwurf_id=entwurf_id,
        nachweis=nachweis_id,
        dateiname=_harmlos(dateiname, kind.extension),
        medientyp=kind.mime,
        groesse=len(inhalt),
        sha256=await asyncio.to_thread(lambda: hashlib.sha256(inhalt).hexdigest()),
        inhalt=await asyncio.to_thread(key.verschluesseln, inhalt, f"dokument:{document_id}"),
        hochgeladen_utc=context.clock(),
    )
    session.add(document)
    await session.flush()
    return _view(document)


def _harmlos(name: str, endung: str) -> str:
    """A file name without folders and control characters; never empty."""
    last = PurePath(name.replace("\\", "/")).name
    clean = "".join(z for z in last if z.isprintable()).strip()[-DATEINAME_HOECHSTENS:]
    return clean or f"dokument.{endung}"


def _view(row: DokumentZeile) -> DocumentView:
    return DocumentView(
        id=row.id, filename=row.dateiname, media_type=row.medientyp, size=row.groesse, sha256=row.sha256
    )


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
    return _view(row), await asyncio.to_thread(key.entschluesseln, row.inhalt, f"dokument:{row.id}")
