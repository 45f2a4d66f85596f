"""The page of the channels, against a real gateway: code, link, file, end; and a gateway that is away."""

import dataclasses
import json
import re
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import select

from handoff.channels.adapter import Adapter
from handoff.domain.channel import Capability, Shows
from handoff.portal import GatewayClient, HttpPortal, PortalNotifier
from handoff.ports import ReceiverRefusedError
from handoff.services import channel_files, channel_intake, person
from handoff.services.channel_intake import Inbound, InboundFile
from portal.app import create_app
from portal.demo import PERSONEN, create_demo_town
from portal.domain.benachrichtigung import ARTEN, Kanal
from portal.errors import UnavailableError
from portal.schema.benachrichtigung import BenachrichtigungZeile
from portal.schema.konto import KontoRow
from portal.services import benachrichtigung, kanaele, virenscan
from tests.support import attack_files
from tests.support.clamd import clamd
from tests.support.handoff_world import PORTAL_TOKEN, FakePortal, served, sqlite, world
from tests.support.portal_town import MovingClock, Town, settings_for
from tests.support.town import free_ports

ANNA = PERSONEN[0].id
PDF = attack_files.pdf()


class Messenger(Adapter):
    capability = Capability(
        "bote", "Bote", True, Shows.PUBLIC, 500, 3, 20, ("application/pdf", "image/png"), 10_000
    )
    contact = "@stadt_bote"

    async def send(self, delivery, key, text, choices) -> None:
        self.last = text


@asynccontextmanager
async def town_with_gateway(tmp_path, **more):
    messenger = Messenger()
    async with (
        world(sqlite(tmp_path), channels=[messenger], portal=FakePortal(scanner=None)) as gateway,
        served(gateway.app) as url,
    ):
        clock = MovingClock()
        settings = dataclasses.replace(
            settings_for(tmp_path), handoff_url=url, portal_token=PORTAL_TOKEN, **more
        )
        app = create_app(settings, clock)
        async with app.router.lifespan_context(app):
            await create_demo_town(app.state.context)
            town = Town(app, clock)
            yield town, gateway, messenger
            for browser in town.browsers:
                await browser.http.aclose()


@pytest.fixture
async def both(make_app, tmp_path):
    """A portal and a gateway beside it; gives both and the messenger."""
    make_app(MovingClock())  # cheap password hashes
    async with town_with_gateway(tmp_path) as found:
        yield found


@pytest.fixture
async def scanned(make_app, tmp_path):
    """As `both`, and the portal has a scanner; gives the scanner besides."""
    make_app(MovingClock())
    async with clamd() as scanner, town_with_gateway(tmp_path, clamd=scanner.address) as found:
        yield *found, scanner


async def say(gateway, messenger, number, text=None, *files):
    await channel_intake.take(
        gateway.context, messenger.capability, "annas-bote", Inbound(f"n{number}", text, files=files)
    )
    await gateway.idle()


async def test_from_the_code_to_the_link_and_back(both):
    town, gateway, messenger = both
    anna = await town.anna()
    await anna.confirm()
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
    await anna.confirm()
    for path in ("code", "trennen", "dateien/loeschen"):
        answer = await anna.http.post(f"/mein/kanaele/{path}", data={"verbindung": "x", "datei": "x"})
        assert answer.status_code == 403
    answer = await town.browser().get("/mein/kanaele")
    assert answer.headers["location"].startswith("/anmelden")


async def test_a_notice_of_the_portal_arrives_in_the_linked_messenger(both):
    town, gateway, messenger = both
    anna = await town.anna()
    await anna.confirm()
    shown = await anna.post("/mein/kanaele/code", "/mein/kanaele")
    await say(gateway, messenger, 1, "Verbinden " + re.search(r"Verbinden ([A-Z0-9-]{11})", shown.text)[1])
    async with town.context.transaction() as session:
        account = await session.scalar(select(KontoRow.id).where(KontoRow.anmeldename == "anna"))
    assert account is not None
    channels = {art: Kanal.MESSENGER for art in ARTEN}
    await benachrichtigung.wuenschen(town.context, account, channels, ("00:00", "00:00"), [7])
    async with town.context.transaction() as session:
        await benachrichtigung.anstossen(session, account, "neue_nachricht", jetzt=town.clock())
    assert await benachrichtigung.senden_faellige(town.context) == 2, "and by mail: a messenger was linked"
    await gateway.idle()
    assert "http://portal.test/mein" in messenger.last
    assert "Anna" not in messenger.last


