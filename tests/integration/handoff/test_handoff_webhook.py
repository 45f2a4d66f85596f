"""The example channel and the REST callback: signed both ways, repeated safely, limited to what is configured."""

import hashlib
import hmac
import json

import pytest
from handoff_world import citizen_token, served, sqlite, staff, world
from starlette.responses import Response
from vendor import Vendor

from handoff.channels.callback import Callback
from handoff.channels.outbound import SIGNATURE, signature
from handoff.channels.webhook import Webhook
from handoff.services import claims, desk


@pytest.fixture
async def town(tmp_path):
    vendor = Vendor(lambda path, body: None)
    async with served(vendor.app) as url:
        channels = [Webhook(f"{url}/raus", "geheim", timeout_s=0.5), Callback([f"{url}/push"], "zurueck")]
        async with world(sqlite(tmp_path), channels=channels) as one:
            one.vendor, one.url = vendor, url
            yield one


async def post(town, body, secret="geheim", expected=202):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await town.http.post(
        "/webhooks/webhook", content=raw, headers={SIGNATURE: signature(secret, raw)}
    )
    assert answer.status_code == expected, answer.text
    await town.idle()


def texts(town):
    return [body["text"] for body in town.vendor.bodies("/raus")]


async def test_in_and_out_signed_and_once(town):
    for _ in range(2):
        await post(town, {"id": "1", "sender": "anna", "text": "knopf"})
    assert texts(town)[-1] == "Bitte wählen.\n\nAntworten Sie mit der Zahl:\n1 – Ja"
    assert len(town.bot.turns) == 1
    call = town.vendor.calls[-1]
    digest = hmac.new(b"geheim", call.raw, hashlib.sha256).hexdigest()
    assert call.headers[SIGNATURE.lower()] == f"sha256={digest}"
    await post(town, {"id": "2", "sender": "anna", "text": "1"})
    assert town.bot.turns[-1].payload == '/start{"service": "a"}'


async def test_wrong_signatures_and_bodies(town):
    await post(town, {"id": "1", "sender": "anna", "text": "x"}, secret="falsch", expected=403)
    for body in (
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"id": 1, "sender": "a", "text": "b"}',
        b'{"id": "", "sender": "a", "text": "b"}',
        b"[" * 9999,
    ):
        await post(town, body, expected=422)
    assert not town.bot.turns


async def test_the_receiver_is_busy_away_and_refuses(town):
    await post(town, {"id": "1", "sender": "anna", "text": "hallo"})
    town.vendor.failures = [
        Response(status_code=429, headers={"Retry-After": "3"}),
        Response(status_code=500),
        None,
    ]
    await post(town, {"id": "2", "sender": "anna", "text": "nochmal"})
    assert texts(town)[-1] == "Echo: nochmal"
    ids = [body["id"] for body in town.vendor.bodies("/raus")]
    assert len(ids) - len(set(ids)) == 3
    town.vendor.failures = [Response(status_code=302, headers={"Location": "http://127.0.0.1:1/"})]
    await post(town, {"id": "3", "sender": "anna", "text": "eins"})
    await post(town, {"id": "4", "sender": "anna", "text": "zwei"})
    assert texts(town)[-1] == "Echo: zwei"


async def test_too_long_and_empty_messages_are_answered_in_words(town):
    await post(town, {"id": "1", "sender": "anna", "text": "x" * 4001})
    assert "zu lang" in texts(town)[-1]
    await post(town, {"id": "2", "sender": "anna", "text": "   "})
    assert not town.bot.turns


async def test_a_callback_is_pushed_to_a_configured_address_only(town):
    said = (await town.http.post("/webhooks/rest/webhook", json={"message": "mensch"})).json()
    handle = said[0]["recipient_id"]
    register = f"/webhooks/rest/webhook/{handle}/callback"
    for wrong in ("http://127.0.0.1:1/", f"{town.url}/push/../x", f"{town.url}/push?x=1", ""):
        assert (await town.http.post(register, json={"url": wrong})).status_code == 422
    assert (
        await town.http.post(register.replace(handle, "x" * 43), json={"url": f"{town.url}/push"})
    ).status_code == 404
    assert (await town.http.post(register, json={"url": f"{town.url}/push"})).status_code == 204
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    await desk.send(town.context, conversation_id, staff(), "k1", "Guten Tag")
    await town.idle()
    pushed = town.vendor.bodies("/push")
    assert pushed[-1]["text"] == "Guten Tag"
    assert pushed[-1]["recipient_id"] == handle
    call = town.vendor.calls[-1]
    digest = hmac.new(b"zurueck", call.raw, hashlib.sha256).hexdigest()
    assert call.headers[SIGNATURE.lower()] == f"sha256={digest}"
    # once the conversation belongs to an account nothing of it is pushed
    before = len(town.vendor.bodies("/push"))
    await town.login(handle, citizen_token())
    await desk.send(town.context, conversation_id, staff(), "k2", "Persönliches")
    await town.idle()
    assert len(town.vendor.bodies("/push")) == before
