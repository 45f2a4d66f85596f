"""The queue on SQLite and PostgreSQL: claims, leases, coming and going, proposals."""

import asyncio
import os
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from fake_portal import FakePortal, draft
from handoff_world import FakeEngine, World, citizen_token, sqlite, staff, world

from handoff.domain.message import Answer, Body, Handover
from handoff.errors import ConflictError, ForbiddenError, HandoffError, InvalidInputError, UnavailableError
from handoff.services import chat_view, claims, desk, presence, proposals, queue

POSTGRES = "postgresql://127.0.0.1:5432"


async def _postgres() -> asyncpg.Connection:
    try:
        return await asyncpg.connect(f"{POSTGRES}/test", timeout=2)
    except OSError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL: {error}")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def both(request, tmp_path) -> AsyncIterator[World]:
    """A gateway on each database."""
    if request.param == "sqlite":
        async with world(sqlite(tmp_path)) as one:
            yield one
        return
    admin, name = await _postgres(), f"handoff_{uuid4().hex[:12]}"
    await admin.execute(f'CREATE DATABASE "{name}"')
    try:
        async with world(f"postgresql+asyncpg://127.0.0.1:5432/{name}") as one:
            yield one
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()


async def claimed(town: World, person: str = "berta") -> tuple[str, str, str]:
    """A claimed chat: handle, chat, conversation id."""
    handle = await town.start()
    await town.ask_human(handle)
    chat = await town.chat()
    return handle, chat, await claims.claim(town.context, chat, staff(person))


async def test_of_twenty_clerks_exactly_one_gets_the_chat(both):
    await both.ask_human(await both.start())
    chat = await both.chat()
    clerks = [staff(f"clerk-{n}") for n in range(20)]
    results = await asyncio.gather(
        *(claims.claim(both.context, chat, one) for one in clerks), return_exceptions=True
    )
    won = [one for one, result in zip(clerks, results, strict=True) if isinstance(result, str)]
    lost = [result for result in results if isinstance(result, ConflictError)]
    assert (len(won), len(lost)) == (1, 19)
    assert {error.code for error in lost} == {"schon_uebernommen"}
    assert len((await queue.listing(both.context, won[0]))["mine"]) == 1


async def test_concurrent_sends_have_no_gap_on_either_database(both):
    handle = await both.start()
    await asyncio.gather(*(both.send(handle, f"n{n}", client_id=f"c{n}") for n in range(30)))
    await both.idle()
    messages = (await both.read(handle))["messages"]
    assert [message["seq"] for message in messages] == list(range(1, 61))
    assert [turn.text for turn in both.bot.turns] == [m["text"] for m in messages if m["author"] == "citizen"]


async def test_a_silent_clerk_loses_the_chat_to_the_head_of_the_queue(both):
    handle, chat, _id = await claimed(both)
    later = await both.start()
    both.clock.forward(0.5)
    await both.ask_human(later)
    both.clock.forward(59)
    alive = await presence.beat(both.context, staff("berta"))
    assert alive == {
        "lease_until": "2026-11-23T10:01:59+01:00", "presence": "da", "capacity": 6, "languages": ["de"], "skills": [],
    }  # fmt: skip
    both.clock.forward(59)
    await queue.expire(both.context)
    assert (await both.read(handle))["state"]["phase"] == "clerk"
    both.clock.forward(2)
    await queue.expire(both.context)
    page = await both.read(handle)
    assert page["state"] == {"phase": "waiting", "bound": False, "place": 1}
    assert "abgebrochen" in page["messages"][-1]["text"]
    assert (await both.read(later))["state"]["place"] == 2
    assert await both.chat() == chat
    assert (await queue.listing(both.context, staff("berta")))["mine"] == []


async def test_the_watch_expires_leases_by_itself(tmp_path):
    async with world(sqlite(tmp_path), lease_s=0) as town:
        handle, _chat, _id = await claimed(town)
        async with asyncio.timeout(5):
            after = 0
            while (page := await town.read(handle, after=after, wait=5))["state"]["phase"] != "waiting":
                after = page["messages"][-1]["seq"] if page["messages"] else after


async def test_messages_while_waiting_are_for_the_clerk(town):
    handle = await town.start()
    await town.ask_human(handle)
    turns = len(town.bot.turns)
    await town.send(handle, "Sind Sie da?", client_id="c2")
    await town.idle()
    assert len(town.bot.turns) == turns
    entry = (await queue.listing(town.context, staff()))["waiting"][0]
    assert (entry["last_text"], entry["unread"], entry["since"]) == (
        "Sind Sie da?", 1, "2026-11-23T10:00:00+01:00",
    )  # fmt: skip


