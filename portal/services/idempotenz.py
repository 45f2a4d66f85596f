"""The same key does the same thing once: the first answer is kept beside the change, in one transaction."""

from collections.abc import Awaitable, Callable

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ConflictError, InvalidInputError
from portal.schema.idempotenz import IdempotenzZeile

SCHLUESSEL_HOECHSTENS = 200

Antwort = tuple[int, dict[str, object]]
"""HTTP status and body."""


class KeyReusedError(ConflictError):
    """The key was used for another call. The caller has a fault: it takes a new key."""

    code = "schluessel_verwendet"


async def einmal(
    context: PortalContext,
    aufrufer: str,
    schluessel: str | None,
    aufruf: str,
    tun: Callable[[AsyncSession], Awaitable[Antwort]],
) -> Antwort:
    """Run `tun` in one transaction unless this key was answered before; then give that answer and change nothing.

    Refusals are not kept: nothing changed, so the call may be tried again.

    Raises
    ------
    InvalidInputError
        The key is missing or too long.
    KeyReusedError
    """
    if not schluessel or len(schluessel) > SCHLUESSEL_HOECHSTENS:
        raise InvalidInputError("Der Kopf Idempotency-Key fehlt oder ist zu lang.", field="Idempotency-Key")
    try:
        return await _versuchen(context, aufrufer, schluessel, aufruf, tun)
    except IntegrityError:
        # Another call was faster, with this key or at the same draft: what it did is visible now, so look again.
        return await _versuchen(context, aufrufer, schluessel, aufruf, tun)


async def _versuchen(
    context: PortalContext,
    aufrufer: str,
    schluessel: str,
    aufruf: str,
    tun: Callable[[AsyncSession], Awaitable[Antwort]],
) -> Antwort:
    async with context.transaction() as session:
        stored = await _gemerkt(session, aufrufer, schluessel, aufruf)
        if stored is not None:
            return stored
        row = IdempotenzZeile(
            aufrufer=aufrufer,
            schluessel=schluessel,
            aufruf=aufruf,
            status=0,
            antwort={},
            am_utc=context.clock(),
        )
        session.add(row)
        await session.flush()
        row.status, row.antwort = await tun(session)
        return row.status, row.antwort


async def _gemerkt(session: AsyncSession, aufrufer: str, schluessel: str, aufruf: str) -> Antwort | None:
    row = await session.get(IdempotenzZeile, (aufrufer, schluessel))
    if row is None:
        return None
    if row.aufruf != aufruf:
        raise KeyReusedError("Dieser Idempotency-Key wurde schon für einen anderen Aufruf verwendet.")
    return row.status, row.antwort
