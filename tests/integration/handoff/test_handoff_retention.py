"""What is over is deleted, kind by kind, and nothing else."""

import asyncio
from datetime import timedelta

import pytest
from handoff_world import PORTAL_TOKEN, citizen_token
from sqlalchemy import func, select

from handoff.schema.routing import JobRow, RequestRow, WaitRow
from handoff.schema.tables import ConversationRow, MessageRow
from handoff.services import retention

DAY_S = 86_400
METRICS = "/api/conversations/internal/metrics"
PORTAL = {"Authorization": f"Bearer {PORTAL_TOKEN}"}


class Failing:
    """Stands in for the work: fails as often as it is told to."""

    def __init__(self, fails: int) -> None:
        self.fails, self.runs = fails, 0

    async def __call__(self, *_):
        self.runs += 1
        if self.runs <= self.fails:
            raise ValueError("Anna Beispiel")
        return {"conversations": 0}


async def counts(town) -> tuple[int, int]:
    async with town.context.database.read() as session:
        return (
            await session.scalar(select(func.count()).select_from(ConversationRow)),
            await session.scalar(select(func.count()).select_from(MessageRow)),
        )


async def test_conversations_end_by_kind(town):
    unbound, waiting = await town.start(), await town.start()
    bound = (await town.login(await town.start(), citizen_token())).json()["handle"]
    await town.send(unbound, "Hallo")
    await town.ask_human(waiting)
    await town.idle()
    assert (await counts(town))[0] == 3
    town.clock.forward(29 * DAY_S)
    assert (await retention.clean(town.context, town.context.settings.retention))["conversations"] == 0
    town.clock.forward(2 * DAY_S)
    assert (await retention.clean(town.context, town.context.settings.retention))["conversations"] == 1
    assert (await town.http.get(f"/api/conversations/{unbound}/messages")).status_code == 404
    assert (await town.read(waiting))["state"]["phase"] == "waiting"  # nobody is dropped while waiting
    town.clock.forward(150 * DAY_S)
    assert (await retention.clean(town.context, town.context.settings.retention))["conversations"] == 1
    answer = await town.http.get(
        f"/api/conversations/{bound}/messages",
        headers={"Authorization": f"Bearer {citizen_token(now=town.clock.now)}"},
    )
    assert answer.status_code == 404


async def test_requests_and_waits_have_dates_of_their_own(town):
    handle = await town.start()
    await town.ask_human(handle)
    await town.send(handle, payload="/wait_request", client_id="a")
    town.clock.forward(100 * DAY_S)
    deleted = await retention.clean(town.context, town.context.settings.retention)
    assert (deleted["requests"], deleted["waits"]) == (0, 0)
    town.clock.forward(700 * DAY_S)
    deleted = await retention.clean(town.context, town.context.settings.retention)
    assert (deleted["requests"], deleted["waits"]) == (1, 1)
    async with town.context.database.read() as session:
        for table in (RequestRow, WaitRow):
            assert await session.scalar(select(func.count()).select_from(table)) == 0


async def test_it_runs_once_a_day_and_in_one_process(town):
    assert await retention.run(town.context) is not None
    assert await retention.run(town.context) is None
    town.clock.forward(timedelta(days=1).total_seconds() + 1)
    assert await retention.run(town.context) is not None


async def test_a_run_that_fails_is_seen_and_repeated(town, monkeypatch):
    monkeypatch.setattr(retention, "clean", failing := Failing(2))
    pauses = []
    for number in (1, 2):
        with pytest.raises(ValueError, match="Anna"):
            await retention.run(town.context)
        seen = await retention.state(town.context)
        assert (seen.failures, seen.error, seen.last_run) == (number, "ValueError", None)
        health = (await town.http.get("/live/health")).json()
        assert health == {"status": "auftrag_fehlgeschlagen", "auftraege": ["aufbewahrung"]}
        figures = (await town.http.get(METRICS, headers=PORTAL)).text
        assert f'handoff_auftrag_fehlversuche{{auftrag="aufbewahrung"}} {number}.0' in figures
        assert "Anna" not in figures
        assert await retention.run(town.context) is None, "not before the pause is over"
        pauses.append(await until_due(town))
    assert pauses == sorted(set(pauses))
    assert await retention.run(town.context) == {"conversations": 0}
    assert (await town.http.get("/live/health")).json() == {"status": "ok", "auftraege": []}
    assert failing.runs == 3


async def until_due(town) -> float:
    """Move the clock until the job is tried again; gives the seconds."""
    async with town.context.database.read() as session:
        row = await session.get_one(JobRow, retention.NAME)
    pause_s = (row.not_before - town.clock()).total_seconds()
    town.clock.forward(pause_s)
    return pause_s


async def test_a_run_that_dies_with_its_process_is_repeated_and_counts_as_failed(town, monkeypatch):
    class Killed(BaseException):
        pass

    async def dies(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(retention, "clean", dies)
        with pytest.raises(Killed):
            await retention.run(town.context)
        assert await retention.run(town.context) is None, "its lease still runs"
        town.clock.forward(retention.LEASE.total_seconds())
        with pytest.raises(Killed):
            await retention.run(town.context)
    assert (await retention.state(town.context)).error == "Abgebrochen"
    town.clock.forward(retention.LEASE.total_seconds())
    assert await retention.run(town.context) is not None
    assert not (await retention.state(town.context)).troubled


async def test_a_job_that_nobody_runs_is_overdue(town):
    await retention.run(town.context)
    town.clock.forward(DAY_S + 3500)
    assert not (await retention.state(town.context)).troubled
    town.clock.forward(200)
    assert (await retention.state(town.context)).overdue


async def test_the_watch_goes_on_after_a_failure(town, monkeypatch):
    monkeypatch.setattr(retention, "clean", failing := Failing(1))
    done = asyncio.Event()

    async def pause(_seconds):
        if failing.runs:
            town.clock.forward(3600)
        if failing.runs > 1:
            done.set()
        await asyncio.sleep(0)

    watch = retention.RetentionWatch(town.context, pause)
    watch.start()
    async with asyncio.timeout(20):
        await done.wait()
    await watch.stop()
    assert not (await retention.state(town.context)).troubled


async def test_the_metrics_are_the_operators(town):
    assert (await town.http.get(METRICS)).status_code == 403
