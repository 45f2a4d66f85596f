"""Home delivery of identity documents: offered only after its legal conditions were asked."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue import NotYetValidError, fees
from portal.context import PortalContext
from portal.domain.zahlung import Lieferfragen, lieferung_spricht_dagegen
from portal.errors import ConflictError, NotFoundError
from portal.schema.termin import TerminZeile
from portal.schema.zahlung import LieferwunschZeile
from portal.services import katalog, paket, protokoll

LIEFERUNG = "Lieferung nach Hause"
"""Condition of the fee line by which the catalogue says that a service knows home delivery."""


@dataclass(frozen=True)
class Angebot:
    """What home delivery costs for a service, and what speaks against it."""

    leistung: str
    leistung_name: str
    aufpreis: str
    dagegen: tuple[str, ...]


def angebot(context: PortalContext, leistung_id: str, fragen: Lieferfragen) -> Angebot:
    """The offer for these answers. Raises NotFoundError for a service without home delivery."""
    service = katalog.leistung(context, leistung_id)
    try:
        line = next((f for f in fees(service, context.today()) if f.wenn == LIEFERUNG), None)
    except NotYetValidError:
        line = None
    if line is None:
        raise NotFoundError("Für diese Leistung gibt es keine Lieferung nach Hause.")
    return Angebot(service.id, service.name, line.text, lieferung_spricht_dagegen(fragen))


def gibt_es(context: PortalContext, leistung_id: str) -> bool:
    """Whether the catalogue knows home delivery for this service."""
    try:
        angebot(context, leistung_id, Lieferfragen())
    except NotFoundError:
        return False
    return True


async def wuenschen(
    context: PortalContext, session: AsyncSession, konto_id: str, leistung_id: str, fragen: Lieferfragen
) -> None:
    """Note the wish. Raises ConflictError while something speaks against it, NotFoundError."""
    if angebot(context, leistung_id, fragen).dagegen:
        raise ConflictError("Die Lieferung nach Hause ist so nicht möglich. Es wurde nichts vorgemerkt.")
    if not await vorgemerkt(session, konto_id, leistung_id):
        session.add(LieferwunschZeile(konto_id=konto_id, leistung=leistung_id, angelegt_utc=context.clock()))
        await session.flush()
        await mitteilen(context, session, konto_id, leistung_id)


async def vorgemerkt(session: AsyncSession, konto_id: str, leistung_id: str) -> bool:
    """Whether she noted the wish."""
    return await session.get(LieferwunschZeile, (konto_id, leistung_id)) is not None


async def uebergabe(
    context: PortalContext, session: AsyncSession, konto_id: str, leistung_id: str
) -> str | None:
    """How the office hands the document over, as it reads it; None for a service without a choice."""
    if leistung_id not in context.katalog.leistungen or not gibt_es(context, leistung_id):
        return None
    row = await session.get(LieferwunschZeile, (konto_id, leistung_id))
    if row is None:
        return "Abholung"
    return f"Lieferung nach Hause gewünscht am {paket.deutscher_moment(row.angelegt_utc)}; die vier Voraussetzungen sind bejaht"


async def mitteilen(context: PortalContext, session: AsyncSession, konto_id: str, leistung_id: str) -> None:
    """Note in her log that the office sees the wish beside her appointment, once there are both."""
    appointment = await session.scalar(
        select(TerminZeile).where(
            TerminZeile.konto_id == konto_id,
            TerminZeile.leistung == leistung_id,
            TerminZeile.status == "gebucht",
        )
    )
    if appointment is None or not await vorgemerkt(session, konto_id, leistung_id):
        return
    service = katalog.leistung(context, leistung_id)
    await protokoll.eintragen(
        context,
        session,
        konto_id,
        art="uebermittlung",
        akteur="buerger",
        akteur_label="Sie selbst",
        leistung=service,
        stelle=katalog.stelle(context, service),
        felder=[f"Wunsch: {LIEFERUNG}"],
        kanal="Terminliste der Stelle",
        aktenzeichen=appointment.buchung,
    )


async def zuruecknehmen(session: AsyncSession, konto_id: str, leistung_id: str) -> None:
    """Take the wish back; without one nothing changes."""
    row = await session.get(LieferwunschZeile, (konto_id, leistung_id))
    if row is not None:
        await session.delete(row)
