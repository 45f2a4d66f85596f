"""A day of a town hall, simulated: our routing against plain FIFO under the same skill constraints.

Both sides use the same arrivals, topics, languages, handling times and clerks. FIFO: whoever becomes free takes the oldest chat
that she may take; a chat that comes goes to any clerk who may take it and is free, the one who has been free longest. Ours: the
product's own `handoff.domain.routing.match` over `handoff.domain.queue`. The load is raised until FIFO answers 75 % within 30 s, the
promise of the German authority hotline 115; then both are compared at that load.
"""

import heapq
import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from handoff.domain.estimate import estimate, usual_handling_s
from handoff.domain.queue import Ticket, rank_at
from handoff.domain.routing import Clerk, able, match

MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OPEN_S = 8 * 3600
PROMISE_S = 30
CAPACITY = 2
"""Chats at a time."""
TOPICS = {
    "meldewesen": (0.34, 420.0),
    "ausweis": (0.22, 360.0),
    "kfz": (0.16, 480.0),
    "hundesteuer": (0.08, 300.0),
    "wohngeld": (0.12, 720.0),
    "gewerbe": (0.08, 600.0),
}
"""Share of the chats and mean handling time in seconds (gamma distributed, shape 2)."""
HOURS = (0.9, 1.35, 1.4, 1.2, 0.8, 0.75, 0.85, 0.75)
"""Arrivals by hour, relative to the mean."""
REASONS = {"wunsch": 0.55, "nicht_verstanden": 0.3, "komplex": 0.07, "beschwerde": 0.05, "notfall": 0.03}
LANGUAGES = {"de": 0.93, "tr": 0.04, "uk": 0.03}
CLERKS = (
    [Clerk(f"g{n}", capacity=CAPACITY) for n in range(4)]
    + [Clerk(f"m{n}", topics=("meldewesen", "ausweis"), capacity=CAPACITY) for n in range(5)]
    + [Clerk(f"k{n}", topics=("kfz",), capacity=CAPACITY) for n in range(2)]
    + [Clerk("s0", topics=("hundesteuer", "gewerbe"), capacity=CAPACITY)]
    + [Clerk(f"w{n}", topics=("wohngeld",), capacity=CAPACITY) for n in range(2)]
    + [
        Clerk("tr", languages=("de", "tr"), capacity=CAPACITY),
        Clerk("uk", languages=("de", "uk"), capacity=CAPACITY),
    ]
)


@dataclass(frozen=True)
class Chat:
    """One chat of the day."""

    at_s: float
    ticket: Ticket
    handling_s: float


