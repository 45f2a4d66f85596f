"""Reads what the lead's overview shows: the load now, and figures of a period for groups that are large enough."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain import figures as rules
from handoff.domain.figures import Contact, Figures, Line, Rating
from handoff.domain.hours import BERLIN
from handoff.domain.phase import Phase
from handoff.domain.reasons import URGENCIES
from handoff.errors import InvalidInputError
from handoff.schema.lead import RatingRow
from handoff.schema.routing import WaitRow
from handoff.schema.tables import ConversationRow
from handoff.storage import duty
from handoff.storage import lead as store
from handoff.storage.duty import WHOLE_TOWN

PERIODS = {"heute": 0, "gestern": 1, "7": 7, "28": 28}
"""Whole days before today; 0: today so far, without figures of clerks' work. Conversations without an account are deleted after 30 days, so
containment cannot look further back."""


@dataclass(frozen=True)
class Load:
    """What is going on now."""

    waiting: int
    longest_s: int | None
    served: int
    on_duty: int
    on_break: int
    expected: str | None
    """What somebody who came now would be told, if anybody is on duty."""


@dataclass(frozen=True)
class Overview:
    """A period's figures."""

    since: datetime
    before: datetime
    whole: Line
    teams: list[Line]
    hours: list[Line]
    calls_by_hour: Mapping[int, int]
    conversations: int
    containment: float | None
    """Of the whole town: a conversation without a human belongs to no office."""
    assistant_ratings: int
    assistant_satisfaction: float | None
    comments: list[str]
    left_out: int
    """Days of which figures of clerks' work are missing in some line: too few clerks, or too few chats."""


async def load(context: HandoffContext, office: str | None) -> Load:
    """Give the load now, of an office or (None) of the town."""
    now = context.clock()
    async with context.database.read() as session:
        board = await context.board.get(now, session)
        served = await _served(session, office)
        clerks = await store.clerks(session, office)
    tickets = [one for one in board.tickets if office is None or one.office == office]
    waited = [(now - one.queued_at).total_seconds() for one in tickets if one.queued_at is not None]
    here = [one for one in clerks if one.seen_until > now]
    on_duty = [one for one in here if one.presence == duty.HERE]
    expected = board.place_of(tickets[-1]).estimate if tickets else None
    return Load(
        waiting=len(tickets),
        longest_s=int(max(waited)) if waited else None,
        served=served,
        on_duty=len(on_duty),
        on_break=sum(one.presence == duty.BREAK for one in here),
        expected=expected.text() if expected is not None else None,
    )


async def _served(session: AsyncSession, office: str | None) -> int:
    query = select(func.count()).where(ConversationRow.phase == Phase.CLERK)
    if office is not None:
        query = query.where(ConversationRow.office == office)
    return await session.scalar(query) or 0


def bounds(context: HandoffContext, period: str) -> tuple[datetime, datetime]:
    """Give the beginning and the end of a period, both midnights or now. Raises InvalidInputError for an unknown one."""
    if period not in PERIODS:
        raise InvalidInputError("Möglich sind: heute, gestern, 7 Tage, 28 Tage.", field="zeitraum")
    today = context.clock().astimezone(BERLIN).date()
    first = datetime.combine(today - timedelta(days=PERIODS[period]), time(), BERLIN)
    end = datetime.combine(today, time(), BERLIN) if PERIODS[period] else context.clock().astimezone(BERLIN)
    return first, end


async def overview(
    context: HandoffContext, office: str | None, period: str, *, others: bool = True
) -> Overview:
    """Give a period's figures, of an office's team or (None) of the town by team.

    Parameters
    ----------
    others
        Whether who asks may see other teams too: then an office has figures only where nobody could be found by subtracting it from the whole.

    Raises
    ------
    InvalidInputError
        The period is unknown.
    """
    begin, end = bounds(context, period)
    async with context.database.read() as session:
        everything = await _contacts(session, begin - timedelta(days=1))
        rated = await _rated(session, begin, end)
        clerks = await duty.clerks_by_day(session, begin.date(), end.date())
        conversations, called = await _conversations(session, begin, end)
    calls = [one for one in everything if begin <= one.begun < end]
    sizes = rules.teams_of(clerks) | {
        team: frozenset() for team in {one.team for one in calls} - {team for _day, team in clerks}
    }
    if office is not None and not others:
        sizes = {office: sizes.get(office, frozenset())}
    of_office = [one for one in rules.groups(sizes) if office is None or office in one.keys]
    if office is not None and of_office and of_office[0].keys != (office,):
        of_office = [rules.Group((office,), 0, False)]
    if office is not None:
        calls = [one for one in calls if one.team == office]
    ratings = [one for one, human, _text in rated if human]
    work = {group: rules.settled(group, everything, ratings, clerks) for group in of_office}
    together = rules.Settled(
        [one for part in work.values() for one in part.contacts],
        [one for part in work.values() for one in part.ratings],
    )
    teams = [
        rules.line(group, [one for one in calls if one.team in group.keys], part)
        for group, part in work.items()
    ]
    everybody = rules.Group(
        tuple(key for group in of_office for key in group.keys),
        sum(group.clerks for group in of_office),
        any(group.enough for group in of_office),
    )
    machine = [one.score for one, human, _text in rated if not human]
    shown = {id(one) for one in together.ratings}
    return Overview(
        since=begin,
        before=end,
        whole=rules.line(everybody, calls, together),
        teams=teams,
        hours=rules.hour_lines(calls, together),
        calls_by_hour=Counter(one.begun.hour for one in calls if not one.continued),
        conversations=conversations,
        containment=rules.containment(conversations, called),
        assistant_ratings=len(machine),
        assistant_satisfaction=sum(machine) / len(machine) if len(machine) >= rules.MIN_RATINGS else None,
        comments=[text for one, human, text in rated if text and (not human or id(one) in shown)][:20],
        left_out=len(frozenset[date]().union(*(part.left_out for part in work.values()))),
    )


