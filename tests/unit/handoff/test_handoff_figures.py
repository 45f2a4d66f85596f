"""Figures: what they are, and that none stands for fewer than five clerks."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.figures import (
    MIN_CLERKS,
    MIN_CONTACTS,
    Contact,
    Group,
    Rating,
    Settled,
    containment,
    groups,
    hour_lines,
    line,
    settled,
    summed,
    teams_of,
)
from handoff.domain.hours import BERLIN

TEN = datetime(2026, 11, 23, 10, tzinfo=BERLIN)


def contact(**changes):
    values = {
        "begun": TEN, "team": "buergercenter", "reason": "wunsch", "outcome": "mensch", "waited_s": 60, "handled_s": 300,
        "result": "geloest", "handed_on": False, "continued": False, "on_duty": 5,
    }  # fmt: skip
    return Contact(**{**values, **changes})


def people(team, number):
    return frozenset(f"{team}-{one}" for one in range(number))


def test_a_team_of_five_stands_alone_and_a_team_of_four_does_not():
    assert groups({"a": people("a", 5)}) == [Group(("a",), 5, True)]
    assert groups({"a": people("a", 4)}) == [Group(("a",), 4, False)]


def test_small_teams_are_joined_until_they_are_large_enough():
    found = groups({"a": people("a", 8), "b": people("b", 3), "c": people("c", 2)})
    assert found == [Group(("a",), 8, True), Group(("b", "c"), 5, True)]


def test_one_small_team_takes_the_smallest_large_one_along_so_that_subtracting_finds_nobody():
    found = groups({"a": people("a", 8), "b": people("b", 1), "c": people("c", 6)})
    assert found == [Group(("a",), 8, True), Group(("b", "c"), 7, True)]


def test_people_who_are_in_two_groups_count_once():
    assert groups({"a": people("x", 3), "b": people("x", 3)}) == [Group(("a", "b"), 3, False)]


def test_nobody_at_all_is_too_few():
    assert groups({}) == []
    assert groups({"a": frozenset()}) == [Group(("a",), 0, False)]


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 12), max_size=8))
def test_whatever_the_teams_every_group_with_figures_has_five_and_every_team_is_in_one_group(sizes):
    found = groups({team: people(team, number) for team, number in sizes.items()})
    assert sorted(key for group in found for key in group.keys) == sorted(sizes)
    for group in found:
        assert group.clerks == sum(sizes[key] for key in group.keys)
        assert group.enough == (group.clerks >= MIN_CLERKS)
    if sum(sizes.values()) >= MIN_CLERKS:
        assert all(group.enough for group in found)
    else:
        assert len(found) <= 1


DAY = TEN.date()
FIVE = {(DAY, "buergercenter"): 5}
TEAM = Group(("buergercenter",), 5, True)


def rating(score=4, **changes):
    return Rating(**{"hour": 10, "team": "buergercenter", "score": score, "day": DAY, **changes})


def test_too_few_clerks_have_calls_and_reasons_but_no_figures():
    calls = [contact()] * 5 + [contact(reason="beschwerde")]
    (group,) = groups(teams_of({(DAY, "buergercenter"): 4}))
    one = line(group, calls, settled(group, calls, [], {(DAY, "buergercenter"): 4}))
    assert (one.calls, one.reasons, one.figures) == (6, {"wunsch": 5, "beschwerde": 1}, None)


@pytest.mark.parametrize(
    ("clerks", "chats", "days"),
    [(5, 5, 1), (4, 5, 0), (5, 4, 0), (0, 9, 0)],
    ids=["enough", "clerks", "chats", "nobody"],
)
def test_a_day_has_figures_with_enough_clerks_and_enough_chats(clerks, chats, days):
    work = settled(TEAM, [contact()] * chats, [rating()], {(DAY, "buergercenter"): clerks})
    assert len(work.contacts) == days * chats
    assert len(work.ratings) == days
    assert work.left_out == (frozenset() if days else {DAY})


def test_what_goes_on_or_ends_on_another_day_is_not_yet_there():
    late = contact(begun=TEN.replace(hour=23, minute=58))
    assert late.settled_on == DAY + timedelta(days=1)
    open_ = [contact(outcome=None, waited_s=None), contact(handled_s=None, result=None)]
    assert [one.settled_on for one in open_] == [None, None]
    assert contact(outcome="beendet", handled_s=None).settled_on == DAY
    work = settled(TEAM, [contact()] * 5 + [late, *open_], [], FIVE)
    assert len(work.contacts) == 5


def test_a_team_is_as_large_as_on_its_fullest_day_and_a_day_on_which_it_was_small_stays_out():
    days = {(DAY, "a"): 7, (DAY + timedelta(days=1), "a"): 2, (DAY, "b"): 3}
    assert {team: len(who) for team, who in teams_of(days).items()} == {"a": 7, "b": 3}
    (group,) = groups(teams_of(days))
    assert group == Group(("a", "b"), 10, True)
    later = [contact(team="a", begun=TEN + timedelta(days=1))] * 9
    work = settled(group, [contact(team="a")] * 5 + later, [], days)
    assert {one.settled_on for one in work.contacts} == {DAY}


@given(
    st.dictionaries(st.tuples(st.integers(0, 9), st.sampled_from("abc")), st.integers(0, 9), max_size=30),
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc")), max_size=60),
    st.tuples(st.integers(0, 9), st.integers(1, 10)),
)
def test_two_periods_of_the_same_groups_differ_by_days_that_have_enough_of_both(there, chats, cut):
    """Whatever one subtracts from the other, no smaller group is left."""
    clerks = {(DAY + timedelta(days=n), team): number for (n, team), number in there.items()}
    contacts = [contact(begun=TEN + timedelta(days=n), team=team) for n, team in chats]
    first, last = DAY + timedelta(days=min(cut)), DAY + timedelta(days=max(cut))
    for group in groups(teams_of(clerks)):
        whole = settled(group, contacts, [], clerks).contacts
        part = settled(
            group, contacts, [], {key: one for key, one in clerks.items() if first <= key[0] < last}
        )
        rest = [one for one in whole if one not in part.contacts]
        for day in {one.settled_on for one in rest}:
            assert sum(clerks.get((day, team), 0) for team in group.keys) >= MIN_CLERKS
            assert sum(one.settled_on == day for one in rest) >= MIN_CONTACTS


def test_hours_in_which_few_were_on_duty_are_joined():
    early = [
        contact(begun=TEN - timedelta(hours=3), on_duty=1),
        contact(begun=TEN - timedelta(hours=3), on_duty=2),
    ]
    full = [contact(on_duty=6), contact(begun=TEN + timedelta(hours=1), on_duty=5)]
    found = hour_lines([*early, *full, contact()], Settled(early + full))
    assert [(one.group, one.calls) for one in found] == [
        (Group(("10",), 6, True), 2),
        (Group(("7", "11"), 5, True), 3),
    ]


def test_hours_that_are_joined_do_not_count_people_twice():
    alone = [contact(begun=TEN + timedelta(hours=n), on_duty=2) for n in range(4)]
    (one,) = hour_lines(alone, Settled(alone))
    assert (one.group.clerks, one.figures) == (2, None)


def test_what_is_counted():
    found = summed(
        [
            contact(waited_s=30),
            contact(waited_s=90, result="teilweise"),
            contact(outcome="beendet", waited_s=400, handled_s=None, result=None),
            contact(outcome="anliegen", handled_s=None, result=None),
            contact(outcome="assistent", handled_s=None, result=None),
            contact(outcome=None, waited_s=None, handled_s=None, result=None),
        ],
        [],
    )
    assert (found.calls, found.reached, found.abandoned, found.requests, found.returned) == (6, 2, 1, 1, 1)
    assert found.wait_median_s == 60  # those who left do not shorten or lengthen it
    assert found.abandonment == 1 / 5  # who still waits does not count
    assert found.first_contact == 1 / 2


def test_a_chat_that_went_on_is_one_call_and_not_solved_at_first_contact():
    found = summed([contact(result=None, handed_on=True), contact(continued=True)], [])
    assert (found.calls, found.first_contact) == (1, 0.0)


def test_without_anything_to_measure_nothing_is_claimed():
    found = summed([], [])
    assert (found.wait_median_s, found.wait_p90_s, found.handled_median_s) == (None, None, None)
    assert (found.first_contact, found.satisfaction, found.abandonment) == (None, None, None)
    assert containment(0, 0) is None


@pytest.mark.parametrize(("number", "mean"), [(4, None), (5, 4.0)])
def test_a_mean_needs_five_ratings(number, mean):
    assert summed([], [rating(4)] * number).satisfaction == mean


def test_containment_is_the_share_without_a_human():
    assert containment(10, 3) == 0.7


def test_the_longest_waits_are_named_honestly():
    assert summed([contact(waited_s=one) for one in range(1, 102)], []).wait_p90_s == 91
    assert summed([contact(waited_s=7)], []).wait_p90_s == 7