async def test_a_notice_that_the_messenger_refuses_goes_out_by_mail(both):
    town, gateway, messenger = both
    anna = await town.anna()
    await anna.confirm()
    shown = await anna.post("/mein/kanaele/code", "/mein/kanaele")
    await say(gateway, messenger, 1, "Verbinden " + re.search(r"Verbinden ([A-Z0-9-]{11})", shown.text)[1])

    async def refuse(delivery, key, text, choices):
        raise ReceiverRefusedError("blocked")

    messenger.send = refuse
    transport = httpx.ASGITransport(town.app)
    client = GatewayClient("http://portal", "handoff", transport=transport)
    gateway.context.notifier = PortalNotifier(client)
    channels = {art: Kanal.MESSENGER for art in ARTEN}
    await benachrichtigung.wuenschen(town.context, ANNA, channels, ("00:00", "00:00"), [7])
    async with town.context.transaction() as session:
        notice = await benachrichtigung.anstossen(session, ANNA, "neue_nachricht", jetzt=town.clock())
    await benachrichtigung.senden_faellige(town.context)
    await gateway.idle()
    await benachrichtigung.senden_faellige(town.context)
    async with town.context.transaction() as session:
        row = await session.get_one(BenachrichtigungZeile, notice)
        assert (row.kanal, row.status) == (Kanal.MAIL, "gesendet")
    await client.close()


@pytest.mark.parametrize("token", ["actions", "portal", "falsch"])
async def test_only_the_gateway_says_that_a_notice_did_not_arrive(town, token):
    headers = {"Authorization": f"Bearer {token}", "X-Conversation": "u-1", "Idempotency-Key": "k"}
    answer = await town.browser().http.post(
        "/api/dialog/notices/undelivered", json={"notice": "x"}, headers=headers
    )
    assert answer.status_code in (401, 403)


async def test_a_gateway_that_is_away_is_said_and_loses_nothing(town):
    anna = await town.anna()
    await anna.confirm()
    page = await anna.get("/mein/kanaele")
    assert page.status_code == 503
    assert "antworten gerade nicht" in page.text
    csrf = await anna.csrf("/mein/kanaele") if 'name="csrf"' in page.text else await anna.csrf("/mein/daten")
    answer = await anna.http.post("/mein/kanaele/code", data={"csrf": csrf})
    assert answer.status_code == 503


async def linked(town, gateway, messenger, *files):
    """Anna's browser, her messenger linked, and the ids of the files that she sent from it."""
    anna = await town.anna()
    await anna.confirm()
    shown = await anna.post("/mein/kanaele/code", "/mein/kanaele")
    await say(gateway, messenger, 1, "Verbinden " + re.search(r"Verbinden ([A-Z0-9-]{11})", shown.text)[1])
    await say(gateway, messenger, 2, None, *files)
    page = await anna.get("/mein/kanaele")
    return anna, re.findall(r"uebernehmen\?id=([0-9a-f-]{36})", page.text)


async def take(anna, file_id, ziel, **more):
    return await anna.post("/mein/kanaele/uebernehmen", "/mein/daten", datei=file_id, ziel=ziel, **more)


async def test_a_sent_file_becomes_evidence_of_a_draft(both):
    town, gateway, messenger = both
    anna, (file_id,) = await linked(town, gateway, messenger, InboundFile("Impfpass.pdf", PDF))
    draft = await anna.open_draft()
    page = await anna.get(f"/mein/kanaele/uebernehmen?id={file_id}")
    assert "Noch hat sie keine Stelle gesehen" in page.text
    assert "kein Scanner eingerichtet" in page.text
    targets = re.findall(r'<option value="(antrag:[^"]+)">', page.text)
    assert targets
    assert all(draft.rpartition("/")[2] in one for one in targets)
    answer = await take(anna, file_id, targets[0])
    evidence = targets[0].rpartition(":")[2]
    assert answer.headers["location"] == f"{draft}?meldung=hochgeladen#nachweis-{evidence}"
    assert "Impfpass.pdf" in (await anna.get(draft)).text
    assert "Impfpass.pdf" not in (await anna.get("/mein/kanaele")).text
    assert (await take(anna, file_id, targets[0])).status_code == 404


