"""Retention of what logging in leaves behind: everything that counts no more goes after a day, ended sessions after thirty."""

from datetime import timedelta

from sqlalchemy import delete, or_

from portal.context import PortalContext
from portal.schema.identitaet import IdentcodeRow
from portal.schema.konto import FehlversuchRow
from portal.schema.sitzung import NachweisanfrageRow, SitzungRow
from portal.schema.zugang import AnmeldungRow, HerausforderungRow, SperrlinkRow, WartendesFormularRow

ABGELAUFENES_BLEIBT = timedelta(days=1)
SITZUNGEN_BLEIBEN = timedelta(days=30)


async def aufraeumen(context: PortalContext) -> None:
    """Delete it. Doing it again changes nothing."""
    now = context.clock()
    old, long_ago = now - ABGELAUFENES_BLEIBT, now - SITZUNGEN_BLEIBEN
    async with context.transaction() as session:
        for table in (AnmeldungRow, HerausforderungRow, SperrlinkRow, WartendesFormularRow, IdentcodeRow):
            await session.execute(delete(table).where(table.laeuft_ab_at < old))
        await session.execute(delete(NachweisanfrageRow).where(NachweisanfrageRow.angelegt_at < old))
        await session.execute(delete(FehlversuchRow).where(FehlversuchRow.at < old))
        await session.execute(
            delete(SitzungRow).where(
                or_(SitzungRow.beendet_at < long_ago, SitzungRow.laeuft_ab_at < long_ago)
            )
        )
