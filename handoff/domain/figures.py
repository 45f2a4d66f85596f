"""Figures of teams, never of a person: what they are, and when a group is too small to have any. Pure.

Figures about single clerks fall under Mitbestimmung (§ 72 Abs. 3 Nr. 2 LPVG NRW): there are none. So everything that depends on people's work
stands for at least `MIN_CLERKS` of them. What is too small is joined with others until it is large enough; nothing that stands alone could then be
found by subtracting the others from the whole. Nor by comparing two moments or periods: figures are made of whole days that are over, each of
which has enough clerks and enough chats by itself, so that two of them differ by such days only.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median, quantiles

MIN_CLERKS = 5
"""Clerks that a published figure stands for, at least."""
MIN_CONTACTS = 5
"""Chats that a day's figures stand for, at least."""
MIN_RATINGS = 5
"""Ratings that a mean stands for, at least."""
TOO_FEW = "zu wenige Beschäftigte für eine Auswertung"
SOLVED = "geloest"


@dataclass(frozen=True)
class Contact:
    """One measured wait and what followed; names nobody."""

    begun: datetime
    """Local time of the office."""
    team: str
    """Office of the clerk who took it, else the office that is responsible; `*` for the whole town's."""
    reason: str
    outcome: str | None
    """null while waiting; `mensch`, `assistent`, `anliegen` or `beendet`."""
    waited_s: int | None
    handled_s: int | None
    result: str | None
    handed_on: bool
    continued: bool
    on_duty: int

    @property
    def settled_on(self) -> date | None:
        """The day since which nothing about it can change; None while it goes on."""
        if self.outcome is None or (self.outcome == "mensch" and self.handled_s is None):
            return None
        return (self.begun + timedelta(seconds=(self.waited_s or 0) + (self.handled_s or 0))).date()


@dataclass(frozen=True)
class Rating:
    """One answer to how satisfied somebody was with a human's help."""

    hour: int
    team: str
    score: int
    day: date


@dataclass(frozen=True)
class Figures:
    """What is known of a group's contacts. None: nothing to measure, or too few."""

    calls: int
    reached: int
    abandoned: int
    requests: int
    returned: int
    wait_median_s: float | None
    wait_p90_s: float | None
    handled_median_s: float | None
    first_contact: float | None
    """Share of the finished chats that were solved by the first clerk."""
    ratings: int
    satisfaction: float | None
    """Mean of 1 to 5."""

    @property
    def abandonment(self) -> float | None:
        """Share of those whose wait is over who left while waiting."""
        over = self.reached + self.abandoned + self.requests + self.returned
        return self.abandoned / over if over else None


@dataclass(frozen=True)
class Group:
    """Teams or hours whose figures are shown as one."""

    keys: tuple[str, ...]
    clerks: int
    enough: bool


@dataclass(frozen=True)
class Line:
    """A group's line of a table: calls and reasons always, the rest only for enough clerks on enough days."""

    group: Group
    calls: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    figures: Figures | None = None


def groups(clerks: Mapping[str, frozenset[str]], least: int = MIN_CLERKS) -> list[Group]:
    """Join what is too small until each group has enough clerks.

    Parameters
    ----------
    clerks
        Who works in each team (or who could work in each hour), by key.

    Returns
    -------
    list
        In the order of the keys, the joined ones last. If all together are too few, one group with `enough` False.
    """
    small = {key: who for key, who in clerks.items() if len(who) < least}
    large = sorted((key for key in clerks if key not in small), key=lambda key: (len(clerks[key]), key))
    joined = frozenset[str]().union(*small.values())
    while small and len(joined) < least and large:
        key = large.pop(0)
        small[key] = clerks[key]
        joined |= clerks[key]
    alone = [Group((key,), len(clerks[key]), True) for key in clerks if key not in small]
    if not small:
        return alone
    together = Group(tuple(key for key in clerks if key in small), len(joined), len(joined) >= least)
    return [*alone, together]


@dataclass(frozen=True)
class Settled:
    """What of a group's work may be published."""

    contacts: Sequence[Contact] = ()
    ratings: Sequence[Rating] = ()
    left_out: frozenset[date] = frozenset()
    """Days with contacts of which nothing is published: too few clerks, or too few chats."""


