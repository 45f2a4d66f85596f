"""Between client and server anything may happen to a frame: 0 lost, 0 doubled, the order kept."""

import asyncio
import random
import sqlite3

import pytest
from handoff_steady import Gateway, Proxy, Steady
from handoff_world import Rate, citizen_token, sqlite, staff_token, world
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from handoff.services import claims

MANY = Rate(1_000_000, 1_000_000)


async def claimed_chat(database: str, key: object = None) -> tuple[str, str]:
    """A chat that a clerk has claimed, made in this process: handle and chat."""
    async with world(database, lease_s=100_000_000) as town:
        handle = await town.start()
        await town.ask_human(handle)
        chat = await town.chat()
        from handoff_world import staff

        await claims.claim(town.context, chat, staff())
        return handle, chat


def pair(port: int, handle: str, chat: str) -> tuple[Steady, Steady]:
    """A citizen and a clerk of one chat."""
    from datetime import datetime

    from handoff_world import BERLIN

    citizen = Steady(port, lambda after: {"handle": handle, "after": after})
    clerk = Steady(port, lambda _after: {"token": staff_token(now=datetime.now(BERLIN))}, chat=chat)
    return citizen, clerk


def check(citizen: Steady, clerk: Steady, before: int = 0) -> None:
    """Both saw the same gapless log, and everything acknowledged stands in it once, in the sender's order."""
    assert citizen.seen, "nothing arrived"
    ours = [(m["seq"], m["author"], m["text"]) for m in citizen.seen]
    assert ours == [(m["seq"], m["author"], m["text"]) for m in clerk.seen]
    assert [seq for seq, _author, _text in ours] == list(range(1, len(ours) + 1))
    for sender, author in ((citizen, "citizen"), (clerk, "clerk")):
        written = [(text, seq) for seq, who, text in ours if who == author and text.startswith("#")]
        assert written == sender.acked


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_proxy_drops_doubles_swaps_and_cuts(tmp_path, seed):
    database = sqlite(tmp_path)
    handle, chat = await claimed_chat(database)
    gateway = Gateway(database, lease_s=100_000_000, address_rate=MANY, handle_rate=MANY)
    await gateway.start()
    try:
        async with Proxy(gateway.port, random.Random(seed)) as proxy:
            citizen, clerk = pair(proxy.port, handle, chat)
            for one in (citizen, clerk):
                one.patience_s = 0.7

            async def talk(one: Steady, name: str) -> None:
                for number in range(25):
                    await one.send(f"#{name}{number}")

            await asyncio.gather(talk(citizen, "b"), talk(clerk, "k"))
            proxy.faults = 0
            for one in (citizen, clerk):
                await one.connected()
                await one.resume()
                await one.close()
            assert sum(proxy.done.get(fault, 0) for fault in ("drop", "double", "swap", "cut")) > 5
        check(citizen, clerk)
        assert (len(citizen.acked), len(clerk.acked)) == (25, 25)
    finally:
        gateway.kill()


class Delivery(RuleBasedStateMachine):
    """Two people write through a real gateway's process that is killed at any moment."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.number = 0

    def do(self, work):
        return self.loop.run_until_complete(asyncio.wait_for(work, 120))

    @initialize()
    def begin(self) -> None:
        from pathlib import Path

        database = sqlite(Path(self.folder.name))
        handle, chat = self.do(claimed_chat(database))
        self.gateway = Gateway(database, lease_s=100_000_000, address_rate=MANY, handle_rate=MANY)
        self.do(self.gateway.start())
        self.people = pair(self.gateway.port, handle, chat)

    def _text(self) -> str:
        self.number += 1
        return f"#{self.number}"

    @rule(who=st.integers(0, 1))
    def send(self, who: int) -> None:
        self.do(self.people[who].send(self._text()))

    @rule()
    def both_send_at_once(self) -> None:
        async def together() -> None:
            await asyncio.gather(*(one.send(self._text()) for one in self.people))

        self.do(together())

    @rule(after_ms=st.integers(0, 12), who=st.integers(0, 1))
    def kill_while_sending(self, after_ms: int, who: int) -> None:
        async def work() -> None:
            sending = asyncio.create_task(self.people[who].send(self._text()))
            await asyncio.sleep(after_ms / 1000)
            self.gateway.kill()
            await self.gateway.start()
            await sending

        self.do(work())

    @rule(who=st.integers(0, 1))
    @precondition(lambda self: self.number > 0)
    def send_again_what_was_acknowledged(self, who: int) -> None:
        async def work() -> None:
            one = self.people[who]
            text, client_id = self._text(), f"again-{self.number}"
            first = await one.send(text, client_id)
            assert await one.send(text, client_id) == first
            one.acked.pop()

        self.do(work())

    @rule(who=st.integers(0, 1))
    def lose_the_connection(self, who: int) -> None:
        self.do(self.people[who].close())

    @rule(who=st.integers(0, 1))
    def catch_up(self, who: int) -> None:
        async def work() -> None:
            await self.people[who].connected()
            await self.people[who].resume()

        self.do(work())

    def teardown(self) -> None:
        if hasattr(self, "people"):

            async def end() -> None:
                for one in self.people:
                    await one.connected()
                    await one.resume()
                for one in self.people:
                    await one.close()

            self.do(end())
            self.gateway.kill()
            check(*self.people)
        self.loop.close()
        self.folder.cleanup()


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(
    max_examples=2,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


async def test_many_at_once_share_commits_and_one_refusal_does_not_touch_the_others(tmp_path):
    async with world(sqlite(tmp_path)) as town:
        handles = [await town.start() for _ in range(20)]
        await town.http.post(f"/api/conversations/{handles[7]}/close")
        commits = 0
        commit = town.context.writer._commit

        async def counted(together):
            nonlocal commits
            commits += 1
            await commit(together)

        town.context.writer._commit = counted
        answers = await asyncio.gather(*(town.send(one, f"Text {n}") for n, one in enumerate(handles)))
        assert [a.status_code for a in answers] == [409 if n == 7 else 201 for n in range(20)]
        assert commits < 20
        await town.idle()
        for number, handle in enumerate(handles):
            if number != 7:
                assert (await town.read(handle))["messages"][0]["text"] == f"Text {number}"


async def test_an_old_handle_writes_nothing_even_when_it_was_checked_before_the_login(tmp_path):
    from handoff.services import access, messages

    async with world(sqlite(tmp_path)) as town:
        handle = await town.start()
        before = await access.check(town.context, handle, None)
        assert (await town.login(handle, citizen_token())).status_code == 200
        from handoff.errors import UnknownConversationError

        with pytest.raises(UnknownConversationError):
            await messages.send(town.context, before, messages.Incoming("c1", "zu spät"))


async def test_an_acknowledged_message_is_on_disk(tmp_path):
    async with world(sqlite(tmp_path)) as town:
        handle = await town.start()
        assert (await town.send(handle, "eins")).status_code == 201
        with sqlite3.connect(tmp_path / "handoff.db") as other:
            assert other.execute("SELECT count(*) FROM messages WHERE author = 'citizen'").fetchone() == (1,)
            (mode,) = other.execute("PRAGMA journal_mode").fetchone()
            assert mode == "wal"
        async with town.context.database.read() as session:
            connection = await session.connection()
            assert (await connection.exec_driver_sql("PRAGMA synchronous")).scalar() == 2
