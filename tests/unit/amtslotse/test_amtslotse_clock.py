from datetime import UTC, datetime, timedelta

import pytest

from amtslotse.clock import OFFSET_VARIABLE, clock_from_environment, offset_s, system_time

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_without_a_start_the_clock_is_the_systems():
    assert offset_s(None, NOON) == 0.0
    assert offset_s("", NOON) == 0.0


def test_a_start_in_another_zone_is_the_same_moment():
    assert offset_s("2026-11-23T14:00:00+01:00", NOON) == 3600.0


@pytest.mark.parametrize("wrong", ["2026-11-23T14:00:00", "gestern", "2026-13-01T00:00:00+01:00"])
def test_a_start_without_zone_or_meaning_is_refused(wrong):
    with pytest.raises(ValueError, match=r"Zeitzone|isoformat|month"):
        offset_s(wrong, NOON)


def test_processes_with_the_same_offset_tell_the_same_time():
    clocks = [clock_from_environment({OFFSET_VARIABLE: "86400"}) for _ in range(2)]
    assert abs(clocks[0]() - clocks[1]()) < timedelta(seconds=5)
    assert abs(clocks[0]() - system_time() - timedelta(days=1)) < timedelta(seconds=5)
