"""A service, a topic or the whole assistant off: the notice answers at once, in every process and after a restart."""

import pytest
from fake_portal import FakePortal, draft
from handoff_world import FakeEngine, sqlite, staff, world
from lead_desk import desk_of, text_of

from handoff.domain.message import Answer, Body, Handover
from handoff.domain.switches import Kind
from handoff.errors import ConflictError, InvalidInputError
from handoff.services import chat_view, claims, desk, switches
from handoff.storage import lead as store

NOTICE = "Bis Freitag stellen wir das Fachverfahren um."
DOG = {"hundesteuer_anmelden": "Hundesteuer anmelden"}


def _about_dogs(turn):
    said = turn.text or turn.payload or ""
    if "liste" in said:
        steps = [
            {
                "service": "hundesteuer_anmelden",
                "name": "Hund",
                "payload": '/service{"service": "hundesteuer_anmelden"}',
            },
            {
                "service": "wohnsitz_anmelden",
                "name": "Wohnsitz",
                "payload": '/service{"service": "wohnsitz_anmelden"}',
            },
        ]
        return Answer(
            [Body("Ihre Liste", cards=[{"type": "checklist", "title": "Umzug", "steps": steps}])], None
        )
    if "wahl" in said:
        buttons = [
            {"title": "Hund", "payload": '/service{"service": "hundesteuer_anmelden"}'},
            {"title": "Wohnsitz", "payload": '/service{"service": "wohnsitz_anmelden"}'},
        ]
        return Answer([Body("Was meinen Sie?", buttons)], None)
    if "hund" in said:
        start = [{"title": "Jetzt beantragen", "payload": "/start"}]
        return Answer(
            [Body("Das kostet …", start, [{"type": "service", "service": "hundesteuer_anmelden"}])], None
        )
    if said in ("weiter", "/back_to_bot"):
        return Answer([Body("Wie heißt er?", cards=[{"type": "question", "field": {"id": "name"}}])], None)
    if said == "mensch":
        return Answer([Body("Ich hole jemanden.")], Handover("wunsch", None, []))
    return Answer([Body(f"Echo: {said}")], None)


@pytest.fixture
async def town(tmp_path):
    async with world(sqlite(tmp_path), bot=FakeEngine(_about_dogs)) as one:
        yield one


async def off(town, kind=Kind.SERVICE, services=DOG, title=""):
    services = {} if kind is Kind.ASSISTANT else services
    return await switches.switch_off(town.context, staff("leitung", "lead"), kind, services, title, NOTICE)


async def said(town, handle, **what):
    after = (await town.read(handle))["messages"]
    await town.send(handle, client_id=f"c{len(after)}", **what)
    await town.idle()
    page = await town.read(handle, after=len(after))
    return [one for one in page["messages"] if one["author"] != "citizen"], page["state"]


async def test_a_service_that_is_off_answers_with_its_notice_and_offers_a_human(town):
    handle = await town.start()
    await off(town)
    (answer,), state = await said(town, handle, text="Ich habe einen hund")
    assert NOTICE in answer["text"]
    assert "Hundesteuer anmelden" in answer["text"]
    assert answer["cards"] == []
    assert [one["payload"] for one in answer["buttons"]] == ["/human"]
    assert state["phase"] == "bot"


async def test_other_services_go_on(town):
    handle = await town.start()
    await off(town)
    (answer,), _ = await said(town, handle, text="Wohnsitz")
    assert answer["text"] == "Echo: Wohnsitz"


async def test_a_button_of_the_service_does_not_reach_the_assistant(town):
    handle = await town.start()
    await said(town, handle, text="wahl")
    await off(town)
    turns = len(town.bot.turns)
    (answer,), _ = await said(town, handle, payload='/service{"service": "hundesteuer_anmelden"}')
    assert NOTICE in answer["text"]
    assert len(town.bot.turns) == turns


async def test_lists_and_choices_lose_only_the_way_to_it(town):
    handle = await town.start()
    await off(town)
    (answer,), _ = await said(town, handle, text="liste")
    dog, home = answer["cards"][0]["steps"]
    assert (dog["payload"], dog["note"]) == (None, NOTICE)
    assert home["payload"] is not None
    (answer,), _ = await said(town, handle, text="wahl")
    assert [one["title"] for one in answer["buttons"]] == ["Wohnsitz"]


async def test_an_application_under_way_rests(town):
    handle = await town.start()
    town.portal.draft = draft(service="hundesteuer_anmelden")
    await off(town)
    (answer,), _ = await said(town, handle, text="weiter")
    assert NOTICE in answer["text"]
    assert "bleiben gespeichert" in answer["text"]


