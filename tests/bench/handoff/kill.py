"""SIGKILL at random points under load: nothing acknowledged is lost, doubled or out of order."""

import asyncio
import random
from typing import Any

from handoff_steady import Gateway, Steady

from handoff.database import Database
from handoff.schema.tables import MessageRow
from tests.bench.handoff.ground import Chat

SENDERS = 12


async def rounds(gateway: Gateway, database: str, chats: list[Chat], count: int) -> dict[str, Any]:
    """Kill and start the gateway so often while citizens write; gives what was lost, doubled, out of order."""
    chance = random.Random(6)
    people = [
        Steady(gateway.port, lambda after, chat=chat: {"handle": chat.handle, "after": after})
        for chat in chats[:SENDERS]
    ]
    over = asyncio.Event()

    async def write(one: Steady, name: int) -> None:
        number = 0
        while not over.is_set():
            await one.send(f"#{name}-{number}")
            number += 1

    for one in people:
        one.patience_s = 10.0
    writing = [asyncio.create_task(write(one, number)) for number, one in enumerate(people)]
    for _ in range(count):
        before = sum(len(one.acked) for one in people)
        while sum(len(one.acked) for one in people) <= before + SENDERS // 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # a slow machine needs longer to be under load again
        await asyncio.sleep(chance.uniform(0, 0.1))
        gateway.kill()
        await gateway.start()
    over.set()
    await asyncio.gather(*writing)
    for one in people:
        await one.connected()
        await one.resume()
        await one.close()
    lost = doubled = disorder = acked = 0
    base = Database(database)
    for one, chat in zip(people, chats, strict=False):
        async with base.read() as session:
            from sqlalchemy import select

            rows = (
                await session.scalars(
                    select(MessageRow)
                    .where(MessageRow.conversation_id == chat.id, MessageRow.author == "citizen")
                    .order_by(MessageRow.seq)
                )
            ).all()
        texts = [row.body["text"] for row in rows]
        acked += len(one.acked)
        lost += sum(text not in texts for text, _seq in one.acked)
        doubled += len(texts) - len(set(texts))
        disorder += [int(text.split("-")[1]) for text in texts] != sorted(
            int(text.split("-")[1]) for text in texts
        )
        seen = [message["seq"] for message in one.seen]
        disorder += seen != list(range(1, len(seen) + 1))
    await base.close()
    return {
        "rounds": count,
        "acknowledged": acked,
        "lost": lost,
        "doubled": doubled,
        "out_of_order": disorder,
    }
