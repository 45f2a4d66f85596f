"""Chat messages are the citizen's data too: in her export and gone with her account, against a real gateway."""

import dataclasses
import io
import json

import pypdf
import pytest
from sqlalchemy import func, select

from handoff.ports import EngineDownError
from handoff.schema.tables import ConversationRow, MessageRow, OutboxRow
from portal.app import create_app
from portal.demo import create_demo_town
from portal.schema.konto import GespraechsloeschungRow
from portal.schema.tresor import TresorZeile
from portal.services import gespraechsdaten, tresor
from portal.services.auftraege import laufen_faellige
from portal.services.auftragsplan import AUFTRAEGE
from tests.support.handoff_world import PORTAL_TOKEN, citizen_token, served, sqlite, world
from tests.support.portal_town import MovingClock, Town, settings_for

ANNA = "00000000-0000-4000-8000-000000000001"
BERND = "00000000-0000-4000-8000-000000000002"
SAID = "Mein Hund heißt Waldemar."
AUSKUNFT = "/mein/daten/auskunft"
LOESCHEN = "/mein/konto/loeschen"


@pytest.fixture
async def both(make_app, tmp_path):
    """A portal and a gateway beside it; gives both."""
    clock = MovingClock()
    async with world(sqlite(tmp_path), clock=clock) as gateway, served(gateway.app) as url:
        settings = dataclasses.replace(settings_for(tmp_path), handoff_url=url, portal_token=PORTAL_TOKEN)
        make_app(clock)  # cheap password hashes
        app = create_app(settings, clock)
        async with app.router.lifespan_context(app):
            await create_demo_town(app.state.context)
            town = Town(app, clock)
            yield town, gateway
            for browser in town.browsers:
                await browser.http.aclose()


async def talk(gateway, account: str, said: str) -> str:
    """A conversation of an account, answered by the assistant; gives its handle."""
    auth = citizen_token(account, now=gateway.clock())
    handle = (await gateway.login(await gateway.start(), auth)).json()["handle"]
    assert (await gateway.send(handle, said, auth=auth)).status_code == 201
    await gateway.idle()
    return handle


async def stored(gateway, table) -> int:
    async with gateway.context.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table))


async def delete(town: Town):
    anna = await town.anna()
    await anna.confirm()
    return await anna.post(LOESCHEN, LOESCHEN, verstanden="1")


async def test_the_export_holds_her_messages_and_nobody_elses(both):
    town, gateway = both
    await talk(gateway, ANNA, SAID)
    await talk(gateway, BERND, "Ich bin Bernd.")
    anna = await town.anna()
    data = json.loads((await anna.get(f"{AUSKUNFT}.json")).content)
    (one,) = data["gespraeche"]
    first = one["messages"][0]
    assert (first["author"], first["text"]) == ("citizen", SAID)
    assert {m["author"] for m in one["messages"]} == {"citizen", "bot"}
    assert data["unvollstaendig"] is None
    assert "Bernd" not in json.dumps(data["gespraeche"])
    pdf = pypdf.PdfReader(io.BytesIO((await anna.get(f"{AUSKUNFT}.pdf")).content))
    assert SAID in " ".join("".join(page.extract_text() for page in pdf.pages).split())


async def test_a_deleted_account_takes_its_conversations_with_it(both):
    town, gateway = both
    await talk(gateway, ANNA, SAID)
    kept = await talk(gateway, BERND, "Ich bin Bernd.")
    async with gateway.context.database.read() as session:
        hers = await session.scalar(select(ConversationRow.id).where(ConversationRow.account == ANNA))
    async with town.context.transaction() as session:
        await tresor.ablegen(town.context, session, hers, "iban", "DE02120300000000202051")
    answer = await delete(town)
    assert answer.status_code == 200, answer.text
    async with gateway.context.database.read() as session:
        assert list(await session.scalars(select(ConversationRow.account))) == [BERND]
        assert hers not in set(await session.scalars(select(MessageRow.conversation_id)))
    assert gateway.bot.forgotten == [hers]
    auth = citizen_token(BERND, now=gateway.clock())
    assert (await gateway.read(kept, auth=auth))["messages"]
    async with town.context.transaction() as session:
        assert await session.scalar(select(TresorZeile.ref)) is None
        assert not await gespraechsdaten.offen(session, town.clock())


async def test_who_waits_for_a_human_leaves_the_queue(both):
    town, gateway = both
    auth = citizen_token(ANNA, now=gateway.clock())
    handle = (await gateway.login(await gateway.start(), auth)).json()["handle"]
    await gateway.send(handle, "mensch", auth=auth)
    await gateway.idle()
    await delete(town)
    assert (await stored(gateway, ConversationRow), await stored(gateway, OutboxRow)) == (0, 0)


async def test_while_the_assistant_is_away_nothing_is_forgotten_to_be_deleted(both):
    town, gateway = both
    await talk(gateway, ANNA, SAID)
    gateway.bot.failures.append(EngineDownError("away"))
    assert (await delete(town)).status_code == 200
    assert await stored(gateway, MessageRow) > 0
    async with town.context.transaction() as session:
        assert await session.scalar(select(GespraechsloeschungRow.konto)) == ANNA
    town.clock.forward(minutes=2)
    assert "gespraeche_loeschen" in await laufen_faellige(town.context, AUFTRAEGE)
    assert (await stored(gateway, ConversationRow), await stored(gateway, MessageRow)) == (0, 0)


async def test_without_the_gateway_the_export_says_what_is_missing(town: Town):
    anna = await town.anna()
    data = json.loads((await anna.get(f"{AUSKUNFT}.json")).content)
    assert data["gespraeche"] is None
    assert "später noch einmal" in data["unvollstaendig"]
    pdf = pypdf.PdfReader(io.BytesIO((await anna.get(f"{AUSKUNFT}.pdf")).content))
    assert "Ihre Gespräche fehlen" in pdf.pages[0].extract_text()


async def test_the_deletion_does_not_wait_for_the_gateway(town: Town):
    answer = await delete(town)
    assert answer.status_code == 200
    async with town.context.transaction() as session:
        assert await gespraechsdaten.offen(session, town.clock())


async def test_numbers_and_answers_of_long_ago_are_deleted(town: Town):
    async with town.context.transaction() as session:
        await tresor.ablegen(town.context, session, "g1", "iban", "DE02120300000000202051")
    town.clock.forward(days=179)
    await gespraechsdaten.aufraeumen(town.context)
    async with town.context.transaction() as session:
        assert await session.scalar(select(TresorZeile.unterhaltung)) == "g1"
    town.clock.forward(days=2)
    await gespraechsdaten.aufraeumen(town.context)
    async with town.context.transaction() as session:
        assert await session.scalar(select(TresorZeile.unterhaltung)) is None


@pytest.mark.parametrize("path", ["export", "erasure"])
async def test_nobody_but_the_portal_may_ask(both, path):
    _town, gateway = both
    url = f"/api/conversations/internal/accounts/{path}"
    handle = await talk(gateway, ANNA, SAID)
    for token in (citizen_token(ANNA, now=gateway.clock()), "geraten", handle):
        headers = {"Authorization": f"Bearer {token}"}
        assert (await gateway.http.post(url, json={"account": ANNA}, headers=headers)).status_code == 403
    assert (await gateway.http.post(url, json={"account": ANNA})).status_code == 403
    assert await stored(gateway, ConversationRow) == 1
