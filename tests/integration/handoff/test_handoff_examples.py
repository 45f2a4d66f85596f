"""The review: accept, relabel, discard; nothing personal gets through, nobody reviews twice."""

import re

import pytest
from handoff_world import START
from lead_desk import desk_of, text_of
from sqlalchemy import select

from handoff.ports import EngineDownError
from handoff.schema.lead import ExampleRow

INTENTS = ("leistung/wohngeld", "mensch", "out_of_scope")


@pytest.fixture
async def review(town):
    town.context.intents = INTENTS
    body = {"text": "Ich heiße [Name] und brauche Wohngeld", "answer": "Wie bitte?", "wanted": "Wohngeld"}
    async with town.context.database.write() as session:
        session.add(ExampleRow(id="b1", hour=START, verdict="falsch", body=body, status="offen"))
    return town


async def example(town):
    async with town.context.database.read() as session:
        return (await session.scalars(select(ExampleRow))).one()


def form(**changes):
    return {
        "id": "b1", "stand": "offen", "text": "Ich brauche Wohngeld", "absicht": "leistung/wohngeld", "geprueft": "ja", **changes,
    }  # fmt: skip


async def test_it_shows_what_was_said_what_came_and_what_was_wanted(review):
    page = text_of(await desk_of(review).get("/beispiele"))
    for words in (
        "[Name] und brauche Wohngeld",
        "Wie bitte?",
        "Er hätte wissen müssen: „Wohngeld“",
        "Zu prüfen: 1",
    ):
        assert words in page


async def test_accepted_relabelled_discarded(review):
    lead = desk_of(review)
    assert (await lead.post("/beispiele", **form())).status_code == 303
    row = await example(review)
    assert (row.status, row.intent, row.body["text"], row.reviewed_by) == (
        "angenommen", "leistung/wohngeld", "Ich brauche Wohngeld", "leitung",
    )  # fmt: skip
    assert (await lead.post("/beispiele", **form(stand="angenommen", absicht="mensch"))).status_code == 303
    assert (await example(review)).intent == "mensch"
    assert (await lead.post("/beispiele", id="b1", stand="angenommen", was="verwerfen")).status_code == 303
    row = await example(review)
    assert (row.status, row.intent, row.body) == ("verworfen", None, {"text": ""})
    assert "Verworfen: 1" in text_of(await lead.get("/beispiele"))


async def add(town, name, verdict, handled):
    body = {"text": f"Satz {name}", "answer": "Antwort", "wanted": "", "handled": handled}
    async with town.context.database.write() as session:
        session.add(ExampleRow(id=name, hour=START, verdict=verdict, body=body, status="offen"))


def chosen(page, name):
    """The intent that is chosen for an example before anybody has chosen."""
    select_ = page.text.split(f'id="absicht-{name}"', 1)[1].split("</select>", 1)[0]
    found = re.search(r'value="([^"]*)"[^>]* selected', select_)
    return found[1] if found else ""


async def test_the_review_suggests_by_what_happened(review):
    review.context.intents = ("aspect", "human", "service")
    review.bot.intents = {
        "Satz gut": "aspect",
        "Satz falsch": "human",
        "Satz doch": "service",
        "Satz neu": "weg",
    }
    for name, verdict, handled in (
        ("gut", "gut", "Wohngeld"),
        ("falsch", "falsch", "Wohngeld"),
        ("doch", "falsch", "Wohngeld"),
        ("nichts", "falsch", None),
        ("neu", "gut", None),
    ):
        await add(review, name, verdict, handled)
    page = await desk_of(review).get("/beispiele")
    suggested = {name: chosen(page, name) for name in ("gut", "falsch", "doch", "nichts", "neu", "b1")}
    assert suggested == {"gut": "aspect", "falsch": "service", "doch": "", "nichts": "", "neu": "", "b1": ""}
    words = text_of(page)
    assert "Danach bearbeitet: Wohngeld." in words
    assert "Der Assistent versteht den Satz heute als: human." in words
    assert "Vorschlag nach dem, was geschah: service. Bitte prüfen Sie ihn." in words


async def test_the_review_does_without_the_assistant(review):
    review.context.intents = ("service",)
    await add(review, "falsch", "falsch", "Wohngeld")
    review.bot.failures = [EngineDownError("weg")]
    page = await desk_of(review).get("/beispiele")
    assert page.status_code == 200
    assert chosen(page, "falsch") == "service"
    assert "heute als" not in page.text


async def test_what_the_reviewer_chose_stays_when_the_form_is_refused(review):
    review.context.intents = ("human", "service")
    await add(review, "falsch", "falsch", "Wohngeld")
    refused = await desk_of(review).post("/beispiele", **form(id="falsch", absicht="human", geprueft=""))
    assert refused.status_code == 422
    assert chosen(refused, "falsch") == "human"


@pytest.mark.parametrize(
    "wrong",
    [
        {"absicht": ""},
        {"absicht": "gibt_es_nicht"},
        {"text": ""},
        {"text": "x" * 301},
        {"geprueft": ""},
        {"text": "Ich heiße Erika Mustermann und brauche Wohngeld"},
        {"text": "Rufen Sie 0209 1234567 an"},
    ],
)
async def test_what_may_not_be_learnt_is_refused_and_stays_in_the_form(review, wrong):
    answer = await desk_of(review).post("/beispiele", **form(**wrong))
    assert answer.status_code == 422
    assert (await example(review)).status == "offen"
    if "Erika" in wrong.get("text", ""):
        assert "Vorschlag: Ich heiße [Name] und brauche Wohngeld" in answer.text
        assert "Erika Mustermann" in answer.text


async def test_two_reviewers_do_not_overwrite_each_other(review):
    assert (await desk_of(review).post("/beispiele", **form())).status_code == 303
    late = await desk_of(review, "zweite").post("/beispiele", **form(absicht="mensch"))
    assert late.status_code == 409
    assert (
        await desk_of(review, "zweite").post("/beispiele", id="b1", stand="offen", was="verwerfen")
    ).status_code == 409
    assert (await desk_of(review, "zweite").post("/beispiele", **form(id="b2"))).status_code == 409
    assert (await example(review)).intent == "leistung/wohngeld"


async def test_clerks_do_not_review(review):
    clerk = desk_of(review, "berta", roles=["clerk"])
    assert (await clerk.post("/beispiele", **form())).status_code == 403
    assert (await example(review)).status == "offen"
