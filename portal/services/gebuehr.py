"""Use cases of fees: an office asks for one, and what pages show of it. Paying: `zahlung`, refunds: `erstattung`, exemptions: `befreiung`."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue import NotYetValidError, fees
from portal.context import PortalContext
from portal.domain.zahlung import Stand
from portal.errors import InvalidInputError, NotFoundError
from portal.schema.zahlung import ErstattungZeile, GebuehrZeile, ZahlungZeile
from portal.services import benachrichtigung, katalog, postfach, vorgang

BETRAG_HOECHSTENS_CENT = 10_000_000
UEBERWEISUNG = "ueberweisung"
"""In place of a provider: paid and given back by bank transfer, entered by the office."""
BEDUERFTIG = "bei Bedürftigkeit"
"""Condition of the fee line by which the catalogue says that the office may waive or reduce the fee."""
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
    """`4600` → `46,00 €`, `-500` → `−5,00 €`."""
    sign = "−" if cent < 0 else ""
    return f"{sign}{abs(cent) // 100:,}".replace(",", ".") + f",{abs(cent) % 100:02} €"


def gebuehrenposten(context: PortalContext, leistung_id: str) -> list[Posten]:
    """The lines with an amount that the catalogue names for a service today."""
    try:
        rules = fees(katalog.leistung(context, leistung_id), context.today())
    except NotYetValidError:
        return []
    return [Posten(f.text, f.betrag_cent) for f in rules if f.betrag_cent]


def befreiungsgruende(context: PortalContext, leistung_id: str) -> list[str]:
    """Under which conditions the catalogue knows an exemption or reduction: what is free under a condition, and `BEDUERFTIG`."""
    try:
        rules = fees(katalog.leistung(context, leistung_id), context.today())
    except NotYetValidError:
        return []
    return [f.text for f in rules if f.wenn and (f.betrag_cent == 0 or f.wenn == BEDUERFTIG)]


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
    await mitteilen(
        context,
        session,
        row,
        "gebuehr",
        f"{ARTEN[art]}: {row.leistung_name}",
        f"Für Ihren Vorgang sind {euro(total)} zu bezahlen. Kassenzeichen: {kassenzeichen}. Bezahlen oder eine Befreiung beantragen können Sie hier: {pfad(row.id)}",
    )
    return row.id


async def mitteilen(
    context: PortalContext, session: AsyncSession, row: GebuehrZeile, anlass: str, betreff: str, text: str
) -> None:
    """Write of a fee to the citizen's postbox, and send a notice."""
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


async def ansicht(context: PortalContext, session: AsyncSession, row: GebuehrZeile) -> Gebuehr:
    """A fee as pages show it, with its payments and refunds."""
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
    found = [await ansicht(context, session, row) for row in rows]
    return sorted(found, key=lambda g: (g.status != "offen", g.faellig or date.max))


async def laden(context: PortalContext, session: AsyncSession, konto_id: str, gebuehr_id: str) -> Gebuehr:
    """Her own fee; a foreign one is as unknown. Raises NotFoundError."""
    return await ansicht(context, session, await eigene(session, konto_id, gebuehr_id))


async def zum_vorgang(context: PortalContext, session: AsyncSession, vorgang_id: str) -> list[Gebuehr]:
    """The fees on one case. The caller has checked who asks."""
    rows = await session.scalars(
        select(GebuehrZeile).where(GebuehrZeile.vorgang_id == vorgang_id).order_by(GebuehrZeile.angelegt_utc)
    )
    return [await ansicht(context, session, row) for row in rows]


async def eigene(session: AsyncSession, konto_id: str, gebuehr_id: str) -> GebuehrZeile:
    """Her own fee, for writing; a foreign one is as unknown. Raises NotFoundError."""
    row = await session.scalar(
        select(GebuehrZeile)
        .where(GebuehrZeile.id == gebuehr_id, GebuehrZeile.konto_id == konto_id)
        .with_for_update()
    )
    if row is None:
        raise NotFoundError("Diese Gebühr gibt es nicht.")
    return row


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
