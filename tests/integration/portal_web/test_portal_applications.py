"""A draft on plain pages, without the chat and without JavaScript, from the first field to the office's answer."""

import hashlib
import json
import re

import pytest

from portal.services import zustellung
from tests.integration.portal_web.test_portal_identity import prove
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import Browser, Town

HUND = {
    "anschrift": "Beispielallee 3, 45879 Gelsenkirchen",
    "hund_name": "Waldi",
    "rasse": "Dackel",
    "hund_geburt": "2024-05-01",
    "hund_seit": "2026-11-20",
    "herkunft": "umzug",
    "anzahl_hunde": "1",
}
WOHNSITZ = {
    "einzugsdatum": "2026-11-12",
    "neue_anschrift": "Beispielallee 3, 45879 Gelsenkirchen",
    "weitere_wohnung": "nein",
    "mitziehende": "nein",
    "wohnungsgeber": "Vera Vermieter",
}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


async def fill(browser: Browser, draft: str, values: dict[str, str]) -> None:
    await browser.change(draft, "freigabe", alle="1")
    for field, value in values.items():
        answer = await browser.change(draft, f"felder/{field}", wert=value)
        assert answer.status_code == 303, (field, answer.text)
    for field in ("chipnummer", "iban"):
        if f"/felder/{field}" in (await browser.get(draft)).text:
            await browser.change(draft, f"felder/{field}", leer="1")


async def hand_in(town: Town, browser: Browser) -> str:
    """Hand in the Hundesteuer, let it be delivered, and give the case's id."""
    draft = await browser.open_draft()
    await fill(browser, draft, HUND)
    answer = await browser.change(draft, "abgabe", geprueft="1")
    assert answer.status_code == 303, answer.text
    await zustellung.zustellen_faellige(town.context)
    found = re.search(r"/mein/vorgaenge/([0-9a-f-]{36})", (await browser.get("/mein")).text)
    assert found
    return found.group(1)


async def test_from_the_first_field_to_the_offices_answer(town: Town) -> None:
    anna, office = await town.anna(), await town.office("amt-steuern")
    case = await hand_in(town, anna)
    for path in ("/mein", "/mein/postfach", "/mein/fristen", "/mein/protokoll", f"/mein/vorgaenge/{case}"):
        page = await anna.get(path)
        check_page(page.text)
        assert "Hundesteuer" in page.text
    pdf = await anna.get(f"/mein/vorgaenge/{case}/pdf")
    assert pdf.content.startswith(b"%PDF")
    assert pdf.headers["content-disposition"].startswith("attachment")

    inbox = await office.get("/amt")
    check_page(inbox.text)
    assert f"/amt/vorgaenge/{case}" in inbox.text
    assert "Beispiel" not in inbox.text
    opened = await office.get(f"/amt/vorgaenge/{case}")
    check_page(opened.text)
    assert "Dackel" in opened.text
    package = await office.get(f"/amt/vorgaenge/{case}/json")
    assert hashlib.sha256(package.content).hexdigest() in (await anna.get("/mein/protokoll")).text
    assert json.loads(package.content)["leistung"]["id"] == "hundesteuer_anmelden"
    assert (await office.get(f"/amt/vorgaenge/{case}/pdf")).content.startswith(b"%PDF")

    answer = await office.post(
        f"/amt/vorgaenge/{case}/status",
        f"/amt/vorgaenge/{case}",
        status="erledigt",
        text="Der Bescheid folgt.",
    )
    assert answer.status_code == 303
    assert "Der Bescheid folgt." in (await anna.get(f"/mein/vorgaenge/{case}")).text
    assert "Erledigt" in (await anna.get("/mein/postfach")).text
    assert "hat Daten angesehen" in (await anna.get("/mein/protokoll")).text


