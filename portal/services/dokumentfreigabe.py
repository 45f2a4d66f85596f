"""Use cases of releasing documents to an office: one by one, revocable until the office has opened it."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain import unterlagen
from portal.errors import ConflictError, NotFoundError
from portal.schema.dokument import DokumentfreigabeZeile, DokumentZeile
from portal.schema.entwurf import EntwurfZeile
from portal.schema.vorgang import VorgangZeile
from portal.services import dokument, handeln, vorgangsprotokoll
from portal.services.views import DocumentReleaseView, OwnDocumentView, ReleasedDocument

OFFEN = ("eingegangen", "in_bearbeitung", "rueckfrage")
"""Status in which a case takes further documents."""


async def mit_abgabe(
    context: PortalContext, session: AsyncSession, case: VorgangZeile, anlagen: Sequence[tuple[str, str]]
) -> None:
    """Release the documents (id, label) that go with a case that is handed in just now."""
    for document_id, label in anlagen:
        _freigeben(context, session, case, document_id, label)


def _freigeben(
    context: PortalContext, session: AsyncSession, case: VorgangZeile, dokument_id: str, label: str
) -> DokumentfreigabeZeile:
    row = DokumentfreigabeZeile(
        id=str(uuid.uuid4()),
        konto_id=case.konto_id,
        dokument_id=dokument_id,
        vorgang_id=case.id,
        label=label[:200],
        erteilt_utc=context.clock(),
    )
    session.add(row)
    return row


async def nachreichen(
    context: PortalContext, session: AsyncSession, konto_id: str, vorgang_id: str, dokument_id: str
) -> None:
    """Release one of the citizen's own documents to the office of a running case of hers.

    Raises
    ------
    NotFoundError
        No such case or document of hers.
    ConflictError
        The case is closed, or the office has this document already.
    PowerLackingError
        She asked for somebody else, and her power has ended since.
    """
    case = await session.get(VorgangZeile, vorgang_id)
    if case is None or case.konto_id != konto_id:
        raise NotFoundError("Diesen Vorgang gibt es nicht.")
    document = await dokument.zeile(session, dokument_id, konto_id=konto_id)
    if case.status not in OFFEN:
        raise ConflictError("Dieser Vorgang nimmt keine Unterlagen mehr an. Es wurde nichts freigegeben.")
    label = unterlagen.ARTEN[document.art].label if document.art in unterlagen.ARTEN else document.dateiname
    row = await session.scalar(
        select(DokumentfreigabeZeile).where(
            DokumentfreigabeZeile.dokument_id == dokument_id, DokumentfreigabeZeile.vorgang_id == vorgang_id
        )
    )
    if row is not None and row.widerrufen_utc is None:
        raise ConflictError("Diese Unterlage ist für diesen Vorgang schon freigegeben.")
    await handeln.am_vorgang(context, session, case)
    if row is not None:
        row.widerrufen_utc, row.erteilt_utc = None, context.clock()
    else:
        row = _freigeben(context, session, case, dokument_id, label)
    await vorgangsprotokoll.verlauf(context, session, case, f"Unterlage freigegeben: {row.label}")
    await vorgangsprotokoll.eintragen(
        context,
        session,
        case,
        art="freigabe",
        akteur="buerger",
        akteur_label="Sie selbst",
        felder=[row.label],
        kanal="Unterlage im Portal freigegeben",
        inhalt_sha256=document.sha256,
        freigabe_id=row.id,
        wortlaut="unterlage",
    )


async def widerrufen(
    context: PortalContext, session: AsyncSession, konto_id: str, freigabe_id: str
) -> DocumentReleaseView:
    """Take a release back.

    Raises
    ------
    ConflictError
        The office has opened the document, or the release was taken back before.
    NotFoundError
    """
    row = await session.scalar(
        select(DokumentfreigabeZeile)
        .where(DokumentfreigabeZeile.id == freigabe_id, DokumentfreigabeZeile.konto_id == konto_id)
        .with_for_update()
    )
    if row is None:
        raise NotFoundError("Diese Freigabe gibt es nicht.")
    if row.genutzt_utc is not None:
        raise ConflictError(
            "Die Stelle hat diese Unterlage schon geöffnet. Sie gehört jetzt zum Vorgang und bleibt dort."
        )
    if row.widerrufen_utc is not None:
        raise ConflictError("Diese Freigabe haben Sie schon widerrufen.")
    case = await session.get_one(VorgangZeile, row.vorgang_id)
    row.widerrufen_utc = context.clock()
    await vorgangsprotokoll.verlauf(context, session, case, f"Unterlage zurückgenommen: {row.label}")
    await vorgangsprotokoll.eintragen(
        context,
        session,
        case,
        art="widerruf",
        akteur="buerger",
        akteur_label="Sie selbst",
        felder=[row.label],
        kanal="Unterlage im Portal widerrufen",
        freigabe_id=row.id,
    )
    return _ansicht(row, case)


async def oeffnen(
    context: PortalContext,
    session: AsyncSession,
    vorgang_id: str,
    dokument_id: str,
    anlagen: Mapping[str, str],
) -> str:
    """The office opens a document of a case: from now on it is used. Gives its label.

    Parameters
    ----------
    anlagen
        Documents (id → label) of the package as it was handed in; those of older cases have no release of their own.

    Raises
    ------
    NotFoundError
        It does not belong to the case, or its release was taken back.
    """
    row = await session.scalar(
        select(DokumentfreigabeZeile)
        .where(
            DokumentfreigabeZeile.dokument_id == dokument_id, DokumentfreigabeZeile.vorgang_id == vorgang_id
        )
        .with_for_update()
    )
    if row is None and dokument_id in anlagen:
        return anlagen[dokument_id]
    if row is None:
        raise NotFoundError("Dieses Dokument gehört nicht zu diesem Vorgang.")
    if row.widerrufen_utc is not None:
        raise NotFoundError(
            "Die Person hat die Freigabe dieser Unterlage widerrufen, bevor sie geöffnet wurde."
        )
    row.genutzt_utc = row.genutzt_utc or context.clock()
    return row.label


async def eines_vorgangs(
    session: AsyncSession, vorgang_id: str, anlagen: Mapping[str, str]
) -> list[ReleasedDocument]:
    """What the office of a case may open, and what was taken back."""
    rows = await session.execute(
        select(DokumentfreigabeZeile, DokumentZeile)
        .join(DokumentZeile, DokumentZeile.id == DokumentfreigabeZeile.dokument_id)
        .where(DokumentfreigabeZeile.vorgang_id == vorgang_id)
        .order_by(DokumentfreigabeZeile.erteilt_utc, DokumentfreigabeZeile.id)
    )
    known = {
        document.id: ReleasedDocument(
            id=document.id,
            label=row.label,
            filename=document.dateiname,
            scanner=document.scanner,
            marked_copy=document.kopie,
            withdrawn=row.widerrufen_utc is not None,
        )
        for row, document in rows
    }
    for document_id, label in anlagen.items():
        older = await session.get(DokumentZeile, document_id) if document_id not in known else None
        if older is not None:
            known[document_id] = ReleasedDocument(
                id=older.id,
                label=label,
                filename=older.dateiname,
                scanner=older.scanner,
                marked_copy=older.kopie,
                withdrawn=False,
            )
    return list(known.values())


def _ansicht(row: DokumentfreigabeZeile, case: VorgangZeile) -> DocumentReleaseView:
    state = "widerrufen" if row.widerrufen_utc else "geoeffnet" if row.genutzt_utc else "frei"
    return DocumentReleaseView(
        id=row.id,
        office=case.stelle,
        reference=case.aktenzeichen,
        state=state,
        since=row.widerrufen_utc or row.genutzt_utc or row.erteilt_utc,
    )


def _art(context: PortalContext, row: DokumentZeile, leistungen: Mapping[str, str]) -> str:
    """What a document is: its kind, or the evidence of the application for which it was uploaded."""
    if row.art in unterlagen.ARTEN:
        return unterlagen.ARTEN[row.art].label
    service = context.katalog.leistungen.get(leistungen.get(row.entwurf_id or "", ""))
    evidence = service.nachweis(row.nachweis or "") if service else None
    return evidence.label if evidence else "Nachweis zu einem Antrag"


async def unterlagenliste(
    context: PortalContext, session: AsyncSession, konto_id: str
) -> list[OwnDocumentView]:
    """All documents of a citizen with what they prove and who may open them, the newest first."""
    releases = await session.execute(
        select(DokumentfreigabeZeile, VorgangZeile)
        .join(VorgangZeile, VorgangZeile.id == DokumentfreigabeZeile.vorgang_id)
        .where(DokumentfreigabeZeile.konto_id == konto_id)
        .order_by(DokumentfreigabeZeile.erteilt_utc)
    )
    of_document: dict[str, list[DocumentReleaseView]] = {}
    for row, case in releases:
        of_document.setdefault(row.dokument_id, []).append(_ansicht(row, case))
    drafts = await session.execute(
        select(EntwurfZeile.id, EntwurfZeile.leistung).where(EntwurfZeile.konto_id == konto_id)
    )
    services = {draft: service for draft, service in drafts}
    documents = await session.scalars(
        select(DokumentZeile)
        .where(DokumentZeile.konto_id == konto_id)
        .order_by(DokumentZeile.hochgeladen_utc.desc(), DokumentZeile.id)
    )
    return [
        OwnDocumentView(
            id=d.id,
            filename=d.dateiname,
            kind=_art(context, d, services),
            draft_id=d.entwurf_id,
            proves=list(d.belegt),
            valid_until=d.gueltig_bis,
            expired=d.gueltig_bis is not None and d.gueltig_bis < context.today(),
            marked_copy=d.kopie,
            scanner=d.scanner,
            size=d.groesse,
            uploaded_at=d.hochgeladen_utc,
            releases=of_document.get(d.id, []),
        )
        for d in documents
    ]
