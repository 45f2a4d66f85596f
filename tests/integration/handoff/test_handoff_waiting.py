"""What a waiting citizen sees and may do: estimate, hours, callback, written answer, request; breaks, push, capacity."""

from datetime import date

import pytest
from handoff_world import FakeEngine, sqlite, staff, world
from sqlalchemy import select

from handoff.domain.message import Answer, Body, Handover
from handoff.errors import ConflictError, ForbiddenError, InvalidInputError
from handoff.ports import ReceiverDownError, ReceiverRefusedError
from handoff.schema.routing import RequestRow, WaitRow
from handoff.services import abuse, claims, desk, hours, presence, queue, waits

WEEK = {day: [("08:00", "12:00")] for day in range(5)}


class Portal:
    """A notifier that gives numbers, once per key."""

    def __init__(self) -> None:
        self.cases: dict[str, dict[str, object]] = {}
        self.failures: list[Exception] = []

    async def notify(self, notice):
        if self.failures:
            raise self.failures.pop(0)
        self.cases.setdefault(notice.key, dict(notice.body))
        number = list(self.cases).index(notice.key) + 1
        return {"case": f"fall-{number}", "reference": f"AN-{number}", "office": "BÜRGERcenter", "url": None}


@pytest.fixture
async def town(tmp_path):
    async with world(sqlite(tmp_path), notifier=Portal()) as one:
        one.notices = one.context.notifier
        yield one


async def called(town, handle=None):
    handle = handle or await town.start()
    await town.ask_human(handle)
    return handle


async def last(town, handle):
    return (await town.read(handle))["messages"][-1]


async def test_an_estimate_from_the_clerks_really_on_duty(town):
    handle = await called(town)
    assert "estimate" not in (await town.read(handle))["state"]
    assert "niemand angemeldet" in (await last(town, handle))["text"]
    await presence.connected(town.context, staff())
    assert (await town.read(handle))["state"]["estimate"]["text"] == "weniger als 1 Minute"
    await presence.change(town.context, staff(), presence="pause")
    assert "estimate" not in (await town.read(handle))["state"]
    await presence.change(town.context, staff(), presence="da")
    town.clock.forward(61)  # no heartbeat
    assert "estimate" not in (await town.read(handle))["state"]


async def test_the_estimate_is_measured_against_what_happened(town):
    await presence.connected(town.context, staff())
    await called(town)
    town.clock.forward(40)
    await claims.claim(town.context, await town.chat(), staff())
    assert await waits.accuracy(town.context) == {"waits": 1, "median_abs_error_s": 25.0, "within_range": 1.0}


async def test_outside_the_hours_the_request_comes_first_and_becomes_a_dated_case(town):
    await hours.set_team(town.context, "*", week=WEEK)
    town.clock.forward(3 * 3600)  # Monday 13:00
    handle = await called(town)
    message = await last(town, handle)
    assert "nicht besetzt" in message["text"]
    assert "Dienstag, 24.11.2026, 08:00 Uhr" in message["text"]
    card = message["cards"][0]
    assert [one["id"] for one in card["options"]] == ["anliegen", "rueckruf", "schreiben"]
    assert message["buttons"][0]["payload"] == "/wait_request"
    assert (await town.read(handle))["state"]["opens_at"] == "2026-11-24T08:00+01:00"
    answer = await town.send(
        handle, payload="/wait_request", values={"text": "Mein Bescheid fehlt."}, client_id="a"
    )
    assert answer.status_code == 201
    await town.idle()
    page = await town.read(handle)
    assert page["state"]["phase"] == "bot"
    texts = [m["text"] for m in page["messages"]]
    assert any("bis Mittwoch, 25.11.2026 eine Antwort" in text for text in texts)
    assert any("Nummer AN-1" in text for text in texts)
    [case] = town.notices.cases.values()
    assert (case["text"], case["promised_for"]) == ("Mein Bescheid fehlt.", "2026-11-25")
    assert town.bot.turns[-1].payload == "/back_to_bot"
    async with town.context.database.read() as session:
        request = await session.scalar(select(RequestRow))
        wait = await session.scalar(select(WaitRow))
    assert (request.reference, request.promised_for) == ("AN-1", date(2026, 11, 25))
    assert wait.outcome == "anliegen"