async def test_back_to_the_bot(town):
    first, second = await town.start(), await town.start()
    await town.ask_human(first)
    town.clock.forward(1)
    await town.ask_human(second)
    assert (await town.read(second))["state"]["place"] == 2
    assert (await town.send(first, payload="/back_to_bot", client_id="z")).status_code == 201
    await town.idle()
    page = await town.read(first)
    assert page["state"]["phase"] == "bot"
    assert [m["text"] for m in page["messages"][-2:]] == ["Zurück zum Assistenten", "Echo: /back_to_bot"]
    assert (await town.read(second))["state"]["place"] == 1


async def test_back_to_the_bot_from_a_clerk_who_then_has_the_chat_no_more(town):
    handle, _chat, conversation_id = await claimed(town)
    assert (await town.send(handle, payload="/back_to_bot", client_id="z")).status_code == 201
    await town.idle()
    page = await town.read(handle)
    assert page["state"] == {"phase": "bot", "bound": False}
    back, told, answer = page["messages"][-3:]
    assert back["text"] == "Zurück zum Assistenten"
    assert "Bürgerservice ist zu Ende" in told["text"]
    assert "Maschine" in told["text"]
    assert answer["text"] == "Echo: /back_to_bot"
    assert (await queue.listing(town.context, staff("berta")))["mine"] == []
    with pytest.raises(ConflictError):
        await desk.send(town.context, conversation_id, staff("berta"), "k1", "Noch da?")
    await town.send(handle, "Hallo", client_id="c9")
    await town.idle()
    assert (await town.read(handle))["messages"][-1]["text"] == "Echo: Hallo"
    await town.ask_human(handle, "nochmal")
    assert (await town.read(handle))["state"]["place"] == 1


async def test_what_followed_the_call_for_a_human_is_left_to_the_human(tmp_path):
    both_sent = asyncio.Event()

    async def before(_turn):
        await both_sent.wait()

    async with world(sqlite(tmp_path), bot=FakeEngine(before=before)) as town:
        handle = await town.start()
        await town.send(handle, "mensch")
        await town.send(handle, "es eilt", client_id="c2")
        both_sent.set()
        await town.idle()
        assert [turn.text for turn in town.bot.turns] == ["mensch"]
        assert (await town.read(handle))["state"]["phase"] == "waiting"


async def test_release_and_late_clerks(town):
    handle, chat, conversation_id = await claimed(town)
    state = await queue.release(town.context, conversation_id, staff())
    assert state["place"] == 1
    for late in (
        desk.send(town.context, conversation_id, staff(), "x", "zu spät"),
        desk.hand_back(town.context, conversation_id, staff()),
        desk.close(town.context, conversation_id, staff(), "geloest", "Geklärt"),
        queue.release(town.context, conversation_id, staff()),
    ):
        with pytest.raises(ConflictError):
            await late
    with pytest.raises(ForbiddenError):
        await queue.own(town.context, chat, staff())
    await claims.claim(town.context, chat, staff("carl"))
    texts = [m["text"] for m in (await town.read(handle))["messages"]]
    assert "zu spät" not in texts


async def test_a_payload_pressed_at_the_clerks_time_does_not_reach_the_engine(town):
    handle = await town.start()
    await town.send(handle, "knopf", client_id="k")
    await town.idle()
    await town.ask_human(handle)
    turns = len(town.bot.turns)
    assert (await town.send(handle, payload='/start{"service": "a"}', client_id="p")).status_code == 201
    await town.idle()
    assert len(town.bot.turns) == turns


async def test_a_queue_card_of_the_bot_is_not_doubled(tmp_path):
    card = {"type": "queue", "reason": "wunsch", "topic": "Umzug"}
    button = {"title": "Zurück zum Assistenten", "payload": "/back_to_bot"}
    called = Answer([Body("Ich hole jemanden.", [button], [card])], Handover("wunsch", "Umzug", []))
    back = Answer([Body("Ich bin wieder da.")], None)
    engine = FakeEngine(react=lambda turn: back if turn.payload == "/back_to_bot" else called)
    async with world(sqlite(tmp_path), bot=engine) as town:
        handle = await town.start()
        await town.ask_human(handle)
        page = await town.read(handle)
        assert [m["text"] for m in page["messages"]] == ["mensch", "Ich hole jemanden."]
        assert page["state"]["place"] == 1
        assert (await town.send(handle, payload="/back_to_bot", client_id="z")).status_code == 201
        assert (await town.read(handle))["state"]["phase"] == "bot"


