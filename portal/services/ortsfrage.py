"""Use case: who is responsible for me? With what the citizen has told already, so that she is not asked again."""

from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Leistung
from portal.context import PortalContext
from portal.domain.zustaendigkeit import anschrift_teile
from portal.schema.entwurf import EntwurfZeile
from portal.services import entwurf, katalog, stammdaten
from portal.services.bindung import Gebunden
from portal.services.views import ResponsibilityView
from portal.services.zustaendigkeit import Basis, ermitteln, ortsgebunden


async def fuer_gespraech(
    context: PortalContext, session: AsyncSession, leistung_id: str, gebunden: Gebunden | None
) -> ResponsibilityView:
    """Who is responsible for the citizen of a conversation; asks for the PLZ where her address is not known.

    Raises
    ------
    NotFoundError
        There is no such service.
    """
    service = katalog.leistung(context, leistung_id)
    known = await _bekannter_ort(context, session, service, gebunden) if gebunden else None
    parts = anschrift_teile(known[0]) if known else None
    if known is None or parts is None:
        return await ermitteln(context, session, leistung_id)
    return await ermitteln(
        context, session, leistung_id, plz=parts.plz, strasse=parts.strasse, ort=parts.ort, basis=known[1]
    )


async def _bekannter_ort(
    context: PortalContext, session: AsyncSession, service: Leistung, gebunden: Gebunden
) -> tuple[str, Basis] | None:
    """The decisive address: of this draft, else of an earlier one (the new address of a move), else the stored one."""
    field = service.ortsfeld
    if field is None or field.typ != "address" or not ortsgebunden(service):
        return None
    row = await session.get(EntwurfZeile, gebunden.entwurf_id) if gebunden.entwurf_id else None
    if row is not None and row.konto_id == gebunden.konto_id and row.leistung == service.id:
        answer = row.felder.get(field.id)
        if answer and not answer["vorschlag"] and isinstance(answer["wert"], str):
            return answer["wert"], "entwurf"
    earlier = await entwurf.fruehere_angaben(context, session, gebunden.konto_id)
    for key in (field.wiederverwenden, field.stammdatum):
        said = earlier.get(key or "")
        if said and isinstance(said["wert"], str):
            return said["wert"], "entwurf"
    stored = (await stammdaten.load(session, gebunden.konto_id)).get("anschrift")
    return (stored.wert, "stammdaten") if stored and field.stammdatum == "anschrift" else None
