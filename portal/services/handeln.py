"""Who acts for whom in a draft and on a case, as package, inbox, history and logs say it; and whether the power still holds."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain import vertretung as regeln
from portal.domain.vertretung import ALLES, ARTEN, Handeln, Macht
from portal.errors import ConflictError
from portal.schema.entwurf import EntwurfZeile
from portal.schema.vertretung import VertretungZeile
from portal.schema.vorgang import VorgangZeile
from portal.services import sitzung, stammdaten

HINDERNISSE = {
    "beendet": "Diese Vertretung ist beendet.",
    "abgelaufen": "Diese Vertretung ist abgelaufen.",
    "gesperrt": "Das Konto der vertretenen Person ist gesperrt. Solange ruht diese Vertretung.",
    "umfang": "Diese Vertretung gilt nicht für diese Leistung.",
}


class PowerLackingError(ConflictError):
    """The power does not hold for this act. The citizen acts for herself, or gets another power; nothing was handed in."""

    code = "vertretung_fehlt"


async def name(session: AsyncSession, konto_id: str) -> str:
    """First and family name of an account, as others read it."""
    known = await stammdaten.load(session, konto_id)
    parts = [known[f].wert for f in ("vornamen", "familienname") if f in known]
    return " ".join(parts) or "eine Person ohne gespeicherten Namen"


async def hindernis(
    context: PortalContext, session: AsyncSession, row: VertretungZeile, leistung: str | None = None
) -> str | None:
    """Why a power does not hold (for a service) today, as a key of `HINDERNISSE`; None when it holds."""
    locked = row.fuer_konto is not None and await sitzung.gesperrt(session, row.fuer_konto)
    scope = row.umfang if leistung is not None else (ALLES,)
    return regeln.hindernis(
        Macht(scope, row.gueltig_bis, row.beendet_utc is not None, locked), leistung or "", context.today()
    )


async def im_entwurf(session: AsyncSession, draft: EntwurfZeile) -> Handeln | None:
    """Who acts for whom in a draft, whether or not the power still holds; None: for herself."""
    row = await session.get(VertretungZeile, draft.vertretung_id) if draft.vertretung_id else None
    return await _satz(session, draft, row) if row else None


async def zur_abgabe(context: PortalContext, session: AsyncSession, draft: EntwurfZeile) -> Handeln | None:
    """The same before the draft is handed in.

    Raises
    ------
    PowerLackingError
        The power has ended meanwhile, or rests because the account of the person acted for is locked.
    """
    if draft.vertretung_id is None:
        return None
    row = await session.get(VertretungZeile, draft.vertretung_id)
    await _verlangen(context, session, row, draft.leistung, "Es wurde nichts abgegeben.")
    return await im_entwurf(session, draft)


async def zum_vorgang(session: AsyncSession, case: VorgangZeile) -> Handeln | None:
    """Who acts for whom on a case, whether or not the power still holds; None: for herself."""
    found = await _vertretung(session, case)
    return await _satz(session, *found) if found else None


async def am_vorgang(context: PortalContext, session: AsyncSession, case: VorgangZeile) -> Handeln | None:
    """The same before a further act on the case.

    Raises
    ------
    PowerLackingError
        The power has ended since the case was handed in, or rests.
    """
    found = await _vertretung(session, case)
    if found is None:
        return None
    await _verlangen(context, session, found[1], case.leistung, "Es ist nichts geschehen.")
    return await _satz(session, *found)


async def _vertretung(
    session: AsyncSession, case: VorgangZeile
) -> tuple[EntwurfZeile, VertretungZeile] | None:
    query = (
        select(EntwurfZeile, VertretungZeile)
        .join(VertretungZeile, EntwurfZeile.vertretung_id == VertretungZeile.id)
        .where(EntwurfZeile.id == case.entwurf_id)
    )
    found = (await session.execute(query)).one_or_none()
    return (found[0], found[1]) if found else None


async def _verlangen(
    context: PortalContext, session: AsyncSession, row: VertretungZeile | None, leistung: str, danach: str
) -> None:
    hindrance = "beendet" if row is None else await hindernis(context, session, row, leistung)
    if hindrance is not None:
        raise PowerLackingError(f"{HINDERNISSE[hindrance]} {danach}")


async def _satz(session: AsyncSession, draft: EntwurfZeile, row: VertretungZeile) -> Handeln:
    actor = await name(session, draft.konto_id)
    text = f"{actor} handelt {ARTEN[row.art].satz} {row.fuer}"
    proof = "hier bestätigt" if row.bestaetigt else "erklärt, von der Stelle zu prüfen"
    return Handeln(
        text,
        {
            "satz": text,
            "art": row.art,
            "handelnd": actor,
            "fuer": row.fuer,
            "nachweis": row.nachweis,
            "stand": proof,
            "gueltig_bis": row.gueltig_bis.isoformat() if row.gueltig_bis else None,
        },
        row.fuer_konto,
    )
