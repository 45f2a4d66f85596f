"""Use cases of cases, for the citizen and for the office's Sachbearbeiter."""

import json

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.vorgang import PosteingangZeile, VorgangStatusZeile, VorgangZeile
from portal.services import (
    benachrichtigung,
    dokument,
    dokumentfreigabe,
    postfach,
    vermerk,
    vorgangsprotokoll,
)
from portal.services.views import CaseDetail, CaseView, DocumentView, InboxEntry, StatusStep

STATUS: dict[str, str] = {
    "eingegangen": "Eingegangen",
    "in_bearbeitung": "In Bearbeitung",
    "rueckfrage": "Rückfrage an Sie",
    "erledigt": "Erledigt",
    "abgelehnt": "Abgelehnt",
    "zurueckgezogen": "Vor der Zustellung angehalten",
}
"""Status of a case: id → what people read."""
ENDE = ("erledigt", "abgelehnt", "zurueckgezogen")
WAEHLBAR = tuple(status for status in STATUS if status != "zurueckgezogen")
"""What an office may set."""


def case_view(row: VorgangZeile) -> CaseView:
    """A case in short."""
    return CaseView(
        id=row.id,
        reference=row.aktenzeichen,
        service=row.leistung,
        name=row.leistung_name,
        office=row.stelle,
        status=row.status,
        effect=row.wirkung,  # type: ignore[arg-type]  # checked by the model
        delivered_at=row.eingegangen_utc,
        url=f"/mein/vorgaenge/{row.id}",
    )


async def liste(session: AsyncSession, konto_id: str) -> list[CaseView]:
    """The citizen's cases, the newest first."""
    rows = await session.scalars(
        select(VorgangZeile)
        .where(VorgangZeile.konto_id == konto_id)
        .order_by(VorgangZeile.eingegangen_utc.desc())
    )
    return [case_view(r) for r in rows]


async def laden(session: AsyncSession, konto_id: str, vorgang_id: str) -> CaseDetail:
    """The citizen's own case; a foreign one is as unknown. Raises NotFoundError."""
    row = await session.get(VorgangZeile, vorgang_id)
    if row is None or row.konto_id != konto_id:
        raise NotFoundError("Diesen Vorgang gibt es nicht.")
    return await _detail(session, row)


async def ist_zugestellt(session: AsyncSession, vorgang_id: str) -> bool:
    """Whether a case has arrived at its office."""
    return await session.get(PosteingangZeile, vorgang_id) is not None


async def pdf(session: AsyncSession, konto_id: str, vorgang_id: str) -> bytes:
    """The PDF of the citizen's own case. Raises NotFoundError."""
    row = await session.get(VorgangZeile, vorgang_id)
    if row is None or row.konto_id != konto_id:
        raise NotFoundError("Diesen Vorgang gibt es nicht.")
    return row.pdf


async def _detail(session: AsyncSession, row: VorgangZeile) -> CaseDetail:
    history = await session.scalars(
        select(VorgangStatusZeile)
        .where(VorgangStatusZeile.vorgang_id == row.id)
        .order_by(VorgangStatusZeile.id)
    )
    package = json.loads(row.paket)
    attached = {a["id"]: a["nachweis"] for a in package["anlagen"]}
    return CaseDetail(
        case=case_view(row),
        konto_id=row.konto_id,
        office_id=row.stelle_id,
        authority=row.behoerde,
        package=package,
        documents=tuple(await dokumentfreigabe.eines_vorgangs(session, row.id, attached)),
        package_sha256=row.paket_sha256,
        pdf_sha256=row.pdf_sha256,
        history=[StatusStep(status=h.status, text=h.text, by=h.von, at=h.am_utc) for h in history],
    )


async def posteingang(session: AsyncSession, stelle_id: str) -> list[InboxEntry]:
    """What was delivered to an office, the newest first; no personal data stands in the list."""
    rows = await session.execute(
        select(VorgangZeile, PosteingangZeile.eingang_utc)
        .join(PosteingangZeile, PosteingangZeile.vorgang_id == VorgangZeile.id)
        .where(PosteingangZeile.stelle_id == stelle_id)
        .order_by(PosteingangZeile.eingang_utc.desc())
    )
    return [
        InboxEntry(
            id=v.id,
            reference=v.aktenzeichen,
            name=v.leistung_name,
            effect=v.wirkung,
            status=v.status,
            arrived_at=at,
        )
        for v, at in rows
    ]


async def fuer_stelle(session: AsyncSession, stelle_id: str, vorgang_id: str) -> VorgangZeile:
    """A case in the inbox of an office; a foreign one is as unknown. Raises NotFoundError."""
    row = await session.scalar(
        select(VorgangZeile)
        .join(PosteingangZeile, PosteingangZeile.vorgang_id == VorgangZeile.id)
        .where(VorgangZeile.id == vorgang_id, PosteingangZeile.stelle_id == stelle_id)
    )
    if row is None:
        raise NotFoundError("Diesen Vorgang gibt es im Posteingang Ihrer Stelle nicht.")
    return row


