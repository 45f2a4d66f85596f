"""The Socket.IO interface, with real clients over a real server."""

import asyncio

import pytest
import socketio
from fake_portal import draft
from handoff_line import PATIENCE_S, line
from handoff_world import citizen_token, staff_token

from handoff.live.feed import Feed
from handoff.services import conversation as life


async def test_send_and_receive(town):
    handle = await town.start()
    async with line(town) as client:
        anna = await client().connect(handle=handle)
        assert await anna.call("send", {"client_id": "c1", "text": "Hallo"}) == {"seq": 1}
        assert await anna.call("send", {"client_id": "c1", "text": "Hallo"}) == {"seq": 1}
        assert await anna.seqs(2) == [1, 2]
        assert (await anna.event("state")) == {"phase": "bot", "bound": False}
        assert (await anna.event("typing"))["author"] == "bot"
        answer = await anna.event("message", lambda m: m["author"] == "bot")
        assert answer["text"] == "Echo: Hallo"


async def test_a_reconnect_delivers_exactly_the_missing(town):
    handle = await town.start()
    async with line(town) as client:
        first = await client().connect(handle=handle)
        for n in range(3):
            await first.call("send", {"client_id": f"c{n}", "text": f"n{n}"})
        await first.seqs(6)
        await first.io.disconnect()
        await town.send(handle, "unterwegs", client_id="weg")
        await town.idle()
        second = await client().connect(handle=handle, after=6)
        await second.call("send", {"client_id": "neu", "text": "wieder da"})
        assert await second.seqs(4) == [7, 8, 9, 10]
        page = await second.call("resume", {"after": 8})
        assert [message["seq"] for message in page["messages"]] == [9, 10]
        assert page["state"]["phase"] == "bot"


async def test_joining_in_the_middle_of_a_burst_shows_each_message_once(town):
    handle = await town.start()
    async with line(town) as client:
        anna = await client().connect(handle=handle)
        sends = [anna.call("send", {"client_id": f"c{n}", "text": f"n{n}"}) for n in range(20)]
        joining = [client().connect(handle=handle) for _ in range(3)]
        _acks, others = await asyncio.gather(asyncio.gather(*sends), asyncio.gather(*joining))
        for one in [anna, *others]:
            assert await one.seqs(40) == list(range(1, 41))


async def test_who_comes_while_another_connection_ends_misses_nothing(town, monkeypatch):
    handle = await town.start()
    reading, go_on, since = asyncio.Event(), asyncio.Event(), life.since
    feed = next(one for one in town.context.hub._listeners if isinstance(one, Feed))

    async def slowly(*asked):
        found = await since(*asked)
        reading.set()
        await go_on.wait()
        return found

    async with line(town) as client:
        first = await client().connect(handle=handle)
        await first.event("state")
        monkeypatch.setattr("handoff.services.conversation.since", slowly)
        connecting = asyncio.create_task(client().connect(handle=handle))
        await reading.wait()
        await first.io.disconnect()
        async with asyncio.timeout(PATIENCE_S):
            while feed._places:  # noqa: ASYNC110
                await asyncio.sleep(0)
        assert (await town.send(handle, "Hallo")).status_code == 201
        go_on.set()
        second = await connecting
        assert await second.seqs(2) == [1, 2]


@pytest.mark.parametrize("transports", [["polling"], ["polling", "websocket"]], ids=["polling", "upgrade"])
async def test_a_connection_that_begins_with_polling(town, transports):
    handle = await town.start()
    async with line(town) as client:
        anna = client()
        await anna.connect(transports=transports, handle=handle)
        assert await anna.call("send", {"client_id": "c1", "text": "Hallo"}) == {"seq": 1}
        assert await anna.seqs(2) == [1, 2]
        assert anna.io.eio.current_transport == transports[-1]


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        ({"handle": "unbekannt"}, "unterhaltung_unbekannt"),
        ({}, "eingabe_ungueltig"),
        ({"handle": 7}, "eingabe_ungueltig"),
        ({"handle": "x", "token": "unsinn"}, "anmeldung_noetig"),
    ],
)
async def test_refused_connections(town, auth, code):
    async with line(town) as client:
        one = client()
        with pytest.raises(socketio.exceptions.ConnectionError):
            await one.connect(**auth)
        error = await one.event("connect_error")
        assert error["data"]["code"] == code
        assert one.events == [("connect_error", error)]


async def test_a_bound_conversation_needs_its_owner(town):
    handle = (await town.login(await town.start(), citizen_token())).json()["handle"]
    async with line(town) as client:
        for auth in ({}, {"token": citizen_token("eve")}):
            with pytest.raises(socketio.exceptions.ConnectionError):
                await client().connect(handle=handle, **auth)
        anna = await client().connect(handle=handle, token=citizen_token())
        assert (await anna.event("state"))["bound"] is True


