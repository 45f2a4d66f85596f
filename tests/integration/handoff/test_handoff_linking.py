"""One person, many channels: codes, one-time links there and back, what third parties never see, notices."""

import json
import os
from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import pytest
from handoff_world import PORTAL_TOKEN, citizen_token, echo, sqlite, staff, world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.channels.adapter import Adapter
from handoff.domain.channel import Capability, Shows
from handoff.domain.message import Answer, Body
from handoff.hub import Listener
from handoff.services import channel_intake, chat_view, claims, desk, linking, retention
from handoff.services.channel_intake import Inbound
from handoff.settings import Rate

PORTAL = {"Authorization": f"Bearer {PORTAL_TOKEN}"}
API = "/api/channels/internal"


class Messenger(Adapter):
    """A third party's messenger that keeps what it shows."""

    capability = Capability(
        "bote", "Bote", True, Shows.PUBLIC, 500, 3, 20, caution="Nichts Persönliches bitte."
    )
    contact = "@amt"

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[str, str]] = []

    async def send(self, delivery, key, text, choices) -> None:
        self.shown.append((delivery.address, text))


class Own(Messenger):
    """A channel of the town's own that may show everything to the linked citizen."""

    capability = Capability("haus", "Haus", False, Shows.PERSONAL, 500, 3, 20)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def database(request, tmp_path):
    if request.param == "sqlite":
        yield sqlite(tmp_path)
        return
    try:
        admin = await asyncpg.connect("postgresql://127.0.0.1:5432/test", timeout=2)
    except OSError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL: {error}")
    name = f"handoff_{uuid4().hex[:12]}"
    await admin.execute(f'CREATE DATABASE "{name}"')
    yield f"postgresql+asyncpg://127.0.0.1:5432/{name}"
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


@pytest.fixture
async def town(database):
    async with world(database, channels=[Messenger(), Own()]) as one:
        one.bote, one.haus = one.context.channels["bote"], one.context.channels["haus"]
        one.numbers = iter(range(1, 1000))
        yield one


async def say(town, text, address="anna", channel="bote"):
    capability = town.context.channels[channel].capability
    await channel_intake.take(town.context, capability, address, Inbound(f"n{next(town.numbers)}", text))
    await town.idle()


def texts(town, address="anna", channel="bote"):
    return [text for to, text in town.context.channels[channel].shown if to == address]


async def link_of(town, **where):
    await say(town, "Link", **where)
    return texts(town, **where)[-1].partition("/weiter/")[2].split()[0]


async def follow(town, token, **headers):
    answer = await town.http.post(f"/weiter/{token}", headers=headers)
    return answer, answer.text.partition('data-handle="')[2].partition('"')[0]


async def connect(town, account="anna", address="anna", channel="bote"):
    code = (await town.http.post(f"{API}/codes", json={"account": account}, headers=PORTAL)).json()["code"]
    await say(town, f"Verbinden {code}", address=address, channel=channel)
    return code


async def test_a_link_shows_a_page_acts_on_its_button_and_holds_once(town):
    await say(town, "hallo")
    token = await link_of(town)
    for _ in range(3):
        page = await town.http.get(f"/weiter/{token}")
        assert page.status_code == 200
        assert "Hier fortsetzen" in page.text
        assert "form-action 'self'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
    assert (await follow(town, token, Origin="https://boese.example"))[0].status_code == 403
    answer, handle = await follow(town, token, Origin="http://127.0.0.1:8000")
    assert answer.status_code == 200
    assert "/live/ui/weiter.js" in answer.text
    said = [one["text"] for one in (await town.read(handle))["messages"]]
    assert "Echo: hallo" in said
    for _ in range(2):
        assert (await follow(town, token))[0].status_code == 410
        assert (await town.http.get(f"/weiter/{token}")).status_code == 410
    # the conversation goes on from both sides, in one log
    await town.send(handle, "vom Portal", client_id="p1")
    await town.idle()
    assert texts(town)[-1] == "Echo: vom Portal"
    await say(town, "vom Boten")
    assert [one["text"] for one in (await town.read(handle))["messages"]][-2:] == [
        "vom Boten",
        "Echo: vom Boten",
    ]


async def test_a_second_link_ends_the_first_handle_and_old_links_expire(town):
    await say(town, "hallo")
    first = (await follow(town, await link_of(town)))[1]
    late = await link_of(town)
    second = (await follow(town, await link_of(town)))[1]
    assert (await town.http.get(f"/api/conversations/{first}/messages")).status_code == 404
    assert (await town.http.get(f"/api/conversations/{second}/messages")).status_code == 200
    town.clock.forward(24 * 3600 + 1)
    assert (await follow(town, late))[0].status_code == 410
    for wrong in ("x" * 43, "ä" * 43):
        assert (await town.http.get(f"/weiter/{wrong}")).status_code == 410


