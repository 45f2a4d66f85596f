"""Use cases of fees: an office asks, the citizen pays or asks for an exemption, the provider reports, money goes back."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue import NotYetValidError, fees
from portal.context import PortalContext
from portal.domain.zahlung import Stand, erstattbar, folgestand
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.zahlung import ErstattungZeile, GebuehrZeile, ZahlungsmeldungZeile, ZahlungZeile
from portal.services import benachrichtigung, katalog, postfach, vorgang
from portal.services.zahlungsanbieter import Auftrag, Meldung, anbieter_von

log = structlog.get_logger(__name__)

BETRAG_HOECHSTENS_CENT = 10_000_000
LAEUFT = timedelta(minutes=30)
"""So long a begun payment keeps her from beginning another one."""
ABGLEICH_NACH = timedelta(minutes=2)
UEBERWEISUNG = "ueberweisung"
"""In place of a provider: paid and given back by bank transfer, entered by the office."""
ARTEN = {"vorauszahlung": "Vorauszahlung", "bescheid": "Gebührenbescheid"}


@dataclass(frozen=True)
class Posten:
    """One line of a fee."""

    text: str
    betrag_cent: int


@dataclass(frozen=True)
class Erstattung:
    """Money on its way back."""

    betrag_cent: int
    grund: str
    erledigt: datetime | None
    id: str
    von_hand: bool
    """The office transfers it; no provider does."""


@dataclass(frozen=True)
class Gebuehr:
    """A fee as pages show it."""

    id: str
    vorgang_id: str
    leistung: str
    leistung_name: str
    stelle: str
    art: str
    kassenzeichen: str
    posten: Sequence[Posten]
    betrag_cent: int
    faellig: date | None
    status: str
    angelegt: datetime
    bezahlt: datetime | None
    laufend: bool
    """A payment was begun and its outcome is not known."""
    befreiung: Mapping[str, str] | None
    befreiungsgruende: Sequence[str]
    """Conditions under which the catalogue knows an exemption or a reduction."""
    erstattungen: Sequence[Erstattung]
    bezahlt_cent: int


def pfad(gebuehr_id: str) -> str:
    """The fee's page."""
    return f"/mein/gebuehren/{gebuehr_id}"


def euro(cent: int) -> str:
    """`4600` → `46,00 €`."""
    return f"{cent // 100:,}".replace(",", ".") + f",{cent % 100:02} €"


def gebuehrenposten(context: PortalContext, leistung_id: str) -> list[Posten]:
    """The lines with an amount that the catalogue names for a service today."""
    try:
        rules = fees(katalog.leistung(context, leistung_id), context.today())
    except NotYetValidError:
        return []
    return [Posten(f.text, f.betrag_cent) for f in rules if f.betrag_cent]


def befreiungsgruende(context: PortalContext, leistung_id: str) -> list[str]:
    """Under which conditions the catalogue knows an exemption or reduction: lines with a condition and no amount of their own."""
    try:
        rules = fees(katalog.leistung(context, leistung_id), context.today())
    except NotYetValidError:
        return []
    return [f.text for f in rules if f.wenn and not f.betrag_cent]


