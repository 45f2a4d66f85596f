"""From the log to a messenger: same transaction, order, retries, each effect once."""

import pytest
from fastapi import APIRouter
from handoff_world import sqlite, world

from handoff.domain.channel import Capability, Shows
from handoff.errors import HandoffError
from handoff.ports import ReceiverDownError, ReceiverRefusedError
from handoff.services import channels, claims
from handoff.services.messages import Incoming
from handoff.storage import outbox
from handoff.storage.outbox import Kind


class Messenger:
    """A messenger that shows each key once and fails as often as told."""

    capability = Capability("messenger", "Messenger", True, Shows.PUBLIC, 4000, 0, 0)

    def __init__(self) -> None:
        self.shown: dict[str, tuple[str, str]] = {}
        self.calls: list[str] = []
        self.failures: list[Exception] = []
        self.closed = False

    def capability_for(self, details) -> Capability:
        return self.capability

    def router(self) -> APIRouter:
        return APIRouter()

    async def start(self, context) -> None:
        pass

    async def deliver(self, delivery) -> None:
        self.calls.append(delivery.key)
        if self.failures:
            raise self.failures.pop(0)
        self.shown.setdefault(delivery.key, (delivery.address, delivery.message.body.text))

    async def close(self) -> None:
        self.closed = True

    @property
    def texts(self) -> list[str]:
        return [text for _address, text in self.shown.values()]


@pytest.fixture
async def town(tmp_path):
    async with world(sqlite(tmp_path), channels=[Messenger()]) as one:
        one.messenger = one.context.channels["messenger"]
        yield one
    assert one.messenger.closed


async def say(town, text: str, client_id: str, address: str = "+49 000") -> int:
    sent = await channels.receive(town.context, "messenger", address, Incoming(client_id, text))
    return sent.seq


async def test_a_conversation_over_a_messenger(town):
    assert await say(town, "eins", "m1") == 1
    assert await say(town, "eins", "m1") == 1
    await town.idle()
    await say(town, "zwei", "m2")
    await say(town, "fremd", "m1", address="+49 111")
    await town.idle()
    assert sorted(town.messenger.shown.values()) == [
        ("+49 000", "Echo: eins"), ("+49 000", "Echo: zwei"), ("+49 111", "Echo: fremd"),
    ]  # fmt: skip


async def test_answers_come_in_order_through_an_outage(town):
    town.messenger.failures = [ReceiverDownError("weg", after_s=7), RuntimeError("kaputt")] * 4
    for number in range(4):
        await say(town, f"n{number}", f"m{number}")
    await town.idle()
    assert town.messenger.texts == [f"Echo: n{number}" for number in range(4)]
    assert len(town.messenger.calls) == 12
    async with town.context.database.read() as session:
        assert await outbox.counts(session) == {}


async def test_a_refused_message_blocks_nothing_and_is_kept_for_the_operator(town):
    town.messenger.failures = [ReceiverRefusedError("blockiert")]
    await say(town, "eins", "m1")
    await say(town, "zwei", "m2")
    await town.idle()
    assert town.messenger.texts == ["Echo: zwei"]
    async with town.context.database.read() as session:
        assert await outbox.counts(session) == {("channel", True): 1}


async def test_the_row_is_written_with_the_message_and_survives_the_process(tmp_path):
    async with world(sqlite(tmp_path)) as first:  # no channel is switched on
        first.app.state.couriers[1]._pause = _forever
        await channels.receive(first.context, "messenger", "+49 000", Incoming("m1", "eins"))
        await first.app.state.dispatcher.idle()
        async with first.context.database.read() as session:
            assert len(await outbox.conversations(session, Kind.CHANNEL)) == 1
    async with world(sqlite(tmp_path), channels=[Messenger()]) as second:
        await second.idle()
        assert second.context.channels["messenger"].texts == ["Echo: eins"]


async def _forever(_seconds: float) -> None:
    import asyncio

    await asyncio.Event().wait()


async def test_clerk_and_gateway_reach_the_messenger_too_and_an_ended_chat_is_followed_by_a_new_one(town):
    from handoff_world import staff

    from handoff.services import desk

    await say(town, "mensch", "m1")
    await town.idle()
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    await desk.send(town.context, conversation_id, staff(), "k1", "Guten Tag")
    await desk.close(town.context, conversation_id, staff(), "geloest", "Geklärt")
    await town.idle()
    assert town.messenger.texts[-2] == "Guten Tag"
    assert "beendet" in town.messenger.texts[-1]
    assert await say(town, "noch etwas", "m2") == 1
    await town.idle()
    assert town.messenger.texts[-1] == "Echo: noch etwas"


async def test_malformed_messages_are_refused_as_everywhere(town):
    for incoming in (Incoming("m 1", "x"), Incoming("m1", "  "), Incoming("m1", "x" * 4001)):
        with pytest.raises(HandoffError):
            await channels.receive(town.context, "messenger", "+49 000", incoming)


async def test_the_address_is_not_readable_in_the_database(town, tmp_path):
    await say(town, "eins", "m1", address="+49 999 424242")
    await town.idle()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("handoff.db*"))
    assert b"424242" not in stored