async def test_while_nobody_knows_which_application_it_is_none_goes_on(town):
    handle = await town.start()
    town.portal.draft = draft(service="hundesteuer_anmelden")
    switch = await off(town)
    town.portal.down = True
    (answer,), _ = await said(town, handle, text="weiter")
    assert answer["cards"] == []
    assert "bleiben gespeichert" in answer["text"]
    assert [one["payload"] for one in answer["buttons"]] == ["/back_to_bot", "/human"]
    (answer,), _ = await said(town, handle, text="Wohnsitz")
    assert answer["text"] == "Echo: Wohnsitz", "what is no application goes on"
    await switches.switch_on(town.context, staff("leitung", "lead"), switch)
    (answer,), _ = await said(town, handle, text="weiter")
    assert answer["text"] == "Wie heißt er?", "with nothing off, nobody has to look"


async def test_after_the_portal_is_back_the_other_application_goes_on(town):
    handle = await town.start()
    town.portal.draft = draft(service="wohnsitz_anmelden")
    await off(town)
    town.portal.down = True
    await said(town, handle, text="weiter")
    town.portal.down = False
    (answer,), _ = await said(town, handle, payload="/back_to_bot")
    assert answer["text"] == "Wie heißt er?"


async def test_a_topic_holds_for_each_of_its_services(town):
    handle = await town.start()
    await off(town, Kind.TOPIC, {**DOG, "hund_abmelden": "Hund abmelden"}, "Rund um den Hund")
    (answer,), _ = await said(town, handle, text="hund")
    assert "„Rund um den Hund“" in answer["text"]


async def test_without_the_assistant_one_comes_straight_to_a_human(town):
    handle = await town.start()
    await off(town, Kind.ASSISTANT)
    answers, state = await said(town, handle, text="Hallo")
    assert NOTICE in answers[0]["text"]
    assert "112" in answers[0]["text"]
    assert state["phase"] == "waiting"
    assert town.bot.turns == []
    options = [one["id"] for card in answers[-1]["cards"] for one in card["options"]]
    assert "anliegen" in options  # and what one may leave instead


async def test_the_notice_greets_who_comes_while_the_assistant_is_off(town):
    await off(town, Kind.ASSISTANT)
    page = await town.read(await town.start())
    assert NOTICE in page["messages"][0]["text"]
    assert page["messages"][0]["buttons"][0]["payload"] == "/human"


async def test_who_waits_or_leaves_a_request_is_not_put_back_into_the_queue(town):
    handle = await town.start()
    await said(town, handle, text="mensch")
    await off(town, Kind.ASSISTANT)
    refused = await town.send(handle, payload="/back_to_bot", client_id="zurueck")
    assert (refused.status_code, refused.json()["code"]) == (409, "assistent_aus")
    state = (await town.read(handle))["state"]
    assert (state["phase"], state["assistant"]) == ("waiting", "aus")
    answers, state = await said(town, handle, payload="/wait_request")
    assert state["phase"] == "bot"
    assert NOTICE in answers[-1]["text"]


async def test_who_came_without_the_assistant_may_go_to_it_when_it_is_back(town):
    handle = await town.start()
    switch = await off(town, Kind.ASSISTANT)
    answers, state = await said(town, handle, text="Hallo")
    assert state["assistant"] == "aus"
    assert "/back_to_bot" not in {one["payload"] for answer in answers for one in answer["buttons"]}
    await switches.switch_on(town.context, staff("leitung", "lead"), switch)
    assert "assistant" not in (await town.read(handle))["state"]
    _, state = await said(town, handle, payload="/back_to_bot")
    assert state["phase"] == "bot"


async def test_who_talks_with_a_clerk_cannot_go_to_an_assistant_that_is_off(town):
    handle = await town.start()
    await said(town, handle, text="mensch")
    await claims.claim(town.context, await town.chat(), staff())
    await off(town, Kind.ASSISTANT)
    assert (await town.read(handle))["state"]["assistant"] == "aus"
    refused = await town.send(handle, payload="/back_to_bot", client_id="z")
    assert (refused.status_code, refused.json()["code"]) == (409, "assistent_aus")
    assert (await town.read(handle))["state"]["phase"] == "clerk"


async def test_nobody_goes_back_to_the_assistant_who_was_not_offered_it_and_does_not_wait(town):
    refused = await town.send(await town.start(), payload="/back_to_bot", client_id="z")
    assert (refused.status_code, refused.json()["code"]) == (403, "knopf_unbekannt")


