"""Rasa's Socket.IO protocol with a plain client: sessions, frames, a client that is away, foreign sessions."""

import asyncio
from typing import Any

import pytest
import socketio
from handoff_world import citizen_token, served, staff

from handoff.channels.rasa_socket import EVENTS
from handoff.domain.message import Answer, Body
from handoff.services import claims, desk


class RasaClient:
    """Speaks as rasa-webchat does and remembers what came."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.io = socketio.AsyncClient(reconnection=False)
        self.said: list[dict[str, Any]] = []
        self.session: str | None = None
        self._news = asyncio.Event()
        self.io.on("bot_uttered", self._uttered)
        self.io.on("session_confirm", self._confirmed)

    async def _uttered(self, body: dict[str, Any]) -> None:
        self.said.append(body)
        self._news.set()

    async def _confirmed(self, session: str) -> None:
        self.session = session
        self._news.set()

    async def connect(
        self, session: Any = None, *, token: str | None = None, request: bool = True
    ) -> "RasaClient":
        await self.io.connect(
            self.url,
            socketio_path="/socket.io/",
            auth={"token": token} if token else None,
            transports=["websocket"],
            wait_timeout=5,
        )
        if request:
            await self.io.emit("session_request", {"session_id": session})
            await self.until(lambda: self.session)
        return self

    async def say(self, text: Any, session: Any = None) -> None:
        body = {"message": text, "customData": {"language": "de"}, "session_id": session or self.session}
        await self.io.emit("user_uttered", body)

    async def until(self, condition) -> Any:
        async with asyncio.timeout(5):
            while not (found := condition()):
                self._news.clear()
                await self._news.wait()
            return found

    async def hears(self, text: str) -> dict[str, Any]:
        return await self.until(lambda: next((one for one in self.said if text in one["text"]), None))

    async def close(self) -> None:
        await self.io.disconnect()


@pytest.fixture
async def url(town):
    async with served(town.app) as address:
        yield address


@pytest.fixture
async def client(url):
    one = await RasaClient(url).connect()
    yield one
    await one.close()


async def test_frames_have_exactly_the_keys_that_clients_tell_them_by(town, client):
    await client.hears("Computerprogramm")
    await client.say("hallo")
    plain = await client.hears("Echo: hallo")
    assert set(plain) == {"text", "metadata"}
    assert {"seq", "author", "at"} <= set(plain["metadata"])
    await client.say("knopf")
    buttons = await client.hears("Bitte wählen.")
    assert set(buttons) == {"text", "quick_replies", "metadata"}
    (button,) = buttons["quick_replies"]
    assert button == {"content_type": "text", "title": "Ja", "payload": '/start{"service": "a"}'}
    await client.say(button["payload"])
    await client.hears("Echo: /start")
    assert town.bot.turns[-1].payload == button["payload"]
    assert [one["metadata"]["author"] for one in client.said if "Ja" in one["text"]] == []


async def test_human_back_and_a_client_that_was_away(town, url, client):
    await client.say("mensch")
    await client.hears("Warteschlange")
    session = client.session
    await client.close()
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    await desk.send(town.context, conversation_id, staff(), "k1", "Guten Tag, hier bin ich.")
    again = await RasaClient(url).connect(session)
    assert again.session == session
    human = await again.hears("Guten Tag, hier bin ich.")
    assert human["metadata"]["sender"] == {"function": "Bürgerservice", "office": "BÜRGERcenter"}
    texts = [one["text"] for one in again.said]
    assert not any("Ich hole jemanden" in text for text in texts), "was shown before"
    await desk.hand_back(town.context, conversation_id, staff())
    await again.hears("zurückgegeben")
    await again.say("wieder da")
    await again.hears("Echo: wieder da")
    assert (
        len([text for text in [one["text"] for one in again.said] if "Guten Tag, hier bin ich." in text]) == 1
    )
    await again.close()


@pytest.mark.parametrize("wanted", [None, "", "alice", "x" * 5000, 7, ["a"], {"a": 1}])
async def test_a_session_id_that_was_not_issued_gets_a_new_one(url, wanted):
    one = await RasaClient(url).connect(wanted)
    assert isinstance(one.session, str)
    assert one.session != wanted
    assert len(one.session) >= 43
    await one.close()


async def test_a_conversation_of_an_account_cannot_be_joined_without_its_token(town, url, client):
    await client.say("hallo")
    await client.hears("Echo: hallo")
    handle = (await town.login(client.session, citizen_token())).json()["handle"]
    for token in (None, citizen_token("otto")):
        other = await RasaClient(url).connect(handle, token=token)
        assert other.session != handle
        await other.say("was steht da?")
        await other.hears("Echo: was steht da?")
        assert not [one for one in other.said if "Echo: hallo" in one["text"]]
        await other.close()
    own = await RasaClient(url).connect(handle, token=citizen_token())
    assert own.session == handle
    await own.say("weiter")
    await own.hears("Echo: weiter")
    await own.close()
    # the client that held the old session id hears nothing of it any more
    await client.say("noch da")
    await client.hears("Echo: noch da")
    assert client.session not in (None, handle)
    assert not [one for one in client.said if "Echo: weiter" in one["text"]]


@pytest.mark.parametrize("auth", [{"token": "gefälscht"}, {"token": 7}])
async def test_a_false_token_is_refused(url, auth):
    io = socketio.AsyncClient(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await io.connect(
            url, socketio_path="/socket.io/", auth=auth, transports=["websocket"], wait_timeout=5
        )
    await io.disconnect()


async def test_mistakes_are_said_and_break_nothing(town, client):
    await client.say("hallo")
    await client.hears("Echo: hallo")
    for wrong in ("/confirm", "", "x" * 4001, None, {"a": 1}):
        before = len(client.said)
        await client.say(wrong)
        await client.until(lambda before=before: len(client.said) > before)
        assert "code" in client.said[-1]["metadata"]
    for event, body in (("session_request", 7), ("user_uttered", None), ("user_uttered", [1])):
        await client.io.emit(event, body)
    await client.say("geht noch")
    await client.hears("Echo: geht noch")


async def test_a_first_payload_of_the_client_is_answered_by_the_greeting(town, client):
    await client.hears("Computerprogramm")
    await client.say("/get_started")
    await client.say("hallo")
    await client.hears("Echo: hallo")
    assert [turn.text for turn in town.bot.turns] == ["hallo"]


async def test_what_only_the_portal_can_do_becomes_a_link(town, client):
    card = {"type": "login", "url": "/anmelden?zurueck=/", "text": "Anmelden"}
    town.bot.react = lambda turn: Answer([Body("Bitte melden Sie sich an.", [], [card])], None)
    await client.say("beantragen")
    frame = await client.hears("Bitte melden Sie sich an.")
    assert frame["quick_replies"][-1]["type"] == "web_url"
    assert "/weiter/" in frame["quick_replies"][-1]["url"]


async def test_addresses_are_links_and_lines_break(town, client):
    town.bot.react = lambda turn: Answer(
        [Body("Mehr dazu:\nhttps://stadt.example/a_b?c=1. Gut (http://x.example)?")], None
    )
    await client.say("wo?")
    frame = await client.hears("Mehr dazu")
    assert frame["text"] == (
        "Mehr dazu:  \n[Zur Seite](https://stadt.example/a_b?c=1). Gut ([Zur Seite](http://x.example))?"
    )


async def test_the_server_hears_the_declared_events_only(town):
    handlers = town.app.state.rasa.server.handlers
    assert set(handlers) == {"/"}
    assert set(handlers["/"]) == {"connect", "disconnect", *EVENTS}
