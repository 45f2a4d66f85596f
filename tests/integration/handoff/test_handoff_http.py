"""The HTTP interface of docs/protocol/conversations.md, over the real database."""

import asyncio

import httpx
import pytest
from handoff_world import PORTAL_TOKEN, citizen_token, staff_token, token, world
from joserfc.jwk import OKPKey

from handoff.settings import Rate
from handoff.web.static import BuiltFiles

IBAN = "DE89370400440532013000"


async def test_a_message_and_its_answer(town):
    handle = await town.start()
    assert len(handle) == 43
    answer = await town.send(handle, "  Hallo  ")
    assert (answer.status_code, answer.json()) == (201, {"seq": 1})
    await town.idle()
    page = await town.read(handle)
    assert page["state"] == {"phase": "bot", "bound": False}
    assert page["messages"][0] == {
        "seq": 1, "author": "citizen", "text": "Hallo", "lang": "de", "at": "2026-11-23T10:00:00.000+01:00",
        "buttons": [], "cards": [], "client_id": "c1",
    }  # fmt: skip
    assert [(m["seq"], m["author"], m["text"]) for m in page["messages"]] == [
        (1, "citizen", "Hallo"),
        (2, "bot", "Echo: Hallo"),
    ]
    turn = town.bot.turns[0].request()
    assert turn["metadata"]["now"] == "2026-11-23T10:00:00+01:00"
    assert turn["metadata"]["account"] is False


async def test_sending_again_changes_nothing(town):
    handle = await town.start()
    first = await town.send(handle, "Hallo")
    again = await town.send(handle, "etwas anderes")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    await town.idle()
    assert len((await town.read(handle))["messages"]) == 2


