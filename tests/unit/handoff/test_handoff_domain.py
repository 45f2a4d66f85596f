"""The gateway's pure rules."""

from datetime import timedelta

import pytest
from handoff_world import START

from handoff.domain.limits import Bucket, check_client_id, check_payload, clean_text
from handoff.domain.offers import find_offer, offers_of
from handoff.domain.phase import Phase, Step, move
from handoff.domain.queue import Ticket, in_order, places, serves
from handoff.errors import ConflictError, InvalidInputError


def test_the_whole_way_round():
    phase = Phase.BOT
    for step in (Step.CALL_HUMAN, Step.CLAIM, Step.RELEASE, Step.CLAIM, Step.HAND_BACK, Step.CLOSE):
        phase = move(phase, step)
    assert phase is Phase.CLOSED


@pytest.mark.parametrize(
    ("phase", "step"),
    [
        (Phase.BOT, Step.CLAIM),
        (Phase.BOT, Step.HAND_BACK),
        (Phase.WAITING, Step.CALL_HUMAN),
        (Phase.CLERK, Step.CLAIM),
        (Phase.BOT, Step.BACK_TO_BOT),
        *((Phase.CLOSED, step) for step in Step),
    ],
)
def test_impossible_steps(phase, step):
    with pytest.raises(ConflictError):
        move(phase, step)


def test_returned_chats_come_first_then_time_then_id():
    early, late = START, START + timedelta(minutes=1)
    waiting = [
        Ticket("d", early, False),
        Ticket("c", early, False),
        Ticket("b", late, True),
        Ticket("a", late, False),
    ]
    assert [entry.conversation_id for entry in in_order(waiting)] == ["b", "c", "d", "a"]
    assert places(waiting) == {"b": 1, "c": 2, "d": 3, "a": 4}


@pytest.mark.parametrize(
    ("topics", "topic", "seen"),
    [((), "a", True), (("*",), "a", True), (("a",), "a", True), (("b",), "a", False), (("b",), None, True)],
)
def test_topics(topics, topic, seen):
    assert serves(topics, topic) is seen


def test_offers_of_buttons_and_cards():
    offers = offers_of(
        [{"title": "Ja, absenden", "payload": "/confirm"}],
        [
            {"type": "summary", "payload": "/confirm"},
            {"type": "checklist", "steps": [{"name": "Hund", "payload": '/start{"service": "hund"}'}]},
            {"type": "login", "url": "/anmelden"},
        ],
    )
    assert find_offer("/confirm", offers).title == "Ja, absenden"
    assert find_offer('/start{"service": "hund"}', offers).title == "Hund"
    assert find_offer("/change", offers) is not None
    assert find_offer('/start{"service":"hund"}', offers) is None
    assert find_offer("/logged_in", offers) is None


@pytest.mark.parametrize("text", ["", "   \n", "\x00"])
def test_empty_text(text):
    with pytest.raises(InvalidInputError) as caught:
        clean_text(text)
    assert caught.value.code == "nachricht_leer"


def test_text_limits():
    assert clean_text("  ä" * 10) == "ä" + "  ä" * 9
    assert clean_text("x" * 4000)
    with pytest.raises(InvalidInputError, match="4001 Zeichen"):
        clean_text("x" * 4001)
    assert clean_text("a\ud800b") == "a\ufffdb"


@pytest.mark.parametrize("client_id", ["", "a b", "x" * 65, "ä", "a\n"])
def test_bad_client_ids(client_id):
    with pytest.raises(InvalidInputError):
        check_client_id(client_id)


def test_payload_limits():
    check_payload("/release", {"freigeben": ["a"]})
    for payload, values in (("release", None), ("/" + "x" * 2000, None), ("/release", {"a": "x" * 17_000})):
        with pytest.raises(InvalidInputError):
            check_payload(payload, values)


def test_bucket_refills():
    bucket = Bucket(burst=2, per_second=0.5, level=2, at_s=0)
    assert [bucket.take(0), bucket.take(0), bucket.take(0)] == [True, True, False]
    assert not bucket.take(1)
    assert bucket.take(3)
    assert not bucket.is_full(3)
    assert bucket.is_full(10)
