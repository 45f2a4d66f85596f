"""Order, routing, estimates and opening hours: pure rules."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.board import Board
from handoff.domain.estimate import estimate
from handoff.domain.hours import BERLIN, Hours, callback_slots, is_open, next_opening, promised_day
from handoff.domain.queue import LONG_MATTER_S, Ticket, in_order, rank_at
from handoff.domain.reasons import URGENCIES, Reason, reason_of
from handoff.domain.routing import Clerk, able, match, may_take
from handoff.services.hours import is_holiday

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)
WEEK = Hours({day: ((time(8), time(12)), (time(13), time(16))) for day in range(5)})


def ticket(name: str, minutes_ago: float = 0, **more) -> Ticket:
    came = NOW - timedelta(minutes=minutes_ago)
    reason = more.pop("reason", "wunsch")
    returned = more.pop("returned", False)
    return Ticket(name, rank_at(came, reason, LONG_MATTER_S), returned, reason=reason, queued_at=came, **more)


def test_urgent_comes_before_wish_and_returned_before_all():
    waiting = [
        ticket("wunsch", 2),
        ticket("notfall", 0, reason="notfall"),
        ticket("zurück", 0, returned=True),
    ]
    assert [one.conversation_id for one in in_order(waiting)] == ["zurück", "notfall", "wunsch"]


@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from(list(Reason))), min_size=1, max_size=40))
def test_nobody_starves(came):
    """Whoever has waited longer than the largest head start comes before everybody who comes now."""
    longest = max(one.head_start for one in URGENCIES.values())
    waiting = [ticket(f"{n}", minutes, reason=reason) for n, (minutes, reason) in enumerate(came)]
    old = ticket("alt", longest.total_seconds() / 60 + 1)
    fresh = [one for one in waiting if one.queued_at == NOW]
    order = [one.conversation_id for one in in_order([old, *fresh])]
    assert order[0] == "alt"


def test_an_unknown_reason_is_a_wish():
    assert reason_of("irgendwas") is Reason.WUNSCH
    assert reason_of(None) is Reason.WUNSCH


SPECIALIST = Clerk("s", office="steuern", topics=("hundesteuer",))
GENERALIST = Clerk("g")
TURKISH = Clerk("t", languages=("de", "tr"))


@pytest.mark.parametrize(
    ("one", "clerks", "expected"),
    [
        (ticket("a", service="hundesteuer", office="steuern"), [SPECIALIST, GENERALIST], {"s", "g"}),
        (ticket("a", service="wohngeld", office="wohngeld"), [SPECIALIST, GENERALIST], {"g"}),
        (ticket("a", lang="tr"), [GENERALIST, TURKISH], {"t"}),
        (ticket("a", lang="fr"), [GENERALIST, TURKISH], {"g", "t"}),  # nobody speaks it: anybody
        (ticket("a", reason="beschwerde"), [GENERALIST, Clerk("b", skills=("beschwerde",))], {"b"}),
        (ticket("a", reason="beschwerde"), [GENERALIST], {"g"}),
        (ticket("a", service="wohngeld", office="wohngeld"), [SPECIALIST], {"s"}),  # fallback
        (ticket("a", service="jagd", office="jagd"), [SPECIALIST], set()),
    ],
)
def test_who_may_take_whom(one, clerks, expected):
    assert {clerk.id for clerk in able(one, clerks, {"wohngeld": "steuern"})} == expected
    for clerk in clerks:
        assert may_take(clerk, one, clerks, {"wohngeld": "steuern"}) == (clerk.id in expected)


def test_the_specialist_is_asked_first_and_capacity_holds():
    waiting = [ticket(f"{n}", 10 - n, service="hundesteuer", office="steuern") for n in range(6)]
    clerks = [Clerk("g", capacity=2), Clerk("s", "steuern", ("hundesteuer",), capacity=3)]
    pairs = [(one.conversation_id, clerk.id) for one, clerk in match(waiting, clerks, {})]
    assert pairs == [("0", "s"), ("1", "s"), ("2", "s"), ("3", "g"), ("4", "g")]


def test_place_and_estimate_count_only_those_who_want_the_same_clerks():
    waiting = [ticket(f"h{n}", 20, service="hundesteuer", office="steuern") for n in range(5)]
    mine = ticket("ich", 5, service="wohngeld", office="wohngeld")
    clerks = [SPECIALIST, Clerk("w", "wohngeld", ("wohngeld",), capacity=1, load=1)]
    board = Board([*waiting, mine], clerks, {}, {None: [300.0] * 10})
    place = board.place_of(mine)
    assert (place.place, place.on_duty) == (1, 1)
    assert place.estimate is not None
    assert place.estimate.low_s <= 315 <= place.estimate.high_s
    assert board.all_places(["ich"]) == {"ich": place}
    nobody = Board([*waiting, mine], [], {}, {}).place_of(mine)
    assert (nobody.place, nobody.estimate) == (1, None)


def test_an_estimate_is_a_range_that_grows_with_the_queue():
    assert estimate(0, 0, 0, []) is None
    now = estimate(0, 4, 1, [])
    assert now is not None
    assert now.text() == "weniger als 1 Minute"
    middles = [estimate(ahead, 4, 0, [300.0] * 20) for ahead in range(0, 40, 5)]
    assert [one.middle_s for one in middles] == sorted(one.middle_s for one in middles)
    for one in middles:
        assert one.low_s <= one.middle_s <= one.high_s


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN), True),
        (datetime(2026, 11, 23, 12, 0, tzinfo=BERLIN), False),
        (datetime(2026, 11, 23, 13, 0, tzinfo=BERLIN), True),
        (datetime(2026, 11, 22, 10, 0, tzinfo=BERLIN), False),  # Sunday
        (datetime(2026, 12, 25, 10, 0, tzinfo=BERLIN), False),  # Christmas
        (datetime(2026, 6, 4, 10, 0, tzinfo=BERLIN), False),  # Fronleichnam, a holiday in NRW
        (datetime(2026, 10, 31, 10, 0, tzinfo=BERLIN), False),  # Saturday
        (datetime(2025, 10, 31, 10, 0, tzinfo=BERLIN), True),  # Reformationstag is none in NRW
    ],
)
def test_opening_hours(when, expected):
    assert is_open(WEEK, when, is_holiday) is expected


def test_exceptions_override_week_and_holiday():
    christmas = date(2026, 12, 25)
    hours = Hours(WEEK.week, {christmas: ((time(10), time(11)),), date(2026, 11, 23): ()})
    assert is_open(hours, datetime(2026, 12, 25, 10, 30, tzinfo=BERLIN), is_holiday) is True
    assert is_open(hours, NOW, is_holiday) is False
    assert next_opening(hours, NOW, is_holiday) == datetime(2026, 11, 24, 8, 0, tzinfo=BERLIN)


def test_unknown_hours_say_nothing():
    assert is_open(Hours(), NOW, is_holiday) is None
    assert next_opening(Hours(), NOW, is_holiday) is None
    assert callback_slots(Hours(), NOW, is_holiday) == []


def test_callbacks_are_whole_hours_with_time_to_spare():
    friday = datetime(2026, 11, 27, 14, 10, tzinfo=BERLIN)
    slots = callback_slots(WEEK, friday, is_holiday)
    assert [slot.strftime("%a %H") for slot in slots] == ["Mon 08", "Mon 09", "Mon 10", "Mon 11"]
    assert callback_slots(WEEK, NOW, is_holiday)[0] == datetime(2026, 11, 23, 11, 0, tzinfo=BERLIN)


def test_a_promise_counts_working_days():
    wednesday_before_christmas = datetime(2026, 12, 23, 15, 0, tzinfo=BERLIN)
    assert promised_day(wednesday_before_christmas, 2, is_holiday) == date(2026, 12, 28)
    assert promised_day(NOW, 2, is_holiday) == date(2026, 11, 25)


def test_the_clock_change_moves_no_opening():
    """On the last Sunday of October the clocks go back; Monday still begins at eight."""
    saturday = datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN)
    assert next_opening(WEEK, saturday, is_holiday) == datetime(2026, 10, 26, 8, 0, tzinfo=BERLIN)


def test_a_short_matter_comes_before_a_long_one_that_came_a_little_earlier_but_not_for_ever():
    long = rank_at(NOW, "wunsch", 720)
    assert rank_at(NOW + timedelta(minutes=6), "wunsch", 300) < long
    assert rank_at(NOW + timedelta(minutes=8), "wunsch", 300) > long
    assert rank_at(NOW + timedelta(minutes=10), "wunsch", 1) == rank_at(NOW, "wunsch", 3600)