async def test_a_deadline_stands_on_the_start_page_and_a_kept_one_leaves_it_after_a_month(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft()
    await anna.change(draft, "felder/hund_seit", wert="2026-11-20")
    assert "bis 04.12.2026" in (await anna.get("/")).text
    await hand_in(town, anna)
    assert "Frist bis 04.12.2026" in (await anna.get("/")).text
    town.clock.forward(days=31)
    anna = await town.anna()
    assert "04.12.2026" not in (await anna.get("/")).text
    assert "04.12.2026" in (await anna.get("/mein/fristen")).text


async def test_a_message_is_new_until_it_is_read(town: Town) -> None:
    anna = await town.anna()
    await hand_in(town, anna)
    found = re.search(r"/mein/postfach/([0-9a-f-]{36})", (await anna.get("/")).text)
    assert found
    message = await anna.get(f"/mein/postfach/{found.group(1)}")
    check_page(message.text)
    assert "Aktenzeichen" in message.text
    assert found.group(1) not in (await anna.get("/")).text


async def test_a_case_is_unknown_to_other_citizens_and_other_offices(town: Town) -> None:
    case = await hand_in(town, await town.anna())
    bernd, other = await town.bernd(), await town.office("amt-buergercenter")
    assert (await bernd.get(f"/mein/vorgaenge/{case}")).status_code == 404
    assert (await bernd.get(f"/mein/vorgaenge/{case}/pdf")).status_code == 404
    for path in ("", "/pdf", "/json"):
        assert (await other.get(f"/amt/vorgaenge/{case}{path}")).status_code == 404
    csrf = await other.csrf("/amt")
    refused = await other.http.post(
        f"/amt/vorgaenge/{case}/status", data={"csrf": csrf, "status": "erledigt"}
    )
    assert refused.status_code == 404


@pytest.mark.parametrize("status", ["erfunden", "eingegangen"])
async def test_a_status_that_does_not_fit_changes_nothing(town: Town, status: str) -> None:
    case, office = await hand_in(town, await town.anna()), await town.office("amt-steuern")
    page = f"/amt/vorgaenge/{case}"
    answer = await office.post(f"{page}/status", page, status=status, text="Hallo")
    assert answer.status_code in (409, 422)
    check_page(answer.text)
    assert ">Hallo</textarea>" in answer.text


async def test_without_proof_it_stays_a_preparation_and_says_so(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft("wohnsitz_anmelden")
    await fill(anna, draft, WOHNSITZ)
    uploaded = await upload(anna, draft, PDF)
    assert uploaded.status_code == 303, uploaded.text
    page = (await anna.get(draft)).text
    check_page(page)
    assert "Vorbereitung abschließen" in page
    assert "/identitaet/nachweis?zurueck=" in page
    answer = await anna.change(draft, "abgabe", geprueft="1")
    assert answer.headers["location"] == f"{draft}?meldung=vorbereitet"
    assert "noch nicht abgegeben" in (await anna.get("/mein/postfach")).text
    assert "/mein/vorgaenge/" not in (await anna.get("/mein")).text


async def test_with_proof_it_is_an_anzeige(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft("wohnsitz_anmelden")
    await fill(anna, draft, WOHNSITZ)
    await upload(anna, draft, PDF)
    assert (await prove(anna, draft)).headers["location"] == draft
    assert "Anzeige verbindlich abgeben" in (await anna.get(draft)).text
    answer = await anna.change(draft, "abgabe", geprueft="1")
    assert answer.headers["location"].startswith(f"{draft}?meldung=abgegeben")
    assert "Dieser Entwurf ist abgegeben" in (await anna.get(draft)).text


async def upload(browser: Browser, draft: str, content: bytes):  # type: ignore[no-untyped-def]
    return await browser.http.post(
        f"{draft}/nachweise/wohnungsgeberbestaetigung",
        data={"csrf": await browser.csrf(draft), "version": await browser.version(draft)},
        files={"datei": ("bestaetigung.pdf", content)},
    )


@pytest.mark.parametrize("content", [b"", b"MZ kein Bild", b"<html></html>"])
async def test_a_wrong_file_is_refused_on_the_page(town: Town, content: bytes) -> None:
    anna = await town.anna()
    draft = await anna.open_draft("wohnsitz_anmelden")
    answer = await upload(anna, draft, content)
    assert answer.status_code in (415, 422)
    check_page(answer.text)
    assert "Datei" in answer.text


async def test_sending_a_document_later(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft("wohnsitz_anmelden")
    answer = await anna.change(draft, "nachweise/wohnungsgeberbestaetigung/spaeter")
    assert answer.headers["location"].startswith(f"{draft}?meldung=spaeter")
    assert "wird nachgereicht" in (await anna.get(draft)).text


async def test_only_what_was_chosen_is_released(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft()
    await anna.change(draft, "freigabe", freigeben=["familienname", "vornamen"])
    page = (await anna.get(draft)).text
    assert "Anna Maria" in page
    assert "Musterstraße 12" not in page
    log = (await anna.get("/mein/protokoll")).text
    assert "Familienname, Vornamen" in log
    assert "Musterstraße" not in log


async def test_a_refused_value_comes_back_with_the_reason_next_to_it(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft()
    answer = await anna.change(draft, "felder/anzahl_hunde", wert="viele")
    assert answer.status_code == 422
    check_page(answer.text)
    assert 'value="viele"' in answer.text
    assert 'id="feld-anzahl_hunde-fehler"' in answer.text


async def test_an_empty_required_field_is_refused(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft()
    answer = await anna.change(draft, "felder/rasse", wert="  ")
    assert (answer.status_code, "Diese Angabe wird gebraucht" in answer.text) == (422, True)


async def test_a_page_that_is_behind_is_told_so_and_shows_the_present_draft(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft()
    old = await anna.version(draft)
    await anna.change(draft, "felder/rasse", wert="Dackel")
    answer = await anna.post(f"{draft}/felder/rasse", draft, version=old, wert="Pudel")
    assert answer.status_code == 409
    check_page(answer.text)
    assert "inzwischen an anderer Stelle geändert" in answer.text
    assert "Dackel" in answer.text


async def test_nothing_is_handed_in_without_the_check_mark_or_incomplete(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft()
    assert (await anna.change(draft, "abgabe")).status_code == 422
    incomplete = await anna.change(draft, "abgabe", geprueft="1")
    assert incomplete.status_code == 409
    assert "Es fehlt noch" in incomplete.text


async def test_handing_in_twice_makes_one_case(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft()
    await fill(anna, draft, HUND)
    form = {"csrf": await anna.csrf(draft), "version": await anna.version(draft), "geprueft": "1"}
    assert (await anna.http.post(f"{draft}/abgabe", data=form)).status_code == 303
    assert (await anna.http.post(f"{draft}/abgabe", data=form)).status_code == 409
    assert (await anna.get("/mein")).text.count("Aktenzeichen") == 1


async def test_a_draft_given_up_can_not_be_changed(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft()
    version = await anna.version(draft)
    csrf = await anna.csrf(draft)
    assert (await anna.change(draft, "verwerfen")).headers["location"].endswith("meldung=verworfen")
    form = {"csrf": csrf, "version": str(int(version) + 1), "wert": "Dackel"}
    assert (await anna.http.post(f"{draft}/felder/rasse", data=form)).status_code == 409
    assert "verworfen" in (await anna.get(draft)).text


async def test_beginning_again_leads_to_the_open_draft(town: Town) -> None:
    anna = await town.anna()
    assert await anna.open_draft() == await anna.open_draft()


async def test_an_unknown_service_has_no_draft(town: Town) -> None:
    anna = await town.anna()
    answer = await anna.post("/mein/antraege", "/mein", leistung="gibtsnicht")
    assert answer.status_code == 404