async def festsetzen(
    context: PortalContext,
    session: AsyncSession,
    stelle_id: str,
    vorgang_id: str,
    posten: Sequence[Posten],
    art: str,
    faellig: date | None,
    kassenzeichen: str,
    *,
    funktion: str,
) -> str:
    """An office asks for a fee on a case; it lies in the postbox, and a notice goes out. Gives its id.

    Parameters
    ----------
    kassenzeichen
        As the Kasse issued it; may be empty in a demo town only, which issues one itself.

    Raises
    ------
    InvalidInputError
        No line, an impossible amount, an unknown kind, a past day, a missing or used Kassenzeichen.
    NotFoundError
    """
    total = sum(p.betrag_cent for p in posten)
    if not posten or any(p.betrag_cent <= 0 for p in posten) or total > BETRAG_HOECHSTENS_CENT:
        raise InvalidInputError(
            "Bitte geben Sie mindestens einen Posten mit einem Betrag über 0 € an.", field="betrag"
        )
    if art not in ARTEN:
        raise InvalidInputError("Bitte wählen Sie Vorauszahlung oder Gebührenbescheid.", field="art")
    if faellig is not None and faellig < context.today():
        raise InvalidInputError("Der Tag der Fälligkeit liegt in der Vergangenheit.", field="faellig")
    kassenzeichen = kassenzeichen.strip()
    if not kassenzeichen and context.settings.demo:
        kassenzeichen = f"DEMO-{secrets.randbelow(10**10):010}"
    if not (6 <= len(kassenzeichen) <= 40 and kassenzeichen.replace("-", "").replace(".", "").isalnum()):
        raise InvalidInputError(
            "Bitte geben Sie das Kassenzeichen an, das die Kasse vergeben hat.", field="kassenzeichen"
        )
    case = await vorgang.fuer_stelle(session, stelle_id, vorgang_id)
    row = GebuehrZeile(
        id=str(uuid.uuid4()),
        konto_id=case.konto_id,
        vorgang_id=case.id,
        stelle_id=case.stelle_id,
        stelle=f"{case.stelle}, {case.behoerde}",
        leistung=case.leistung,
        leistung_name=case.leistung_name,
        art=art,
        kassenzeichen=kassenzeichen,
        posten=[{"text": p.text[:200], "betrag_cent": p.betrag_cent} for p in posten],
        betrag_cent=total,
        faellig=faellig,
        status="offen",
        befreiung=None,
        angelegt_utc=context.clock(),
        bezahlt_utc=None,
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise InvalidInputError("Dieses Kassenzeichen ist schon vergeben.", field="kassenzeichen") from error
    vorgang.verlauf(context, session, case, f"{ARTEN[art]}: {euro(total)}", funktion)
    await _mitteilen(
        context,
        session,
        row,
        "gebuehr",
        f"{ARTEN[art]}: {row.leistung_name}",
        f"Für Ihren Vorgang sind {euro(total)} zu bezahlen. Kassenzeichen: {kassenzeichen}. Bezahlen oder eine Befreiung beantragen können Sie hier: {pfad(row.id)}",
    )
    return row.id


async def _mitteilen(
    context: PortalContext, session: AsyncSession, row: GebuehrZeile, anlass: str, betreff: str, text: str
) -> None:
    postfach.schreiben(
        context,
        session,
        row.konto_id,
        art="zahlung",
        absender=row.stelle,
        betreff=betreff,
        text=text,
        vorgang_id=row.vorgang_id,
    )
    await benachrichtigung.anstossen(
        session, row.konto_id, anlass, jetzt=context.clock(), verweis=pfad(row.id)
    )


async def _ansicht(context: PortalContext, session: AsyncSession, row: GebuehrZeile) -> Gebuehr:
    payments = list(await session.scalars(select(ZahlungZeile).where(ZahlungZeile.gebuehr_id == row.id)))
    refunds = list(
        await session.scalars(
            select(ErstattungZeile)
            .join(ZahlungZeile, ZahlungZeile.id == ErstattungZeile.zahlung_id)
            .where(ZahlungZeile.gebuehr_id == row.id)
            .order_by(ErstattungZeile.angelegt_utc)
        )
    )
    by_transfer = {p.id for p in payments if p.anbieter == UEBERWEISUNG}
    return Gebuehr(
        id=row.id,
        vorgang_id=row.vorgang_id,
        leistung=row.leistung,
        leistung_name=row.leistung_name,
        stelle=row.stelle,
        art=ARTEN[row.art],
        kassenzeichen=row.kassenzeichen,
        posten=[Posten(p["text"], p["betrag_cent"]) for p in row.posten],
        betrag_cent=row.betrag_cent,
        faellig=row.faellig,
        status=row.status,
        angelegt=row.angelegt_utc,
        bezahlt=row.bezahlt_utc,
        laufend=row.status == "offen" and any(p.status == Stand.INITIAL for p in payments),
        befreiung=row.befreiung,
        befreiungsgruende=befreiungsgruende(context, row.leistung),
        erstattungen=[
            Erstattung(r.betrag_cent, r.grund, r.erledigt_utc, r.id, r.zahlung_id in by_transfer)
            for r in refunds
        ],
        bezahlt_cent=sum(p.betrag_cent for p in payments if p.status == Stand.BOOKED),
    )


async def liste(context: PortalContext, session: AsyncSession, konto_id: str) -> list[Gebuehr]:
    """Her fees: the open ones first, then by day."""
    rows = await session.scalars(
        select(GebuehrZeile)
        .where(GebuehrZeile.konto_id == konto_id)
        .order_by(GebuehrZeile.angelegt_utc.desc())
    )
    found = [await _ansicht(context, session, row) for row in rows]
    return sorted(found, key=lambda g: (g.status != "offen", g.faellig or date.max))


async def laden(context: PortalContext, session: AsyncSession, konto_id: str, gebuehr_id: str) -> Gebuehr:
    """Her own fee; a foreign one is as unknown. Raises NotFoundError."""
    return await _ansicht(context, session, await _eigene(session, konto_id, gebuehr_id))


async def zum_vorgang(context: PortalContext, session: AsyncSession, vorgang_id: str) -> list[Gebuehr]:
    """The fees on one case. The caller has checked who asks."""
    rows = await session.scalars(
        select(GebuehrZeile).where(GebuehrZeile.vorgang_id == vorgang_id).order_by(GebuehrZeile.angelegt_utc)
    )
    return [await _ansicht(context, session, row) for row in rows]


async def _eigene(session: AsyncSession, konto_id: str, gebuehr_id: str) -> GebuehrZeile:
    row = await session.scalar(
        select(GebuehrZeile)
        .where(GebuehrZeile.id == gebuehr_id, GebuehrZeile.konto_id == konto_id)
        .with_for_update()
    )
    if row is None:
        raise NotFoundError("Diese Gebühr gibt es nicht.")
    return row


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
        fee = await _eigene(session, konto_id, gebuehr_id)
        if fee.status != "offen":
            raise ConflictError("Für diese Gebühr ist nichts mehr zu bezahlen.")
        running = await session.scalar(
            select(ZahlungZeile)
            .where(
                ZahlungZeile.gebuehr_id == fee.id,
                ZahlungZeile.status == Stand.INITIAL,
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
        order = Auftrag(payment.id, fee.kassenzeichen, payment.betrag_cent, f"{pfad(fee.id)}/zurueck")
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


async def melden(context: PortalContext, meldung: Meldung) -> Stand:
    """Take in what a provider says; the same report again changes nothing. Gives the payment's state.

    Raises
    ------
    NotFoundError
        The payment is unknown.
    ConflictError
        Amount or Kassenzeichen differ from what was asked for: nothing is booked, a human looks.
    """
    async with context.transaction() as session:
        row = await session.scalar(
            select(ZahlungZeile).where(ZahlungZeile.id == meldung.zahlung_id).with_for_update()
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
        await _mitteilen(
            context,
            session,
            fee,
            "zahlung",
            f"Bezahlt: {fee.leistung_name}",
            f"Ihre Zahlung von {euro(row.betrag_cent)} ist angekommen. Kassenzeichen: {fee.kassenzeichen}. Die Quittung liegt hier: {pfad(fee.id)}",
        )
    elif stand == Stand.BOOKED:
        _erstatten(context, session, row, row.betrag_cent, "doppelt oder ohne Grund bezahlt")
        await _mitteilen(
            context,
            session,
            fee,
            "zahlung",
            f"Sie bekommen Geld zurück: {fee.leistung_name}",
            f"{euro(row.betrag_cent)} wurden bezahlt, obwohl nichts mehr offen war. Sie bekommen den Betrag zurück. {pfad(fee.id)}",
        )
    else:
        await _mitteilen(
            context,
            session,
            fee,
            "zahlung",
            f"Nicht bezahlt: {fee.leistung_name}",
            f"Die Zahlung wurde {'abgebrochen' if stand == Stand.CANCELED else 'abgelehnt'}. Es wurde nichts abgebucht. Sie können es noch einmal versuchen: {pfad(fee.id)}",
        )


def _erstatten(
    context: PortalContext, session: AsyncSession, row: ZahlungZeile, betrag_cent: int, grund: str
) -> None:
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


async def zurueck_vom_anbieter(context: PortalContext, konto_id: str, gebuehr_id: str) -> Gebuehr:
    """The browser came back, which proves nothing: the provider itself is asked. Raises NotFoundError."""
    async with context.transaction() as session:
        fee = await _eigene(session, konto_id, gebuehr_id)
        waiting = list(
            await session.scalars(
                select(ZahlungZeile.id).where(
                    ZahlungZeile.gebuehr_id == fee.id, ZahlungZeile.status == Stand.INITIAL
                )
            )
        )
    for payment in waiting:
        await _abgleichen(context, payment)
    async with context.transaction() as session:
        return await laden(context, session, konto_id, gebuehr_id)


async def abgleichen(context: PortalContext) -> int:
    """Job: ask the provider for every payment whose outcome is unknown; give back what is to be given back. Gives how many it settled."""
    async with context.transaction() as session:
        waiting = list(
            await session.scalars(
                select(ZahlungZeile.id).where(
                    ZahlungZeile.status == Stand.INITIAL,
                    ZahlungZeile.angelegt_utc < context.clock() - ABGLEICH_NACH,
                )
            )
        )
        refunds = list(
            await session.scalars(
                select(ErstattungZeile.id)
                .join(ZahlungZeile, ZahlungZeile.id == ErstattungZeile.zahlung_id)
                .where(ErstattungZeile.status == Stand.INITIAL, ZahlungZeile.anbieter != UEBERWEISUNG)
            )
        )
    settled = 0
    for payment in waiting:
        settled += await _abgleichen(context, payment)
    for refund in refunds:
        settled += await _auszahlen(context, refund)
    return settled


async def _abgleichen(context: PortalContext, zahlung_id: str) -> bool:
    provider = anbieter_von(context)
    try:
        report = await provider.fragen(zahlung_id) if provider else None
        return report is not None and await melden(context, report) != Stand.INITIAL
    except (
        Exception
    ) as error:  # the edge: one payment that cannot be cleared must not keep the others waiting
        log.warning("payment_not_reconciled", fehler=type(error).__name__)
        return False


async def _auszahlen(context: PortalContext, erstattung_id: str) -> bool:
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


async def der_stelle(session: AsyncSession, stelle_id: str, gebuehr_id: str) -> GebuehrZeile:
    """A fee of this office, for writing; another office's is as unknown. Raises NotFoundError."""
    row = await session.scalar(
        select(GebuehrZeile)
        .where(GebuehrZeile.id == gebuehr_id, GebuehrZeile.stelle_id == stelle_id)
        .with_for_update()
    )
    if row is None:
        raise NotFoundError("Diese Gebühr gibt es in Ihrer Stelle nicht.")
    return row


async def zurueckzahlen(
    context: PortalContext,
    session: AsyncSession,
    stelle_id: str,
    gebuehr_id: str,
    betrag_cent: int,
    grund: str,
) -> str:
    """An office gives money back, in whole or in part; gives the case's id.

    Raises
    ------
    InvalidInputError
        No reason, or more than was paid.
    NotFoundError
    """
    fee = await der_stelle(session, stelle_id, gebuehr_id)
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
    _erstatten(context, session, payment, betrag_cent, grund.strip()[:300])
    await _mitteilen(
        context,
        session,
        fee,
        "zahlung",
        f"Sie bekommen Geld zurück: {fee.leistung_name}",
        f"Die Stelle erstattet {euro(betrag_cent)}. Grund: {grund.strip()[:300]}. {pfad(fee.id)}",
    )
    return fee.vorgang_id


async def befreiung_beantragen(
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
    fee = await _eigene(session, konto_id, gebuehr_id)
    seen = await _ansicht(context, session, fee)
    if fee.status != "offen" or seen.laufend or fee.befreiung is not None:
        raise ConflictError("Dafür lässt sich jetzt keine Befreiung beantragen. Es wurde nichts geändert.")
    if grund not in seen.befreiungsgruende:
        raise InvalidInputError("Bitte wählen Sie einen der genannten Gründe.", field="grund")
    fee.befreiung = {"grund": grund, "text": text.strip()[:2000], "stand": "beantragt"}


async def befreiung_entscheiden(
    context: PortalContext, session: AsyncSession, stelle_id: str, gebuehr_id: str, *, bewilligt: bool
) -> str:
    """The office decides on an exemption; gives the case's id. Raises ConflictError, NotFoundError."""
    fee = await der_stelle(session, stelle_id, gebuehr_id)
    if fee.befreiung is None or fee.befreiung["stand"] != "beantragt" or fee.status != "offen":
        raise ConflictError("Über diese Befreiung ist schon entschieden, oder es ist nichts mehr offen.")
    fee.befreiung = {**fee.befreiung, "stand": "bewilligt" if bewilligt else "abgelehnt"}
    if bewilligt:
        fee.status = "erlassen"
    await _mitteilen(
        context,
        session,
        fee,
        "zahlung",
        f"Befreiung {'bewilligt' if bewilligt else 'abgelehnt'}: {fee.leistung_name}",
        (
            "Sie müssen die Gebühr nicht bezahlen."
            if bewilligt
            else f"Die Gebühr bleibt zu bezahlen. Sie können bei der Stelle nachfragen. {pfad(fee.id)}"
        ),
    )
    return fee.vorgang_id


async def zaehlen(session: AsyncSession) -> dict[str, int]:
    """How many payments there are by state, for the metrics."""
    rows = await session.execute(select(ZahlungZeile.status, func.count()).group_by(ZahlungZeile.status))
    return {status: number for status, number in rows}
