"""The process context: built once at start, handed to every use case."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from language.search import Document, SearchIndex
from portal.catalogue import Katalog, Katalogbestand
from portal.catalogue.wishes import labelled_wishes
from portal.settings import PortalSettings

BERLIN = ZoneInfo("Europe/Berlin")

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]
"""Gives the present moment with a zone. Injected; nothing in the portal asks the system for the time."""


@dataclass(frozen=True)
class PortalContext:
    """What outlives a request: settings, clock, database, catalogue."""

    settings: PortalSettings
    clock: Clock
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    bestand: Katalogbestand
    redaktion: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while an editor's change is checked, stored and put in use: one at a time."""

    @classmethod
    def create(cls, settings: PortalSettings, clock: Clock) -> "PortalContext":
        engine = create_database_engine(settings.database)
        bestand = Katalogbestand(
            settings.catalogue_roots,
            kommune=settings.commune,
            demo=settings.demo,
            kopien=settings.catalogue_copies,
        )
        return cls(settings, clock, engine, async_sessionmaker(engine, expire_on_commit=False), bestand)

    @property
    def katalog(self) -> Katalog:
        """The catalogue in use; another one after a reload."""
        return self.bestand.katalog

    async def suche(self) -> SearchIndex:
        """Search over the services' names, synonyms and one-sentence texts; built when first asked for."""
        return await self.bestand.abgeleitet(search_index)

    def today(self) -> date:
        """The date in Germany now; every Frist counts from it."""
        return self.clock().astimezone(BERLIN).date()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end, rolled back when anything raises."""
        async with self.sessions() as session, session.begin():
            yield session

    async def close(self) -> None:
        await self.engine.dispose()


def search_documents(katalog: Katalog) -> list[Document]:
    """What the search knows of each service: its designations, how citizens wish for it, its one-sentence text."""
    wishes: dict[str, list[str]] = {}
    for text, service in labelled_wishes():
        wishes.setdefault(service, []).append(text)
    return [
        Document(s.id, (s.name, *s.synonyme, *wishes.get(s.id, ())), (s.kurz,))
        for s in katalog.leistungen.values()
    ]


def search_index(katalog: Katalog, progress: Callable[[int], None] | None = None) -> SearchIndex:
    """The search over a catalogue; `progress` is told how many services were read, else the log every thousand."""
    documents = search_documents(katalog)

    def logged(done: int) -> None:
        if done % 1_000 == 0:
            log.info("search_index_building", done=done, total=len(documents))

    return SearchIndex(documents, progress=progress or logged)


def create_database_engine(url: str) -> AsyncEngine:
    """Make the engine; SQLite gets WAL, full synchronisation and an immediate write lock."""
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine.sync_engine, "connect")
        def set_pragmas(connection: object, _record: object) -> None:
            connection.isolation_level = None  # type: ignore[attr-defined]  # SQLAlchemy's BEGIN below decides
            cursor = connection.cursor()  # type: ignore[attr-defined]
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(engine.sync_engine, "begin")
        def begin_immediate(connection: object) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]

    return engine