def day(seed: int, per_hour: float) -> list[Chat]:
    """Draw a day."""
    chance = random.Random(seed)
    chats: list[Chat] = []
    at = 0.0
    while True:
        rate = per_hour * HOURS[min(int(at // 3600), 7)] / 3600
        at += chance.expovariate(rate)
        if at >= OPEN_S:
            return chats
        topic = chance.choices(list(TOPICS), [share for share, _mean in TOPICS.values()])[0]
        reason = chance.choices(list(REASONS), list(REASONS.values()))[0]
        lang = chance.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
        came = MORNING + timedelta(seconds=at)
        ticket = Ticket(f"{len(chats):05d}", came, False, topic, None, reason, lang, came)
        chats.append(Chat(at, ticket, chance.gammavariate(2, TOPICS[topic][1] / 2)))


def two_days(seed: int, per_hour: float) -> tuple[list[Chat], list[Chat]]:
    """Draw a day and the day before it."""
    return day(seed, per_hour), day(10_000 + seed, per_hour)


def run(chats: list[Chat], before: list[Chat], *, ours: bool) -> dict[str, Any]:
    """Play a day; what the day before taught about handling times is known. Gives waits in seconds and the error of the estimates."""
    load = {clerk.id: 0 for clerk in CLERKS}
    free_since = {clerk.id: 0.0 for clerk in CLERKS}
    by_id = {chat.ticket.conversation_id: chat for chat in chats}
    waiting: dict[str, Ticket] = {}
    ends: list[tuple[float, str, Chat]] = []
    waits: dict[str, float] = {}
    guessed: dict[str, float] = {}
    handled: list[float] = []
    topics: dict[str | None, list[float]] = {}
    for chat in before:
        topics.setdefault(chat.ticket.service, []).append(chat.handling_s)
    coming = iter(chats)
    upcoming = next(coming, None)
    while upcoming is not None or ends:
        if upcoming is not None and (not ends or upcoming.at_s <= ends[0][0]):
            now = upcoming.at_s
            ticket = _ranked(upcoming.ticket, topics)
            waiting[ticket.conversation_id] = ticket
            guess = _guess(ticket, waiting, load, handled) if ours else None
            if guess is not None:
                guessed[ticket.conversation_id] = guess
            upcoming = next(coming, None)
        else:
            now, clerk_id, ended = heapq.heappop(ends)
            topics.setdefault(ended.ticket.service, []).append(ended.handling_s)
            load[clerk_id] -= 1
            free_since[clerk_id] = now
        open_to = {clerk.id for clerk in CLERKS if load[clerk.id] < CAPACITY}
        heads = {id_: one for id_, one in waiting.items() if _may(one) & open_to}
        if not heads:  # the others stay in any case
            continue
        clerks = [replace(clerk, load=load[clerk.id]) for clerk in CLERKS]
        pairs = match(heads.values(), clerks, {}) if ours else _fifo(heads, clerks, free_since)
        for ticket, clerk in pairs:
            chat = by_id[ticket.conversation_id]
            del waiting[ticket.conversation_id]
            load[clerk.id] += 1
            waits[ticket.conversation_id] = now - chat.at_s
            handled.append(chat.handling_s)
            heapq.heappush(ends, (now + chat.handling_s, clerk.id, chat))
    errors = sorted(abs(waits[one] - guess) for one, guess in guessed.items() if waits[one] > 0)
    took = sorted(waits.values())
    return {
        "chats": len(chats),
        "within_30_s": sum(wait <= PROMISE_S for wait in took) / len(took),
        "median_wait_s": took[len(took) // 2],
        "p95_wait_s": took[int(len(took) * 0.95)],
        "longest_wait_s": took[-1],
        "estimate_median_abs_error_of_waits_s": errors[len(errors) // 2] if errors else None,
    }


_MAY: dict[tuple[str | None, str, str], frozenset[str]] = {}


def _may(ticket: Ticket) -> frozenset[str]:
    """Who may take a chat; everybody is on duty all day, so it depends on the chat alone."""
    kind = (ticket.service, ticket.lang, ticket.reason)
    if kind not in _MAY:
        _MAY[kind] = frozenset(clerk.id for clerk in able(ticket, CLERKS, {}))
    return _MAY[kind]


def _ranked(ticket: Ticket, topics: dict[str | None, list[float]]) -> Ticket:
    """Give a chat that comes its rank, by what was learnt so far, as the product does."""
    assert ticket.queued_at is not None
    usual = usual_handling_s(topics.get(ticket.service, [])[-50:])
    return replace(ticket, rank_at=rank_at(ticket.queued_at, ticket.reason, usual))


def _guess(
    ticket: Ticket, waiting: dict[str, Ticket], load: dict[str, int], handled: list[float]
) -> float | None:
    clerks = [replace(clerk, load=load[clerk.id]) for clerk in CLERKS]
    may = _may(ticket)
    ahead = sum(1 for other in waiting.values() if other.key < ticket.key and may & _may(other))
    mine = [clerk for clerk in clerks if clerk.id in may]
    expected = estimate(ahead, sum(c.capacity for c in mine), sum(c.free for c in mine), handled[-50:])
    return None if expected is None else expected.middle_s - 15  # the simulated clerk picks up at once


def _fifo(
    waiting: dict[str, Ticket], clerks: list[Clerk], free_since: dict[str, float]
) -> list[tuple[Ticket, Clerk]]:
    load = {clerk.id: clerk.load for clerk in clerks}
    pairs = []
    for ticket in sorted(waiting.values(), key=lambda one: (one.queued_at, one.conversation_id)):
        may = _may(ticket)
        free = [one for one in clerks if one.id in may and load[one.id] < one.capacity]
        if free:
            clerk = min(free, key=lambda one: (load[one.id], free_since[one.id], one.id))
            load[clerk.id] += 1
            pairs.append((ticket, clerk))
    return pairs


def compare(days: int = 10) -> dict[str, Any]:
    """Find the load at which FIFO keeps the promise for 75 % and compare there."""

    def share(per_hour: float) -> float:
        return _mean([run(*two_days(seed, per_hour), ours=False) for seed in range(days)])["within_30_s"]

    low, high = 80.0, 240.0
    for _ in range(8):
        middle = (low + high) / 2
        low, high = (middle, high) if share(middle) > 0.75 else (low, middle)
    fifo = [run(*two_days(seed, low), ours=False) for seed in range(days)]
    ours = [run(*two_days(seed, low), ours=True) for seed in range(days)]
    return {
        "days": days,
        "chats_per_hour": low,
        "clerks": len(CLERKS),
        "capacity": CAPACITY,
        "fifo": _mean(fifo),
        "ours": _mean(ours),
    }


def _mean(runs: list[dict[str, Any]]) -> dict[str, float]:
    return {name: sum(one[name] for one in runs) / len(runs) for name in runs[0] if runs[0][name] is not None}