async def test_what_belongs_to_an_account_never_reaches_a_third_party(town):
    await connect(town)
    await say(town, "hallo")
    _answer, handle = await follow(town, await link_of(town))
    bound = (await town.login(handle, citizen_token("anna"))).json()["handle"]
    await town.idle()
    secret = "Ihre Steuernummer liegt vor."
    town.bot.react = lambda turn: Answer([Body(secret), Body("Noch etwas.")], None)
    before = len(texts(town))
    await town.send(bound, "was liegt vor?", client_id="p1", auth=citizen_token("anna"))
    await town.idle()
    fresh = texts(town)[before:]
    assert len(fresh) == 1
    assert "/weiter/" in fresh[0]
    assert secret not in " ".join(texts(town))
    # she writes from the messenger into the same conversation, and reads the answer in the portal
    await say(town, "und jetzt?")
    log = [one["text"] for one in (await town.read(bound, auth=citizen_token("anna")))["messages"]]
    assert log[-3:] == ["und jetzt?", secret, "Noch etwas."]
    assert secret not in " ".join(texts(town))
    # the link alone does not open it: the account's login is needed besides
    token = texts(town)[-1].partition("/weiter/")[2].split()[0]
    moved = (await follow(town, token))[1]
    assert (await town.http.get(f"/api/conversations/{moved}/messages")).status_code == 401
    assert (await town.read(moved, auth=citizen_token("anna")))["messages"]
    # a clerk's words are personal there, too
    town.bot.react = lambda turn: Answer([Body("Ich hole jemanden.")], echo(turn).handover)
    await say(town, "mensch")
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    await desk.send(town.context, conversation_id, staff(), "k1", "Frau Beispiel, Ihr Bescheid")
    await town.idle()
    assert "Frau Beispiel" not in " ".join(texts(town))


async def test_a_messenger_that_is_not_linked_loses_a_conversation_that_went_to_an_account(town):
    await say(town, "hallo")
    _answer, handle = await follow(town, await link_of(town))
    bound = (await town.login(handle, citizen_token("anna"))).json()["handle"]
    await town.idle()
    before = len(texts(town))
    await town.send(bound, "persönlich", client_id="p1", auth=citizen_token("anna"))
    await town.idle()
    assert len(texts(town)) == before
    await say(town, "wieder da")
    assert "Nichts Persönliches bitte." in texts(town)[before]
    assert texts(town)[-1] == "Echo: wieder da"
    log = [one["text"] for one in (await town.read(bound, auth=citizen_token("anna")))["messages"]]
    assert "wieder da" not in log


async def test_linking_later_brings_the_same_conversation_back(town):
    await say(town, "hallo")
    _answer, handle = await follow(town, await link_of(town))
    bound = (await town.login(handle, citizen_token("anna"))).json()["handle"]
    await town.idle()
    await connect(town)
    assert "Verbunden" in texts(town)[-1]
    await say(town, "von unterwegs")
    log = [one["text"] for one in (await town.read(bound, auth=citizen_token("anna")))["messages"]]
    assert log[-2:] == ["von unterwegs", "Echo: von unterwegs"]
    assert "/weiter/" in texts(town)[-1]
    assert not any("/weiter/" in text for text in log), "links stand in no log"


async def test_a_channel_of_the_towns_own_may_carry_more_to_the_linked_citizen_only(town):
    await connect(town, channel="haus")
    await say(town, "hallo", channel="haus")
    _answer, handle = await follow(town, await link_of(town, channel="haus"))
    bound = (await town.login(handle, citizen_token("anna"))).json()["handle"]
    await town.idle()
    await town.send(bound, "persönlich", client_id="p1", auth=citizen_token("anna"))
    await town.idle()
    assert texts(town, channel="haus")[-1] == "Echo: persönlich"


@pytest.mark.parametrize(("channel", "shows"), [("bote", "public"), ("haus", "personal")])
async def test_linking_says_whether_personal_content_is_shown_there(town, channel, shows):
    await connect(town, channel=channel)
    said = texts(town, channel=channel)[-1]
    assert ("Persönliches zeige ich hier weiterhin nicht" in said) is (shows == "public")
    assert ("Ab jetzt steht hier auch Persönliches" in said) is (shows == "personal")
    overview = (await town.http.post(f"{API}/overview", json={"account": "anna"}, headers=PORTAL)).json()
    assert [(one["channel"], one["shows"]) for one in overview["linked"]] == [(channel, shows)]


