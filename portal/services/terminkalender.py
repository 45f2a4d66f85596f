"""The port to an office's calendar, and its first adapter: a demo calendar made of the office's opening hours."""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Stelle
from portal.context import BERLIN, PortalContext
from portal.errors import ConflictError
from portal.schema.termin import TerminPlatzZeile
from portal.services import sprechzeiten
from portal.services.feiertage import feiertage


class SlotTakenError(ConflictError):
    """Somebody was faster, or the office does not receive anybody then. The caller offers other times."""

    code = "termin_vergeben"

    def __init__(self) -> None:
        super().__init__(
            "Dieser Zeitpunkt ist nicht mehr frei. Es wurde nichts gebucht und nichts geändert. "
            "Bitte wählen Sie einen anderen."
        )


@dataclass(frozen=True)
class Zeitfenster:
    """One free appointment; both moments carry German time."""

    beginn: datetime
    ende: datetime


class Terminkalender(Protocol):
    """An office's calendar. It learns times and numbers, never who comes."""

    hinweis: str | None
    """What citizens must know of this calendar, if anything."""

    async def freie(
        self, context: PortalContext, session: AsyncSession, stelle: Stelle, ab: date, hoechstens: int
    ) -> Sequence[Zeitfenster]:
        """The next free appointments from a day on, in order."""
        ...

    async def belegen(
        self, context: PortalContext, session: AsyncSession, stelle: Stelle, beginn: datetime
    ) -> tuple[str, Zeitfenster]:
        """Occupy a place: its number and times. Raises SlotTakenError."""
        ...

    async def freigeben(self, context: PortalContext, session: AsyncSession, buchung: str) -> None:
        """Give a place back; doing it again changes nothing."""
        ...


class DemoKalender:
    """Stands in for the calendars of a real town: free are the office's opening hours, with `PLAETZE` desks.

    Offices that receive people by appointment only publish no hours; for them the demo invents `ERSATZZEITEN`.
    """

    hinweis: str | None = "Demonstration: Die Termine sind erfunden, es wird keine echte Stelle verständigt."

    DAUER_MINUTEN = 30
    PLAETZE = 2
    VORLAUF = timedelta(hours=2)
    TAGE = 56
    ERSATZZEITEN = "Montag bis Donnerstag 9 bis 12 Uhr"

    def _beginne(self, context: PortalContext, stelle: Stelle, ab: date, tage: int) -> list[datetime]:
        hours = stelle.oeffnungszeiten
        if hours is None:
            return []
        text = "\n".join(hours) if isinstance(hours, list) else hours
        times = sprechzeiten.lesen(text) or sprechzeiten.lesen(self.ERSATZZEITEN)
        earliest = context.clock() + self.VORLAUF
        closed = feiertage(context.settings.commune)
        moments = (
            moment.replace(tzinfo=BERLIN)
            for moment in sprechzeiten.zeitpunkte(times, ab, tage, self.DAUER_MINUTEN, closed)
        )
        return [moment for moment in moments if moment >= earliest]

    def _fenster(self, beginn: datetime) -> Zeitfenster:
        return Zeitfenster(beginn, beginn + timedelta(minutes=self.DAUER_MINUTEN))

    async def freie(
        self, context: PortalContext, session: AsyncSession, stelle: Stelle, ab: date, hoechstens: int
    ) -> Sequence[Zeitfenster]:
        """The next free appointments, at most eight weeks ahead; none where no hours are known."""
        today = context.today()
        first = max(ab, today)
        begins = self._beginne(context, stelle, first, (today + timedelta(days=self.TAGE) - first).days)
        if not begins:
            return []
        rows = await session.scalars(
            select(TerminPlatzZeile.beginn_utc).where(
                TerminPlatzZeile.stelle_id == stelle.id, TerminPlatzZeile.beginn_utc >= begins[0]
            )
        )
        taken = Counter(rows)
        free = (begin for begin in begins if taken[begin] < self.PLAETZE)
        return [self._fenster(begin) for begin, _ in zip(free, range(hoechstens), strict=False)]

    async def belegen(
        self, context: PortalContext, session: AsyncSession, stelle: Stelle, beginn: datetime
    ) -> tuple[str, Zeitfenster]:
        """Occupy the first free desk; the primary key decides between two who come at once."""
        local = beginn.astimezone(BERLIN)
        within = local.date() <= context.today() + timedelta(days=self.TAGE)
        if not within or local not in self._beginne(context, stelle, local.date(), 1):
            raise SlotTakenError
        number = f"T-{secrets.randbelow(10**8):08d}"
        for place in range(self.PLAETZE):
            row = TerminPlatzZeile(stelle_id=stelle.id, beginn_utc=local, platz=place, buchung=number)
            try:
                async with session.begin_nested():
                    session.add(row)
            except IntegrityError:
                continue
            return number, self._fenster(local)
        raise SlotTakenError

    async def freigeben(self, context: PortalContext, session: AsyncSession, buchung: str) -> None:
        """Take the place out of the book."""
        await session.execute(delete(TerminPlatzZeile).where(TerminPlatzZeile.buchung == buchung))
