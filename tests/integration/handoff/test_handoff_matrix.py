"""Matrix: transactions and client API in the shapes of the specification, and what goes wrong."""

import json

import pytest
from handoff_world import served, sqlite, staff, world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.responses import JSONResponse, Response
from vendor import Vendor

from handoff.channels.matrix import Matrix
from handoff.services import claims, desk

BOT, ANNA, ROOM = "@amtslotse:stadt.example", "@anna:stadt.example", "!raum:stadt.example"
TOKEN = {"Authorization": "Bearer hs-geheim"}
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
URL = "/webhooks/matrix/_matrix/app/v1"


def matrix_error(status, code, **headers):
    return JSONResponse({"errcode": code, "error": "x", "retry_after_ms": 3000}, status, headers=headers)


def homeserver(path, body):
    if "/send/" in path:
        return JSONResponse({"event_id": "$out"})
    if path.endswith("/joined_members"):
        return JSONResponse({"joined": {BOT: {}, ANNA: {}, "@otto:stadt.example": {}}})
    if "/media/download/" in path:
        return Response(PDF, media_type="application/pdf")
    return JSONResponse({"room_id": ROOM})


@pytest.fixture
async def town(tmp_path):
    vendor = Vendor(homeserver)
    async with served(vendor.app) as url:
        channel = Matrix(url, BOT, "as-geheim", "hs-geheim", timeout_s=0.5)
        async with world(sqlite(tmp_path), channels=[channel]) as one:
            one.vendor = vendor
            yield one


def event(number, kind="m.room.message", sender=ANNA, **more):
    content = more.pop("content", {"msgtype": "m.text", "body": "hallo"})
    return {"type": kind, "event_id": f"$e{number}", "room_id": ROOM, "sender": sender, "origin_server_ts": 1, "content": content, **more}  # fmt: skip


def said(number, body):
    return event(number, content={"msgtype": "m.text", "body": body})


async def put(town, *events, expected=200, txn="t1", headers=TOKEN):
    answer = await town.http.put(f"{URL}/transactions/{txn}", json={"events": list(events)}, headers=headers)
    assert answer.status_code == expected, answer.text
    await town.idle()
    return answer


def calls(town, part):
    return [call for call in town.vendor.calls if part in call.path]


def texts(town):
    return [
        call.body["body"] for call in calls(town, "/send/m.room.message/") if call.body["msgtype"] == "m.text"
    ]


async def test_invited_to_a_direct_room_it_joins_and_talks(town):
    invite = event(0, "m.room.member", state_key=BOT, content={"membership": "invite", "is_direct": True})
    await put(town, invite)
    assert calls(town, "/join/")
    await put(town, said(1, "hallo"))
    assert "Computerprogramm" in texts(town)[0]
    assert "nicht Ende-zu-Ende verschlüsselt" in texts(town)[0]
    assert texts(town)[1] == "Echo: hallo"
    assert calls(town, "/send/")[0].headers["authorization"] == "Bearer as-geheim"
    await put(town, said(2, "knopf"))
    assert "1 – Ja" in texts(town)[-1]
    await put(town, said(3, "1"))
    assert town.bot.turns[-1].payload == '/start{"service": "a"}'
    await put(town, said(4, "mensch"))
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    await desk.send(town.context, conversation_id, staff(), "k1", "Guten Tag")
    await town.idle()
    assert texts(town)[-1] == "Guten Tag"


async def test_repeated_transactions_and_own_messages_change_nothing(town):
    for txn in ("t1", "t1", "t2"):
        await put(town, said(1, "hallo"), event(2, sender=BOT), txn=txn)
    assert len(town.bot.turns) == 1
    keys = [call.path for call in calls(town, "/send/")]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "hs-geheim"}])
async def test_a_wrong_token_is_refused(town, headers):
    await put(town, said(1, "hallo"), headers=headers, expected=403)
    assert not town.bot.turns
    assert (await town.http.get(f"{URL}/users/{BOT}", headers=headers)).status_code == 403
    assert (await town.http.get(f"{URL}/users/{BOT}", headers=TOKEN)).status_code == 404
    assert (await town.http.post(f"{URL}/ping", json={}, headers=TOKEN)).status_code == 200