async def test_a_sent_file_becomes_one_of_her_documents(both):
    town, gateway, messenger = both
    files = (
        InboundFile("Mietvertrag.pdf", PDF),
        InboundFile("Ausweis.png", attack_files.picture("PNG", (600, 400))),
    )
    anna, (contract, card) = await linked(town, gateway, messenger, *files)
    for ziel in ("", "art:gibtesnicht", "antrag:x", "antrag:x:y:z", "unsinn"):
        refused = await take(anna, contract, ziel)
        assert refused.status_code == 422
        assert "Mietvertrag.pdf" in refused.text
    assert (await take(anna, contract, "art:wohnung", gueltig_bis="2020-01-01")).status_code == 422
    assert (await take(anna, contract, "antrag:x:1:rasse")).status_code == 404
    assert (await take(anna, contract, "art:wohnung")).headers[
        "location"
    ] == "/mein/dokumente?meldung=gespeichert"
    assert (await take(anna, card, "art:ausweis", gueltig_bis="2030-01-01")).status_code == 303
    page = (await anna.get("/mein/dokumente")).text
    assert "Mietvertrag.pdf" in page
    assert "gültig bis 01.01.2030" in page
    assert "als Kopie gekennzeichnet" in page
    assert "Es liegt keine Datei hier" in (await anna.get("/mein/kanaele")).text


async def test_a_file_is_taken_once_though_the_gateway_could_not_forget_it(both, monkeypatch):
    town, gateway, messenger = both
    anna, (file_id,) = await linked(town, gateway, messenger, InboundFile("Mietvertrag.pdf", PDF))

    async def away(*_anything):
        raise UnavailableError("weg")

    with monkeypatch.context() as patch:
        patch.setattr(kanaele, "datei_loeschen", away)
        assert (await take(anna, file_id, "art:wohnung")).status_code == 303
        assert "Es liegt keine Datei hier" in (await anna.get("/mein/kanaele")).text
    assert (await take(anna, file_id, "art:wohnung")).status_code == 303
    assert (await anna.get("/mein/dokumente")).text.count("Mietvertrag.pdf</a>") == 1


async def test_a_draft_that_changed_meanwhile_is_shown_anew_and_the_file_waits(both):
    town, gateway, messenger = both
    anna, (file_id,) = await linked(town, gateway, messenger, InboundFile("Impfpass.pdf", PDF))
    draft = await anna.open_draft()
    page = await anna.get(f"/mein/kanaele/uebernehmen?id={file_id}")
    target = re.search(r'<option value="(antrag:[^"]+)">', page.text)[1]
    await anna.change(draft, "felder/hund_name", wert="Bello")
    refused = await take(anna, file_id, target)
    assert refused.status_code == 409
    fresh = re.search(r'<option value="(antrag:[^"]+)">', refused.text)[1]
    assert fresh != target
    assert (await take(anna, file_id, fresh)).status_code == 303


async def test_a_file_that_is_more_than_it_seems_is_not_taken_over(both):
    town, gateway, messenger = both
    anna, (file_id,) = await linked(
        town, gateway, messenger, InboundFile("a.pdf", PDF + attack_files.archive())
    )
    refused = await take(anna, file_id, "art:sonstiges")
    assert refused.status_code == 415
    assert "steckt noch etwas anderes" in refused.text
    assert "a.pdf" in refused.text