def settled(
    group: Group,
    contacts: Iterable[Contact],
    ratings: Iterable[Rating],
    clerks: Mapping[tuple[date, str], int],
) -> Settled:
    """Give what a group did on the days that have figures.

    Parameters
    ----------
    clerks
        How many were there, by day and team, for the days of the period; all of them over.
    """
    days = {day for day, _team in clerks}
    by_day: defaultdict[date, list[Contact]] = defaultdict(list)
    for one in contacts:
        day = one.settled_on
        if one.team in group.keys and day is not None and day in days:
            by_day[day].append(one)
    shown = {
        day
        for day, found in by_day.items()
        if group.enough
        and sum(clerks.get((day, team), 0) for team in group.keys) >= MIN_CLERKS
        and sum(one.handled_s is not None for one in found) >= MIN_CONTACTS
    }
    return Settled(
        [one for day in sorted(shown) for one in by_day[day]],
        [one for one in ratings if one.team in group.keys and one.day in shown],
        frozenset(by_day) - shown,
    )


def teams_of(clerks: Mapping[tuple[date, str], int]) -> dict[str, frozenset[str]]:
    """Give for each team a group as large as on its fullest day; teams share no clerks."""
    most: dict[str, int] = {}
    for (_day, team), number in clerks.items():
        most[team] = max(most.get(team, 0), number)
    return {team: frozenset(f"{team} {n}" for n in range(number)) for team, number in most.items()}


def line(group: Group, calls: Sequence[Contact], work: Settled) -> Line:
    """Sum a group up: what was called for, and what may be published of the work."""
    first = [one for one in calls if not one.continued]
    reasons = Counter(one.reason for one in first)
    figures = summed(work.contacts, work.ratings) if group.enough and work.contacts else None
    return Line(group, len(first), dict(reasons.most_common()), figures)


def hour_lines(calls: Sequence[Contact], work: Settled) -> list[Line]:
    """Give a line an hour of the day; hours in which few could take a chat are joined."""
    found = []
    for group in groups(on_duty_by_hour(work.contacts)):
        called = [one for one in calls if str(one.begun.hour) in group.keys]
        mine = [one for one in work.contacts if str(one.begun.hour) in group.keys]
        rated = [one for one in work.ratings if str(one.hour) in group.keys]
        found.append(line(group, called, Settled(mine, rated)))
    return found


def on_duty_by_hour(contacts: Iterable[Contact]) -> dict[str, frozenset[str]]:
    """Give for each hour of the day a group as large as the largest number of clerks who could take a chat in it.

    Hours share clerks, so hours that are joined count no more people than the fullest of them.
    """
    most: dict[int, int] = {}
    for one in contacts:
        most[one.begun.hour] = max(most.get(one.begun.hour, 0), one.on_duty)
    return {str(hour): frozenset(str(n) for n in range(most[hour])) for hour in sorted(most)}


def summed(contacts: Sequence[Contact], ratings: Sequence[Rating]) -> Figures:
    """Compute a group's figures; the caller checks that it is large enough."""
    calls = [one for one in contacts if not one.continued]
    outcomes = Counter(one.outcome for one in calls)
    waited = [one.waited_s for one in calls if one.outcome == "mensch" and one.waited_s is not None]
    handled = [one.handled_s for one in contacts if one.handled_s is not None]
    finished = [one for one in calls if one.result is not None or one.handed_on]
    solved = [one for one in finished if one.result == SOLVED and not one.handed_on]
    enough = len(ratings) >= MIN_RATINGS
    return Figures(
        calls=len(calls),
        reached=outcomes["mensch"],
        abandoned=outcomes["beendet"],
        requests=outcomes["anliegen"],
        returned=outcomes["assistent"],
        wait_median_s=float(median(waited)) if waited else None,
        wait_p90_s=_p90(waited),
        handled_median_s=float(median(handled)) if handled else None,
        first_contact=len(solved) / len(finished) if finished else None,
        ratings=len(ratings),
        satisfaction=sum(one.score for one in ratings) / len(ratings) if enough else None,
    )


def containment(conversations: int, called: int) -> float | None:
    """Give the share of conversations that the assistant ended without a human; None without conversations."""
    return (conversations - called) / conversations if conversations else None


def _p90(values: Sequence[int]) -> float | None:
    if not values:
        return None
    return float(values[0]) if len(values) == 1 else quantiles(values, n=10, method="inclusive")[-1]