async def test_the_same_client_id_at_the_same_time(town):
    handle = await town.start()
    answers = await asyncio.gather(*(town.send(handle, "Hallo") for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert {answer.json()["seq"] for answer in answers} == {1}


async def test_a_hundred_concurrent_sends_keep_their_order(town):
    handle = await town.start()
    answers = await asyncio.gather(*(town.send(handle, f"n{n}", client_id=f"c{n}") for n in range(100)))
    assert all(answer.status_code == 201 for answer in answers)
    await town.idle()
    messages = (await town.read(handle))["messages"]
    assert [message["seq"] for message in messages] == list(range(1, 201))
    said = [message["text"] for message in messages if message["author"] == "citizen"]
    heard = [turn.text for turn in town.bot.turns]
    answered = [message["text"] for message in messages if message["author"] == "bot"]
    assert heard == said
    assert answered == [f"Echo: {text}" for text in said]
    by_id = {message["client_id"]: message["seq"] for message in messages if "client_id" in message}
    assert [by_id[f"c{n}"] for n in range(100)] == [answer.json()["seq"] for answer in answers]


async def test_the_long_poll_wakes_at_the_first_new_message(town):
    handle = await town.start()
    poll = asyncio.create_task(town.read(handle, wait=30))
    while not town.context.hub._polls:  # noqa: ASYNC110
        await asyncio.sleep(0)
    await town.send(handle, "Hallo")
    page = await asyncio.wait_for(poll, 5)
    assert page["messages"][0]["text"] == "Hallo"
    assert not town.context.hub._polls
    await town.idle()
    assert (await town.read(handle, after=2, wait=0.01))["messages"] == []


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"client_id": "a", "text": ""}, "nachricht_leer", "text"),
        ({"client_id": "a", "text": "x" * 20_000}, "nachricht_zu_lang", "text"),
        ({"client_id": "a", "text": "ä" * 20_000}, "nachricht_zu_lang", "text"),
        ({"client_id": "a"}, "eingabe_ungueltig", "text"),
        ({"client_id": "a", "text": "x", "payload": "/y"}, "eingabe_ungueltig", "text"),
        ({"client_id": "a b", "text": "x"}, "eingabe_ungueltig", "client_id"),
        ({"text": "x"}, "eingabe_ungueltig", "client_id"),
        ({"client_id": 7, "text": "x"}, "eingabe_ungueltig", "client_id"),
        ({"client_id": "a", "payload": "/x", "values": ["liste"]}, "eingabe_ungueltig", "values"),
        ({"client_id": "a", "payload": "/x", "values": {"a": "x" * 17_000}}, "angaben_zu_gross", "values"),
    ],
)
async def test_malformed_messages(town, body, code, field):
    handle = await town.start()
    answer = await town.http.post(f"/api/conversations/{handle}/messages", json=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert answer.json()["field"] == field
    assert (await town.read(handle))["messages"] == []


async def test_invalid_json_and_large_bodies(town):
    handle = await town.start()
    url = f"/api/conversations/{handle}/messages"
    headers = {"Content-Type": "application/json"}
    broken = await town.http.post(url, content=b'{"client_id"', headers=headers)
    assert (broken.status_code, broken.json()["code"]) == (422, "eingabe_ungueltig")
    assert "unvollständig" in broken.json()["message"]
    large = b'{"text": "' + b"x" * 300_000 + b'"}'
    assert (await town.http.post(url, content=large, headers=headers)).status_code == 413

    async def chunks():
        for _ in range(30):
            yield b"x" * 10_000

    streamed = await town.http.post(url, content=chunks(), headers=headers)
    assert (streamed.status_code, streamed.json()["code"]) == (413, "anfrage_zu_gross")


async def test_html_stays_text(town):
    handle = await town.start()
    await town.send(handle, "<script>alert(1)</script>")
    assert (await town.read(handle))["messages"][0]["text"] == "<script>alert(1)</script>"


@pytest.mark.parametrize("handle", ["x", "A" * 43, "%F0%9F%90%95", "internal"])
async def test_unknown_handles(town, handle):
    answer = await town.send(handle, "Hallo")
    assert (answer.status_code, answer.json()["code"]) == (404, "unterhaltung_unbekannt")


async def test_unknown_addresses_answer_in_german(town):
    answer = await town.http.get("/api/conversations/x/y/z")
    assert (answer.status_code, answer.json()["code"]) == (404, "nicht_gefunden")


async def test_a_browser_gets_a_german_page_for_an_unknown_address(town):
    answer = await town.http.get("/konsole/gibt-es-nicht", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Diese Adresse gibt es nicht." in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_login_changes_the_handle(town):
    old = await town.start()
    await town.send(old, "Hallo")
    auth = citizen_token()
    answer = await town.login(old, auth)
    new = answer.json()["handle"]
    assert new != old
    assert (await town.send(old, "x", client_id="c2", auth=auth)).status_code == 404
    assert (await town.http.get(f"/api/conversations/{new}/messages")).status_code == 401
    await town.idle()
    page = await town.read(new, auth=auth)
    assert page["state"]["bound"] is True
    assert [turn.payload for turn in town.bot.turns] == [None, "/logged_in"]
    assert [message["author"] for message in page["messages"]] == ["citizen", "bot", "bot"]
    assert list(town.portal.bound.values()) == [("anna", "sid-anna")]


async def test_a_login_whose_answer_was_lost_can_be_repeated_by_its_owner_only(town):
    old = await town.start()
    first = (await town.login(old, citizen_token())).json()
    assert (await town.login(old, citizen_token())).json() == first
    assert (await town.login(old, citizen_token("eve"))).status_code == 404
    await town.idle()
    assert [turn.payload for turn in town.bot.turns] == ["/logged_in"]


async def test_another_citizens_token_is_refused(town):
    handle = (await town.login(await town.start(), citizen_token())).json()["handle"]
    for auth in (citizen_token("eve"), staff_token(), "unsinn", citizen_token(aud="andere"), None):
        answer = await town.send(handle, "Hallo", auth=auth)
        assert (answer.status_code, answer.json()["code"]) == (401, "anmeldung_noetig")
    assert (await town.login(handle, citizen_token("eve"))).status_code == 401


async def test_forged_and_expired_tokens(town):
    handle = await town.start()
    forged = token("citizen", "anna", key=OKPKey.generate_key("Ed25519"))
    assert (await town.login(handle, forged)).status_code == 401
    auth = citizen_token()
    town.clock.forward(601)
    assert (await town.login(handle, auth)).status_code == 401
    assert (await town.http.post(f"/api/conversations/{handle}/login")).status_code == 401


async def test_a_new_session_of_the_same_account_moves_the_binding(town):
    handle = (await town.login(await town.start(), citizen_token())).json()["handle"]
    await town.read(handle, auth=citizen_token(sid="sid-2", trust="hoch"))
    assert list(town.portal.bound.values()) == [("anna", "sid-2")]
    await town.send(handle, "Hallo", auth=citizen_token(sid="sid-2", trust="hoch"))
    await town.idle()
    assert (town.bot.turns[-1].account, town.bot.turns[-1].trust) == (True, "hoch")


async def test_login_without_the_portal_changes_nothing(town):
    handle = await town.start()
    town.portal.down = True
    assert (await town.login(handle, citizen_token())).status_code == 503
    assert (await town.send(handle, "Hallo")).status_code == 201


async def test_a_payload_must_have_been_offered(town):
    handle, other = await town.start(), await town.start()
    await town.send(handle, "knopf")
    await town.idle()
    payload = '/start{"service": "a"}'
    refused = [
        await town.send(handle, payload="/logged_in", client_id="p1"),
        await town.send(handle, payload='/start{"service": "b"}', client_id="p2"),
        await town.send(other, payload=payload, client_id="p3"),
        await town.send(handle, payload='/proposal_accept{"id": "x"}', client_id="p4"),
    ]
    assert [(a.status_code, a.json()["code"]) for a in refused] == [(403, "knopf_unbekannt")] * 4
    assert (await town.send(handle, payload=payload, client_id="p5", values={"a": 1})).status_code == 201
    await town.idle()
    assert (await town.read(handle))["messages"][2]["text"] == "Ja"
    assert town.bot.turns[-1].payload == payload
    assert town.bot.turns[-1].values == {"a": 1}


async def test_a_closed_conversation_takes_nothing(town):
    handle = await town.start()
    for _ in range(2):
        answer = await town.http.post(f"/api/conversations/{handle}/close")
        assert answer.json() == {"state": {"phase": "closed", "bound": False}}
    refused = await town.send(handle, "Hallo")
    assert (refused.status_code, refused.json()["code"]) == (409, "unterhaltung_beendet")
    assert [message["author"] for message in (await town.read(handle))["messages"]] == ["system"]


async def test_a_message_repeated_after_the_end_has_the_number_that_it_had(town):
    handle = await town.start()
    sent = await town.send(handle, "Hallo")
    await town.idle()
    await town.http.post(f"/api/conversations/{handle}/close")
    again = await town.send(handle, "Hallo")
    assert (sent.status_code, sent.json()["seq"]) == (201, 1)
    assert (again.status_code, again.json()["seq"]) == (200, 1)


async def test_too_many_messages(tmp_path):
    database = f"sqlite+aiosqlite:///{tmp_path / 'h.db'}"
    async with world(database, handle_rate=Rate(2, 0.5)) as town:
        handle = await town.start()
        codes = [(await town.send(handle, "x", client_id=f"c{n}")).status_code for n in range(3)]
        assert codes == [201, 201, 429]
        town.clock.forward(2)
        assert (await town.send(handle, "x", client_id="c2")).status_code == 201


async def test_too_many_calls_from_one_address(tmp_path):
    async with world(f"sqlite+aiosqlite:///{tmp_path / 'h.db'}", address_rate=Rate(3, 1)) as town:
        answers = [await town.http.post("/api/conversations") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
        assert answers[-1].json()["code"] == "zu_viele_nachrichten"


async def test_portal_events(town):
    handle = await town.start()
    await town.send(handle, "Hallo")
    await town.idle()
    conversation_id = town.bot.turns[0].conversation_id
    url, body = (
        "/api/conversations/internal/events",
        {"conversation_id": conversation_id, "event": "draft_changed"},
    )
    assert (await town.http.post(url, json=body)).status_code == 403
    headers = {"Authorization": f"Bearer {PORTAL_TOKEN}"}
    assert (await town.http.post(url, json=body, headers=headers)).status_code == 204
    await town.idle()
    assert town.bot.turns[-1].payload == "/draft_changed"
    assert [m["author"] for m in (await town.read(handle))["messages"]] == ["citizen", "bot", "bot"]
    assert (await town.http.post(url, json={**body, "event": "x"}, headers=headers)).status_code == 422
    foreign = {**body, "conversation_id": "fremd"}
    assert (await town.http.post(url, json=foreign, headers=headers)).status_code == 404


async def test_the_console_page(town):
    page = await town.http.get("/konsole")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "/live/ui/konsole.js" in page.text
    assert "Demonstration" not in page.text


async def test_an_unexpected_error_is_a_german_sentence(town, monkeypatch):
    handle = await town.start()
    monkeypatch.setattr(type(town.clock), "__call__", lambda self: 1 / 0)
    answer = await town.send(handle, "Hallo")
    assert answer.status_code == 500
    assert answer.json()["code"] == "fehler"


async def test_built_files_are_revalidated_and_fonts_kept(tmp_path):
    (tmp_path / "fonts").mkdir()
    (tmp_path / "widget.js").write_text("export {}")
    (tmp_path / "fonts" / "a.woff2").write_bytes(b"x")
    transport = httpx.ASGITransport(app=BuiltFiles(tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        first = await http.get("/widget.js")
        assert first.headers["cache-control"] == "no-cache"
        again = await http.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert "immutable" in (await http.get("/fonts/a.woff2")).headers["cache-control"]
