"""The migrations make exactly the tables that the code declares, on SQLite and on PostgreSQL."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from portal.catalogue.model import Stelle
from portal.context import PortalContext, create_database_engine
from portal.schema.migrate import migrate
from portal.schema.tables import Base
from portal.services import abgabe, entwurf, idempotenz, redaktion
from portal.services.sitzung import PersonalView
from portal.services.terminkalender import DemoKalender, SlotTakenError
from portal.services.zustellung import zustellen_faellige
from tests.support.portal_world import KONTO, portal_world

SERVER = "postgresql://127.0.0.1:5432"


@pytest.fixture
async def postgres() -> AsyncIterator[str]:
    """The address of an empty database of its own."""
    try:
        server = await asyncpg.connect(f"{SERVER}/test", timeout=3)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL: {type(error).__name__}")
    name = f"portal_{uuid.uuid4().hex}"
    await server.execute(f"CREATE DATABASE {name}")
    try:
        yield f"postgresql+asyncpg://127.0.0.1:5432/{name}"
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.close()


async def differences(url: str) -> list[object]:
    def compare(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    engine = create_database_engine(url)
    await migrate(engine)
    await migrate(engine)
    async with engine.connect() as connection:
        found = await connection.run_sync(compare)
        version = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
    await engine.dispose()
    assert version
    return found


async def test_migrations_on_sqlite(tmp_path: Path) -> None:
    assert await differences(f"sqlite+aiosqlite:///{tmp_path / 'portal.db'}") == []


@pytest.mark.postgres
async def test_migrations_on_postgresql(postgres: str) -> None:
    assert await differences(postgres) == []


@pytest.mark.postgres
async def test_one_confirmation_sent_many_times_at_once_makes_one_case(postgres: str, tmp_path: Path) -> None:
    async with portal_world(tmp_path, postgres) as world:
        context = world.context
        async with context.transaction() as session:
            draft = await entwurf.oeffnen(context, session, KONTO, "probe_hund", "niedrig")
            draft = await entwurf.freigeben(
                context,
                session,
                KONTO,
                draft.id,
                ["familienname", "anschrift"],
                {},
                version=1,
                vertrauen="niedrig",
            )
            draft = await entwurf.antworten(
                context, session, KONTO, draft.id, "seit", "2026-11-20", version=2, vertrauen="niedrig"
            )

        async def confirm(session) -> idempotenz.Antwort:
            done = await abgabe.abgeben(
                context, session, KONTO, draft.id, version=draft.version, vertrauen="niedrig"
            )
            return 201, done.model_dump(mode="json", by_alias=True)

        answers = await asyncio.gather(
            *(idempotenz.einmal(context, "actions:c", "key", "POST /submit", confirm) for _ in range(5))
        )
        assert len({str(body["case"]) for _, body in answers}) == 1
        arrived = await asyncio.gather(*(zustellen_faellige(context) for _ in range(3)))
        assert sum(arrived) == 1


@pytest.mark.postgres
async def test_two_who_want_the_last_place_at_once_do_not_both_get_it(postgres: str, tmp_path: Path) -> None:
    async with portal_world(tmp_path, postgres) as world:
        context = world.context
        office = Stelle(id="amt", name="Amt", behoerde="Stadt", oeffnungszeiten="Mittwoch 8 bis 12 Uhr")
        moment = datetime.fromisoformat("2026-11-25T08:00:00+01:00")

        async def take() -> str | None:
            try:
                async with context.transaction() as session:
                    number, _ = await DemoKalender().belegen(context, session, office, moment)
                return number
            except SlotTakenError:
                return None

        taken = [number for number in await asyncio.gather(*(take() for _ in range(8))) if number]
        assert len(set(taken)) == len(taken) == DemoKalender.PLAETZE


@pytest.mark.postgres
async def test_of_two_editors_in_two_processes_one_is_told(postgres: str, tmp_path: Path) -> None:
    async with portal_world(tmp_path, postgres) as world:
        other = PortalContext.create(world.settings, world.clock)
        editor = PersonalView("s", "p", "r", ("redaktion-bund",), None, "Bund", "Redaktion Bund", ())
        sent = redaktion.Eingabe(
            "probe_hund", "kurz", "Neu.", "Gesetz", "geprueft", "2026-11-01", "Kürzer.", basis=0
        )
        outcomes = await asyncio.gather(
            *(redaktion.einreichen(c, editor, sent, sofort=True) for c in (world.context, other)),
            return_exceptions=True,
        )
        refused = [o for o in outcomes if isinstance(o, redaktion.EditedMeanwhileError)]
        assert len(refused) == 1
        assert len([o for o in outcomes if isinstance(o, str)]) == 1
        in_use = [c.katalog.leistungen["probe_hund"].kurz for c in (world.context, other)]
        assert sorted(in_use) == ["Neu.", "Wer einen Probehund hält, meldet ihn an."]
        await other.close()
