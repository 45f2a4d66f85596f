"""The runner of periodic jobs. Each job has one lease in the database: of two instances one runs it, the other does not.

A job that raises is noted (class of the error only), shown at /health and in the metrics, and repeated with growing pauses. One
that dies with its process is run again when its lease ends and counts as failed until it ends well, so a job must not mind being
repeated. One that nobody runs although its time has come is shown as overdue.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import case, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.schema.auftrag import AuftragZeile

log = structlog.get_logger(__name__)

TAKT_S = 0.5
"""Seconds between two looks for what is due."""
PAUSE_HOECHSTENS = timedelta(hours=1)
ABGEBROCHEN = "Abgebrochen"
"""Noted as the error of a run that never gave its lease back."""
UEBERFAELLIG_NACH = timedelta(minutes=10)
"""So long after its time a job must have been taken, or something is wrong with the runner."""


@dataclass(frozen=True)
class Auftrag:
    """One periodic job."""

    name: str
    alle: timedelta
    """Pause between the end of a good run and the next one."""
    tun: Callable[[PortalContext], Awaitable[object]]
    """The work. Owns its transactions; may be repeated at any point."""
    hoechstens: timedelta = timedelta(minutes=5)
    """How long the lease holds; a run that takes longer is cancelled."""
    bedarf: Callable[[AsyncSession, datetime], Awaitable[bool]] | None = None
    """A cheap look whether there is anything to do; without it the job runs whenever its time has come."""


@dataclass(frozen=True)
class Stand:
    """What became of a job, for /health and the metrics."""

    name: str
    zuletzt_gut: datetime | None
    naechster_lauf: datetime | None
    fehlversuche: int
    fehler: str | None
    ueberfaellig: bool = False
    """Its time came a while ago and nobody runs it."""

    @property
    def gestoert(self) -> bool:
        """Whether somebody should look."""
        return self.fehlversuche > 0 or self.ueberfaellig


async def laufen_faellige(context: PortalContext, auftraege: Sequence[Auftrag]) -> list[str]:
    """Run every job that is due and that no other instance holds, one after the other; gives their names."""
    due = await _faellige(context, auftraege)
    return [auftrag.name for auftrag in due if await laufen(context, auftrag)]


async def laufen(context: PortalContext, auftrag: Auftrag) -> bool:
    """Run one job if it is due and free; False when it is not. Never raises what the job raised."""
    halter = await _nehmen(context, auftrag)
    if halter is None:
        return False
    try:
        async with asyncio.timeout(auftrag.hoechstens.total_seconds()):
            await auftrag.tun(context)
    except asyncio.CancelledError:  # the portal is being stopped: another instance may go on at once
        await _abgeben(context, auftrag, halter)
        raise
    except Exception as error:  # the edge of the process: a job that fails is noted and repeated
        log.error("job_failed", auftrag=auftrag.name, fehler=type(error).__name__)
        await _noch_einmal(context, auftrag, halter, type(error).__name__)
    else:
        now = context.clock()
        await _abgeben(
            context,
            auftrag,
            halter,
            naechster_lauf_utc=now + auftrag.alle,
            zuletzt_gut_utc=now,
            fehlversuche=0,
            fehler=None,
        )
    return True


async def _faellige(context: PortalContext, auftraege: Sequence[Auftrag]) -> list[Auftrag]:
    now = context.clock()
    async with context.transaction() as session:
        rows = {row.name: row for row in await session.scalars(select(AuftragZeile))}
        found = []
        for auftrag in auftraege:
            row = rows.get(auftrag.name)
            if row is not None and (
                row.naechster_lauf_utc > now
                or (row.gehalten_bis_utc is not None and row.gehalten_bis_utc > now)
            ):
                continue
            if auftrag.bedarf is None or await auftrag.bedarf(session, now):
                found.append(auftrag)
    return found


async def _nehmen(context: PortalContext, auftrag: Auftrag) -> str | None:
    """Take the lease: one statement, so that two instances never hold it both."""
    now, halter = context.clock(), str(uuid.uuid4())
    lease = {"halter": halter, "gehalten_bis_utc": now + auftrag.hoechstens}
    died = AuftragZeile.gehalten_bis_utc.is_not(None)
    async with context.transaction() as session:
        taken = await session.scalar(
            update(AuftragZeile)
            .where(
                AuftragZeile.name == auftrag.name,
                AuftragZeile.naechster_lauf_utc <= now,
                or_(AuftragZeile.gehalten_bis_utc.is_(None), AuftragZeile.gehalten_bis_utc <= now),
            )
            .values(
                **lease,
                fehlversuche=AuftragZeile.fehlversuche + case((died, 1), else_=0),
                fehler=case((died, ABGEBROCHEN), else_=AuftragZeile.fehler),
            )
            .returning(AuftragZeile.name)
        )
        if taken is not None:
            return halter
        if await session.get(AuftragZeile, auftrag.name) is not None:
            return None
    try:
        async with context.transaction() as session:
            session.add(AuftragZeile(name=auftrag.name, naechster_lauf_utc=now, fehlversuche=0, **lease))
    except IntegrityError:  # another instance made the row first, and holds the lease
        return None
    return halter


async def _noch_einmal(context: PortalContext, auftrag: Auftrag, halter: str, fehler: str) -> None:
    async with context.transaction() as session:
        row = await session.get_one(AuftragZeile, auftrag.name)
        failed = row.fehlversuche + 1
    pause = min(timedelta(seconds=2 ** min(failed, 12)), PAUSE_HOECHSTENS)
    await _abgeben(
        context,
        auftrag,
        halter,
        naechster_lauf_utc=context.clock() + pause,
        fehlversuche=failed,
        fehler=fehler[:80],
    )


async def _abgeben(context: PortalContext, auftrag: Auftrag, halter: str, **values: object) -> None:
    """Give the lease back; whoever lost it meanwhile changes nothing."""
    async with context.transaction() as session:
        await session.execute(
            update(AuftragZeile)
            .where(AuftragZeile.name == auftrag.name, AuftragZeile.halter == halter)
            .values(halter=None, gehalten_bis_utc=None, **values)
        )


async def stand(session: AsyncSession, auftraege: Sequence[Auftrag], jetzt: datetime) -> list[Stand]:
    """What became of each job, in the order given."""
    rows: Mapping[str, AuftragZeile] = {row.name: row for row in await session.scalars(select(AuftragZeile))}
    return [_stand(a, rows.get(a.name), jetzt) for a in auftraege]


def _stand(auftrag: Auftrag, row: AuftragZeile | None, jetzt: datetime) -> Stand:
    if row is None:
        return Stand(auftrag.name, None, None, 0, None)
    free = row.gehalten_bis_utc is None or row.gehalten_bis_utc <= jetzt
    late = auftrag.bedarf is None and row.naechster_lauf_utc + UEBERFAELLIG_NACH < jetzt
    return Stand(
        auftrag.name, row.zuletzt_gut_utc, row.naechster_lauf_utc, row.fehlversuche, row.fehler, free and late
    )


class Auftragsdienst:
    """Runs the jobs while the portal runs, each beside the others. Used as `async with Auftragsdienst(context, …):`."""

    def __init__(self, context: PortalContext, auftraege: Sequence[Auftrag]) -> None:
        self._context = context
        self._auftraege = auftraege
        self._loop: asyncio.Task[None] | None = None
        self._running: dict[str, asyncio.Task[bool]] = {}

    async def __aenter__(self) -> "Auftragsdienst":
        self._loop = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [task for task in (self._loop, *self._running.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                for auftrag in await _faellige(self._context, self._auftraege):
                    if auftrag.name not in self._running:
                        task = asyncio.create_task(self._one(auftrag))
                        self._running[auftrag.name] = task
            except (
                Exception
            ) as error:  # the edge: a database that is away for a moment must not end the runner
                log.error("job_runner_failed", fehler=type(error).__name__)
            await asyncio.sleep(TAKT_S)

    async def _one(self, auftrag: Auftrag) -> bool:
        try:
            return await laufen(self._context, auftrag)
        except Exception as error:  # the edge: the lease could not be taken or given back
            log.error("job_runner_failed", auftrag=auftrag.name, fehler=type(error).__name__)
            return False
        finally:
            self._running.pop(auftrag.name, None)
