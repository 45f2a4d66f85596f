"""Use cases of the vault: a number given in a chat is kept here, and the chat holds its reference."""

import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import InvalidInputError, NotFoundError
from portal.schema.tresor import TresorZeile
from portal.services.feldpruefung import verdeckt
from portal.services.views import SecretView

ARTEN = ("iban", "steuer_id", "dokument")
PREFIX = "tresor:"
LAENGE_HOECHSTENS = 64


async def ablegen(
    context: PortalContext, session: AsyncSession, unterhaltung: str, art: str, wert: str
) -> SecretView:
    """Keep a number of a conversation.

    Raises
    ------
    InvalidInputError
        The kind is unknown, or the value is empty or too long.
    """
    if art not in ARTEN:
        raise InvalidInputError("Diese Art von Nummer kenne ich nicht.", field="kind")
    if not wert.strip() or len(wert) > LAENGE_HOECHSTENS:
        raise InvalidInputError("Die Nummer ist leer oder zu lang.", field="value")
    row = TresorZeile(
        ref=PREFIX + secrets.token_urlsafe(24),
        unterhaltung=unterhaltung,
        art=art,
        wert=wert.strip(),
        anzeige=verdeckt(wert.strip()),
        erstellt_utc=context.clock(),
    )
    session.add(row)
    await session.flush()
    return SecretView(ref=row.ref, display=row.anzeige)


async def wert(session: AsyncSession, unterhaltung: str, ref: str) -> str:
    """The number behind a reference; one of another conversation is as unknown. Raises NotFoundError."""
    row = await session.scalar(
        select(TresorZeile).where(TresorZeile.ref == ref, TresorZeile.unterhaltung == unterhaltung)
    )
    if row is None:
        raise NotFoundError(
            "Die Nummer liegt nicht mehr vor. Bitte geben Sie sie noch einmal ein.", field="secret_ref"
        )
    return row.wert
