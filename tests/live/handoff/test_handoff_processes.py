"""Two gateway processes on one PostgreSQL and one Redis: what happens at one is seen at the other."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import asyncpg
import httpx
import pytest
import redis.asyncio
from handoff_line import Client
from handoff_steady import Gateway, Steady
from handoff_world import BERLIN, PORTAL_TOKEN, Rate, staff_token
from redis.exceptions import RedisError

from tests.bench.handoff import ground
from tests.bench.handoff.ground import Chat

pytestmark = pytest.mark.postgres
REDIS = "redis://127.0.0.1:6379"


async def missing() -> Exception | None:
    """What is not there of PostgreSQL and Redis."""
    try:
        await (await asyncpg.connect(f"{ground.POSTGRES}/postgres", timeout=2)).close()
        async with redis.asyncio.Redis.from_url(REDIS) as line:
            await line.ping()
    except (OSError, RedisError) as error:
        return error
    return None


@asynccontextmanager
async def two(folder: Path, chats: int = 1, **changes) -> AsyncIterator[tuple[Gateway, Gateway, list[Chat]]]:
    """Both processes, and so many chats that wait."""
    error = await missing()
    if error is not None:
        if os.environ.get("CI") == "true":
            raise error
        pytest.skip(f"no PostgreSQL or Redis: {error}")
    async with ground.database("postgresql", folder) as database:
        waiting = await ground.fill(database, chats, 1, waiting=True)
        one, other = (Gateway(database, redis=REDIS, **changes) for _ in range(2))
        try:
            await asyncio.gather(one.start(), other.start())
            yield one, other, waiting
        finally:
            one.kill()
            other.kill()


@asynccontextmanager
async def client(gateway: Gateway, namespace: str, **auth: str) -> AsyncIterator[Client]:
    one = Client(f"http://127.0.0.1:{gateway.port}", namespace)
    try:
        yield await one.connect(**auth)
    finally:
        await one.io.disconnect()


def clerk(name: str = "berta") -> str:
    return staff_token(name, now=datetime.now(BERLIN))


async def test_citizen_at_one_and_clerk_at_the_other(tmp_path):
    async with (
        two(tmp_path) as (one, other, [chat]),
        client(one, "/", handle=chat.handle) as citizen,
        client(other, "/konsole", token=clerk()) as berta,
    ):
        await citizen.event("state", lambda state: state["phase"] == "waiting" and "estimate" in state)
        assert (await berta.call("chat.next"))["chat"] == chat.chat
        await citizen.event("state", lambda state: state["phase"] == "clerk")
        await citizen.event("message", lambda message: message["seq"] == 1)
        assert await citizen.call("send", {"client_id": "c", "text": "Hallo"}) == {"seq": 2}
        await berta.event("message", lambda body: body["message"]["text"] == "Hallo")
        await citizen.io.emit("typing", {"typing": True})
        await berta.event("typing", lambda body: body["chat"] == chat.chat and body["typing"])
        await citizen.io.emit("read", {"seq": 2})
        await berta.event("read", lambda body: body["chat"] == chat.chat and body["seq"] == 2)
        answer = {"chat": chat.chat, "client_id": "k", "text": "Guten Tag"}
        assert await berta.call("chat.send", answer) == {"seq": 3}
        await citizen.event("message", lambda message: message["text"] == "Guten Tag")
        assert await citizen.seqs(3) == [1, 2, 3]


async def test_the_queue_of_a_console_follows_claims_at_the_other(tmp_path):
    async with (
        two(tmp_path, 2) as (one, other, _chats),
        client(one, "/konsole", token=clerk("anton")) as anton,
        client(other, "/konsole", token=clerk()) as berta,
    ):
        taken = (await berta.call("chat.next"))["chat"]
        left = await anton.event("queue", lambda queue: queue["waiting_total"] == 1)
        assert [entry["chat"] for entry in left["waiting"]] != [taken]
        refused = await anton.call("chat.claim", {"chat": taken})
        assert refused["error"]["code"] == "schon_uebernommen"


async def test_a_session_that_ends_at_one_is_cut_at_the_other(tmp_path):
    async with (
        two(tmp_path) as (one, other, _chats),
        client(other, "/konsole", token=clerk()) as berta,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        answer = await http.post(
            f"http://127.0.0.1:{one.port}/api/conversations/internal/revocations",
            json={"sids": ["sid-berta"]},
            headers={"Authorization": f"Bearer {PORTAL_TOKEN}"},
        )
        assert answer.status_code == 204
        await berta.until(lambda events: any(event == "disconnect" for event, _ in events))
        with pytest.raises(Exception, match=r"."):
            await Client(f"http://127.0.0.1:{other.port}", "/konsole").connect(token=clerk())


async def test_one_is_killed_and_its_citizen_goes_on_at_the_other(tmp_path):
    async with two(tmp_path) as (one, other, [chat]):
        citizen = Steady(one.port, lambda after: {"handle": chat.handle, "after": after})
        async with client(other, "/konsole", token=clerk()) as berta:
            assert (await berta.call("chat.next"))["chat"] == chat.chat
            for number in range(10):
                await citizen.send(f"a{number}")
            one.kill()
            citizen.port = other.port
            for number in range(10):
                await citizen.send(f"b{number}")
            await citizen.resume()
            said = [f"a{n}" for n in range(10)] + [f"b{n}" for n in range(10)]
            assert [one["text"] for one in citizen.seen if one["author"] == "citizen"] == said
            assert [one["seq"] for one in citizen.seen] == list(range(1, len(citizen.seen) + 1))
            await berta.event("message", lambda body: body["message"]["text"] == "b9")
            heard = [body["message"]["text"] for event, body in berta.events if event == "message"]
            assert [text for text in heard if text in said] == said
        await citizen.close()


async def test_both_count_what_one_citizen_sends(tmp_path):
    burst = 10
    async with (
        two(tmp_path, handle_rate=Rate(burst, 0.001)) as (one, other, [chat]),
        client(one, "/", handle=chat.handle) as here,
        client(other, "/", handle=chat.handle) as there,
    ):
        for number in range(burst):
            assert "seq" in await here.call("send", {"client_id": f"a{number}", "text": "x"})
        accepted = 0
        while "seq" in await there.call("send", {"client_id": f"b{accepted}", "text": "x"}):
            accepted += 1
        assert accepted < burst // 2
