"""The engine as its own process, spoken to as the gateway speaks to it."""

import asyncio

import httpx
import pytest

from tests.integration.bot.conftest import Actions, Engine

pytestmark = pytest.mark.engine


async def test_the_engine_answers_once_refuses_strangers_and_survives_anything(
    engine: Engine, actions: Actions
) -> None:
    first = await engine.send("m1")
    assert first.status_code == 200
    assert first.json() == {"replies": [{"text": "Guten Tag"}], "handoff": None}
    again = await engine.send("m1")
    assert again.json() == first.json()
    assert len(actions.calls) == 1

    understood = actions.calls[0]["tracker"]["latest_message"]
    assert understood["intent"]["name"] == "greet"
    assert understood["metadata"]["now"] == "2026-11-24T10:00:00+01:00"
    assert understood["message_id"] == "m1"

    stranger = await engine.client.post("/messages", json={}, headers={"Authorization": "Bearer falsch"})
    assert stranger.status_code == 401
    assert (await engine.client.post("/messages", content=b"{")).status_code == 422
    assert (await engine.send("m2", payload="/start")).status_code == 422

    for number, text in enumerate(
        ("", "x" * 20_000, "<b>ä</b>" * 2_500, "\x00\x01\u202e", "🐶" * 500, "!!!")
    ):
        reply = await engine.send(f"bad{number}", text)
        assert reply.status_code == 200, text[:20]
        assert reply.json()["replies"]
    assert (await engine.send("slash", "/greet")).status_code == 200
    assert actions.calls[-1]["tracker"]["latest_message"]["text"] == "greet"

    turned = [await engine.send(f"t{number}", "Was kostet das?") for number in range(30)]
    assert all(reply.status_code == 200 for reply in turned)
    assert len(actions.calls[-1]["tracker"]["events"]) < 60
    assert "Was kostet das" not in engine.log.read_text(encoding="utf-8")


async def test_it_says_what_sentences_are_understood_as_and_no_conversation_knows(
    engine: Engine, actions: Actions
) -> None:
    asked = await engine.client.post("/understandings", json={"texts": ["Guten Tag", "/start", ""]})
    assert asked.status_code == 200
    greeting, slashed, empty = asked.json()["intents"]
    assert greeting == "greet"
    assert slashed != "start", "no sentence can name an intent"
    assert empty == "out_of_scope"
    assert actions.calls == []
    for wrong in (None, [], {"texts": "Hallo"}, {"texts": [1]}, {"texts": ["x"] * 51}):
        assert (await engine.client.post("/understandings", json=wrong)).status_code == 422
    assert (await engine.client.post("/understandings", content=b"{")).status_code == 422
    stranger = {"Authorization": "Bearer falsch"}
    refused = await engine.client.post("/understandings", json={"texts": []}, headers=stranger)
    assert refused.status_code == 401


async def test_a_failed_action_stores_nothing_and_the_same_message_succeeds_later(
    engine: Engine, actions: Actions
) -> None:
    actions.status = 500
    failed = await engine.send("m1")
    assert failed.status_code == 503
    assert failed.json()["code"] == "assistent_nicht_bereit"
    actions.status = 200
    done = await engine.send("m1")
    assert done.json()["replies"] == [{"text": "Guten Tag"}]
    user_messages = [event for event in actions.calls[-1]["tracker"]["events"] if event["event"] == "user"]
    assert len(user_messages) == 1


async def test_killed_in_the_middle_of_a_turn_the_engine_runs_it_again(
    engine: Engine, actions: Actions
) -> None:
    await engine.send("m1")
    reached, never = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        reached.set()
        await never.wait()

    actions.on_call = hang
    pending = asyncio.create_task(engine.send("m2", "Danke"))
    await asyncio.wait_for(reached.wait(), 20)
    engine.kill()
    with pytest.raises(httpx.HTTPError):
        await pending
    actions.on_call = None
    never.set()

    await engine.start()
    assert (await engine.send("m1")).json()["replies"] == [{"text": "Guten Tag"}]
    assert (await engine.send("m2", "Danke")).json()["replies"] == [{"text": "Guten Tag"}]
    texts = [event["text"] for event in actions.calls[-1]["tracker"]["events"] if event["event"] == "user"]
    assert texts == ["Hallo", "Danke"]


async def test_a_conversation_of_a_deleted_account_is_forgotten(engine: Engine, actions: Actions) -> None:
    await engine.send("m1")
    conversation = actions.calls[-1]["sender_id"]
    path = f"/conversations/{conversation}"
    stranger = await engine.client.delete(path, headers={"Authorization": "Bearer falsch"})
    assert stranger.status_code == 401
    assert [(await engine.client.delete(path)).status_code for _ in range(2)] == [204, 204]
    await engine.send("m2", "Danke")
    texts = [event["text"] for event in actions.calls[-1]["tracker"]["events"] if event["event"] == "user"]
    assert texts == ["Danke"]