async def test_a_clerk_cannot_hand_back_to_an_assistant_that_is_off(town):
    handle = await town.start()
    await said(town, handle, text="mensch")
    conversation = await claims.claim(town.context, await town.chat(), staff())
    await off(town, Kind.ASSISTANT)
    view = await chat_view.look(town.context, conversation, staff())
    assert view["state"]["assistant"] == "aus", "so that the console does not offer it"
    with pytest.raises(ConflictError) as refused:
        await desk.hand_back(town.context, conversation, staff())
    assert refused.value.code == "assistent_aus"
    assert (await town.read(handle))["state"]["phase"] == "clerk"


async def test_it_holds_after_a_restart_and_in_another_process_until_it_is_undone(tmp_path):
    database = sqlite(tmp_path)
    async with world(database, bot=FakeEngine(_about_dogs)) as first:
        switch = await off(first)
    async with (
        world(database, bot=FakeEngine(_about_dogs)) as second,
        world(database, bot=FakeEngine(_about_dogs), portal=FakePortal()) as third,
    ):
        for town in (second, third):
            (answer,), _ = await said(town, await town.start(), text="hund")
            assert NOTICE in answer["text"]
        await switches.switch_on(second.context, staff("leitung", "lead"), switch)
        (answer,), _ = await said(third, await third.start(), text="hund")
        assert answer["text"] == "Das kostet …"


async def test_switching_twice_changes_nothing(town):
    switch = await off(town)
    with pytest.raises(ConflictError):
        await off(town)
    await switches.switch_on(town.context, staff("leitung", "lead"), switch)
    with pytest.raises(ConflictError):
        await switches.switch_on(town.context, staff("leitung", "lead"), switch)
    with pytest.raises(ConflictError):
        await switches.switch_on(town.context, staff("leitung", "lead"), "gibt-es-nicht")


@pytest.mark.parametrize(
    ("kind", "services", "title", "notice"),
    [
        (Kind.SERVICE, {}, "", NOTICE),
        (Kind.SERVICE, {"a": "A", "b": "B"}, "", NOTICE),
        (Kind.TOPIC, {"a": "A", "b": "B"}, "", NOTICE),
        (Kind.TOPIC, {"a": "A"}, "x" * 121, NOTICE),
        (Kind.ASSISTANT, {"a": "A"}, "", NOTICE),
        (Kind.SERVICE, {"a": "A"}, "", "  "),
        (Kind.SERVICE, {"a": "A"}, "", "x" * 501),
    ],
)
async def test_what_does_not_fit_is_refused(town, kind, services, title, notice):
    with pytest.raises(InvalidInputError):
        await switches.switch_off(town.context, staff("leitung", "lead"), kind, services, title, notice)
    assert await switches.assistant_off(town.context) is None


async def test_the_page_switches_off_shows_who_and_when_and_undoes_it(town):
    lead = desk_of(town)
    page = await lead.get("/schalter?suche=hund")
    assert "Hundesteuer anmelden" in page.text
    done = await lead.post("/schalter/aus", leistung=["hundesteuer_anmelden"], hinweis=NOTICE, suche="hund")
    assert (done.status_code, done.headers["location"]) == (303, "/konsole/leitung/schalter")
    page = text_of(await lead.get("/schalter"))
    assert f"„{NOTICE}“" in page
    assert "Abgeschaltet am 23.11.2026, 10:00 Uhr von leitung" in page
    async with town.context.database.read() as session:
        (row,) = await store.switch_rows(session)
    assert (await lead.post("/schalter/ein", id=row.id)).status_code == 303
    page = text_of(await lead.get("/schalter"))
    assert "Nichts. Alles läuft." in page
    assert "Früher abgeschaltet" in page
    log = text_of(await lead.get("/aenderungen"))
    assert "Abgeschaltet: Wohnsitz an- oder ummelden" in log
    assert "Wieder eingeschaltet" in log


async def test_a_form_that_is_refused_keeps_what_was_typed(town):
    lead = desk_of(town)
    answer = await lead.post(
        "/schalter/aus", leistung=["a", "b"], hinweis="Ein langer Hinweis.", suche="hund", titel=""
    )
    assert answer.status_code == 422
    assert "Ein langer Hinweis." in answer.text
    assert "Name" in text_of(answer)
    answer = await lead.post("/schalter/aus", was="assistent", hinweis="")
    assert answer.status_code == 422