class Proposing:
    """A logged-in citizen, a clerk and a draft."""

    def __init__(self, town: World) -> None:
        self.town = town
        self.portal: FakePortal = town.portal
        self.auth = citizen_token()

    async def begin(self) -> "Proposing":
        handle = (await self.town.login(await self.town.start(), self.auth)).json()["handle"]
        self.handle = handle
        await self.town.send(handle, "mensch", client_id="m", auth=self.auth)
        await self.town.idle()
        self.portal.draft = draft()
        self.id = await claims.claim(self.town.context, await self.town.chat(), staff())
        return self

    async def propose(
        self, value: str = "2026-11-15", field: str = "einzugsdatum", client_id: str = "v"
    ) -> str:
        await proposals.propose(self.town.context, self.id, staff(), client_id, field, value)
        message = (await self.town.read(self.handle, auth=self.auth))["messages"][-1]
        self.buttons = [button["payload"] for button in message["buttons"]]
        return message["text"]

    async def press(self, number: int, client_id: str = "a"):
        return await self.town.send(
            self.handle, payload=self.buttons[number], client_id=client_id, auth=self.auth
        )

    async def last(self) -> str:
        return (await self.town.read(self.handle, auth=self.auth))["messages"][-1]["text"]


@pytest.fixture
async def case(town) -> Proposing:
    """A clerk is about to propose."""
    return await Proposing(town).begin()


async def test_an_accepted_proposal(case):
    assert await case.propose() == (
        "Vorschlag: „Tag des Einzugs“ von „12.11.2026“ in „15.11.2026“ ändern. Möchten Sie das übernehmen?"
    )
    assert (await case.press(0)).status_code == 201
    assert (await case.press(0)).status_code == 200
    assert case.portal.writes == [("entwurf-1", "einzugsdatum", 4, "2026-11-15", None)]
    assert await case.last() == "Übernommen: „Tag des Einzugs“ ist jetzt „15.11.2026“."
    assert (await case.press(1, "b")).json()["code"] == "vorschlag_erledigt"


async def test_a_declined_proposal(case):
    await case.propose()
    await case.press(1)
    assert case.portal.writes == []
    assert await case.last() == "Nicht übernommen: „Tag des Einzugs“ bleibt unverändert."
    assert (await case.press(0, "b")).status_code == 409


async def test_a_draft_that_changed_elsewhere_is_written_with_its_new_version(case):
    await case.propose()
    case.portal.draft["version"] = 7
    await case.press(0)
    assert case.portal.writes == [("entwurf-1", "einzugsdatum", 7, "2026-11-15", None)]


async def test_a_field_that_changed_elsewhere_is_not_overwritten(case):
    await case.propose()
    case.portal.draft["version"] = 5
    case.portal.draft["fields"][0]["display"] = "20.11.2026"
    assert (await case.press(0)).status_code == 201
    assert case.portal.writes == []
    assert "nichts überschrieben" in await case.last()


async def test_an_unfit_value_is_explained(case):
    case.portal.refuse = "Das Datum liegt in der Zukunft."
    await case.propose("2027-01-01")
    await case.press(0)
    assert await case.last() == (
        "Der Vorschlag für „Tag des Einzugs“ konnte nicht übernommen werden: "
        "Das Datum liegt in der Zukunft. Es wurde nichts geändert."
    )


async def test_an_unreachable_portal_leaves_the_proposal_open(case):
    await case.propose()
    case.portal.down = True
    assert (await case.press(0)).status_code == 503
    assert "Vorschlag" in await case.last()
    with pytest.raises(UnavailableError):
        await case.propose(client_id="w")
    view = await chat_view.look(case.town.context, case.id, staff())
    assert "draft" not in view
    case.portal.down = False
    assert (await case.press(0)).status_code == 201
    assert len(case.portal.writes) == 1


async def test_a_proposed_number_goes_to_the_vault(case):
    text = await case.propose("DE89370400440532013000", field="steuer_id")
    assert "DE89370400440532013000" not in text
    await case.press(0)
    (_draft, _field, _version, value, ref) = case.portal.writes[0]
    assert value is None
    assert case.portal.vault[ref] == ("iban", "DE89370400440532013000")


async def test_an_accepted_proposal_after_the_hand_back_tells_the_bot(case):
    await case.propose()
    await desk.hand_back(case.town.context, case.id, staff())
    await case.press(0)
    await case.town.idle()
    assert [turn.payload for turn in case.town.bot.turns][-2:] == ["/handed_back", "/draft_changed"]


@pytest.mark.parametrize(("field", "value"), [("fremd", "x"), ("einzugsdatum", "  ")])
async def test_malformed_proposals(case, field, value):
    with pytest.raises(InvalidInputError):
        await case.propose(value, field)


async def test_no_draft_no_proposal(case):
    case.portal.draft = None
    with pytest.raises(HandoffError) as caught:
        await case.propose()
    assert caught.value.code == "kein_entwurf"
