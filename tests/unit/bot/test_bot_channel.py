"""What the gateway may send, and how the bot's utterances become replies."""

import asyncio
import logging
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel import GatewayChannel, Incoming, ReplyChannel, answer
from bot.errors import ConfigurationError, MalformedRequestError, TurnFailedError
from bot.quiet import only_known_fields, without_traceback
from bot.turn import Answer, Turn, current_turn

NOW = "2026-11-24T10:00:00+01:00"


def body(**changes: Any) -> dict[str, Any]:
    return {
        "conversation_id": "c", "message_id": "m", "text": "Hallo", "payload": None, "values": None,
        "metadata": {"now": NOW, "lang": "de"},
    } | changes  # fmt: skip


def test_a_message_is_read_with_its_metadata_and_values() -> None:
    incoming = Incoming.from_json(body(text=None, payload="/release", values={"freigeben": ["plz"]}))
    assert incoming.text == "/release"
    assert incoming.metadata == {"now": NOW, "lang": "de", "values": {"freigeben": ["plz"]}}
    assert incoming.now == datetime.fromisoformat(NOW)


@pytest.mark.parametrize("text", ["/restart", "//restart", " / /restart", "\n/\t/restart"])
def test_a_citizen_can_not_name_an_intent(text: str) -> None:
    assert Incoming.from_json(body(text=text)).text == "restart"


@given(st.text(max_size=100))
def test_no_text_whatsoever_begins_like_a_payload(text: str) -> None:
    assert not Incoming.from_json(body(text=text)).text.strip().startswith("/")


def test_a_very_long_text_is_cut() -> None:
    assert len(Incoming.from_json(body(text="x" * 100_000)).text) == 20_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": None}, {"payload": "/start"}, {"text": 5}, {"text": None, "payload": "start"}, {"text": None, "payload": "/st art"},
        {"text": None, "payload": {"a": 1}}, {"conversation_id": ""}, {"conversation_id": "x" * 65}, {"message_id": None},
        {"message_id": "a/b"}, {"metadata": None}, {"metadata": {}}, {"metadata": {"now": "gestern"}},
        {"metadata": {"now": "2026-11-24T10:00:00"}}, {"values": [1]},
    ],
)  # fmt: skip
def test_what_the_protocol_does_not_allow_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(MalformedRequestError):
        Incoming.from_json(body(**wrong))


@pytest.mark.parametrize("whole", [None, [], "text", 5])
def test_a_body_that_is_no_object_is_refused(whole: object) -> None:
    with pytest.raises(MalformedRequestError):
        Incoming.from_json(whole)


async def test_text_buttons_and_cards_of_one_utterance_are_one_reply() -> None:
    collected = Answer()
    channel = ReplyChannel(collected)
    await channel.send_response(
        "c",
        {
            "text": "Bitte prüfen Sie.\n\nZwei Absätze.",
            "buttons": [{"title": "Ja", "payload": "/confirm", "type": "postback"}],
            "custom": {"cards": [{"type": "summary"}]},
        },
    )
    await channel.send_response("c", {"text": None, "custom": {"cards": [{"type": "queue"}]}})
    await channel.send_response("c", {"text": "  "})
    assert collected.replies == [
        {
            "text": "Bitte prüfen Sie.\n\nZwei Absätze.",
            "buttons": [{"title": "Ja", "payload": "/confirm"}],
            "cards": [{"type": "summary"}],
        },
        {"text": "", "cards": [{"type": "queue"}]},
    ]


class RememberingStore:
    """Fake of the tracker store's memory of answers."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Answer] = {}

    async def begin(self, turn: Turn, conversation_id: str) -> Answer | None:
        return self.answers.get((conversation_id, turn.message_id))


async def test_the_same_message_again_runs_nothing() -> None:
    store, runs = RememberingStore(), []

    async def handle(message: Any) -> None:
        runs.append(message.text)
        await message.output_channel.send_response("c", {"text": "Guten Tag"})
        turn = current_turn.get()
        assert turn is not None
        store.answers["c", turn.message_id] = turn.answer

    first = await answer(Incoming.from_json(body()), store, handle, "gateway")  # type: ignore[arg-type]
    again = await answer(Incoming.from_json(body()), store, handle, "gateway")  # type: ignore[arg-type]
    assert first == again == Answer([{"text": "Guten Tag"}])
    assert runs == ["Hallo"]
    assert current_turn.get() is None


async def test_a_message_that_comes_again_while_it_is_answered_waits_for_the_answer() -> None:
    store, runs, going_on = RememberingStore(), [], asyncio.Event()

    async def handle(message: Any) -> None:
        runs.append(message.text)
        await going_on.wait()
        turn = current_turn.get()
        assert turn is not None
        turn.answer.replies.append({"text": "Guten Tag"})
        store.answers["c", turn.message_id] = turn.answer

    incoming = Incoming.from_json(body())
    both = asyncio.gather(*(answer(incoming, store, handle, "gateway") for _ in range(2)))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    going_on.set()
    first, again = await both
    assert first == again == Answer([{"text": "Guten Tag"}])
    assert runs == ["Hallo"]


async def test_a_turn_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channel.DEADLINE_S", 0.01)

    async def handle(_message: Any) -> None:
        await asyncio.Event().wait()

    with pytest.raises(TurnFailedError):
        await answer(Incoming.from_json(body()), RememberingStore(), handle, "gateway")  # type: ignore[arg-type]
    assert current_turn.get() is None


def test_without_a_token_the_channel_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMTSLOTSE_ENGINE_TOKEN", raising=False)
    with pytest.raises(ConfigurationError):
        GatewayChannel.from_credentials(None)


def test_no_field_that_may_hold_a_text_is_logged() -> None:
    event = {
        "event": "processor.message.parse",
        "text": "geheim",
        "rasa_events": ["geheim"],
        "level": "warning",
    }
    assert only_known_fields(None, "warning", event) == {
        "event": "processor.message.parse",
        "level": "warning",
    }
    record = logging.LogRecord(
        "rasa", logging.ERROR, "f", 1, "action failed", (), (ValueError, ValueError("geheim"), None)
    )
    assert without_traceback(record)
    assert record.exc_info is None