async def oeffnen_fuer_stelle(
    context: PortalContext, session: AsyncSession, stelle_id: str, vorgang_id: str, funktion: str
) -> CaseDetail:
    """A case in the inbox of the caller's office; the look is logged for the citizen. Raises NotFoundError."""
    row = await fuer_stelle(session, stelle_id, vorgang_id)
    detail = await _detail(session, row)
    detail = detail.model_copy(update={"notes": tuple(await vermerk.liste(session, row.id))})
    await _einsicht(context, session, row, detail, funktion, "Posteingang der Stelle")
    return detail


async def pdf_fuer_stelle(
    context: PortalContext, session: AsyncSession, stelle_id: str, vorgang_id: str, funktion: str
) -> bytes:
    """The PDF of a case in the office's inbox; logged as `oeffnen_fuer_stelle`. Raises NotFoundError."""
    row = await fuer_stelle(session, stelle_id, vorgang_id)
    await _einsicht(
        context, session, row, await _detail(session, row), funktion, "Posteingang der Stelle, PDF"
    )
    return row.pdf


async def dokument_fuer_stelle(
    context: PortalContext,
    session: AsyncSession,
    stelle_id: str,
    vorgang_id: str,
    dokument_id: str,
    funktion: str,
) -> tuple[DocumentView, bytes]:
    """A document that belongs to a case in the office's inbox; the look is logged. Raises NotFoundError."""
    row = await fuer_stelle(session, stelle_id, vorgang_id)
    attached = {a["id"]: a["nachweis"] for a in json.loads(row.paket)["anlagen"]}
    label = await dokumentfreigabe.oeffnen(context, session, row.id, dokument_id, attached)
    view, content = await dokument.laden(session, dokument_id, konto_id=row.konto_id)
    await vorgangsprotokoll.eintragen(
        context,
        session,
        row,
        art="einsicht",
        akteur="mensch",
        akteur_label=funktion,
        felder=[label],
        kanal="Posteingang der Stelle, Dokument",
        inhalt_sha256=view.sha256,
    )
    return view, content


async def _einsicht(
    context: PortalContext,
    session: AsyncSession,
    row: VorgangZeile,
    detail: CaseDetail,
    funktion: str,
    kanal: str,
) -> None:
    fields = detail.package["felder"]
    await vorgangsprotokoll.eintragen(
        context,
        session,
        row,
        art="einsicht",
        akteur="mensch",
        akteur_label=funktion,
        felder=([str(f["label"]) for f in fields] if isinstance(fields, list) else [])
        + [note.title for note in detail.notes],
        kanal=kanal,
        inhalt_sha256=row.paket_sha256,
    )


def verlauf(
    context: PortalContext, session: AsyncSession, row: VorgangZeile, text: str, funktion: str | None
) -> None:
    """Note a step in the case's history at its present status; `funktion` is None when the portal or the citizen did it."""
    session.add(
        VorgangStatusZeile(
            vorgang_id=row.id,
            status=row.status,
            text=text,
            von=f"{funktion}, {row.stelle}" if funktion else "Portal",
            am_utc=context.clock(),
        )
    )


async def status_setzen(
    context: PortalContext,
    session: AsyncSession,
    stelle_id: str,
    vorgang_id: str,
    status: str,
    *,
    text: str,
    funktion: str,
) -> CaseView:
    """Set the status of a case in the office's inbox; the citizen gets a message in her postbox.

    Parameters
    ----------
    text
        A sentence for the citizen; may be empty.
    funktion
        Who did it, as the citizen reads it: a function, never a name.

    Raises
    ------
    InvalidInputError
        The status is unknown or the text too long.
    ConflictError
        The case is closed, or already has this status.
    NotFoundError
    """
    if status not in WAEHLBAR:
        raise InvalidInputError("Diesen Status gibt es nicht.", field="status")
    if len(text) > 2000:
        raise InvalidInputError("Der Text ist zu lang: höchstens 2.000 Zeichen.", field="text")
    row = await fuer_stelle(session, stelle_id, vorgang_id)
    if row.status in ENDE or row.status == status:
        raise ConflictError(
            f"Der Vorgang hat schon den Status „{STATUS[row.status]}“. Es wurde nichts geändert."
        )
    row.status = status
    by = f"{funktion}, {row.stelle}"
    session.add(
        VorgangStatusZeile(vorgang_id=row.id, status=status, text=text, von=by, am_utc=context.clock())
    )
    remark = f"\n\n{text}" if text else ""
    postfach.schreiben(
        context,
        session,
        row.konto_id,
        art="status",
        absender=f"{row.stelle}, {row.behoerde}",
        betreff=f"{row.leistung_name}: {STATUS[status]}",
        text=f"Ihr Vorgang {row.aktenzeichen} hat jetzt den Status „{STATUS[status]}“.{remark}",
        vorgang_id=row.id,
    )
    await benachrichtigung.anstossen(
        session, row.konto_id, "neue_nachricht", jetzt=context.clock(), verweis="/mein/postfach"
    )
    return case_view(row)
