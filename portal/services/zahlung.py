"""Use cases of payments: begin one, take in what the provider says, ask for what is unknown."""

import uuid
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain.zahlung import Stand, folgestand
from portal.errors import ConflictError, NotFoundError
from portal.schema.vorgang import VorgangZeile
from portal.schema.zahlung import GebuehrZeile, ZahlungsmeldungZeile, ZahlungZeile
from portal.services import erstattung, gebuehr, vorgangsprotokoll
from portal.services.zahlungsanbieter import Auftrag, Meldung, Zahlungsanbieter, anbieter_von

log = structlog.get_logger(__name__)

LAEUFT = timedelta(minutes=30)
"""So long a begun payment keeps her from beginning another one."""
ABGLEICH_NACH = timedelta(minutes=2)


async def bezahlen(context: PortalContext, konto_id: str, gebuehr_id: str) -> str:
    """Begin a payment; gives the provider's address. The row is written first: a crash leaves it INITIAL, never lost.

    Raises
    ------
    ConflictError
        It is paid or waived, a payment is under way, or no provider is set up or answers.
    NotFoundError
    """
    provider = anbieter_von(context)
    if provider is None:
        raise ConflictError(
            "Online bezahlen ist hier noch nicht eingerichtet. Bitte überweisen Sie mit dem Kassenzeichen."
        )
    now = context.clock()
    async with context.transaction() as session:
        fee = await gebuehr.eigene(session, konto_id, gebuehr_id)
        if fee.status != "offen":
            raise ConflictError("Für diese Gebühr ist nichts mehr zu bezahlen.")
        running = await session.scalar(
            select(ZahlungZeile)
            .where(
                ZahlungZeile.gebuehr_id == fee.id,
                ZahlungZeile.status == Stand.INITIAL,
                ZahlungZeile.anbieter == provider.id,
                ZahlungZeile.angelegt_utc > now - LAEUFT,
            )
            .limit(1)
        )
        payment = running or ZahlungZeile(
            id=str(uuid.uuid4()),
            gebuehr_id=fee.id,
            anbieter=provider.id,
            referenz=None,
            betrag_cent=fee.betrag_cent,
            status=Stand.INITIAL,
            angelegt_utc=now,
            entschieden_utc=None,
        )
        if running is None:
            session.add(payment)
            await vorgangsprotokoll.eintragen(
                context,
                session,
                await session.get_one(VorgangZeile, fee.vorgang_id),
                art="uebermittlung",
                akteur="buerger",
                akteur_label="Sie selbst",
                stelle_name=provider.name,
                zweck=f"Bezahlen der Gebühr: {fee.leistung_name}",
                felder=["Betrag", "Kassenzeichen"],
                kanal="Zahlung im Portal",
            )
        order = Auftrag(payment.id, fee.kassenzeichen, payment.betrag_cent, f"{gebuehr.pfad(fee.id)}/zurueck")
    try:
        begun = await provider.beginnen(order)
    except Exception as error:  # the edge: whatever a provider throws, the outcome is unknown
        log.warning("payment_not_begun", fehler=type(error).__name__)
        raise ConflictError(
            "Der Zahlungsdienst antwortet nicht. Es wurde nichts abgebucht, von dem wir wissen. Bitte versuchen Sie es später noch einmal."
        ) from error
    async with context.transaction() as session:
        row = await session.get_one(ZahlungZeile, order.zahlung_id)
        row.referenz = begun.referenz
    return begun.url


async def melden(context: PortalContext, anbieter: Zahlungsanbieter, meldung: Meldung) -> Stand:
    """Take in what a provider says; the same report again changes nothing. Gives the payment's state.

    Raises
    ------
    NotFoundError
        The payment is unknown, or another provider's.
    ConflictError
        Amount or Kassenzeichen differ from what was asked for: nothing is booked, a human looks.
    """
    async with context.transaction() as session:
        row = await session.scalar(
            select(ZahlungZeile)
            .where(ZahlungZeile.id == meldung.zahlung_id, ZahlungZeile.anbieter == anbieter.id)
            .with_for_update()
        )
        if row is None:
            raise NotFoundError("Diese Zahlung gibt es nicht.")
        fee = (
            await session.scalars(
                select(GebuehrZeile).where(GebuehrZeile.id == row.gebuehr_id).with_for_update()
            )
        ).one()
        if (meldung.betrag_cent, meldung.kassenzeichen) != (row.betrag_cent, fee.kassenzeichen):
            log.error("payment_mismatch", zahlung=row.id)
            raise ConflictError("Betrag oder Kassenzeichen passen nicht. Es wurde nichts gebucht.")
        if await session.get(ZahlungsmeldungZeile, meldung.id) is not None:
            return Stand(row.status)
        now = context.clock()
        session.add(ZahlungsmeldungZeile(id=meldung.id, zahlung_id=row.id, status=meldung.stand, am_utc=now))
        before, after = Stand(row.status), folgestand(Stand(row.status), meldung.stand)
        if after == before:
            return after
        row.status, row.entschieden_utc = after, now
        await nach_der_meldung(context, session, fee, row, after)
        return after


