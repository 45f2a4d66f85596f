"""Use cases of exemptions: the citizen asks on a condition of the catalogue, the office decides."""

from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ConflictError, InvalidInputError
from portal.services import gebuehr


async def beantragen(
    context: PortalContext, session: AsyncSession, konto_id: str, gebuehr_id: str, grund: str, text: str
) -> None:
    """She asks for an exemption or reduction on one of the catalogue's conditions.

    Raises
    ------
    InvalidInputError
        The condition is not one of the catalogue's.
    ConflictError
        Nothing is open, a payment is under way, or she asked before.
    NotFoundError
    """
    fee = await gebuehr.eigene(session, konto_id, gebuehr_id)
    seen = await gebuehr.ansicht(context, session, fee)
    if fee.status != "offen" or seen.laufend or fee.befreiung is not None:
        raise ConflictError("Dafür lässt sich jetzt keine Befreiung beantragen. Es wurde nichts geändert.")
    if grund not in seen.befreiungsgruende:
        raise InvalidInputError("Bitte wählen Sie einen der genannten Gründe.", field="grund")
    fee.befreiung = {"grund": grund, "text": text.strip()[:2000], "stand": "beantragt"}


async def entscheiden(
    context: PortalContext, session: AsyncSession, stelle_id: str, gebuehr_id: str, *, bewilligt: bool
) -> str:
    """The office decides on an exemption; gives the case's id. Raises ConflictError, NotFoundError."""
    fee = await gebuehr.der_stelle(session, stelle_id, gebuehr_id)
    if fee.befreiung is None or fee.befreiung["stand"] != "beantragt" or fee.status != "offen":
        raise ConflictError("Über diese Befreiung ist schon entschieden, oder es ist nichts mehr offen.")
    fee.befreiung = {**fee.befreiung, "stand": "bewilligt" if bewilligt else "abgelehnt"}
    if bewilligt:
        fee.status = "erlassen"
    await gebuehr.mitteilen(
        context,
        session,
        fee,
        "zahlung",
        f"Befreiung {'bewilligt' if bewilligt else 'abgelehnt'}: {fee.leistung_name}",
        (
            "Sie müssen die Gebühr nicht bezahlen."
            if bewilligt
            else f"Die Gebühr bleibt zu bezahlen. Sie können bei der Stelle nachfragen. {gebuehr.pfad(fee.id)}"
        ),
    )
    return fee.vorgang_id
