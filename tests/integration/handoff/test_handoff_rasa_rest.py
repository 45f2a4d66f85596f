"""Rasa's REST channel: answers, handles issued here, streams, what comes later, bodies of any kind."""

import json

import pytest
from handoff_world import citizen_token, staff
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.services import claims, desk

URL = "/webhooks/rest/webhook"


async def post(town, message, sender=None, **more):
    body = {"message": message, **({"sender": sender} if sender is not None else {})}
    answer = await town.http.post(URL, content=json.dumps(body), **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_body_without_a_content_type_is_answered(town):
    said = await post(town, "hallo", "alice")
    assert "Computerprogramm" in said[0]["text"]
    assert said[1]["text"] == "Echo: hallo"
    (handle,) = {one["recipient_id"] for one in said}
    assert len(handle) >= 43
    again = await post(town, "noch da", handle)
    assert [one["text"] for one in again] == ["Echo: noch da"]
    assert again[0]["recipient_id"] == handle


async def test_a_sender_that_the_caller_chose_never_leads_to_an_earlier_conversation(town):
    handles = [(await post(town, "hallo", "alice"))[0]["recipient_id"] for _ in range(2)]
    assert handles[0] != handles[1]
    assert "alice" not in handles


async def test_buttons_and_their_payloads(town):
    said = await post(town, "knopf")
    handle = said[0]["recipient_id"]
    assert said[-1]["buttons"] == [{"title": "Ja", "payload": '/start{"service": "a"}'}]
    await post(town, '/start{"service": "a"}', handle)
    assert town.bot.turns[-1].payload == '/start{"service": "a"}'
    refused = await town.http.post(URL, json={"sender": handle, "message": "/confirm"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "knopf_unbekannt"


async def test_a_stream_gives_one_line_a_message(town):
    answer = await town.http.post(URL, params={"stream": "true"}, json={"message": "hallo"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["text"] for line in lines][1:] == ["Echo: hallo"]


async def test_what_a_clerk_writes_later_is_fetched_by_number(town):
    said = await post(town, "mensch")
    handle, last = said[0]["recipient_id"], said[-1]["metadata"]["seq"]
    assert await post(town, "wartet jemand?", handle) == []
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    await desk.send(town.context, conversation_id, staff(), "k1", "Ja, ich.")
    answer = await town.http.get(f"{URL}/{handle}", params={"after": last})
    texts = [one["text"] for one in answer.json()]
    assert texts[-1] == "Ja, ich."
    assert "wartet jemand?" not in texts
    assert answer.json()[-1]["metadata"]["sender"]["office"] == "BÜRGERcenter"
    assert (await town.http.get(f"{URL}/{'x' * 43}")).status_code == 404


async def test_a_conversation_of_an_account_answers_with_its_token_only(town):
    handle = (await post(town, "hallo"))[0]["recipient_id"]
    bound = (await town.login(handle, citizen_token())).json()["handle"]
    assert (await town.http.get(f"{URL}/{bound}")).status_code == 401
    assert (await town.http.post(URL, json={"sender": bound, "message": "x"})).status_code == 401
    own = {"Authorization": f"Bearer {citizen_token()}"}
    assert (await town.http.get(f"{URL}/{bound}", headers=own)).status_code == 200
    assert (await post(town, "weiter", bound, headers=own))[-1]["text"] == "Echo: weiter"
    # the handle from before the login is as unknown as any other: it begins anew
    fresh = await post(town, "hallo", handle)
    assert fresh[0]["recipient_id"] not in (handle, bound)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"sender": "a"}', b'{"message": 7}', b"\xff\xfe", b"[" * 5000]
)
async def test_bodies_that_are_no_message(town, body):
    answer = await town.http.post(URL, content=body)
    assert answer.status_code == 422
    assert answer.json()["message"]


async def test_an_empty_or_too_long_message_is_refused(town):
    for message in ("", "  ", "x" * 4001):
        answer = await town.http.post(URL, json={"message": message})
        assert answer.status_code == 422


async def test_any_bytes_never_give_a_500(town):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=200))
    def attempt(raw):
        bodies.append(raw)

    bodies: list[bytes] = []
    attempt()
    for raw in bodies:
        assert (await town.http.post(URL, content=raw)).status_code < 500
