"""Use cases of staff accounts: create, give roles in an office, take them away. Each change ends the person's sessions."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.personal import PersonalRow
from portal.schema.sitzung import SitzungRow
from portal.schema.zugang import RettungscodeRow, WiderrufRow, ZweitfaktorRow

ROLLEN = {
    "clerk": "Gespräche führen",
    "lead": "Leitung der Gespräche",
    "editor": "Textbausteine und Öffnungszeiten",
    "admin": "Verwaltung der Konsole",
    "sachbearbeiter": "Eingang einer Stelle",
    "ident": "Ausweise prüfen (BürgerIdent)",
    "redaktion-eu": "Katalog: EU",
    "redaktion-bund": "Katalog: Bund",
    "redaktion-land": "Katalog: Land",
    "redaktion-kommune": "Katalog: Stadt",
}
STELLE_NOETIG = frozenset({"sachbearbeiter", "ident"})
"""Roles that exist in an office only."""


@dataclass(frozen=True)
class Beschaeftigte:
    """One staff account, as an operator sees it."""

    anmeldename: str
    rollen: tuple[str, ...]
    stelle: str | None
    stelle_name: str
    funktion: str
    zweitfaktor: bool


async def liste(session: AsyncSession) -> list[Beschaeftigte]:
    """All staff accounts by name."""
    with_factor = set(
        await session.scalars(
            select(ZweitfaktorRow.personal_id).where(ZweitfaktorRow.bestaetigt_at.is_not(None))
        )
    )
    rows = await session.scalars(select(PersonalRow).order_by(PersonalRow.anmeldename))
    return [
        Beschaeftigte(
            r.anmeldename, tuple(r.rollen), r.stelle, r.stelle_name, r.funktion, r.id in with_factor
        )
        for r in rows
    ]


async def anlegen(
    session: AsyncSession,
    name: str,
    passwort_hash: str,
    rollen: Sequence[str],
    *,
    stelle: str | None,
    stelle_name: str,
    funktion: str,
    themen: Sequence[str],
    jetzt: datetime,
) -> None:
    """Create an account; the second factor is set up at the first login.

    Raises
    ------
    InvalidInputError
        A role is unknown, or one of them needs an office.
    ConflictError
        The name is taken.
    """
    _pruefen(rollen, stelle)
    key = name.strip().lower()
    if not key or await session.scalar(select(PersonalRow.id).where(PersonalRow.anmeldename == key)):
        raise ConflictError(f"Den Anmeldenamen „{key}“ gibt es schon, oder er ist leer.")
    session.add(
        PersonalRow(
            id=str(uuid.uuid4()),
            anmeldename=key,
            passwort_hash=passwort_hash,
            rollen=list(rollen),
            stelle=stelle,
            stelle_name=stelle_name,
            funktion=funktion,
            themen=list(themen),
            angelegt_at=jetzt,
        )
    )


async def rollen_setzen(
    session: AsyncSession, name: str, rollen: Sequence[str], stelle: str | None, jetzt: datetime
) -> None:
    """Replace roles and office; no roles at all shut the person out. Raises InvalidInputError, NotFoundError."""
    _pruefen(rollen, stelle)
    row = await _row(session, name)
    row.rollen, row.stelle = list(rollen), stelle
    await _abmelden(session, row.id, jetzt)


async def faktor_zuruecksetzen(session: AsyncSession, name: str, jetzt: datetime) -> None:
    """Forget the second factors, after the person was identified; the next login sets one up. Raises NotFoundError."""
    row = await _row(session, name)
    await session.execute(delete(ZweitfaktorRow).where(ZweitfaktorRow.personal_id == row.id))
    await session.execute(delete(RettungscodeRow).where(RettungscodeRow.personal_id == row.id))
    await _abmelden(session, row.id, jetzt)


async def _row(session: AsyncSession, name: str) -> PersonalRow:
    row = await session.scalar(select(PersonalRow).where(PersonalRow.anmeldename == name.strip().lower()))
    if row is None:
        raise NotFoundError(f"Ein Dienstkonto „{name}“ gibt es nicht.")
    return row


async def _abmelden(session: AsyncSession, personal_id: str, jetzt: datetime) -> None:
    ended = await session.scalars(
        update(SitzungRow)
        .where(SitzungRow.personal_id == personal_id, SitzungRow.beendet_at.is_(None))
        .values(beendet_at=jetzt)
        .returning(SitzungRow.id)
    )
    session.add_all(WiderrufRow(sid=sid, angelegt_at=jetzt) for sid in ended.all())


def _pruefen(rollen: Collection[str], stelle: str | None) -> None:
    unknown = sorted(set(rollen) - set(ROLLEN))
    if unknown:
        raise InvalidInputError(f"Diese Rollen gibt es nicht: {', '.join(unknown)}.", field="rollen")
    if STELLE_NOETIG & set(rollen) and stelle is None:
        raise InvalidInputError(
            "Diese Rolle gibt es nur in einer Stelle: bitte die Stelle nennen.", field="stelle"
        )
