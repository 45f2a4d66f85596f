"""The receipt of a fee that was paid, as a PDF."""

from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import NotFoundError
from portal.services import gebuehr
from portal.services.paket import TEXT, TITEL, absatz, als_dokument, deutscher_moment, tabelle


async def als_pdf(context: PortalContext, session: AsyncSession, konto_id: str, gebuehr_id: str) -> bytes:
    """The receipt. Raises NotFoundError while nothing is paid."""
    fee = await gebuehr.laden(context, session, konto_id, gebuehr_id)
    if fee.bezahlt is None:
        raise NotFoundError("Für diese Gebühr gibt es noch keine Quittung.")
    rows = [
        ("Stelle", fee.stelle),
        ("Kassenzeichen", fee.kassenzeichen),
        ("Wofür", f"{fee.art}: {fee.leistung_name}"),
        *((p.text, gebuehr.euro(p.betrag_cent)) for p in fee.posten),
        ("Summe", gebuehr.euro(fee.betrag_cent)),
        ("Bezahlt", deutscher_moment(fee.bezahlt)),
        *(("Erstattet", f"{gebuehr.euro(r.betrag_cent)}, {r.grund}") for r in fee.erstattungen),
    ]
    return als_dokument(
        [absatz("Quittung", TITEL), tabelle(rows), absatz("Diese Quittung wurde vom Portal erstellt.", TEXT)],
        "Quittung",
        fuss=fee.kassenzeichen,
        demo=context.settings.demo,
    )
