"""What citizens and offices do with their data, in a real browser: lock, counter, answers, questions, decisions, export, deletion."""

import asyncio
import json
import os
import re
from pathlib import Path

import pytest
from console_town import violations
from playwright.async_api import Page, expect

from portal.services import benachrichtigung, bescheid
from portal.services.benachrichtigung import demo_ausgang
from tests.live.portal.conftest import BrowserTown
from tests.support.files import pdf_file
from tests.support.vorgaenge import delivered_case

pytestmark = pytest.mark.browser

ANNA = "00000000-0000-4000-8000-000000000001"
PICTURES = os.environ.get("AMTSLOTSE_PICTURES")
"""Folder for pictures; none by default."""


async def shot(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


async def check(page: Page, name: str) -> None:
    """Axe finds nothing serious; a picture where one is wanted."""
    await shot(page, name)
    assert await violations(page) == []


async def test_a_stolen_session_ends_by_the_link_of_the_warning_and_only_by_its_button(
    live: BrowserTown,
) -> None:
    anna = await live.citizen()
    thief = await live.citizen()
    await benachrichtigung.senden_faellige(live.town.context)
    async with live.town.context.transaction() as session:
        texts = [one.text for one in await demo_ausgang(session)]
    link = next(m for text in texts if (m := re.search(r"http://\S+/sperren/\S+", text)))[0]
    scanner = await live.visitor(script=False)
    await scanner.goto(link)
    await thief.goto("/mein/daten")
    await expect(thief.get_by_role("heading", name="Meine Daten")).to_be_visible()
    reader = await live.visitor()
    await reader.goto(link)
    await check(reader, "sperren")
    await reader.get_by_role("button", name="Jetzt sperren").click()
    await expect(reader.get_by_role("heading", name="Konto gesperrt")).to_be_visible()
    await check(reader, "gesperrt")
    for page in (thief, anna):
        await page.goto("/mein/daten")
        await expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()


async def test_at_the_counter_and_back_home_value_by_value(live: BrowserTown) -> None:
    bernd, clerk = await live.citizen("bernd"), await live.official("amt-buergercenter")
    await bernd.goto("/mein/buergerident")
    await check(bernd, "buergerident")
    await bernd.get_by_role("button", name="Einmalcode").click()
    await live.confirm(bernd)
    code = await bernd.get_by_label("Einmalcode").inner_text()
    await clerk.goto("/amt/identitaet")
    await check(clerk, "amt-ausweis")
    await clerk.get_by_label("Einmalcode der Person").fill(code)
    await clerk.get_by_label("Art des Ausweises").select_option("Personalausweis")
    for label, value in (
        ("Familienname", "Beispielmann"),
        ("Vornamen", "Bernd"),
        ("Geburtsdatum", "1981-02-03"),
        ("Geburtsort", "Herne"),
        ("Anschrift", "Probeweg 4, 45879 Gelsenkirchen"),
        ("Ausweis gültig bis", "2030-01-01"),
    ):
        await clerk.get_by_label(label, exact=True).fill(value)
    await clerk.get_by_label("Ich habe das Lichtbild").check()
    await clerk.get_by_label("Die Person ist einverstanden").check()
    await clerk.get_by_role("button", name="Prüfung abschließen").click()
    await expect(clerk.get_by_text("Geprüft und verbunden")).to_be_visible()
    await bernd.goto("/mein/vorschlaege")
    await bernd.get_by_role("link", name="Personalausweis").click()
    await check(bernd, "vorschlag")
    for box in await bernd.get_by_role("checkbox").all():
        await expect(box).not_to_be_checked()
    await bernd.get_by_label("Familienname").check()
    await bernd.get_by_role("button", name="Auswahl speichern").click()
    await bernd.goto("/mein/daten")
    await expect(bernd.get_by_text("Beispielmann")).to_be_visible()
    await expect(bernd.get_by_text("Herne")).to_have_count(0)


async def test_what_an_answer_tells_is_shown_before_it_goes(live: BrowserTown) -> None:
    anna = await live.citizen()
    await anna.goto("/mein/antworten")
    await check(anna, "antworten")
    card = anna.locator("section", has=anna.get_by_role("heading", name=re.compile("18")))
    await expect(card).to_contain_text("Die Stelle erfährt: ja")
    await expect(card).to_contain_text("Sie erfährt nicht:")
    assert await anna.locator(".al-code").count() == 0
    await card.get_by_label("Wem zeigen Sie die Antwort").fill("Jugendamt, Ferienfahrt")
    await card.get_by_role("button", name="Antwort ausstellen").click()
    await live.confirm(anna)
    token = await anna.locator(".al-code").inner_text()
    assert "Beispiel" not in token
    office = await live.official()
    await office.goto("/amt/antworten")
    await office.get_by_role("textbox").first.fill(token)
    await office.get_by_role("button", name="Prüfen").click()
    await check(office, "amt-antworten")
    await expect(office.locator("main")).to_contain_text("Jugendamt, Ferienfahrt")


async def test_an_office_asks_and_the_answer_comes_from_the_postbox(live: BrowserTown) -> None:
    case = await delivered_case(live.town.context, ANNA)
    office, anna = await live.official(), await live.citizen()
    await office.goto(f"/amt/vorgaenge/{case}/rueckfrage")
    await check(office, "amt-rueckfrage")
    await office.get_by_role("textbox").first.fill("Seit wann haben Sie den Hund?")
    await office.get_by_role("button", name=re.compile("senden|stellen", re.IGNORECASE)).click()
    await anna.goto("/mein/postfach")
    await check(anna, "postfach")
    await anna.locator("main").get_by_role("link", name=re.compile("Rückfrage")).first.click()
    await anna.locator('main a[href^="/mein/rueckfragen/"]').click()
    await expect(anna.get_by_text("Seit wann haben Sie den Hund?")).to_be_visible()
    await check(anna, "rueckfrage")
    await anna.get_by_role("textbox").first.fill("Seit dem 1. November.")
    await anna.get_by_role("button", name=re.compile("antworten|senden", re.IGNORECASE)).click()
    await office.goto(f"/amt/vorgaenge/{case}")
    await expect(office.get_by_text("Seit dem 1. November.")).to_be_visible()
    await check(office, "amt-vorgang")


async def test_a_decision_is_opened_knowingly_and_no_button_files_a_remedy(
    live: BrowserTown, tmp_path: Path
) -> None:
    case = await delivered_case(live.town.context, ANNA)
    office, anna = await live.official(), await live.citizen()
    await office.goto(f"/amt/vorgaenge/{case}/bescheid")
    await check(office, "amt-bescheid")
    await office.get_by_label("Wie wird er bekannt gegeben?").select_option("vwvfg_41_2a")
    await office.get_by_label("Bescheid als PDF").set_input_files(pdf_file(tmp_path / "b.pdf", "Bescheid"))
    await office.get_by_label("Rechtsbehelf", exact=True).select_option("WI")
    await office.get_by_text("Neue Angaben, die der Bescheid feststellt").click()
    await office.get_by_label("Familienname").fill("Neumann")
    await office.get_by_role("button", name="Bekannt geben").click()
    await office.wait_for_url(f"**/amt/vorgaenge/{case}?meldung=bescheid")
    await anna.goto("/mein/fristen")
    await anna.locator("main").get_by_role("link", name=re.compile("Hundesteuer|Bescheid")).first.click()
    await check(anna, "bescheid-bereit")
    async with live.town.context.transaction() as session:
        (one,) = await bescheid.liste(live.town.context, session, ANNA)
    assert one.status == "bereit"
    await anna.get_by_label("Ich möchte den Bescheid jetzt öffnen").check()
    await anna.get_by_role("button", name="Bescheid öffnen").click()
    await live.confirm(anna)
    await expect(anna.get_by_text("Hier können Sie nichts einlegen.")).to_be_visible()
    await expect(anna.get_by_text("Sicher bis")).to_be_visible()
    await check(anna, "bescheid")
    said = [await button.inner_text() for button in await anna.locator("main").get_by_role("button").all()]
    assert not [
        text for text in said if re.search("widerspruch|klage|einlegen|absenden", text, re.IGNORECASE)
    ]
    async with anna.expect_download() as waiting:
        await anna.get_by_role("link", name="Entwurf als PDF (nicht versandt)").click()
    assert (await (await waiting.value).path()).read_bytes().startswith(b"%PDF")
    await anna.get_by_label("Familienname").check()
    await anna.get_by_role("button", name="Auswahl speichern").click()
    await anna.goto("/mein/daten")
    await expect(anna.get_by_text("Neumann")).to_be_visible()


async def test_everything_is_taken_away_and_then_deleted(live: BrowserTown) -> None:
    anna = await live.citizen()
    await anna.goto("/mein/daten")
    await check(anna, "daten")
    async with anna.expect_download() as waiting:
        await anna.get_by_role("link", name="Alles als JSON").click()
    data = json.loads((await (await waiting.value).path()).read_text())
    assert {one["angabe"] for one in data["stammdaten"]} >= {"Familienname", "Anschrift"}
    async with anna.expect_download() as waiting:
        await anna.get_by_role("link", name="Alles als PDF").click()
    assert (await (await waiting.value).path()).read_bytes().startswith(b"%PDF")
    await anna.get_by_role("link", name="Konto löschen").click()
    await check(anna, "loeschen")
    await anna.get_by_label("Ich habe gelesen").check()
    await anna.get_by_role("button", name="Konto endgültig löschen").click()
    await live.confirm(anna)
    await expect(anna.get_by_role("heading", name="Ihr Konto ist gelöscht")).to_be_visible()
    await check(anna, "geloescht")
    await anna.goto("/anmelden")
    await anna.get_by_label("Anmeldename").fill("anna")
    await anna.get_by_label("Passwort").fill("demo-amtslotse-2026")
    await anna.get_by_role("button", name="Anmelden", exact=True).click()
    await expect(anna.get_by_text("Die Anmeldung hat nicht geklappt")).to_be_visible()


@pytest.mark.parametrize("who", ["anna", "amt-steuern"])
async def test_a_passkey_is_made_and_used_at_localhost(live: BrowserTown, who: str) -> None:
    staff = who.startswith("amt")
    own, home = ("/amt/sicherheit", "/amt") if staff else ("/mein/sicherheit", "/mein")
    page = await (live.official(who) if staff else live.citizen(who))
    await page.goto(own)
    await check(page, f"passkey-hinweis-{who}")
    await page.get_by_role("link", name="http://localhost").click()
    named = live.origin.replace("127.0.0.1", "localhost")
    assert page.url.startswith(named)
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    async def password() -> None:
        await page.get_by_label("Dienstkonto" if staff else "Anmeldename").fill(who)
        await page.get_by_label("Passwort").fill("demo-amtslotse-2026")
        await page.get_by_role("button", name="Anmelden", exact=True).click()

    live.town.clock.forward(minutes=2)
    await password()
    if staff:
        await page.get_by_label("Code", exact=True).fill(live.town.phone.code(who))
        await page.get_by_role("button", name="Weiter").click()
        await page.goto(named + own)
        live.town.clock.forward(minutes=2)
        await page.get_by_label("Code aus Ihrer App").fill(live.town.phone.code(who))
        await page.get_by_role("button", name="Weiter").click()
    else:
        await page.goto(named + own)
        form = page.locator('form[action="/mein/sicherheit/passkey"]')
        await form.get_by_label("Ihr Passwort").fill("demo-amtslotse-2026")
        await form.get_by_role("button", name="Passkey einrichten").click()
    await page.get_by_label("Wie soll er heißen?").fill("Laptop")
    await page.get_by_role("button", name="Passkey anlegen").click()
    await expect(page.get_by_text("Laptop", exact=True)).to_be_visible()
    await check(page, f"passkey-{who}")
    await page.context.clear_cookies()
    await page.goto(f"{named}{'/amt' if staff else ''}/anmelden")
    await password()
    await page.get_by_role("button", name="Mit Passkey bestätigen").click()
    await page.wait_for_url(f"{named}{home}")


async def test_a_push_notice_is_shown_by_the_browser_and_leads_into_the_portal(live: BrowserTown) -> None:
    anna = await live.citizen()
    await anna.context.grant_permissions(["notifications"], origin=live.origin)
    await anna.goto("/mein/benachrichtigungen")
    await check(anna, "benachrichtigungen")
    await expect(anna.get_by_role("button", name="Auf diesem Gerät einschalten")).to_be_visible()
    session = await anna.context.new_cdp_session(anna)
    await anna.evaluate(
        """async () => { const made = await navigator.serviceWorker.register("/static/push-worker.js");
        const worker = made.installing ?? made.active;
        if (worker.state !== "activated")
          await new Promise((done) => worker.addEventListener("statechange", () => worker.state === "activated" && done())); }"""
    )
    known: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def note(event: dict[str, list[dict[str, str]]]) -> None:
        if event["registrations"] and not known.done():
            known.set_result(event["registrations"][-1]["registrationId"])

    session.on("ServiceWorker.workerRegistrationUpdated", note)
    await session.send("ServiceWorker.enable")
    registration = await asyncio.wait_for(known, 10)
    content = {
        "titel": "Neue Nachricht in Ihrem Postfach",
        "text": "Sehen Sie nach.",
        "link": "/mein/postfach",
    }
    await session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": live.origin,
            "registrationId": registration,
            "data": json.dumps(content),
        },
    )
    shown = await anna.evaluate(
        """async () => { const made = await navigator.serviceWorker.getRegistration("/static/");
        for (;;) { const [one] = await made.getNotifications();
          if (one) return [one.title, one.body, one.data];
          await new Promise((done) => setTimeout(done, 50)); } }"""
    )
    assert shown == [content["titel"], content["text"], content["link"]]


