"""Use case: a case of the office's inbox as one ZIP for its E-Akte."""

import io
import zipfile
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import BERLIN, PortalContext
from portal.services import (
    paket,
    vermerk,
    vorgang,
    vorgangsprotokoll,
)


async def ausgeben(
    context: PortalContext, session: AsyncSession, stelle_id: str, vorgang_id: str, funktion: str
) -> tuple[str, bytes]:
    """Give the whole case; the look is logged for the citizen, each document by itself.

    Inside: the package (JSON, PDF), every document that she has not taken back, each Vermerk as JSON, XML and PDF, and a
    list with checksums.

    Returns
    -------
    tuple
        The reference, and the ZIP.

    Raises
    ------
    NotFoundError
        The case is not in this office's inbox.
    """
    case = await vorgang.fuer_stelle(session, stelle_id, vorgang_id)
    detail = await vorgang.oeffnen_fuer_stelle(context, session, stelle_id, vorgang_id, funktion)
    files: dict[str, bytes] = {"antrag.json": case.paket, "antrag.pdf": case.pdf}
    for number, attached in enumerate((d for d in detail.documents if not d.withdrawn), start=1):
        view, content = await vorgang.dokument_fuer_stelle(
            context, session, stelle_id, vorgang_id, attached.id, funktion
        )
        files[f"unterlagen/{number:02}-{view.filename}"] = content
    files |= await vermerk.dateien(session, case.entwurf_id, case.aktenzeichen)
    listing = "".join(f"{paket.sha256(content)}  {name}\n" for name, content in files.items())
    await vorgangsprotokoll.eintragen(
        context,
        session,
        case,
        art="einsicht",
        akteur="mensch",
        akteur_label=funktion,
        felder=["Ganzer Vorgang", *(note.title for note in detail.notes)],
        kanal="Ausgabe an die E-Akte",
        inhalt_sha256=case.paket_sha256,
    )
    return case.aktenzeichen, _zip({**files, "SHA256SUMS": listing.encode()}, case.eingegangen_utc)


def _zip(files: dict[str, bytes], moment: datetime) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            local = moment.astimezone(BERLIN)
            info = zipfile.ZipInfo(
                name, (local.year, local.month, local.day, local.hour, local.minute, local.second)
            )
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
