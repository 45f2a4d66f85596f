"""The runner of periodic jobs: one lease, failures seen and repeated, nothing done twice."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from portal.context import PortalContext
from portal.services import auftraege
from portal.services.auftraege import Auftrag, Auftragsdienst
from tests.integration.portal.test_portal_schema import postgres  # noqa: F401  (fixture)
from tests.support.portal_world import PortalWorld, portal_world


class Work:
    """Counts its runs and fails as often as it is told to."""

    def __init__(self, fails: int = 0) -> None:
        self.runs = 0
        self.fails = fails

    async def __call__(self, _context: PortalContext) -> None:
        self.runs += 1
        if self.runs <= self.fails:
            raise ValueError("Anna Beispiel, 17.04.1990")


@pytest.fixture
async def world(tmp_path: Path):
    async with portal_world(tmp_path) as world:
        yield world


def daily(work: Work) -> Auftrag:
    return Auftrag("probe", timedelta(days=1), work)


async def state(world: PortalWorld, job: Auftrag) -> auftraege.Stand:
    async with world.context.transaction() as session:
        return (await auftraege.stand(session, [job], world.clock()))[0]


async def test_a_job_runs_when_its_time_has_come_and_not_before(world: PortalWorld) -> None:
    work = Work()
    job = daily(work)
    assert await auftraege.laufen_faellige(world.context, [job]) == ["probe"]
    world.clock.forward(hours=23)
    assert await auftraege.laufen_faellige(world.context, [job]) == []
    world.clock.forward(hours=1)
    assert await auftraege.laufen_faellige(world.context, [job]) == ["probe"]
    assert work.runs == 2


async def test_of_two_instances_one_runs_it(world: PortalWorld) -> None:
    work, other = Work(), PortalContext.create(world.settings, world.clock)
    try:
        ran = await asyncio.gather(*(auftraege.laufen(c, daily(work)) for c in (world.context, other) * 3))
    finally:
        await other.close()
    assert (sum(ran), work.runs) == (1, 1)


@pytest.mark.postgres
async def test_of_two_instances_on_postgresql_one_runs_it(postgres: str, tmp_path: Path) -> None:  # noqa: F811
    async with portal_world(tmp_path, postgres) as world:
        work, other = Work(), PortalContext.create(world.settings, world.clock)
        for runs in (1, 2):
            ran = await asyncio.gather(
                *(auftraege.laufen(c, daily(work)) for c in (world.context, other) * 4)
            )
            assert (sum(ran), work.runs) == (1, runs)
            world.clock.forward(days=1)
        await other.close()


async def test_a_failure_is_noted_without_its_text_and_repeated_with_growing_pauses(
    world: PortalWorld,
) -> None:
    work = Work(fails=3)
    job = daily(work)
    pauses = []
    for number in (1, 2, 3):
        assert await auftraege.laufen(world.context, job)
        seen = await state(world, job)
        assert (seen.fehlversuche, seen.fehler, seen.zuletzt_gut) == (number, "ValueError", None)
        assert seen.naechster_lauf is not None
        pauses.append(seen.naechster_lauf - world.clock())
        assert not await auftraege.laufen(world.context, job), "not before the pause is over"
        world.clock.now = seen.naechster_lauf
    assert pauses == sorted(set(pauses))
    await auftraege.laufen(world.context, job)
    seen = await state(world, job)
    assert (seen.fehlversuche, seen.fehler, seen.zuletzt_gut) == (0, None, world.clock())


async def test_a_job_that_dies_with_its_process_is_run_again_when_its_lease_ends(world: PortalWorld) -> None:
    work = Work()

    class Killed(BaseException):
        pass

    async def dies(_context: PortalContext) -> None:
        raise Killed

    with pytest.raises(Killed):
        await auftraege.laufen(world.context, Auftrag("probe", timedelta(days=1), dies))
    assert not await auftraege.laufen(world.context, daily(work))
    assert not (await state(world, daily(work))).gestoert, "it may still be running"
    world.clock.forward(minutes=5)
    with pytest.raises(Killed):
        await auftraege.laufen(world.context, Auftrag("probe", timedelta(days=1), dies))
    seen = await state(world, daily(work))
    assert (seen.fehlversuche, seen.fehler) == (1, "Abgebrochen"), "one death is known, the second not yet"
    world.clock.forward(minutes=5)
    assert await auftraege.laufen(world.context, daily(work))
    assert not (await state(world, daily(work))).gestoert


async def test_a_job_that_is_stopped_with_the_portal_is_free_for_the_next_instance(
    world: PortalWorld,
) -> None:
    begun = asyncio.Event()

    async def waits(_context: PortalContext) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with Auftragsdienst(world.context, [Auftrag("probe", timedelta(days=1), waits)]):
        async with asyncio.timeout(20):
            await begun.wait()
    work = Work()
    assert await auftraege.laufen(world.context, daily(work)), "without waiting for the lease"
    assert not (await state(world, daily(work))).gestoert


async def test_a_job_that_nobody_runs_is_overdue(world: PortalWorld) -> None:
    job = daily(Work())
    await auftraege.laufen(world.context, job)
    world.clock.forward(days=1, minutes=9)
    assert not (await state(world, job)).ueberfaellig
    world.clock.forward(minutes=2)
    assert (await state(world, job)).ueberfaellig
    assert (await state(world, job)).gestoert
    await auftraege.laufen(world.context, job)
    assert not (await state(world, job)).gestoert


async def test_a_job_that_takes_too_long_is_ended_and_counts_as_failed(world: PortalWorld) -> None:
    async def waits(_context: PortalContext) -> None:
        await asyncio.Event().wait()

    job = Auftrag("probe", timedelta(days=1), waits, hoechstens=timedelta(seconds=0.05))
    assert await auftraege.laufen(world.context, job)
    assert (await state(world, job)).fehler == "TimeoutError"


async def test_who_lost_the_lease_changes_nothing(world: PortalWorld) -> None:
    job = daily(Work())

    async def too_slow(context: PortalContext) -> None:
        world.clock.forward(minutes=6)
        assert await auftraege.laufen(context, job)
        world.clock.forward(hours=1)

    await auftraege.laufen(world.context, Auftrag("probe", timedelta(days=7), too_slow))
    seen = await state(world, job)
    assert seen.naechster_lauf == world.clock() - timedelta(hours=1) + timedelta(days=1)


async def test_a_job_without_work_is_not_taken(world: PortalWorld) -> None:
    async def nothing(*_: object) -> bool:
        return False

    work = Work()
    job = Auftrag("probe", timedelta(0), work, bedarf=nothing)
    assert await auftraege.laufen_faellige(world.context, [job]) == []
    assert work.runs == 0


async def test_the_runner_survives_a_job_that_fails_and_runs_the_others(world: PortalWorld) -> None:
    done = asyncio.Event()

    async def works(_context: PortalContext) -> None:
        done.set()

    jobs = (Auftrag("schlecht", timedelta(0), Work(fails=99)), Auftrag("gut", timedelta(0), works))
    async with Auftragsdienst(world.context, jobs):
        async with asyncio.timeout(20):
            await done.wait()


async def test_health_names_a_job_that_failed_and_metrics_count_it(
    world: PortalWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx

    from portal.web import health

    job = daily(Work(fails=1))
    monkeypatch.setattr(health, "AUFTRAEGE", (job,))
    async with httpx.AsyncClient(transport=world.transport(), base_url="http://portal.test") as client:
        assert (await client.get("/health")).json() == {"status": "ok", "auftraege": []}
        await auftraege.laufen(world.context, job)
        answer = await client.get("/health")
        assert (answer.status_code, answer.json()["auftraege"]) == (200, ["probe"])
        assert (await client.get("/api/metrics")).status_code == 401
        figures = await client.get("/api/metrics", headers={"Authorization": "Bearer portal-token"})
    assert 'portal_auftrag_fehlversuche{auftrag="probe"} 1.0' in figures.text
    assert "Anna" not in figures.text
