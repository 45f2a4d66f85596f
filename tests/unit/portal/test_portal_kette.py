"""The chain of the disclosure log: whatever is taken out, changed, moved or cut off is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.kette import ANFANG, Bruch, Glied, kettenwert, pruefen


def chain(contents: list[bytes]) -> list[Glied]:
    links, last = [], ANFANG
    for number, content in enumerate(contents, start=1):
        last = kettenwert(last, number, "person", content)
        links.append(Glied(number, "person", content, last))
    return links


def head(links: list[Glied]) -> tuple[int, str]:
    return (links[-1].nummer, links[-1].kettenwert) if links else (0, ANFANG)


@given(st.lists(st.binary(max_size=20), max_size=8))
def test_a_chain_that_nobody_touched_is_whole(contents: list[bytes]) -> None:
    links = chain(contents)
    assert pruefen(links, head(links)) is None


@given(st.lists(st.binary(min_size=1, max_size=8), min_size=1, max_size=8), st.data())
def test_the_first_touched_link_is_named(contents: list[bytes], data: st.DataObject) -> None:
    links = chain(contents)
    at = data.draw(st.integers(0, len(links) - 1))
    touched = [*links]
    touched[at] = Glied(at + 1, "person", links[at].inhalt + b"x", links[at].kettenwert)
    assert pruefen(touched, head(links)) == Bruch(at + 1, "veraendert")


def test_a_missing_link_is_named() -> None:
    links = chain([b"a", b"b", b"c"])
    assert pruefen([links[0], links[2]], head(links)) == Bruch(2, "fehlt")
    assert pruefen(links[1:], head(links)) == Bruch(1, "fehlt")


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_cut_end_is_noticed(kept: int) -> None:
    links = chain([b"a", b"b", b"c"])
    assert pruefen(links[:kept], head(links)) == Bruch(kept + 1, "abgeschnitten")


def test_a_chain_made_anew_does_not_fit_the_head() -> None:
    assert pruefen(chain([b"a", b"x"]), head(chain([b"a", b"b"]))) is not None
    assert pruefen(chain([b"a", b"b", b"c"]), head(chain([b"a", b"b"]))) is not None


def test_an_entry_of_one_person_cannot_be_given_to_another() -> None:
    links = chain([b"a"])
    assert pruefen([Glied(1, "anderer", b"a", links[0].kettenwert)], head(links)) == Bruch(1, "veraendert")