async def test_a_callback_keeps_the_number_out_of_the_log(town):
    await hours.set_team(town.context, "*", week=WEEK)
    handle = await called(town)
    card = (await last(town, handle))["cards"][0]
    slot = next(one for one in card["options"] if one["id"] == "rueckruf")["slots"][0]
    assert slot == "2026-11-23T11:00:00+01:00"
    values = {"telefon": "0209 1234567", "zeit": slot}
    assert (
        await town.send(handle, payload="/wait_callback", values=values, client_id="a")
    ).status_code == 201
    await town.idle()
    assert "1234567" not in str((await town.read(handle))["messages"])
    [case] = town.notices.cases.values()
    assert (case["telefon"], case["wunsch"], case["promised_for"]) == (
        "0209 1234567",
        "rueckruf",
        "2026-11-23",
    )


@pytest.mark.parametrize(
    ("payload", "values", "field"),
    [
        ("/wait_callback", {"telefon": "abc", "zeit": "2026-11-23T11:00:00+01:00"}, "telefon"),
        ("/wait_callback", {"telefon": "0209 1234567", "zeit": "2026-11-23T23:00:00+01:00"}, "zeit"),
        ("/wait_callback", None, "telefon"),
        ("/wait_write", {"adresse": "keine"}, "adresse"),
        ("/wait_request", {"text": "x" * 4001}, "text"),
    ],
)
async def test_malformed_wishes_lose_nothing(town, payload, values, field):
    await hours.set_team(town.context, "*", week=WEEK)
    handle = await called(town)
    answer = await town.send(handle, payload=payload, values=values, client_id="a")
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert (await town.read(handle))["state"]["phase"] == "waiting"


async def test_a_wish_that_comes_after_the_clerk_is_refused(town):
    handle = await called(town)
    await claims.claim(town.context, await town.chat(), staff())
    answer = await town.send(handle, payload="/wait_request", client_id="a")
    assert (answer.status_code, answer.json()["code"]) == (409, "phase_unpassend")


async def test_the_case_survives_an_outage_of_the_portal_and_is_made_once(town):
    town.notices.failures = [ReceiverDownError("weg"), RuntimeError("kaputt")]
    handle = await called(town)
    for _ in range(2):
        await town.send(handle, payload="/wait_request", client_id="a")
    await town.idle()
    assert len(town.notices.cases) == 1
    assert sum("Nummer AN-1" in m["text"] for m in (await town.read(handle))["messages"]) == 1


async def test_a_refused_request_is_told(town):
    town.notices.failures = [ReceiverRefusedError("422")]
    handle = await called(town)
    await town.send(handle, payload="/wait_request", client_id="a")
    await town.idle()
    assert any("konnte aber nicht" in m["text"] for m in (await town.read(handle))["messages"])


async def test_routing_by_the_catalogues_office(tmp_path):
    handover = Handover("beschwerde", "Hundesteuer", [], service="hundesteuer")
    bot = FakeEngine(react=lambda turn: Answer([Body("Ich hole jemanden.")], handover))
    async with world(sqlite(tmp_path), bot=bot) as town:
        town.portal.offices = {"hundesteuer": "steuern"}
        await town.ask_human(await town.start())
        from dataclasses import replace

        meldewesen = replace(staff("m"), office_id="buergercenter")
        steuern = replace(staff("s"), office_id="steuern")
        assert (await queue.listing(town.context, meldewesen))["waiting"] == []
        [entry] = (await queue.listing(town.context, steuern))["waiting"]
        assert (entry["office"], entry["reason"], entry["reason_text"]) == (
            "steuern",
            "beschwerde",
            "Beschwerde",
        )
        with pytest.raises(ForbiddenError):
            await claims.claim(town.context, entry["chat"], meldewesen)
        assert await claims.claim_next(town.context, meldewesen) is None
        await hours.set_team(town.context, "steuern", week=None, fallback="buergercenter")
        assert await claims.claim_next(town.context, meldewesen) is not None


