"""What is over is deleted, kind by kind, and nothing else."""

from datetime import timedelta

from handoff_world import citizen_token
from sqlalchemy import func, select

from handoff.schema.routing import RequestRow, WaitRow
from handoff.schema.tables import ConversationRow, MessageRow
from handoff.services import retention

DAY_S = 86_400


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