async def test_nobody_else_sees_or_takes_it(both):
    town, gateway, messenger = both
    _anna, (file_id,) = await linked(town, gateway, messenger, InboundFile("a.pdf", PDF))
    bernd = await town.bernd()
    assert (await bernd.get(f"/mein/kanaele/uebernehmen?id={file_id}")).status_code == 404
    assert (await take(bernd, file_id, "art:sonstiges")).status_code == 404
    assert "a.pdf" not in (await bernd.get("/mein/dokumente")).text
    nobody = town.browser()
    assert (
        (await nobody.get(f"/mein/kanaele/uebernehmen?id={file_id}"))
        .headers["location"]
        .startswith("/anmelden")
    )


async def test_a_held_file_is_scanned_before_anybody_sees_it(scanned, monkeypatch):
    town, gateway, messenger, scanner = scanned
    bad = attack_files.pdf(extra=virenscan.EICAR + b"\n")
    files = InboundFile("gut.pdf", PDF), InboundFile("schlecht.pdf", bad)
    anna, ids = await linked(town, gateway, messenger, *files)
    page = (await anna.get("/mein/kanaele")).text
    assert page.count("noch nicht auf Schadsoftware geprüft") == 2
    good = next(one for one in ids if re.search(f'id={one}">gut.pdf', page))
    (wrong,) = set(ids) - {good}

    monkeypatch.setattr(virenscan, "ZEIT_S", 0.1)
    for mood in ("silent", "hangs_up", "errs"):
        scanner.mood = mood
        assert (await anna.get(f"/mein/kanaele/datei?id={good}")).status_code == 503
        refused = await take(anna, good, "art:sonstiges")
        assert refused.status_code == 503
        assert "nicht auf Schadsoftware prüfen" in refused.text
        assert "gut.pdf" in refused.text
    scanner.mood = "scans"
    assert (await anna.get(f"/mein/kanaele/datei?id={good}")).content == PDF
    assert (await take(anna, good, "art:sonstiges")).status_code == 303
    assert "auf Schadsoftware geprüft (ClamAV)" in (await anna.get("/mein/dokumente")).text

    found = await take(anna, wrong, "art:sonstiges")
    assert found.status_code == 422
    assert "Schadsoftware gefunden" in found.text
    assert "schlecht.pdf" not in (await anna.get("/mein/kanaele")).text
    assert "schlecht.pdf" not in (await anna.get("/mein/dokumente")).text


async def test_files_sent_before_linking_and_before_a_new_conversation_stay_hers(both):
    town, gateway, messenger = both
    await say(gateway, messenger, 10, None, InboundFile("vorher.pdf", PDF))
    anna = await town.anna()
    await anna.confirm()
    assert "vorher.pdf" not in (await anna.get("/mein/kanaele")).text
    shown = await anna.post("/mein/kanaele/code", "/mein/kanaele")
    await say(gateway, messenger, 11, "Verbinden " + re.search(r"Verbinden ([A-Z0-9-]{11})", shown.text)[1])
    await say(gateway, messenger, 12, None, InboundFile("nachher.pdf", PDF))
    await say(gateway, messenger, 13, "Neu")
    page = (await anna.get("/mein/kanaele")).text
    assert "vorher.pdf" in page
    assert "nachher.pdf" in page
    data = json.loads((await anna.get("/mein/daten/auskunft.json")).content)
    assert {one["name"] for one in data["gesendete_dateien"]} == {"vorher.pdf", "nachher.pdf"}
    assert (await anna.get("/mein/daten/auskunft.pdf")).status_code == 200
    account = "00000000-0000-4000-8000-000000000001"
    await person.erase(gateway.context, account)
    assert await channel_files.of_account(gateway.context, account) == []


