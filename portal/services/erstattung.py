"""Use cases of refunds: an office gives money back, or it goes back by itself; once, however often it is tried."""

import uuid

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain.zahlung import Stand, erstattbar
from portal.errors import InvalidInputError
from portal.schema.vorgang import VorgangZeile
from portal.schema.zahlung import ErstattungZeile, ZahlungZeile
from portal.services import gebuehr, vorgang
from portal.services.zahlungsanbieter import Zahlungsanbieter, anbieter_von

log = structlog.get_logger(__name__)


def vormerken(
    context: PortalContext, session: AsyncSession, row: ZahlungZeile, betrag_cent: int, grund: str
) -> None:
    """Note a refund; the job sends it on its way, or the office by hand."""
    session.add(
        ErstattungZeile(
            id=str(uuid.uuid4()),
            zahlung_id=row.id,
            betrag_cent=betrag_cent,
            grund=grund,
            status=Stand.INITIAL,
            angelegt_utc=context.clock(),
            erledigt_utc=None,
        )
    )


async def offene(session: AsyncSession, provider: Zahlungsanbieter | None) -> list[str]:
    """Refunds that this provider has not given back yet."""
    if provider is None:
        return []
    query = (
        select(ErstattungZeile.id)
        .join(ZahlungZeile, ZahlungZeile.id == ErstattungZeile.zahlung_id)
        .where(ErstattungZeile.status == Stand.INITIAL, ZahlungZeile.anbieter == provider.id)
    )
    return list(await session.scalars(query))


async def auszahlen(context: PortalContext, erstattung_id: str) -> bool:
    """Let the provider give it back; False: it is tried again."""
    provider = anbieter_von(context)
    if provider is None:
        return False
    async with context.transaction() as session:
        row = await session.get_one(ErstattungZeile, erstattung_id)
        payment, amount = row.zahlung_id, row.betrag_cent
    try:
        await provider.erstatten(payment, erstattung_id, amount)
    except Exception as error:  # the edge: it stays INITIAL and is tried again
        log.warning("refund_failed", fehler=type(error).__name__)
        return False
    async with context.transaction() as session:
        row = await session.get_one(ErstattungZeile, erstattung_id)
        row.status, row.erledigt_utc = Stand.BOOKED, context.clock()
    return True


async def zurueckzahlen(
    context: PortalContext,
    session: AsyncSession,
    stelle_id: str,
    gebuehr_id: str,
    betrag_cent: int,
    grund: str,
    *,
    funktion: str,
) -> str:
    """An office gives money back, in whole or in part; gives the case's id.

    Raises
    ------
    InvalidInputError
        No reason, or more than was paid.
    NotFoundError
    """
    fee = await gebuehr.der_stelle(session, stelle_id, gebuehr_id)
    if not grund.strip():
        raise InvalidInputError("Bitte nennen Sie den Grund der Erstattung.", field="grund")
    payment = await session.scalar(
        select(ZahlungZeile)
        .where(ZahlungZeile.gebuehr_id == fee.id, ZahlungZeile.status == Stand.BOOKED)
        .order_by(ZahlungZeile.entschieden_utc)
        .limit(1)
    )
    given = 0
    if payment is not None:
        query = select(func.sum(ErstattungZeile.betrag_cent)).where(ErstattungZeile.zahlung_id == payment.id)
        given = await session.scalar(query) or 0
    if payment is None or not erstattbar(payment.betrag_cent, given, betrag_cent):
        raise InvalidInputError("So viel wurde nicht bezahlt, oder es ist schon erstattet.", field="betrag")
    vormerken(context, session, payment, betrag_cent, grund.strip()[:300])
    case = await session.get_one(VorgangZeile, fee.vorgang_id)
    vorgang.verlauf(context, session, case, f"Erstattung: {gebuehr.euro(betrag_cent)}", funktion)
    await gebuehr.mitteilen(
        context,
        session,
        fee,
        "zahlung",
        f"Sie bekommen Geld zurück: {fee.leistung_name}",
        f"Die Stelle erstattet {gebuehr.euro(betrag_cent)}. Grund: {grund.strip()[:300]}. {gebuehr.pfad(fee.id)}",
    )
    return fee.vorgang_id
