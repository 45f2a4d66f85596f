"""Log entries about a case: the applicant reads them, and the person for whom she acted."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.schema.entwurf import EntwurfZeile
from portal.schema.vertretung import VertretungZeile
from portal.schema.vorgang import VorgangZeile
from portal.services import katalog, protokoll
from portal.services.protokoll import Akteur, Art


async def eintragen(
    context: PortalContext,
    session: AsyncSession,
    case: VorgangZeile,
    *,
    art: Art,
    akteur: Akteur,
    akteur_label: str,
    felder: Sequence[str],
    kanal: str,
    inhalt_sha256: str | None = None,
) -> None:
    """Add an entry about a case to the log of everybody whose data it holds; the parameters are those of `protokoll.eintragen`."""
    represented = await session.scalar(
        select(VertretungZeile.fuer_konto)
        .join(EntwurfZeile, EntwurfZeile.vertretung_id == VertretungZeile.id)
        .where(EntwurfZeile.id == case.entwurf_id)
    )
    for konto_id in filter(None, (case.konto_id, represented)):
        await protokoll.eintragen(
            context,
            session,
            konto_id,
            art=art,
            akteur=akteur,
            akteur_label=akteur_label,
            stelle=katalog.stelle_von(context, case.stelle_id),
            leistung=katalog.leistung(context, case.leistung),
            felder=felder,
            kanal=kanal,
            aktenzeichen=case.aktenzeichen,
            inhalt_sha256=inhalt_sha256,
            vertretung="Vorgang, der in Vertretung abgegeben wurde" if represented else None,
        )