async def test_from_the_messenger_over_the_real_check_into_a_draft(make_app, tmp_path, monkeypatch):
    """Gateway and portal as they are: what the portal's scanner finds never lies with the conversations."""
    make_app(MovingClock())
    monkeypatch.setattr(virenscan, "ZEIT_S", 0.2)
    (port,) = free_ports(1)
    messenger, door = Messenger(), HttpPortal(f"http://127.0.0.1:{port}", "handoff")
    async with (
        clamd() as scanner,
        world(sqlite(tmp_path), channels=[messenger], portal=door) as gateway,
        served(gateway.app) as url,
    ):
        clock = MovingClock()
        settings = settings_for(tmp_path)
        settings = dataclasses.replace(
            settings, handoff_url=url, portal_token=PORTAL_TOKEN, clamd=scanner.address
        )
        app = create_app(settings, clock)
        async with app.router.lifespan_context(app), served(app, port):
            await create_demo_town(app.state.context)
            town = Town(app, clock)
            bad = attack_files.pdf(extra=virenscan.EICAR + b"\n")
            await say(gateway, messenger, 10, None, InboundFile("schlecht.pdf", bad))
            assert "Schadsoftware gefunden" in messenger.last
            scanner.mood = "silent"
            anna, ids = await linked(town, gateway, messenger, InboundFile("verwahrt.pdf", PDF))
            assert "konnte sie gerade nicht geprüft werden" in messenger.last
            scanner.mood = "scans"
            await say(gateway, messenger, 11, None, InboundFile("gut.pdf", PDF))
            page = (await anna.get("/mein/kanaele")).text
            assert page.count("noch nicht auf Schadsoftware geprüft") == 1
            assert page.count("auf Schadsoftware geprüft (ClamAV)") == 1
            assert "schlecht.pdf" not in page
            draft = await anna.open_draft()
            choice = await anna.get(f"/mein/kanaele/uebernehmen?id={ids[0]}")
            target = re.search(r'<option value="(antrag:[^"]+)">', choice.text)[1]
            assert (await take(anna, ids[0], target)).status_code == 303
            assert "verwahrt.pdf" in (await anna.get(draft)).text
            for browser in town.browsers:
                await browser.http.aclose()


class Own(Messenger):
    """A messenger of the town's own."""

    capability = Capability("haus", "Haus", False, Shows.PERSONAL, 500, 3, 20)


async def test_the_pages_say_what_each_channel_shows_and_which_one_gets_notices(both):
    town, gateway, messenger = both
    anna, own = await town.anna(), Own()
    await anna.confirm()
    gateway.context.channels["haus"] = own
    assert "Ein Messenger ist nicht verbunden" in (await anna.get("/mein/benachrichtigungen")).text
    for number, channel in enumerate((messenger, own)):
        shown = await anna.post("/mein/kanaele/code", "/mein/kanaele")
        code = re.search(r"Verbinden ([A-Z0-9]{5}-[A-Z0-9]{5})", shown.text)[1]
        await say(gateway, channel, number, f"Verbinden {code}")
    page = (await anna.get("/mein/kanaele")).text
    bote, _, haus = page.partition("<strong>Haus</strong>")
    assert "Persönliches steht dort nicht, nur ein Link hierher." in bote
    assert "Hinweise gehen hierhin" not in bote
    assert "Persönliches steht auch dort." in haus
    assert "Hinweise gehen hierhin" in haus
    assert "steht dort nie" not in page
    wishes = (await anna.get("/mein/benachrichtigungen")).text
    assert "Hinweise gehen an <strong>Haus</strong>; einen anderen wählen Sie unter Kanäle" in wishes
    link = re.search(r'/mein/kanaele/hinweise.*?name="verbindung" value="([^"]+)"', bote, re.S)[1]
    chosen = await anna.post("/mein/kanaele/hinweise", "/mein/kanaele", verbindung=link)
    assert chosen.headers["location"] == "/mein/kanaele?stand=gewaehlt"
    page = (await anna.get("/mein/kanaele?stand=gewaehlt")).text
    bote, _, haus = page.partition("<strong>Haus</strong>")
    assert "Hinweise gehen hierhin" in bote
    assert "Hinweise gehen hierhin" not in haus
    assert "Hinweise gehen an <strong>Bote</strong>" in (await anna.get("/mein/benachrichtigungen")).text
    await benachrichtigung.senden_faellige(town.context)
    assert "wurde etwas geändert" in (await anna.get("/demo/ausgang")).text, "a change of where warnings go"


async def test_the_wishes_for_notices_can_be_read_while_the_gateway_is_away(town):
    page = await (await town.anna()).get("/mein/benachrichtigungen")
    assert page.status_code == 200
    assert "lässt sich gerade nicht feststellen" in page.text
