"""Whether somebody's address may be shown to nobody outside the register."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.schema.entwurf import EntwurfZeile
from portal.schema.stammdaten import StammdatumRow
from portal.schema.vorgang import VorgangZeile

LEISTUNG = "auskunftssperre"
MERKMAL = "auskunftssperre"
"""Master datum that a register sets; no citizen's page lists it."""


async def gilt(session: AsyncSession, konto_id: str) -> bool:
    """Tell whether an Auskunftssperre holds, was applied for or is just being applied for (§ 51 BMG).

    Whoever asks for protection has it from the first word on: until the register has decided, the safe answer is yes.
    """
    noted = select(StammdatumRow.feld).where(
        StammdatumRow.konto_id == konto_id, StammdatumRow.feld == MERKMAL
    )
    begun = select(EntwurfZeile.id).where(
        EntwurfZeile.konto_id == konto_id,
        EntwurfZeile.leistung == LEISTUNG,
        EntwurfZeile.status.in_(("offen", "vorbereitet")),
    )
    handed_in = select(VorgangZeile.id).where(
        VorgangZeile.konto_id == konto_id,
        VorgangZeile.leistung == LEISTUNG,
        VorgangZeile.status != "abgelehnt",
    )
    return bool(await session.scalar(select(or_(noted.exists(), begun.exists(), handed_in.exists()))))
