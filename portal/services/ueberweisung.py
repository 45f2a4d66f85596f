"""Use cases of bank transfers: what the citizen needs to pay, and what the office enters when money has come or gone back."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import BERLIN, PortalContext
from portal.domain.zahlung import Stand
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.zahlung import ErstattungZeile, GebuehrZeile, ZahlungZeile
from portal.services import gebuehr, zahlung
from portal.services.gebuehr import UEBERWEISUNG


@dataclass(frozen=True)
class Kassenkonto:
    """The account of the town's Kasse."""

    inhaber: str
    iban: str
    """Without blanks."""

    @property
    def anzeige(self) -> str:
        """The IBAN in groups of four."""
        return " ".join(self.iban[at : at + 4] for at in range(0, len(self.iban), 4))


def kassenkonto(context: PortalContext) -> Kassenkonto | None:
    """Where fees are transferred to; None where the town named no account."""
    settings = context.settings
    return Kassenkonto(settings.kasse_name, settings.kasse_iban) if settings.kasse_iban else None


async def eingang(
    context: PortalContext,
    session: AsyncSession,
    stelle_id: str,
    gebuehr_id: str,
    betrag_cent: int,
    am: date,
) -> str:
    """Enter that a transfer has come in; gives the case's id.

    It counts like a provider's report: the amount must be the fee's, and what comes on top of a paid fee goes back.

    Raises
    ------
    ConflictError
        Another amount, or the transfer is entered already: nothing is booked.
    InvalidInputError
        A day in the future, or before the fee was asked for.
    NotFoundError
    """
    fee = await gebuehr.der_stelle(session, stelle_id, gebuehr_id)
    if not fee.angelegt_utc.astimezone(BERLIN).date() <= am <= context.today():
        raise InvalidInputError("Der Tag des Eingangs liegt in der Zukunft oder vor der Gebühr.", field="am")
    if betrag_cent != fee.betrag_cent:
        raise ConflictError(
            f"Eingegangen ist ein anderer Betrag als die Gebühr von {gebuehr.euro(fee.betrag_cent)}. Es wurde nichts gebucht."
        )
    known = await session.scalar(
        select(ZahlungZeile.id).where(
            ZahlungZeile.gebuehr_id == fee.id, ZahlungZeile.anbieter == UEBERWEISUNG
        )
    )
    if known is not None:
        raise ConflictError("Diese Überweisung ist schon eingetragen. Es wurde nichts gebucht.")
    now = context.clock()
    row = ZahlungZeile(
        id=str(uuid.uuid4()),
        gebuehr_id=fee.id,
        anbieter=UEBERWEISUNG,
        referenz=None,
        betrag_cent=betrag_cent,
        status=Stand.BOOKED,
        angelegt_utc=datetime.combine(am, time(12), BERLIN),
        entschieden_utc=now,
    )
    session.add(row)
    await session.flush()
    await zahlung.nach_der_meldung(context, session, fee, row, Stand.BOOKED)
    return fee.vorgang_id


async def zurueckueberwiesen(
    context: PortalContext, session: AsyncSession, stelle_id: str, erstattung_id: str
) -> str:
    """Enter that the Kasse has transferred a refund back; entering it again changes nothing. Gives the case's id.

    Raises
    ------
    NotFoundError
        No such refund by transfer in this office.
    """
    found = (
        await session.execute(
            select(ErstattungZeile, GebuehrZeile.vorgang_id)
            .join(ZahlungZeile, ZahlungZeile.id == ErstattungZeile.zahlung_id)
            .join(GebuehrZeile, GebuehrZeile.id == ZahlungZeile.gebuehr_id)
            .where(
                ErstattungZeile.id == erstattung_id,
                ZahlungZeile.anbieter == UEBERWEISUNG,
                GebuehrZeile.stelle_id == stelle_id,
            )
            .with_for_update(of=ErstattungZeile)
        )
    ).first()
    if found is None:
        raise NotFoundError("Diese Erstattung gibt es in Ihrer Stelle nicht.")
    row, case_id = found
    if row.status != Stand.BOOKED:
        row.status, row.erledigt_utc = Stand.BOOKED, context.clock()
    return str(case_id)