async def test_codes_hold_once_and_for_ten_minutes(town):
    code = await connect(town)
    assert "Verbunden" in texts(town)[-1]
    await say(town, f"verbinden {code.lower()}", address="otto")
    assert "abgelaufen oder stimmt nicht" in texts(town, "otto")[-1]
    old = (await linking.new_code(town.context, "anna"))["code"]
    new = (await linking.new_code(town.context, "anna"))["code"]
    await say(town, f"Verbinden {old}", address="otto")
    assert "stimmt nicht" in texts(town, "otto")[-1]
    town.clock.forward(601)
    await say(town, f"Verbinden {new}", address="otto")
    assert "stimmt nicht" in texts(town, "otto")[-1]
    assert code not in str([turn.text for turn in town.bot.turns])
    overview = (await town.http.post(f"{API}/overview", json={"account": "anna"}, headers=PORTAL)).json()
    (linked,) = overview["linked"]
    assert linked["title"] == "Bote"
    assert "anna" not in str(linked)
    assert {"channel": "bote", "title": "Bote", "contact": "@amt"} in overview["offered"]


async def test_a_link_is_ended_from_either_side(town):
    await connect(town)
    (linked,) = await linking.linked(town.context, "anna")
    body = {"account": "otto", "id": linked["id"]}
    assert (await town.http.post(f"{API}/links/end", json=body, headers=PORTAL)).status_code == 204
    assert len(await linking.linked(town.context, "anna")) == 1, "a foreign account ends nothing"
    body["account"] = "anna"
    await town.http.post(f"{API}/links/end", json=body, headers=PORTAL)
    assert await linking.linked(town.context, "anna") == []
    await connect(town)
    await say(town, "Trennen")
    assert "Getrennt" in texts(town)[-1]
    await say(town, "trennen!")
    assert "nichts zu trennen" in texts(town)[-1]


async def test_the_link_with_the_account_survives_a_new_conversation(town):
    await connect(town)
    await say(town, "Neu")
    assert "neues Gespräch hat begonnen" in texts(town)[-1]
    assert len(await linking.linked(town.context, "anna")) == 1


async def notice(town, key="b1", account="anna", text="Im Portal liegt etwas für Sie."):
    return await town.http.post(
        f"{API}/notices", json={"account": account, "text": text, "key": key}, headers=PORTAL
    )


async def receiving(town):
    overview = (await town.http.post(f"{API}/overview", json={"account": "anna"}, headers=PORTAL)).json()
    return [one["channel"] for one in overview["linked"] if one["notices"]]


async def linked_as(town, channel):
    return next(one["id"] for one in await linking.linked(town.context, "anna") if one["channel"] == channel)


async def choose(town, account, link):
    answer = await town.http.post(
        f"{API}/links/choose", json={"account": account, "id": link}, headers=PORTAL
    )
    assert answer.status_code == 204


async def test_notices_reach_the_linked_messenger_once(town):
    assert (await notice(town)).status_code == 404
    await connect(town)
    for _ in range(3):
        assert (await notice(town)).status_code == 204
        await town.idle()
    assert texts(town).count("Im Portal liegt etwas für Sie.") == 1
    assert (await notice(town, key="b2", account="otto")).status_code == 404
    await connect(town, address="anna", channel="haus")
    await notice(town, key="b3", text="Zuletzt verbunden.")
    await town.idle()
    assert texts(town, channel="haus")[-1] == "Zuletzt verbunden."
    assert "Zuletzt verbunden." not in texts(town)
    assert await receiving(town) == ["haus"]
    town.context.channels.pop("haus")
    assert await receiving(town) == ["bote"], "the next one, where the town switched the last one off"
    town.context.channels["haus"] = town.haus
    await choose(town, "otto", await linked_as(town, "bote"))
    assert await receiving(town) == ["haus"], "of her own links another account chooses none"
    await choose(town, "anna", await linked_as(town, "bote"))
    assert await receiving(town) == ["bote"]
    await say(town, "Neu")
    await notice(town, key="b5", text="Gewählt.")
    await town.idle()
    assert texts(town)[-1] == "Gewählt.", "the choice goes on in a new conversation"
    assert "Gewählt." not in texts(town, channel="haus")
    town.clock.forward(timedelta(days=1).total_seconds())
    await say(town, "Trennen")
    await say(town, "Trennen", channel="haus")
    assert (await notice(town, key="b4")).status_code == 404


@pytest.mark.parametrize(
    "path", ["overview", "codes", "links/choose", "links/end", "files/load", "files/drop", "notices"]
)
async def test_the_portals_calls_need_its_token(town, path):
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {citizen_token()}"}):
        answer = await town.http.post(
            f"{API}/{path}", json={"account": "anna", "id": "x", "text": "x", "key": "x"}, headers=headers
        )
        assert answer.status_code == 403
    assert (await town.http.post(f"{API}/{path}", json={}, headers=PORTAL)).status_code == 422