async def test_login_ends_connections_with_the_old_handle(town):
    handle = await town.start()
    async with line(town) as client:
        anna = await client().connect(handle=handle)
        await anna.event("state")
        new = (await town.login(handle, citizen_token())).json()["handle"]
        await anna.until(lambda events: any(event == "disconnect" for event, _ in events))
        again = await client().connect(handle=new, token=citizen_token())
        assert (await again.call("resume", {"after": 0}))["state"]["bound"] is True


@pytest.mark.parametrize(
    ("event", "body", "code"),
    [
        ("send", {"client_id": "c", "text": ""}, "nachricht_leer"),
        ("send", {"client_id": "c", "text": "x" * 20_000}, "nachricht_zu_lang"),
        ("send", {"client_id": "c", "payload": "/logged_in"}, "knopf_unbekannt"),
        ("send", {"text": "x"}, "eingabe_ungueltig"),
        ("send", "kein Objekt", "eingabe_ungueltig"),
        ("send", None, "eingabe_ungueltig"),
        ("resume", {"after": -1}, "eingabe_ungueltig"),
        ("resume", {"after": 2**40}, "eingabe_ungueltig"),
    ],
)
async def test_bad_commands_get_an_error_frame(town, event, body, code):
    handle = await town.start()
    async with line(town) as client:
        anna = await client().connect(handle=handle)
        answer = await anna.call(event, body)
        assert answer["error"]["code"] == code
        assert answer["error"]["message"]
        assert (await anna.call("resume", {"after": 0}))["messages"] == []


async def test_the_whole_handoff(town):
    handle = (await town.login(await town.start(), citizen_token())).json()["handle"]
    town.portal.draft = draft()
    async with line(town) as client:
        anna = await client().connect(handle=handle, token=citizen_token())
        berta = await client("/konsole").connect(token=staff_token("berta"))
        carl = await client("/konsole").connect(token=staff_token("carl"))
        await anna.call("send", {"client_id": "c1", "text": "mensch"})
        state = await anna.event("state", lambda s: s["phase"] == "waiting")
        estimate = {"low_s": 0, "high_s": 60, "text": "weniger als 1 Minute"}
        assert state == {"phase": "waiting", "bound": True, "place": 1, "estimate": estimate}
        entry = (await berta.event("queue", lambda q: q["waiting"]))["waiting"][0]
        assert entry["reason"] == "wunsch"
        assert entry["topic"] == "wohnsitz_anmelden"
        assert (entry["place"], entry["state"]) == (1, "waiting")
        chat = entry["chat"]
        assert (await berta.call("chat.open", {"chat": chat}))["error"]["code"] == "nicht_ihr_gespraech"
        view = await berta.call("chat.claim", {"chat": chat})
        assert view["summary"] == [
            "Anliegen: Wohnsitz an- oder ummelden", "Beantwortet: 2 von 3", "Offen: Tag des Einzugs"
        ]  # fmt: skip
        assert (view["citizen"]["bound"], view["citizen"]["trust"], view["role"]) == (
            True,
            "niedrig",
            "inhaber",
        )
        assert set(town.portal.overviews) == {"berta"}
        assert [field["masked"] for field in view["draft"]["fields"]] == [False, True, False]
        assert view["draft"]["fields"][2]["display"] == ""
        assert view["service"]["fee"] == "kostenlos"
        assert (await carl.call("chat.claim", {"chat": chat}))["error"]["code"] == "schon_uebernommen"
        assert (await carl.call("chat.send", {"chat": chat, "client_id": "k", "text": "x"}))["error"][
            "code"
        ] == "nicht_ihr_gespraech"

        await anna.event(
            "state", lambda s: s.get("clerk") == {"function": "Bürgerservice", "office": "BÜRGERcenter"}
        )
        await berta.call("chat.typing", {"chat": chat, "typing": True})
        assert await anna.event("typing", lambda t: t["author"] == "clerk") == {
            "author": "clerk",
            "typing": True,
        }
        await anna.io.emit("typing", {"typing": True})
        assert await berta.event("typing") == {"chat": chat, "author": "citizen", "typing": True}
        sent = await berta.call("chat.send", {"chat": chat, "client_id": "k1", "text": "Guten Tag"})
        assert sent == await berta.call("chat.send", {"chat": chat, "client_id": "k1", "text": "Guten Tag"})
        message = await anna.event("message", lambda m: m["author"] == "clerk")
        assert message["sender"] == {"function": "Bürgerservice", "office": "BÜRGERcenter"}
        assert "client_id" not in message
        turns = len(town.bot.turns)
        await anna.call("send", {"client_id": "c2", "text": "Danke"})
        heard = await berta.event("message", lambda m: m["message"]["text"] == "Danke")
        assert heard["chat"] == chat
        await berta.call("chat.read", {"chat": chat, "seq": heard["message"]["seq"]})
        assert await anna.event("read") == {"author": "clerk", "seq": heard["message"]["seq"]}
        await anna.io.emit("read", {"seq": 2**31 - 1})  # more than there is: what there is counts
        assert await berta.event("read") == {
            "chat": chat,
            "author": "citizen",
            "seq": heard["message"]["seq"],
        }
        refused = await carl.call("chat.read", {"chat": chat, "seq": 1})
        assert refused["error"]["code"] == "nicht_ihr_gespraech"
        assert len(town.bot.turns) == turns

        assert (await berta.call("chat.reveal", {"chat": chat, "field": "steuer_id"})) == {
            "value": "12345678911"
        }
        assert town.portal.looks == [("berta", "steuer_id")]
        assert "Steuer-ID" in (await anna.event("message", lambda m: "eingesehen" in m["text"]))["text"]
        refused = await berta.call("chat.reveal", {"chat": chat, "field": "familienname"})
        assert refused["error"]["code"] == "nicht_freigegeben"

        await berta.call(
            "chat.propose", {"chat": chat, "client_id": "k2", "field": "einzugsdatum", "value": "2026-11-15"}
        )
        proposal = await anna.event("message", lambda m: m["cards"] and m["cards"][0]["type"] == "proposal")
        assert (proposal["cards"][0]["old"], proposal["cards"][0]["new"]) == ("12.11.2026", "15.11.2026")
        yes = proposal["buttons"][0]["payload"]
        assert "seq" in await anna.call("send", {"client_id": "c3", "payload": yes})
        assert town.portal.writes == [("entwurf-1", "einzugsdatum", 4, "2026-11-15", None)]
        await berta.event(
            "message", lambda m: "15.11.2026" in m["message"]["text"] and m["message"]["author"] == "system"
        )
        assert (await berta.event("chat", lambda v: v["draft"]["version"] == 5))["chat"] == chat
        again = await anna.call("send", {"client_id": "c4", "payload": yes})
        assert again["error"]["code"] == "vorschlag_erledigt"

        back = await berta.call("chat.hand_back", {"chat": chat})
        assert back == {"state": {"phase": "bot", "bound": True}}
        await town.idle()
        assert town.bot.turns[-1].payload == "/handed_back"
        await anna.event("message", lambda m: m["author"] == "bot" and m["text"] == "Echo: /handed_back")
        assert (await berta.call("chat.send", {"chat": chat, "client_id": "k9", "text": "x"}))["error"]
        listing = await carl.call("queue.list")
        assert listing == {"waiting": [], "waiting_total": 0, "mine": []}
        numbers = [body["seq"] for event, body in anna.events if event == "message"]
        assert numbers == list(range(1, len(numbers) + 1))


