"""What is measured, always in turns between the two sides, so that both see the same machine."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.turn.actions import SLOW
from tests.bench.turn.sides import Side

MS = 1000.0
FRESH, LONG_FROM, LONG_TO = 150, 20, 40
LONG_CONVERSATIONS = 3
EARLY_TURN, LATE_TURN, LATE_PAIRS = 5, 500, 40
CLIENTS, ROUND_S, ROUNDS, TURNS_EACH = 8, 4.0, 5, 10
BURST, BURSTS = 5, 5
Pairs = list[tuple[float, float]]
"""(ours, theirs), measured one right after the other."""


@dataclass(frozen=True)
class Outcome:
    """Of several messages at once from one citizen: when the last answer was there, and whether all came in order."""

    last_s: float
    in_order: bool


async def timed(side: Side, conversation: str, text: str) -> float:
    """One turn in milliseconds."""
    begin = time.perf_counter()
    answers = await side.say(conversation, text)
    assert answers, f"{side.name} did not answer"
    return (time.perf_counter() - begin) * MS


async def fresh(ours: Side, stock: Side, texts: Sequence[str]) -> Pairs:
    """First turns of new conversations."""
    return [
        (await timed(ours, await ours.open(), text), await timed(stock, await stock.open(), text))
        for text in itertools.islice(itertools.cycle(texts), FRESH)
    ]


async def long(ours: Side, stock: Side, texts: Sequence[str]) -> list[Pairs]:
    """Conversations of `LONG_TO` turns; for each turn number its pairs."""
    turns: list[Pairs] = [[] for _ in range(LONG_TO)]
    for _ in range(LONG_CONVERSATIONS):
        mine, theirs = await ours.open(), await stock.open()
        for pairs, text in zip(turns, itertools.cycle(texts), strict=False):
            pairs.append((await timed(ours, mine, text), await timed(stock, theirs, text)))
    return turns


async def late(ours: Side, texts: Sequence[str]) -> Pairs:
    """Pairs of turn 5 of a new conversation and turn 500 and on of an old one, both ours."""
    endless = itertools.cycle(texts)
    old = await ours.open()
    for text in itertools.islice(endless, LATE_TURN - 1):
        await ours.say(old, text)
    pairs: Pairs = []
    for _ in range(LATE_PAIRS):
        new = await ours.open()
        for text in itertools.islice(endless, EARLY_TURN - 1):
            await ours.say(new, text)
        text = next(endless)
        pairs.append((await timed(ours, old, text), await timed(ours, new, text)))
    return pairs


async def throughput(ours: Side, stock: Side, texts: Sequence[str]) -> Pairs:
    """Messages a second with `CLIENTS` citizens who write at once when they are answered."""
    return [(await _rate(ours, texts), await _rate(stock, texts)) for _ in range(ROUNDS)]


async def _rate(side: Side, texts: Sequence[str]) -> float:
    begin = time.perf_counter()

    async def citizen() -> int:
        done = 0
        while True:
            conversation = await side.open()
            for text in itertools.islice(itertools.cycle(texts), TURNS_EACH):
                if time.perf_counter() - begin >= ROUND_S:
                    return done
                await side.say(conversation, text)
                done += 1

    counts = await asyncio.gather(*(citizen() for _ in range(CLIENTS)))
    return sum(counts) / (time.perf_counter() - begin)


async def bursts(ours: Side, stock: Side) -> list[tuple[Outcome, Outcome]]:
    """`BURST` messages at once from one citizen, each with an action of 50 ms."""
    return [(await _burst(ours), await _burst(stock)) for _ in range(BURSTS)]


async def _burst(side: Side) -> Outcome:
    conversation = await side.open()
    await side.say(conversation, "Guten Tag")
    burst = await side.say_at_once(conversation, [f"{SLOW}Nummer {n}" for n in range(1, BURST + 1)])
    said = [text for _, text in burst.answers]
    return Outcome(burst.answers[-1][0], said == [f"Sie sagten: {text}" for text in burst.taken])