async def _contacts(session: AsyncSession, begin: datetime) -> list[Contact]:
    rows = await session.execute(
        select(
            WaitRow.queued_at, WaitRow.team, WaitRow.office, WaitRow.reason, WaitRow.outcome, WaitRow.waited_s,
            WaitRow.handled_s, WaitRow.result, WaitRow.handed_on, WaitRow.continued, WaitRow.on_duty,
        ).where(WaitRow.queued_at >= begin)
    )  # fmt: skip
    return [
        Contact(
            begun=queued_at.astimezone(BERLIN), team=team or office or WHOLE_TOWN, reason=reason, outcome=outcome,
            waited_s=waited_s, handled_s=handled_s, result=result, handed_on=handed_on, continued=continued, on_duty=on_duty,
        )
        for queued_at, team, office, reason, outcome, waited_s, handled_s, result, handed_on, continued, on_duty in rows
    ]  # fmt: skip


async def _rated(
    session: AsyncSession, begin: datetime, end: datetime
) -> list[tuple[Rating, bool, str | None]]:
    rows = await session.scalars(
        select(RatingRow)
        .where(RatingRow.hour >= begin, RatingRow.hour < end)
        .order_by(RatingRow.hour.desc(), RatingRow.id)
    )
    found = []
    for row in rows:
        local = row.hour.astimezone(BERLIN)
        found.append(
            (Rating(local.hour, row.office or WHOLE_TOWN, row.score, local.date()), row.human, row.text)
        )
    return found


async def _conversations(session: AsyncSession, begin: datetime, end: datetime) -> tuple[int, int]:
    """Count conversations in which somebody said something, and those that called for a human."""
    row = (
        await session.execute(
            select(func.count(), func.count(ConversationRow.queued_at)).where(
                ConversationRow.created_at >= begin,
                ConversationRow.created_at < end,
                ConversationRow.last_seq > 1,
            )
        )
    ).one()
    return int(row[0]), int(row[1])


COLUMNS = (
    "Stelle", "Stunde", "Wünsche nach einem Menschen", "Erreicht", "Abgebrochen", "Anliegen hinterlassen", "Zurück zum Assistenten",
    "Wartezeit Median (s)", "Wartezeit 90 % (s)", "Bearbeitung Median (s)", "Erstlösung (%)", "Bewertungen", "Zufriedenheit (1-5)",
    "Beschäftigte",
)  # fmt: skip


def as_csv(found: Overview, names: Mapping[str, str]) -> str:
    """Write a period's figures as CSV for spreadsheets: a line a team, then a line an hour; what is too small says so."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    reasons = list(URGENCIES)
    writer.writerow([*COLUMNS, *(f"Grund: {URGENCIES[one].label}" for one in reasons)])
    rows = [("alle", "alle", found.whole)]
    rows += [(label(one.group.keys, names), "alle", one) for one in found.teams]
    rows += [("alle", hour_label(one.group.keys), one) for one in found.hours]
    for team, hour, one in rows:
        cells = [
            team,
            hour,
            one.calls,
            *_cells(one),
            *(one.reasons.get(reason.value, 0) for reason in reasons),
        ]
        writer.writerow([_harmless(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def _cells(line: Line) -> Sequence[object]:
    one: Figures | None = line.figures
    if one is None:
        return [rules.TOO_FEW] * 10 + [f"unter {rules.MIN_CLERKS}"]
    share = None if one.first_contact is None else round(100 * one.first_contact)
    mean = None if one.satisfaction is None else f"{one.satisfaction:.1f}".replace(".", ",")
    return [
        one.reached, one.abandoned, one.requests, one.returned, _whole(one.wait_median_s), _whole(one.wait_p90_s),
        _whole(one.handled_median_s), share, one.ratings, mean, f"mindestens {rules.MIN_CLERKS}",
    ]  # fmt: skip


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _harmless(cell: object) -> object:
    """A text that a spreadsheet would take for a formula stays text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


def label(keys: Iterable[str], names: Mapping[str, str]) -> str:
    """Name a group of teams."""
    return " und ".join(names.get(key, key) for key in keys)


def hour_label(keys: Iterable[str]) -> str:
    """Name a group of hours."""
    return ", ".join(f"{int(key)}-{int(key) + 1} Uhr" for key in keys)