async def test_a_flood_from_one_address_is_taken_in_part_and_keeps_back_nobody(tmp_path):
    messenger = Messenger()
    async with world(sqlite(tmp_path), channels=[messenger], handle_rate=Rate(5, 0.1)) as town:
        for number in range(20):
            await messenger.take(town.context, "anna", Inbound(f"a{number}", f"n{number}"))
        await messenger.take(town.context, "otto", Inbound("o1", "hallo"))
        await town.idle()
        assert len(town.bot.turns) == 6
        assert sum("sehr viele Nachrichten" in text for text in texts_of(messenger)) == 1
        town.clock.forward(60)
        await messenger.take(town.context, "anna", Inbound("a99", "wieder da"))
        await town.idle()
        assert town.bot.turns[-1].text == "wieder da"


class Neighbour(Listener):
    """Tells another process's hub what this one counts, as the relay does."""

    def __init__(self, hub):
        self.hub, self.told = hub, []

    def counted(self, limit, name):
        self.told.append((limit, name))
        self.hub.hear("counted", limit, name)


async def test_a_flood_at_two_processes_is_counted_together_and_the_address_stays_in_its_own(tmp_path):
    here, there = Messenger(), Messenger()
    rate = {"handle_rate": Rate(5, 0.001)}
    async with (
        world(sqlite(tmp_path), channels=[here], **rate) as one,
        world(sqlite(tmp_path), channels=[there], **rate) as other,
    ):
        one.context.hub.relay = neighbour = Neighbour(other.context.hub)
        for number in range(5):
            await here.take(one.context, "anna", Inbound(f"a{number}", f"n{number}"))
        await there.take(other.context, "anna", Inbound("b1", "zu viel"))
        await there.take(other.context, "otto", Inbound("o1", "hallo"))
        await other.idle()
        await one.idle()
        said = {turn.text for turn in (*one.bot.turns, *other.bot.turns)}
        assert said == {"n0", "n1", "n2", "n3", "n4", "hallo"}
        assert len(neighbour.told) == 5
        assert not any("anna" in name for _limit, name in neighbour.told)


def texts_of(messenger):
    return [text for to, text in messenger.shown if to == "anna"]


async def test_any_link_and_any_body_of_the_portal_never_give_a_500(tmp_path):
    paths: list[str] = []
    bodies: list[bytes] = []

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.text(min_size=1, max_size=60), st.binary(max_size=80))
    def collect(path, body):
        paths.append(quote(path, safe=""))
        bodies.append(body)

    collect()
    async with world(sqlite(tmp_path), channels=[Messenger()]) as town:
        for path, body in zip(paths, bodies, strict=True):
            assert (await town.http.get(f"/weiter/{path}")).status_code < 500
            assert (await town.http.post(f"/weiter/{path}", content=body)).status_code < 500
            for call in ("overview", "notices", "files/load"):
                assert (await town.http.post(f"{API}/{call}", content=body, headers=PORTAL)).status_code < 500
        wild = {"account": "\x00", "id": "\ud800", "key": "k", "text": "\ud800\x00"}
        for call in ("overview", "codes", "links/end", "files/drop", "notices"):
            answer = await town.http.post(f"{API}/{call}", content=json.dumps(wild), headers=PORTAL)
            assert answer.status_code < 500, call


async def test_a_replay_does_nothing_even_after_its_conversation_has_ended(town):
    capability = town.context.channels["bote"].capability

    async def deliver(key, text, address="anna"):
        await channel_intake.take(town.context, capability, address, Inbound(key, text))
        await town.idle()

    await deliver("alt", "eins")
    await say(town, "Neu")
    before = len(texts(town))
    for _ in range(2):
        await deliver("alt", "eins")
    assert len(texts(town)) == before
    await deliver("alt", "eins", "otto")  # the same id of another address is another message
    town.clock.forward(91 * 24 * 3600)
    await retention.run(town.context)
    await deliver("alt", "eins")
    assert [turn.text for turn in town.bot.turns] == ["eins", "eins", "eins"]


async def test_the_clerk_sees_the_channel_and_what_reaches_the_citizen_there(town):
    await connect(town)
    await say(town, "mensch")
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    view = await chat_view.look(town.context, conversation_id, staff())
    assert view["summary"][0].startswith("Kanal: Bote. Ihre Antworten sind dort zu lesen")
    _answer, handle = await follow(town, await link_of(town))
    await town.login(handle, citizen_token("anna"))
    view = await chat_view.look(town.context, conversation_id, staff())
    assert view["summary"][0] == "Kanal: Bote. Dorthin geht nur ein Link, gelesen wird im Portal."
