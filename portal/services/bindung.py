"""Use cases of bindings: which citizen a conversation belongs to, and which draft it works on."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import NotLoggedInError
from portal.schema.bindung import BindungZeile
from portal.services import sitzung
from portal.services.fehler import NoDraftError
from portal.services.sitzung import SitzungView


@dataclass(frozen=True)
class Gebunden:
    """A conversation with its citizen's live session."""

    unterhaltung: str
    sitzung: SitzungView
    entwurf_id: str | None

    @property
    def konto_id(self) -> str:
        return self.sitzung.konto_id

    @property
    def vertrauen(self) -> str:
        return self.sitzung.vertrauen

    def entwurf(self) -> str:
        """Id of the current draft. Raises NoDraftError."""
        if self.entwurf_id is None:
            raise NoDraftError("In dieser Unterhaltung ist kein Antrag begonnen.")
        return self.entwurf_id


async def binden(
    context: PortalContext, session: AsyncSession, unterhaltung: str, konto_id: str, sid: str
) -> None:
    """Tie a conversation to a session. Another account's draft does not stay its current one.

    Raises
    ------
    NotLoggedInError
        The session has ended or belongs to another account.
    """
    live = await sitzung.live(session, sid, context.clock())
    if live.konto_id != konto_id:
        raise NotLoggedInError("Diese Anmeldung gehört nicht zu diesem Konto.")
    row = await session.get(BindungZeile, unterhaltung)
    if row is None:
        row = BindungZeile(unterhaltung=unterhaltung, konto_id=konto_id, sid=sid, entwurf_id=None)
        session.add(row)
    elif row.konto_id != konto_id:
        row.entwurf_id = None
    row.konto_id, row.sid, row.gebunden_utc = konto_id, sid, context.clock()
    await session.flush()


async def loesen(session: AsyncSession, unterhaltung: str) -> None:
    """Untie a conversation; doing it again changes nothing."""
    row = await session.get(BindungZeile, unterhaltung)
    if row is not None:
        await session.delete(row)


async def gebunden(context: PortalContext, session: AsyncSession, unterhaltung: str) -> Gebunden:
    """The conversation's citizen. Raises NotLoggedInError if there is none with a live session."""
    row = await session.get(BindungZeile, unterhaltung)
    if row is None:
        raise NotLoggedInError(
            "Dafür ist eine Anmeldung nötig. Was Sie bisher geschrieben haben, bleibt erhalten."
        )
    live = await sitzung.live(session, row.sid, context.clock())
    return Gebunden(unterhaltung, live, row.entwurf_id)


async def entwurf_merken(session: AsyncSession, unterhaltung: str, entwurf_id: str | None) -> None:
    """Make a draft the conversation's current one."""
    row = await session.get_one(BindungZeile, unterhaltung)
    row.entwurf_id = entwurf_id
