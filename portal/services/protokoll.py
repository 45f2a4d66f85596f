"""Use cases of the disclosure log. It only grows."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Leistung, Stelle
from portal.context import PortalContext
from portal.schema.protokoll import ProtokollZeile
from portal.services.views import LogEntry

Art = Literal["uebermittlung", "einsicht", "freigabe"]
Akteur = Literal["buerger", "mensch", "system"]


def eintragen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    *,
    art: Art,
    akteur: Akteur,
    akteur_label: str,
    leistung: Leistung,
    felder: Sequence[str],
    kanal: str,
    stelle: Stelle | None = None,
    stelle_name: str = "",
    freigabe_id: str | None = None,
    aktenzeichen: str | None = None,
    inhalt_sha256: str | None = None,
    personal_id: str | None = None,
) -> None:
    """Add one entry in the caller's transaction.

    Parameters
    ----------
    akteur_label
        What the citizen reads: a function such as "Bürgerservice", never the name of a member of staff.
    felder
        Labels of exactly the fields and documents that were disclosed; never their values.
    """
    session.add(
        ProtokollZeile(
            konto_id=konto_id,
            art=art,
            am_utc=context.clock(),
            akteur=akteur,
            akteur_label=akteur_label[:200],
            stelle=(stelle.name if stelle else stelle_name)[:200],
            behoerde=stelle.behoerde[:200] if stelle else "",
            zweck=f"Bearbeitung Ihres Anliegens „{leistung.name}“",
            rechtsgrundlage=", ".join(leistung.rechtsgrundlage)[:400],
            freigabe_id=freigabe_id,
            leistung=leistung.id,
            aktenzeichen=aktenzeichen,
            felder=list(felder),
            kanal=kanal,
            inhalt_sha256=inhalt_sha256,
            personal_id=personal_id,
        )
    )


async def liste(session: AsyncSession, konto_id: str, *, hoechstens: int = 200) -> list[LogEntry]:
    """The citizen's entries, the newest first."""
    rows = await session.scalars(
        select(ProtokollZeile)
        .where(ProtokollZeile.konto_id == konto_id)
        .order_by(ProtokollZeile.id.desc())
        .limit(hoechstens)
    )
    return [
        LogEntry(
            kind=r.art,  # type: ignore[arg-type]  # checked by the model
            at=r.am_utc,
            actor=r.akteur,
            actor_label=r.akteur_label,
            office=r.stelle,
            authority=r.behoerde,
            purpose=r.zweck,
            legal_basis=r.rechtsgrundlage,
            reference=r.aktenzeichen,
            fields=list(r.felder),
            channel=r.kanal,
            sha256=r.inhalt_sha256,
        )
        for r in rows
    ]