async def test_a_fee_is_transferred_and_the_office_enters_it(live: BrowserTown) -> None:
    case = await delivered_case(live.town.context, ANNA)
    office, anna = await live.official(), await live.citizen()
    await office.goto(f"/amt/vorgaenge/{case}/gebuehr")
    await check(office, "amt-gebuehr")
    await office.locator("#text").fill("Gebühr")
    await office.locator("#betrag").fill("27,60")
    await office.locator("main form").get_by_role("button").first.click()
    await anna.goto("/mein/gebuehren")
    await anna.locator('main a[href^="/mein/gebuehren/"]').first.click()
    await anna.get_by_text("Lieber überweisen").click()
    await expect(anna.get_by_role("img", name="QR-Code für die Überweisung")).to_be_visible()
    await check(anna, "gebuehr")
    await office.get_by_text("Überweisung eintragen").click()
    await office.get_by_label("Eingegangener Betrag in Euro").fill("27,60")
    await office.get_by_label("Eingegangen am").fill("2026-11-24")
    await office.get_by_role("button", name="Eintragen").click()
    await expect(office.get_by_text("Der Eingang ist eingetragen")).to_be_visible()
    await anna.reload()
    await expect(anna.get_by_text("Bezahlt am 24.11.2026")).to_be_visible()


async def test_every_page_of_hers_and_of_the_office_passes_axe(live: BrowserTown) -> None:
    await delivered_case(live.town.context, ANNA)
    anna, office = await live.citizen(), await live.official()
    found: dict[str, list[str]] = {}
    for page, paths in ((anna, EIGENE), (office, ("/amt", "/amt/sicherheit", "/amt/antworten"))):
        for path in paths:
            await page.goto(path)
            if bad := await violations(page):
                found[path] = bad
    assert found == {}
    assert live.problems == []


EIGENE = (
    "/mein",
    "/mein/protokoll",
    "/mein/einwilligungen",
    "/mein/dokumente",
    "/mein/fristen",
    "/mein/fristen/brief",
    "/mein/vertretungen",
    "/mein/mitzeichnung",
    "/mein/gemeinsam",
    "/mein/gebuehren",
    "/mein/termine",
    "/mein/anliegen",
    "/mein/kanaele",
    "/mein/sicherheit/sperren",
    "/mein/vorschlaege",
    "/leistungen/personalausweis/lieferung",
    "/identitaet/nachweis",
)
