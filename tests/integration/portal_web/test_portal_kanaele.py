"""The page of the channels, against a real gateway: code, link, file, end; and a gateway that is away."""

import dataclasses
import re

import pytest
from sqlalchemy import select

from handoff.channels.adapter import Adapter
from handoff.domain.channel import Capability, Shows
from handoff.services import channel_intake
from handoff.services.channel_intake import Inbound, InboundFile
from portal.app import create_app
from portal.demo import create_demo_town
from portal.domain.benachrichtigung import ARTEN, Kanal
from portal.schema.konto import KontoRow
from portal.services import benachrichtigung
from tests.support.handoff_world import PORTAL_TOKEN, served, sqlite, world
from tests.support.portal_town import MovingClock, Town, settings_for

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


class Messenger(Adapter):
    capability = Capability("bote", "Bote", True, Shows.PUBLIC, 500, 3, 20, ("application/pdf",), 1024)
    contact = "@stadt_bote"

    async def send(self, delivery, key, text, choices) -> None:
        self.last = text


@pytest.fixture
async def both(make_app, tmp_path):
    """A portal and a gateway beside it; gives both."""
    messenger = Messenger()
    async with world(sqlite(tmp_path), channels=[messenger]) as gateway, served(gateway.app) as url:
        clock = MovingClock()
        settings = dataclasses.replace(settings_for(tmp_path), handoff_url=url, portal_token=PORTAL_TOKEN)
        make_app(clock)  # cheap password hashes
        app = create_app(settings, clock)
        async with app.router.lifespan_context(app):
            await create_demo_town(app.state.context)
            town = Town(app, clock)
            yield town, gateway, messenger
            for browser in town.browsers:
                await browser.http.aclose()


async def say(gateway, messenger, number, text=None, *files):
    await channel_intake.take(
        gateway.context, messenger.capability, "annas-bote", Inbound(f"n{number}", text, files=files)
    )
    await gateway.idle()


async def test_from_the_code_to_the_link_and_back(both):
    town, gateway, messenger = both
    anna = await town.anna()
    page = await anna.get("/mein/kanaele")
    assert "Noch ist nichts verbunden" in page.text
    assert "@stadt_bote" in page.text
    shown = await anna.post("/mein/kanaele/code", "/mein/kanaele")
    assert shown.status_code == 200
    code = re.search(r"Verbinden ([A-Z0-9]{5}-[A-Z0-9]{5})", shown.text)
    assert code
    await say(gateway, messenger, 1, f"Verbinden {code[1]}")
    assert "Verbunden" in messenger.last
    await say(gateway, messenger, 2, None, InboundFile("Bescheid <1>.pdf", PDF))
    page = await anna.get("/mein/kanaele")
    assert "<strong>Bote</strong>" in page.text
    assert "Bescheid &lt;1&gt;.pdf" in page.text
    assert "annas-bote" not in page.text
    file_id = re.search(r"datei\?id=([0-9a-f-]{36})", page.text)[1]
    file = await anna.get(f"/mein/kanaele/datei?id={file_id}")
    assert file.content == PDF
    assert file.headers["content-disposition"].startswith("attachment")

    bernd = await town.bernd()
    assert "Noch ist nichts verbunden" in (await bernd.get("/mein/kanaele")).text
    assert (await bernd.get(f"/mein/kanaele/datei?id={file_id}")).status_code == 404
    link_id = re.search(r'name="verbindung" value="([^"]+)"', page.text)[1]
    await bernd.post("/mein/kanaele/trennen", "/mein/kanaele", verbindung=link_id)
    await bernd.post("/mein/kanaele/dateien/loeschen", "/mein/kanaele", datei=file_id)
    assert "<strong>Bote</strong>" in (await anna.get("/mein/kanaele")).text

    answer = await anna.post("/mein/kanaele/dateien/loeschen", "/mein/kanaele", datei=file_id)
    assert "stand=geloescht" in answer.headers["location"]
    answer = await anna.post("/mein/kanaele/trennen", "/mein/kanaele", verbindung=link_id)
    page = await anna.get(answer.headers["location"])
    assert "Die Verbindung ist gelöst" in page.text
    assert "Noch ist nichts verbunden" in page.text
    assert "Es liegt keine Datei hier" in page.text


async def test_every_form_needs_its_csrf_token_and_every_page_a_login(both):
    town, _gateway, _messenger = both
    anna = await town.anna()
    for path in ("code", "trennen", "dateien/loeschen"):
        answer = await anna.http.post(f"/mein/kanaele/{path}", data={"verbindung": "x", "datei": "x"})
        assert answer.status_code == 403
    answer = await town.browser().get("/mein/kanaele")
    assert answer.headers["location"].startswith("/anmelden")


async def test_a_notice_of_the_portal_arrives_in_the_linked_messenger(both):
    town, gateway, messenger = both
    anna = await town.anna()
    shown = await anna.post("/mein/kanaele/code", "/mein/kanaele")
    await say(gateway, messenger, 1, "Verbinden " + re.search(r"Verbinden ([A-Z0-9-]{11})", shown.text)[1])
    async with town.context.transaction() as session:
        account = await session.scalar(select(KontoRow.id).where(KontoRow.anmeldename == "anna"))
    assert account is not None
    channels = {art: Kanal.MESSENGER for art in ARTEN}
    await benachrichtigung.wuenschen(town.context, account, channels, ("00:00", "00:00"), [7])
    async with town.context.transaction() as session:
        await benachrichtigung.anstossen(session, account, "neue_nachricht", jetzt=town.clock())
    assert await benachrichtigung.senden_faellige(town.context) == 1
    await gateway.idle()
    assert "http://portal.test/mein" in messenger.last
    assert "Anna" not in messenger.last


async def test_a_gateway_that_is_away_is_said_and_loses_nothing(town):
    anna = await town.anna()
    page = await anna.get("/mein/kanaele")
    assert page.status_code == 503
    assert "antworten gerade nicht" in page.text
    csrf = await anna.csrf("/mein/kanaele") if 'name="csrf"' in page.text else await anna.csrf("/mein/daten")
    answer = await anna.http.post("/mein/kanaele/code", data={"csrf": csrf})
    assert answer.status_code == 503