async def nach_der_meldung(
    context: PortalContext, session: AsyncSession, fee: GebuehrZeile, row: ZahlungZeile, stand: Stand
) -> None:
    """What follows from a payment's new state: the fee is paid, or money goes back; the citizen is told."""
    if stand == Stand.BOOKED and fee.status == "offen":
        fee.status, fee.bezahlt_utc = "bezahlt", context.clock()
        case = await session.get_one(VorgangZeile, fee.vorgang_id)
        await vorgangsprotokoll.verlauf(context, session, case, f"Bezahlt: {gebuehr.euro(row.betrag_cent)}")
        await gebuehr.mitteilen(
            context,
            session,
            fee,
            "zahlung",
            f"Bezahlt: {fee.leistung_name}",
            f"Ihre Zahlung von {gebuehr.euro(row.betrag_cent)} ist angekommen. Kassenzeichen: {fee.kassenzeichen}. Die Quittung liegt hier: {gebuehr.pfad(fee.id)}",
        )
    elif stand == Stand.BOOKED:
        erstattung.vormerken(context, session, row, row.betrag_cent, "doppelt oder ohne Grund bezahlt")
        await gebuehr.mitteilen(
            context,
            session,
            fee,
            "zahlung",
            f"Sie bekommen Geld zurück: {fee.leistung_name}",
            f"{gebuehr.euro(row.betrag_cent)} wurden bezahlt, obwohl nichts mehr offen war. Sie bekommen den Betrag zurück. {gebuehr.pfad(fee.id)}",
        )
    else:
        await gebuehr.mitteilen(
            context,
            session,
            fee,
            "zahlung",
            f"Nicht bezahlt: {fee.leistung_name}",
            f"Die Zahlung wurde {'abgebrochen' if stand == Stand.CANCELED else 'abgelehnt'}. Es wurde nichts abgebucht. Sie können es noch einmal versuchen: {gebuehr.pfad(fee.id)}",
        )


async def zurueck_vom_anbieter(context: PortalContext, konto_id: str, gebuehr_id: str) -> None:
    """The browser came back, which proves nothing: the provider itself is asked. Raises NotFoundError."""
    provider = anbieter_von(context)
    async with context.transaction() as session:
        fee = await gebuehr.eigene(session, konto_id, gebuehr_id)
        waiting = await _unklare(session, provider, ZahlungZeile.gebuehr_id == fee.id)
    for payment in waiting:
        await _abgleichen(context, payment)


async def abgleichen(context: PortalContext) -> int:
    """Job: ask the provider for every payment whose outcome is unknown; give back what is to be given back. Gives how many it settled."""
    provider = anbieter_von(context)
    async with context.transaction() as session:
        waiting = await _unklare(
            session, provider, ZahlungZeile.angelegt_utc < context.clock() - ABGLEICH_NACH
        )
        refunds = await erstattung.offene(session, provider)
    settled = 0
    for payment in waiting:
        settled += await _abgleichen(context, payment)
    for refund in refunds:
        settled += await erstattung.auszahlen(context, refund)
    return settled


async def _unklare(
    session: AsyncSession, provider: Zahlungsanbieter | None, welche: ColumnElement[bool]
) -> list[str]:
    """Payments of this provider whose outcome is unknown; another one knows nothing of them."""
    if provider is None:
        return []
    query = select(ZahlungZeile.id).where(
        ZahlungZeile.status == Stand.INITIAL, ZahlungZeile.anbieter == provider.id, welche
    )
    return list(await session.scalars(query))


async def _abgleichen(context: PortalContext, zahlung_id: str) -> bool:
    provider = anbieter_von(context)
    try:
        report = await provider.fragen(zahlung_id) if provider else None
        return bool(provider and report and await melden(context, provider, report) != Stand.INITIAL)
    except (
        Exception
    ) as error:  # the edge: one payment that cannot be cleared must not keep the others waiting
        log.warning("payment_not_reconciled", fehler=type(error).__name__)
        return False


async def zaehlen(session: AsyncSession) -> dict[str, int]:
    """How many payments there are by state, for the metrics."""
    rows = await session.execute(select(ZahlungZeile.status, func.count()).group_by(ZahlungZeile.status))
    return {status: number for status, number in rows}