async def test_who_may_not_enter_the_console(town):
    async with line(town) as client:
        for token in (citizen_token(), staff_token(roles=["editor"]), staff_token(roles=[]), "unsinn"):
            with pytest.raises(socketio.exceptions.ConnectionError):
                await client("/konsole").connect(token=token)


async def test_topics_and_leads(town):
    await town.ask_human(await town.start())
    async with line(town) as client:
        dogs = await client("/konsole").connect(token=staff_token("dora", topics=["hundesteuer"]))
        homes = await client("/konsole").connect(token=staff_token("hans", topics=["wohnsitz_anmelden"]))
        lead = await client("/konsole").connect(
            token=staff_token("lea", roles=["lead"], topics=["hundesteuer"])
        )
        assert (await dogs.call("queue.list"))["waiting"] == []
        chat = (await homes.call("queue.list"))["waiting"][0]["chat"]
        assert (await dogs.call("chat.claim", {"chat": chat}))["error"]["code"] == "thema_fremd"
        await homes.call("chat.claim", {"chat": chat})
        assert (await lead.call("chat.open", {"chat": chat}))["chat"] == chat
        assert (await lead.call("chat.send", {"chat": chat, "client_id": "x", "text": "y"}))["error"][
            "code"
        ] == "nicht_ihr_gespraech"
        assert (await dogs.call("chat.open", {"chat": chat}))["error"]["code"] == "nicht_ihr_gespraech"
        assert (await dogs.call("chat.open", {"chat": "fremd"}))["error"]["code"] == "unterhaltung_unbekannt"
        assert (await homes.call("chat.close", {"chat": chat, "result": "geloest", "reason": "Geklärt"}))[
            "state"
        ]["phase"] == "closed"


async def test_a_console_renews_its_token_in_time(town):
    async with line(town) as client:
        berta = await client("/konsole").connect(token=staff_token("berta"))
        assert (await berta.call("heartbeat"))["lease_until"] == "2026-11-23T10:01:00+01:00"
        town.clock.forward(545)
        assert (await berta.call("heartbeat"))["error"]["code"] == "anmeldung_noetig"
        assert (await berta.call("queue.list")) == {"waiting": [], "waiting_total": 0, "mine": []}
        town.clock.forward(60)
        assert (await berta.call("queue.list"))["error"]["code"] == "anmeldung_noetig"
