"""From the outbox to the engine: order, failures, recovery."""

import asyncio
import json
from uuid import uuid4

import pytest
from handoff_world import FakeEngine, World, served, sqlite, world
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from handoff.domain.message import Answer, Body
from handoff.engine import HttpEngine
from handoff.ports import EngineDownError, EngineFaultError
from handoff.services.dispatcher import GIVE_UP_AFTER_FAULTS, TELL_AFTER_FAILURES
from handoff.storage import outbox


async def texts_of(town: World, handle: str) -> list[tuple[str, str]]:
    return [(m["author"], m["text"][:30]) for m in (await town.read(handle))["messages"]]


async def test_an_engine_that_is_down_for_a_while(town):
    town.bot.failures = [EngineDownError("weg")] * (TELL_AFTER_FAILURES + 20)
    handle = await town.start()
    await town.send(handle, "eins")
    await town.send(handle, "zwei", client_id="c2")
    await town.idle()
    said = await texts_of(town, handle)
    assert said[-2:] == [("bot", "Echo: eins"), ("bot", "Echo: zwei")]
    trouble = [text for author, text in said if author == "system"]
    assert trouble == ["Ihre Nachricht ist gespeichert"]
    assert not town.bot.failures


async def test_a_fault_of_our_own_is_no_reason_to_lose_a_message(town):
    town.bot.failures = [RuntimeError("unerwartet")] * 2
    handle = await town.start()
    await town.send(handle, "eins")
    await town.idle()
    assert await texts_of(town, handle) == [("citizen", "eins"), ("bot", "Echo: eins")]


async def test_two_failures_are_not_worth_a_word(town):
    town.bot.failures = [EngineDownError("weg")] * (TELL_AFTER_FAILURES - 1)
    handle = await town.start()
    await town.send(handle, "eins")
    await town.idle()
    assert await texts_of(town, handle) == [("citizen", "eins"), ("bot", "Echo: eins")]


async def test_a_message_that_the_engine_cannot_digest_blocks_nothing(town):
    town.bot.failures = [EngineFaultError("500")] * GIVE_UP_AFTER_FAULTS
    handle = await town.start()
    await town.send(handle, "eins")
    await town.send(handle, "zwei", client_id="c2")
    await town.idle()
    page = await town.read(handle)
    assert [turn.text for turn in town.bot.turns] == ["zwei"]
    # "zwei" may be written before or after the engine was given up on.
    [gave_up] = [message for message in page["messages"] if "nicht verarbeiten" in message["text"]]
    assert gave_up["author"] == "system"
    assert page["messages"][-1]["text"] == "Echo: zwei"
    assert gave_up["buttons"] == [{"title": "Mit einem Menschen sprechen", "payload": "/human"}]


async def test_a_human_can_be_reached_without_the_engine(tmp_path):
    gone, told = asyncio.Event(), asyncio.Event()

    async def pause(_seconds: float) -> None:
        told.set()
        await gone.wait()

    async with world(sqlite(tmp_path)) as town:
        town.app.state.dispatcher._pause = pause
        town.bot.failures = [EngineDownError("weg")] * 1000
        handle = await town.start()
        gone.set()
        await town.send(handle, "Hallo")
        while (await town.read(handle))["messages"][-1]["author"] != "system":  # noqa: ASYNC110
            await asyncio.sleep(0)
        gone.clear()
        assert (await town.send(handle, payload="/human", client_id="p")).status_code == 201
        gone.set()
        await town.idle()
        page = await town.read(handle)
        assert page["state"] == {"phase": "waiting", "bound": False, "place": 1}
        card = page["messages"][-1]["cards"][0]
        assert (card["type"], card["reason"], card["topic"], card["open"]) == (
            "queue",
            "stoerung",
            None,
            None,
        )
        assert town.bot.turns == []


async def test_conversations_do_not_wait_for_each_other(tmp_path):
    free = asyncio.Event()

    async def before(turn):
        if turn.text == "langsam":
            await free.wait()

    async with world(sqlite(tmp_path), bot=FakeEngine(before=before)) as town:
        slow, quick = await town.start(), await town.start()
        await town.send(slow, "langsam")
        await town.send(slow, "danach", client_id="c2")
        await town.send(quick, "schnell")
        page = await town.read(quick, after=1, wait=5)
        assert page["messages"][0]["text"] == "Echo: schnell"
        free.set()
        await town.idle()
        assert [turn.text for turn in town.bot.turns] == ["schnell", "langsam", "danach"]


async def test_a_repeated_delivery_after_a_crash_writes_nothing_twice(tmp_path):
    bot = FakeEngine(react=lambda turn: Answer([Body("eins"), Body("zwei")], None))
    async with world(sqlite(tmp_path), bot=bot) as town:
        handle = await town.start()
        await town.send(handle, "Hallo")
        await town.idle()
        turn = bot.turns[0]
        # as if the process had died between the engine's answer and the commit, and another one repeated it
        await town.app.state.dispatcher._complete(turn, await bot.turn(turn))
        assert [m["text"] for m in (await town.read(handle))["messages"]] == ["Hallo", "eins", "zwei"]


