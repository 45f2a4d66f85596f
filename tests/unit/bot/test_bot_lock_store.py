"""The lock: one at a time, in order, nothing left behind."""

import asyncio

from bot.lock_store import LocalLockStore


async def test_messages_of_one_conversation_run_in_order_without_waiting_for_a_poll() -> None:
    store, order, running = LocalLockStore(), [], 0

    async def work(number: int) -> None:
        nonlocal running
        async with store.lock("c"):
            running += 1
            assert running == 1
            await asyncio.sleep(0)
            order.append(number)
            running -= 1

    await asyncio.wait_for(asyncio.gather(*(work(number) for number in range(20))), 1)
    assert order == list(range(20))
    assert store._locks == store._users == {}


async def test_other_conversations_do_not_wait() -> None:
    store = LocalLockStore()
    async with store.lock("a"), store.lock("b"):
        pass
    assert store._locks == {}


async def test_an_error_releases_the_lock() -> None:
    store = LocalLockStore()
    try:
        async with store.lock("a"):
            raise ValueError
    except ValueError:
        pass
    async with store.lock("a"):
        pass