@pytest.mark.parametrize("kind", ["m.room.encrypted", "m.room.encryption"])
async def test_an_encrypted_room_is_refused_with_a_reason(town, kind):
    await put(
        town, event(1, kind, state_key="", content={"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"})
    )
    (notice,) = calls(town, "/send/")
    assert notice.body["msgtype"] == "m.notice"
    assert "verschlüsselt" in notice.body["body"]
    assert calls(town, "/leave")
    assert not town.bot.turns


async def test_rooms_with_others_are_left(town):
    invite = event(0, "m.room.member", state_key=BOT, content={"membership": "invite"})
    await put(town, invite)
    assert calls(town, "/leave")
    town.vendor.calls.clear()
    await put(
        town, event(1, "m.room.member", state_key="@otto:stadt.example", content={"membership": "join"})
    )
    assert calls(town, "/leave")


async def test_corrections_files_places_and_other_programs(town):
    edit = {"msgtype": "m.text", "body": "* am 12.", "m.new_content": {"msgtype": "m.text", "body": "am 12."}, "m.relates_to": {"rel_type": "m.replace", "event_id": "$e0"}}  # fmt: skip
    await put(town, event(1, content=edit))
    assert town.bot.turns[-1].text == "Berichtigt: am 12."
    await put(
        town, event(2, content={"msgtype": "m.file", "body": "a.pdf", "url": "mxc://stadt.example/ABC"})
    )
    assert any("„a.pdf“ ist gespeichert" in one for one in texts(town))
    await put(town, event(3, content={"msgtype": "m.location", "body": "x", "geo_uri": "geo:51,7"}))
    assert "Standort" in texts(town)[-1]
    before = len(texts(town))
    await put(town, event(4, content={"msgtype": "m.notice", "body": "Echo: x"}))
    assert len(texts(town)) == before
    town.vendor.failures = [Response(status_code=502)]
    await put(
        town,
        event(5, content={"msgtype": "m.image", "body": "b.png", "url": "mxc://stadt.example/D"}),
        said(6, "danach"),
        expected=503,
    )
    assert town.bot.turns[-1].text == "danach", "one that is late holds back no other"
    town.vendor.failures = [Response(status_code=404)]
    await put(town, event(7, content={"msgtype": "m.file", "body": "c.pdf", "url": "mxc://stadt.example/E"}))
    assert "ließ sich nicht abholen" in texts(town)[-1]


async def test_the_homeserver_is_busy_away_and_then_there(town):
    await put(town, said(1, "hallo"))
    before = len(calls(town, "/send/"))
    town.vendor.failures = [matrix_error(429, "M_LIMIT_EXCEEDED", **{"Retry-After": "3"}), Response("<html>", 502), None, matrix_error(500, "M_UNKNOWN")]  # fmt: skip
    await put(town, said(2, "nochmal"))
    assert texts(town)[-1] == "Echo: nochmal"
    tries = calls(town, "/send/")[before:]
    assert len(tries) == 5
    assert len({one.path for one in tries}) == 1, "the transaction id stays the same"
    town.vendor.failures = [matrix_error(403, "M_FORBIDDEN")]
    await put(town, said(3, "eins"))
    await put(town, said(4, "zwei"))
    assert texts(town)[-1] == "Echo: zwei"


async def test_any_body_never_gives_a_500(town):
    keys = [
        "events",
        "type",
        "room_id",
        "sender",
        "content",
        "event_id",
        "msgtype",
        "body",
        "membership",
        "state_key",
        "url",
    ]
    words = ["m.room.message", "m.room.member", "m.text", "m.file", ROOM, BOT, "invite", "mxc://x"]
    values = st.recursive(st.none() | st.integers() | st.sampled_from(words), lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(keys), one, max_size=6), max_leaves=15)  # fmt: skip
    bodies: list[bytes] = []

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=100) | values.map(lambda one: json.dumps({"events": [one]}).encode()))
    def collect(raw):
        bodies.append(raw)

    collect()
    bodies += [json.dumps({"events": [event(n, content=one)]}).encode() for n, one in enumerate([{"msgtype": "m.text"}, {"msgtype": "m.text", "body": 7}, {"msgtype": "m.file", "url": "x"}])]  # fmt: skip
    for number, raw in enumerate(bodies):
        answer = await town.http.put(f"{URL}/transactions/f{number}", content=raw, headers=TOKEN)
        assert answer.status_code < 500, raw