async def test_a_new_process_goes_on_with_what_was_left(tmp_path):
    stuck = asyncio.Event()

    async def never(_turn):
        stuck.set()
        await asyncio.Event().wait()

    async with world(sqlite(tmp_path), bot=FakeEngine(before=never)) as town:
        handle = await town.start()
        await town.send(handle, "eins")
        await town.send(handle, "zwei", client_id="c2")
        await stuck.wait()
    async with world(sqlite(tmp_path)) as town:
        await town.idle()
        assert [text for _author, text in await texts_of(town, handle)] == [
            "eins",
            "zwei",
            "Echo: eins",
            "Echo: zwei",
        ]
        async with town.context.database.read() as session:
            assert list(await outbox.conversations(session)) == []


class FaultyEngine:
    """A real HTTP engine that answers what the test says, then properly."""

    def __init__(self, *bad: Response | float) -> None:
        self.bad = list(bad)
        self.requests: list[dict[str, object]] = []
        self.app = Starlette(routes=[Route("/webhooks/gateway/messages", self.answer, methods=["POST"])])

    async def answer(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer engine-token"
        self.requests.append(json.loads(await request.body()))
        bad = self.bad.pop(0) if self.bad else None
        if isinstance(bad, float):
            await asyncio.sleep(bad)
        elif bad is not None:
            return bad
        replies = [
            {
                "text": "Guten Tag",
                "buttons": [{"title": "Ja", "payload": "/affirm"}],
                "cards": [{"type": "x"}],
            }
        ]
        return JSONResponse({"replies": replies, "handoff": None})


@pytest.mark.parametrize(
    "bad",
    [
        Response("kaputt", 500),
        Response("{", 200, media_type="application/json"),
        JSONResponse({"replies": "nein"}),
        JSONResponse({"replies": [{"buttons": [{"title": "x"}]}]}),
        JSONResponse([], 200),
        Response(status_code=503),
        Response(status_code=401),
        2.0,
    ],
)
async def test_faults_of_a_real_engine(tmp_path, bad):
    engine = FaultyEngine(bad)
    async with served(engine.app) as url:
        port = HttpEngine(url, "engine-token", timeout_s=0.2)
        async with world(sqlite(tmp_path), engine=port) as town:
            handle = await town.start()
            await town.send(handle, "Hallo")
            await town.idle()
            page = await town.read(handle)
            assert [m["text"] for m in page["messages"]] == ["Hallo", "Guten Tag"]
            assert page["messages"][1]["cards"] == [{"type": "x"}]
            first, second = engine.requests
            assert first == second
            assert set(first) == {"conversation_id", "message_id", "text", "payload", "values", "metadata"}


@pytest.mark.parametrize(
    ("answer", "intents"),
    [
        (JSONResponse({"intents": ["human", None]}), ["human", None]),
        (JSONResponse({"code": "dienst_unbekannt"}, 401), None),
        (JSONResponse({"code": "assistent_nicht_bereit"}, 503), None),
        (Response("{", 200, media_type="application/json"), None),
    ],
    ids=["understood", "stranger", "starting", "nonsense"],
)
async def test_what_sentences_are_understood_as(answer, intents):
    asked = []

    async def app(scope, receive, send):
        asked.append((await receive())["body"])
        await answer(scope, receive, send)

    async with served(app) as url:
        engine = HttpEngine(url, "t", timeout_s=1)
        if intents is None:
            with pytest.raises(EngineDownError):
                await engine.understand(["Mensch!", "x"])
        else:
            assert await engine.understand(["Mensch!", "x"]) == intents
        assert json.loads(asked[0]) == {"texts": ["Mensch!", "x"]}
        await engine.close()


async def test_nobody_listens():
    engine = HttpEngine("http://127.0.0.1:9", "t", timeout_s=1)
    turn = FakeTurn()
    with pytest.raises(EngineDownError):
        await engine.turn(turn)
    with pytest.raises(EngineDownError):
        await engine.understand(["Hallo"])
    await engine.close()


class FakeTurn:
    """The least that the HTTP engine needs."""

    def request(self) -> dict[str, object]:
        return {"message_id": str(uuid4())}


async def test_the_engines_summary_may_be_text_or_list():
    answers = [
        {"replies": [], "handoff": {"reason": "wunsch", "topic": "x", "summary": "eins\nzwei\n"}},
        {"replies": [{"text": ""}], "handoff": {"summary": ["eins", "zwei"], "mehr": 1}},
    ]

    async def app(scope, receive, send):
        await JSONResponse(answers.pop(0))(scope, receive, send)

    async with served(app) as url:
        engine = HttpEngine(url, "t", timeout_s=1)
        for _ in range(2):
            answer = await engine.turn(FakeTurn())
            assert answer.replies == []
            assert answer.handover.summary == ["eins", "zwei"]
        await engine.close()
