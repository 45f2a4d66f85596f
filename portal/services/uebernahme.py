"""Takes a file that came through a channel into a draft's evidence or into the citizen's documents."""

import dataclasses
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain import unterlagen
from portal.errors import InvalidInputError, UnavailableError
from portal.schema.dokument import DokumentZeile
from portal.services import dokument, entwurf, gespraeche, kanaele, katalog
from portal.services.kanaele import Uebersicht
from portal.services.virenscan import MalwareFoundError

UNTERLAGEN = "Meine Unterlagen (für spätere Anträge)"


@dataclass(frozen=True)
class Ziel:
    """Where a file may go. `wert`: `antrag:<draft>:<version>:<evidence>` or `art:<kind of document>`."""

    gruppe: str
    wert: str
    text: str


@dataclass(frozen=True)
class Uebernommen:
    """Where a file lies now: in this draft, or with her documents."""

    entwurf_id: str | None
    nachweis_id: str | None = None


async def wartende(context: PortalContext, konto_id: str) -> Uebersicht:
    """The channels and those files that were not taken over yet. Raises UnavailableError."""
    known = await kanaele.uebersicht(context, konto_id)
    async with context.transaction() as session:
        taken = await _uebernommene(session, konto_id, [file.id for file in known.files])
    return known.model_copy(update={"files": [file for file in known.files if file.id not in taken]})


async def ziele(context: PortalContext, session: AsyncSession, konto_id: str, vertrauen: str) -> list[Ziel]:
    """Every piece of evidence that an unfinished draft takes as a file, what is missing first; then the kinds of documents."""
    found: list[tuple[bool, Ziel]] = []
    for draft in await entwurf.liste(context, session, konto_id, vertrauen):
        service = katalog.leistung(context, draft.service)
        for one in draft.evidence:
            evidence = service.nachweis(one.id)
            if evidence is None or not evidence.hochladbar or one.state == "entfaellt":
                continue
            text = f"{one.label} (ersetzt „{one.document.filename}“)" if one.document else one.label
            value = f"antrag:{draft.id}:{draft.version}:{one.id}"
            found.append((one.document is not None, Ziel(f"Antrag: {draft.name}", value, text)))
    drafts = [target for _, target in sorted(found, key=lambda one: one[0])]
    return drafts + [Ziel(UNTERLAGEN, f"art:{key}", kind.label) for key, kind in unterlagen.ARTEN.items()]


async def oeffnen(context: PortalContext, konto_id: str, datei_id: str) -> tuple[kanaele.Datei, bytes]:
    """A waiting file for the citizen to look at; one that was not scanned yet is scanned first.

    Raises
    ------
    NotFoundError, UnavailableError, MalwareFoundError, ScannerUnavailableError
    """
    about, content = await kanaele.datei(context, konto_id, datei_id)
    if about.scanner is None:
        await _pruefen(context, konto_id, about, content)
    return about, content


async def uebernehmen(
    context: PortalContext,
    konto_id: str,
    datei_id: str,
    ziel: str,
    *,
    gueltig_bis: date | None,
    vertrauen: str,
) -> Uebernommen:
    """Check a file like an upload and put it where she says. Doing it twice makes one document.

    Raises
    ------
    InvalidInputError
        No such target, or a document that is not valid any more.
    NotFoundError, UnavailableError
        No such file; the conversations do not answer.
    DraftChangedError, DraftClosedError
    FileTooLargeError, FileTypeError, FileAmbiguousError, FileBombError, MalwareFoundError, ScannerUnavailableError
    """
    about, content = await kanaele.datei(context, konto_id, datei_id)
    checked = await _pruefen(context, konto_id, about, content)
    kind, _, rest = ziel.partition(":")
    parts = rest.split(":")
    async with context.transaction() as session:
        taken = bool(await _uebernommene(session, konto_id, [datei_id]))
        if kind == "antrag" and len(parts) == 3 and parts[1].isdecimal():
            place = Uebernommen(parts[0], parts[2])
            if not taken:
                await _zum_antrag(
                    context, session, konto_id, checked, place, version=int(parts[1]), vertrauen=vertrauen
                )
        elif kind == "art":
            place = Uebernommen(None)
            if not taken:
                await dokument.aufbewahren(
                    context, session, konto_id, art=rest, gueltig_bis=gueltig_bis, datei=checked
                )
        else:
            raise InvalidInputError("Bitte wählen Sie, wohin die Datei gehört.", field="ziel")
    if place.entwurf_id is not None and not taken:
        await gespraeche.tell_draft(context, konto_id, place.entwurf_id)
    with suppress(UnavailableError):  # then it ends by itself; `wartende` shows it no more
        await kanaele.datei_loeschen(context, konto_id, datei_id)
    return place


async def _zum_antrag(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    datei: dokument.Datei,
    place: Uebernommen,
    *,
    version: int,
    vertrauen: str,
) -> None:
    entwurf_id, nachweis_id = place.entwurf_id or "", place.nachweis_id or ""
    document = await dokument.hochladen(
        context, session, konto_id, entwurf_id=entwurf_id, nachweis_id=nachweis_id, datei=datei
    )
    await entwurf.nachweisen(
        context, session, konto_id, entwurf_id, nachweis_id, document.id, version=version, vertrauen=vertrauen
    )


async def _pruefen(
    context: PortalContext, konto_id: str, about: kanaele.Datei, content: bytes
) -> dokument.Datei:
    """Check and scan; a file with malware is deleted where it waits."""
    try:
        checked = await dokument.annehmen(context, about.name, content)
    except MalwareFoundError:
        with suppress(UnavailableError):
            await kanaele.datei_loeschen(context, konto_id, about.id)
        raise
    return dataclasses.replace(checked, kennung=about.id)


async def _uebernommene(session: AsyncSession, konto_id: str, ids: Sequence[str]) -> set[str]:
    query = select(DokumentZeile.id).where(DokumentZeile.konto_id == konto_id, DokumentZeile.id.in_(ids))
    return set(await session.scalars(query))
