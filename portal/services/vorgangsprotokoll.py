"""Log entries about a case: the applicant reads them, and the person for whom she acted."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.schema.vorgang import VorgangStatusZeile, VorgangZeile
from portal.services import handeln, katalog, protokoll
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
    freigabe_id: str | None = None,
    personal_id: str | None = None,
    stelle_name: str = "",
    zweck: str = "",
    wortlaut: str | None = None,
) -> None:
    """Add an entry about a case to the log of everybody whose data it holds; the parameters are those of `protokoll.eintragen`.

    Where the case was handed in for somebody else, each entry names who acts for whom.
    """
    await protokoll.eintragen(
        context,
        session,
        case.konto_id,
        art=art,
        akteur=akteur,
        akteur_label=akteur_label,
        stelle=None if stelle_name else katalog.stelle_von(context, case.stelle_id),
        stelle_name=stelle_name,
        leistung=katalog.leistung(context, case.leistung),
        felder=felder,
        kanal=kanal,
        zweck=zweck,
        aktenzeichen=case.aktenzeichen,
        inhalt_sha256=inhalt_sha256,
        freigabe_id=freigabe_id,
        personal_id=personal_id,
        vertretung=await handeln.zum_vorgang(session, case),
        wortlaut=wortlaut,
    )


async def verlauf(context: PortalContext, session: AsyncSession, case: VorgangZeile, text: str) -> None:
    """Note an act of the citizen in the case's history, which the office reads too; with who acts for whom."""
    acting = await handeln.zum_vorgang(session, case)
    session.add(
        VorgangStatusZeile(
            vorgang_id=case.id,
            status=case.status,
            text=f"{text}. {acting.satz}." if acting else f"{text}.",
            von="Portal",
            am_utc=context.clock(),
        )
    )
