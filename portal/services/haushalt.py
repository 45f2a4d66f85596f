"""Use cases of the household: who lives with the citizen, as she says it."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain import feldtypen
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.stammdaten import HaushaltZeile
from portal.services import protokoll

BEZIEHUNGEN = {
    "kind": "Kind",
    "partner": "Ehe- oder Lebenspartner",
    "elternteil": "Elternteil",
    "andere": "Andere Person",
}
HOECHSTENS = 20


@dataclass(frozen=True)
class Mitglied:
    """One person of the household."""

    id: str
    vornamen: str
    familienname: str
    geburtsdatum: str
    beziehung: str
    stand: date


async def liste(session: AsyncSession, konto_id: str) -> list[Mitglied]:
    """Everybody who lives with the citizen, the eldest first."""
    rows = await session.scalars(select(HaushaltZeile).where(HaushaltZeile.konto_id == konto_id))
    found = [Mitglied(row.id, **row.person, stand=row.stand) for row in rows]
    return sorted(found, key=lambda one: (one.geburtsdatum, one.id))


async def hinzufuegen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    *,
    vornamen: str,
    familienname: str,
    geburtsdatum: str,
    beziehung: str,
) -> None:
    """Add a person.

    Raises
    ------
    InvalidInputError
        A name, the birth date or the relation does not fit.
    ConflictError
        There are too many.
    """
    if beziehung not in BEZIEHUNGEN:
        raise InvalidInputError("Bitte wählen Sie, wer die Person ist.", field="beziehung")
    person = {"beziehung": beziehung}
    for field, value, check in (
        ("vornamen", vornamen, feldtypen.name),
        ("familienname", familienname, feldtypen.name),
        ("geburtsdatum", geburtsdatum, feldtypen.datum),
    ):
        try:
            person[field] = check(value.strip())
            if field == "geburtsdatum":
                feldtypen.nicht_vor_1900(person[field])
                feldtypen.nicht_zukuenftig(person[field], context.today())
        except feldtypen.UngueltigError as error:
            raise InvalidInputError(str(error), field=f"haushalt_{field}") from error
    if len(await liste(session, konto_id)) >= HOECHSTENS:
        raise ConflictError(f"Es sind schon {HOECHSTENS} Personen eingetragen.")
    session.add(HaushaltZeile(id=str(uuid.uuid4()), konto_id=konto_id, person=person, stand=context.today()))
    await protokoll.eigene_aenderung(
        context,
        session,
        konto_id,
        ["Haushalt"],
        "Person im Haushalt eingetragen",
        "Art. 6 Abs. 1 Buchst. a DSGVO",
    )


async def entfernen(context: PortalContext, session: AsyncSession, konto_id: str, mitglied_id: str) -> None:
    """Take a person out; a foreign one is as unknown. Raises NotFoundError."""
    row = await session.scalar(
        select(HaushaltZeile).where(HaushaltZeile.id == mitglied_id, HaushaltZeile.konto_id == konto_id)
    )
    if row is None:
        raise NotFoundError("Diese Person steht nicht in Ihrem Haushalt.")
    await session.delete(row)
    await protokoll.eigene_aenderung(
        context, session, konto_id, ["Haushalt"], "Person aus dem Haushalt gelöscht", "Art. 17 DSGVO"
    )