async def test_a_portal_that_is_away_sends_the_chat_to_the_whole_town(tmp_path):
    handover = Handover("wunsch", "Hundesteuer", [], service="hundesteuer")
    bot = FakeEngine(react=lambda turn: Answer([Body("Ich hole jemanden.")], handover))
    async with world(sqlite(tmp_path), bot=bot) as town:
        town.portal.down = True
        await town.ask_human(await town.start())
        [entry] = (await queue.listing(town.context, staff()))["waiting"]
        assert (entry["service"], entry["office"]) == ("hundesteuer", None)


async def test_capacity_and_its_change(town):
    for _ in range(3):
        await called(town)
    await presence.change(town.context, staff(), capacity=2)
    for _ in range(2):
        assert await claims.claim_next(town.context, staff()) is not None
    with pytest.raises(ConflictError) as caught:
        await claims.claim_next(town.context, staff())
    assert caught.value.code == "ausgelastet"
    with pytest.raises(ConflictError):
        await claims.claim(town.context, await town.chat(), staff())
    await presence.change(town.context, staff(), capacity=3)
    assert await claims.claim_next(town.context, staff()) is not None
    for wrong in ({"presence": "schläft"}, {"capacity": 0}, {"capacity": 21}):
        with pytest.raises(InvalidInputError):
            await presence.change(town.context, staff(), **wrong)


async def test_push_gives_chats_to_who_is_here(town):
    await hours.set_team(town.context, "*", week=None, mode="push")
    for person in ("berta", "carl"):
        await presence.connected(town.context, staff(person))
        town.context.names[person] = ("Bürgerservice", "BÜRGERcenter")
    await presence.change(town.context, staff("carl"), presence="pause")
    handle = await called(town)
    await town.app.state.assigner.idle()
    assert (await town.read(handle))["state"]["phase"] == "clerk"
    assert len((await queue.listing(town.context, staff("berta")))["mine"]) == 1


async def test_a_returned_chat_keeps_place_and_history(town):
    first, second = await called(town), None
    town.clock.forward(30)
    second = await called(town)
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    await desk.send(town.context, conversation_id, staff(), "k", "Guten Tag")
    await queue.release(town.context, conversation_id, staff())
    assert (await town.read(first))["state"]["place"] == 1
    assert (await town.read(second))["state"]["place"] == 2
    assert "Guten Tag" in [m["text"] for m in (await town.read(first))["messages"]]
    again = await claims.claim_next(town.context, staff("carl"))
    assert again == conversation_id


async def test_abuse_is_ended_with_a_reason(town):
    handle = await called(town)
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    with pytest.raises(InvalidInputError):
        await abuse.end(town.context, conversation_id, staff(), "nase", "")
    await abuse.end(town.context, conversation_id, staff(), "drohung", "angekündigt, vorbeizukommen")
    page = await town.read(handle)
    assert page["state"]["phase"] == "closed"
    texts = [m["text"] for m in page["messages"]]
    assert any("Grund: eine Drohung" in text for text in texts)
    assert "vorbeizukommen" not in str(texts)
    assert (await town.send(handle, "noch was", client_id="z")).json()["code"] == "unterhaltung_beendet"


@pytest.mark.parametrize(
    "wrong",
    [
        {"week": {0: [("8", "x")]}},
        {"week": {0: [("12:00", "08:00")]}},
        {"week": None, "mode": "zieh"},
        {"week": None, "fallback": "steuern"},
        {"week": None, "promise_days": 0},
    ],
)
async def test_malformed_hours(town, wrong):
    with pytest.raises(InvalidInputError):
        await hours.set_team(town.context, "steuern", **wrong)


async def test_an_exception_is_set_and_taken_back(town):
    await hours.set_team(town.context, "*", week=WEEK)
    day = town.clock.now.date()
    await hours.set_exception(town.context, "*", day, [], "Personalversammlung")
    handle = await called(town)
    assert (await town.read(handle))["state"]["open"] is False
    await hours.set_exception(town.context, "*", day, None)
    assert "open" not in (await town.read(handle))["state"]
