"""SIGKILL in the middle of a turn, for gateway and engine: nothing lost, nothing twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from handoff_pair import Pair


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Both processes, running."""
    one = Pair(tmp_path)
    try:
        one.start("engine")
        one.start("gateway")
        yield one
    finally:
        one.close()


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_gateway_is_killed_while_the_engine_works(pair, when):
    handle = pair.http.post("/api/conversations").json()["handle"]
    pair.stop_in_a_turn(when)
    assert pair.send(handle, "eins", "c1").json() == {"seq": 1}
    assert pair.send(handle, "zwei", "c2").json() == {"seq": 2}
    pair.held()
    pair.kill("gateway")
    pair.go_on()
    pair.start("gateway")
    again = pair.send(handle, "zwei", "c2")
    assert (again.status_code, again.json()) == (200, {"seq": 2})
    expected = ["eins", "zwei", "Echo: eins", "Sonst noch etwas?", "Echo: zwei", "Sonst noch etwas?"]
    assert pair.log(handle, 6) == expected
    tries, turns = pair.engine_rows("tries"), pair.engine_rows("turns")
    assert (len(turns), len(tries)) == (2, 3)
    assert pair.send(handle, "drei", "c3").json() == {"seq": 7}
    assert pair.log(handle, 9)[6:] == ["drei", "Echo: drei", "Sonst noch etwas?"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_engine_is_killed_in_the_middle_of_a_turn(pair, when):
    handle = pair.http.post("/api/conversations").json()["handle"]
    pair.stop_in_a_turn(when)
    assert pair.send(handle, "eins", "c1").status_code == 201
    pair.held()
    pair.kill("engine")
    assert pair.send(handle, "zwei", "c2").status_code == 201
    pair.go_on()
    pair.start("engine")
    texts = [text for text in pair.log(handle, 6) if not text.startswith("Ihre Nachricht ist gespeichert")]
    assert texts == ["eins", "zwei", "Echo: eins", "Sonst noch etwas?", "Echo: zwei", "Sonst noch etwas?"]
    assert len(pair.engine_rows("turns")) == 2
