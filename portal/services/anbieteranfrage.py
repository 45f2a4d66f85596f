"""The way to a provider and back: a request counts once, for the holder who made it, within a quarter of an hour."""

import hashlib
import secrets
from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.schema.sitzung import NachweisanfrageRow
from portal.services.anbieter import Anmeldedienst, IdentityProofError, Person, Weg
from portal.services.identitaet import ANFRAGE_GUELTIG


async def eroeffnen(
    context: PortalContext, dienst: Anmeldedienst, zweck: str, halter: str, zurueck: str
) -> Weg:
    """Open a request and give the way to the provider.

    Parameters
    ----------
    zweck
        What the answer is for; it counts for nothing else.
    halter
        What only the asking browser or session has.

    Raises
    ------
    IdentityProofError
        The provider does not answer.
    """
    now = context.clock()
    anfrage = f"_{secrets.token_hex(20)}"
    weg = await dienst.beginnen(anfrage, now)
    async with context.transaction() as session:
        session.add(
            NachweisanfrageRow(
                id=anfrage,
                zweck=zweck,
                halter_hash=_hash(halter),
                anbieter=dienst.id,
                zurueck=zurueck[:500],
                geheim=dict(weg.geheim),
                angelegt_at=now,
            )
        )
    return weg


async def einloesen(
    context: PortalContext, dienst: Anmeldedienst, zweck: str, halter: str, antwort: Mapping[str, str]
) -> tuple[Person, str]:
    """Take the provider's answer; gives the person and the own path to go to.

    The request is used up before its answer is looked at: neither a wrong nor a right one counts twice.

    Raises
    ------
    IdentityProofError
        The answer is forged, too old, used before, or another holder's.
    """
    now, anfrage = context.clock(), antwort.get("state", "")[:64]
    async with context.transaction() as session:
        row = (
            await session.execute(
                update(NachweisanfrageRow)
                .where(
                    NachweisanfrageRow.id == anfrage,
                    NachweisanfrageRow.zweck == zweck,
                    NachweisanfrageRow.anbieter == dienst.id,
                    NachweisanfrageRow.halter_hash == _hash(halter),
                    NachweisanfrageRow.eingeloest_at.is_(None),
                    NachweisanfrageRow.angelegt_at > now - ANFRAGE_GUELTIG,
                )
                .values(eingeloest_at=now)
                .returning(NachweisanfrageRow.zurueck, NachweisanfrageRow.geheim)
            )
        ).one_or_none()
    if row is None:
        raise IdentityProofError
    return await dienst.pruefen(anfrage, row[1], antwort, now), row[0]


async def zweck(session: AsyncSession, anfrage: str) -> str | None:
    """What an answer to this request is for; None for an unknown one."""
    row = await session.get(NachweisanfrageRow, anfrage[:64])
    return row.zweck if row else None


async def antwort_ablegen(context: PortalContext, dienst_id: str, anfrage: str, antwort: str) -> None:
    """Keep an answer that came by a foreign page's form until the browser comes with its own cookie; only the first one."""
    now = context.clock()
    async with context.transaction() as session:
        row = await session.scalar(
            select(NachweisanfrageRow)
            .where(
                NachweisanfrageRow.id == anfrage,
                NachweisanfrageRow.anbieter == dienst_id,
                NachweisanfrageRow.eingeloest_at.is_(None),
                NachweisanfrageRow.angelegt_at > now - ANFRAGE_GUELTIG,
            )
            .with_for_update()
        )
        if row is None or "antwort" in row.geheim:
            raise IdentityProofError
        row.geheim = dict(row.geheim) | {"antwort": antwort}


async def abgelegte_antwort(session: AsyncSession, anfrage: str) -> str:
    """The answer that was kept. Raises IdentityProofError."""
    row = await session.get(NachweisanfrageRow, anfrage)
    if row is None or "antwort" not in row.geheim:
        raise IdentityProofError
    return row.geheim["antwort"]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
