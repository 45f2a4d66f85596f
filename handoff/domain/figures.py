"""Figures of teams, never of a person: what they are, and when a group is too small to have any. Pure.

Figures about single clerks fall under Mitbestimmung (§ 72 Abs. 3 Nr. 2 LPVG NRW): there are none. So everything that depends on people's work stands for at least `MIN_CLERKS` of them. What is too small is joined with others until it is
large enough; nothing that stands alone could then be found by subtracting the others from the whole.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median, quantiles

MIN_CLERKS = 5
"""Clerks that a published figure stands for, at least."""
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


@dataclass(frozen=True)
class Rating:
    """One answer to how satisfied somebody was with a human's help."""

    hour: int
    team: str
    score: int


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
    """A group's line of a table: calls and reasons always, the rest only for enough clerks."""

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


def lines(
    contacts: Sequence[Contact],
    ratings: Sequence[Rating],
    clerks: Mapping[str, frozenset[str]],
    *,
    by_hour: bool = False,
) -> list[Line]:
    """Give a line a group.

    Parameters
    ----------
    clerks
        By team, or by hour as `"8"`.
    by_hour
        Whether the groups are hours of the day.
    """

    def key(contact: Contact) -> str:
        return str(contact.begun.hour) if by_hour else contact.team

    found = []
    for group in groups(clerks):
        mine = [one for one in contacts if key(one) in group.keys]
        rated = [one for one in ratings if (str(one.hour) if by_hour else one.team) in group.keys]
        found.append(line(group, mine, rated))
    return found


def line(group: Group, contacts: Sequence[Contact], ratings: Sequence[Rating]) -> Line:
    """Sum a group up."""
    calls = [one for one in contacts if not one.continued]
    reasons = Counter(one.reason for one in calls)
    figures = summed(contacts, ratings) if group.enough else None
    return Line(group, len(calls), dict(reasons.most_common()), figures)


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
