"""Documents on plain pages: kept, proved, released one by one, taken back until opened; attacks on the upload."""

import io
import re
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from portal.schema.dokument import DokumentZeile
from portal.services import dokument, zustellung
from tests.integration.portal_web.test_portal_applications import WOHNSITZ, fill, hand_in, upload
from tests.integration.portal_web.test_portal_identity import prove
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support import attack_files as files
from tests.support.portal_town import Browser, Town
from tests.support.portal_world import PDF

PAGE = "/mein/dokumente"


async def keep(browser: Browser, content: bytes = PDF, art: str = "einkommen", **more: str):  # type: ignore[no-untyped-def]
    return await browser.http.post(
        PAGE,
        data={"csrf": await browser.csrf(PAGE), "art": art, **more},
        files={"datei": ("beleg.pdf", content)},
    )


def first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return found.group(1)


async def document_id(browser: Browser) -> str:
    return first(rf"{PAGE}/([0-9a-f-]{{36}})/datei", (await browser.get(PAGE)).text)


async def test_a_document_is_kept_with_what_it_proves_and_comes_back_as_it_was(town: Town) -> None:
    anna = await town.anna()
    assert (await keep(anna, gueltig_bis="2027-01-31")).status_code == 303
    page = (await anna.get(PAGE)).text
    check_page(page)
    assert "gültig bis 31.01.2027" in page
    assert "nicht auf Schadsoftware geprüft" in page
    assert (await anna.get(f"{PAGE}/{await document_id(anna)}/datei")).content == PDF


async def test_a_copy_of_an_identity_card_says_that_it_is_one(town: Town) -> None:
    anna = await town.anna()
    assert (await keep(anna, files.picture("JPEG", (300, 200)), art="ausweis")).status_code == 303
    assert "als Kopie gekennzeichnet" in (await anna.get(PAGE)).text
    stored = (await anna.get(f"{PAGE}/{await document_id(anna)}/datei")).content
    assert stored != files.picture("JPEG", (300, 200))


async def test_the_end_of_a_kept_document_is_a_deadline(town: Town) -> None:
    anna, bernd = await town.anna(), await town.bernd()
    await keep(bernd, art="vertretung", gueltig_bis="2027-01-31")
    page = (await bernd.get("/mein/fristen")).text
    check_page(page)
    assert "Läuft ab: Vollmacht, Betreuerausweis oder Sorgerechtsnachweis" in page
    assert "31.01.2027" in page
    assert "Läuft ab" not in (await anna.get("/mein/fristen")).text
    await bernd.post(f"{PAGE}/{await document_id(bernd)}/loeschen", PAGE)
    assert "Läuft ab" not in (await bernd.get("/mein/fristen")).text


async def test_the_end_of_an_identity_card_becomes_master_data_only_if_she_says_so(town: Town) -> None:
    bernd = await town.bernd()
    card = files.picture("JPEG", (300, 200))
    await keep(bernd, card, art="ausweis", gueltig_bis="2027-01-31")
    assert "Ausweis erneuern" not in (await bernd.get("/mein/fristen")).text
    path = f"{PAGE}/{await document_id(bernd)}/angabe"
    value = {"feld": "ausweis_gueltig_bis", "wert": "31.01.2027"}
    unconfirmed = await bernd.post(path, PAGE, **value)
    assert unconfirmed.headers["location"].startswith("/mein/bestaetigen")
    await bernd.confirm()
    assert (await bernd.post(path, PAGE, **value)).headers["location"] == f"{PAGE}?meldung=uebernommen"
    assert "Eine Unterlage, von Ihnen übernommen" in (await bernd.get("/mein/daten")).text
    listed = (await bernd.get("/mein/fristen")).text
    assert "Ausweis erneuern" in listed
    assert "Läuft ab" not in listed, "one card, one deadline"
    assert "Aus einer Unterlage übernommen" in (await bernd.get("/mein/protokoll")).text


@pytest.mark.parametrize(
    ("art", "feld", "wert"),
    [
        ("geburtsurkunde", "geburtsort", "Herne"),
        ("wohnung", "anschrift", "Neuweg 1, 45879 Gelsenkirchen"),
        ("sonstiges", "familienstand", "verheiratet"),
    ],
)
async def test_other_values_come_from_other_documents(town: Town, art: str, feld: str, wert: str) -> None:
    bernd = await town.bernd()
    await bernd.confirm()
    await keep(bernd, art=art)
    check_page((await bernd.get(PAGE)).text)
    await bernd.post(f"{PAGE}/{await document_id(bernd)}/angabe", PAGE, feld=feld, wert=wert)
    assert wert in (await bernd.get("/mein/daten")).text


@pytest.mark.parametrize(
    ("feld", "wert"),
    [
        ("geburtsdatum", "31.02.1990"),
        ("geburtsdatum", "2030-01-01"),
        ("ausweisnummer", "L01X00T47"),
        ("email", "a@b.de"),
        ("", ""),
    ],
)
async def test_what_a_document_does_not_show_is_refused_as_typed(town: Town, feld: str, wert: str) -> None:
    bernd = await town.bernd()
    await bernd.confirm()
    await keep(bernd, art="geburtsurkunde")
    answer = await bernd.post(f"{PAGE}/{await document_id(bernd)}/angabe", PAGE, feld=feld, wert=wert)
    assert answer.status_code == 422
    assert f'value="{wert}"' in answer.text
    check_page(answer.text)
    assert "Eine Unterlage, von Ihnen" not in (await bernd.get("/mein/daten")).text


async def test_nobody_takes_values_from_anothers_document(town: Town) -> None:
    anna, bernd = await town.anna(), await town.bernd()
    await keep(anna, art="geburtsurkunde")
    await bernd.confirm()
    path = f"{PAGE}/{await document_id(anna)}/angabe"
    assert (await bernd.post(path, PAGE, feld="geburtsort", wert="Herne")).status_code == 404


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (files.pdf() + files.archive(), 415),
        (files.picture("PNG") + files.archive(), 415),
        (files.bomb_png(), 413),
        (b"X5O!P%@AP", 415),
        (b"", 422),
    ],
    ids=["pdf with archive", "png with archive", "png bomb", "text", "empty"],
)
async def test_a_bad_file_is_refused_on_the_page_and_nothing_is_kept(
    town: Town, content: bytes, status: int
) -> None:
    anna = await town.anna()
    answer = await keep(anna, content)
    assert answer.status_code == status
    check_page(answer.text)
    async with town.context.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(DokumentZeile)) == 0


@pytest.mark.parametrize(
    "more", [{"art": "erfunden"}, {"gueltig_bis": "2020-01-01"}, {"gueltig_bis": "gestern"}]
)
async def test_a_wrong_statement_about_a_document_is_refused(town: Town, more: dict[str, str]) -> None:
    anna = await town.anna()
    assert (await keep(anna, **more)).status_code == 422  # type: ignore[arg-type]


async def test_a_body_that_does_not_say_how_long_it_is_is_counted(town: Town) -> None:
    anna = await town.anna()
    csrf = await anna.csrf(PAGE)
    sent = 0

    async def endless():  # type: ignore[no-untyped-def]
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="datei"; filename="a.pdf"\r\n\r\n%PDF-1.4'
        while sent < 200:
            sent += 1
            yield b"0" * (1024 * 1024)

    answer = await anna.http.post(
        PAGE,
        content=endless(),
        headers={"Content-Type": "multipart/form-data; boundary=x", "X-CSRF-Token": csrf},
    )
    assert answer.status_code == 413
    assert sent < 30


async def case_with_document(town: Town, anna: Browser) -> tuple[str, str]:
    """A delivered Anmeldung with its document: path at /amt, and the document's id."""
    draft = await anna.open_draft("wohnsitz_anmelden")
    await fill(anna, draft, WOHNSITZ)
    await upload(anna, draft, PDF)
    await prove(anna, draft)
    answer = await anna.change(draft, "abgabe", geprueft="1")
    assert answer.status_code == 303, answer.text
    await zustellung.zustellen_faellige(town.context)
    case = first(r"/mein/vorgaenge/([0-9a-f-]{36})", (await anna.get("/mein")).text)
    return f"/amt/vorgaenge/{case}", await document_id(anna)


async def withdraw(browser: Browser):  # type: ignore[no-untyped-def]
    release = first(rf"{PAGE}/freigaben/([0-9a-f-]{{36}})/widerruf", (await browser.get(PAGE)).text)
    return release, await browser.post(f"{PAGE}/freigaben/{release}/widerruf", PAGE)


async def test_a_release_taken_back_in_time_closes_the_document_to_the_office(town: Town) -> None:
    anna, office = await town.anna(), await town.office("amt-buergercenter")
    case, document = await case_with_document(town, anna)
    release, answer = await withdraw(anna)
    assert answer.headers["location"] == f"{PAGE}?meldung=widerrufen"
    assert (await office.get(f"{case}/dokumente/{document}")).status_code == 404
    page = (await office.get(case)).text
    assert "von der Person zurückgenommen" in page
    assert (await anna.post(f"{PAGE}/freigaben/{release}/widerruf", PAGE)).status_code == 409


async def test_what_the_office_has_opened_can_not_be_taken_back(town: Town) -> None:
    anna, office = await town.anna(), await town.office("amt-buergercenter")
    case, document = await case_with_document(town, anna)
    page = (await anna.get(PAGE)).text
    release = first(rf"{PAGE}/freigaben/([0-9a-f-]{{36}})/widerruf", page)
    assert (await office.get(f"{case}/dokumente/{document}")).content == PDF
    assert (await anna.post(f"{PAGE}/freigaben/{release}/widerruf", PAGE)).status_code == 409
    assert "geöffnet" in (await anna.get(PAGE)).text
    refused = await anna.post(f"{PAGE}/{document}/loeschen", PAGE)
    assert (refused.status_code, "bleibt sie erhalten" in refused.text) == (409, True)


async def test_a_document_of_ones_own_goes_to_a_running_case(town: Town) -> None:
    anna, office = await town.anna(), await town.office("amt-steuern")
    case = await hand_in(town, anna)
    await keep(anna)
    document = await document_id(anna)
    assert (await office.get(f"/amt/vorgaenge/{case}/dokumente/{document}")).status_code == 404
    unconfirmed = await anna.post(f"{PAGE}/{document}/freigabe", PAGE, vorgang_id=case)
    assert unconfirmed.headers["location"].startswith("/mein/bestaetigen")
    await anna.confirm()
    answer = await anna.post(f"{PAGE}/{document}/freigabe", PAGE, vorgang_id=case)
    assert answer.headers["location"].startswith(PAGE), answer.text
    assert (await anna.post(f"{PAGE}/{document}/freigabe", PAGE, vorgang_id=case)).status_code == 409
    assert "Nachweis zum Einkommen" in (await office.get(f"/amt/vorgaenge/{case}")).text
    assert (await office.get(f"/amt/vorgaenge/{case}/dokumente/{document}")).content == PDF
    assert "Nachweis zum Einkommen" in (await anna.get("/mein/protokoll")).text


async def test_foreign_documents_and_cases_are_unknown(town: Town) -> None:
    anna, bernd = await town.anna(), await town.bernd()
    case = await hand_in(town, anna)
    await keep(anna)
    await keep(bernd)
    hers, his = await document_id(anna), await document_id(bernd)
    await bernd.confirm()
    assert (await bernd.get(f"{PAGE}/{hers}/datei")).status_code == 404
    for path, data in (
        (f"{hers}/loeschen", {}),
        (f"{hers}/freigabe", {"vorgang_id": case}),
        (f"{his}/freigabe", {"vorgang_id": case}),
    ):
        assert (await bernd.post(f"{PAGE}/{path}", PAGE, **data)).status_code == 404, path
    assert (await anna.get(f"{PAGE}/{hers}/datei")).content == PDF


async def test_a_deleted_document_is_gone(town: Town) -> None:
    anna = await town.anna()
    await keep(anna)
    document = await document_id(anna)
    assert (await anna.post(f"{PAGE}/{document}/loeschen", PAGE)).status_code == 303
    assert (await anna.get(f"{PAGE}/{document}/datei")).status_code == 404


async def test_files_of_a_draft_given_up_go_after_thirty_days(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft("wohnsitz_anmelden")
    await upload(anna, draft, PDF)
    await keep(anna)
    await anna.change(draft, "verwerfen")
    assert await dokument.aufraeumen(town.context) == 0
    town.clock.now += timedelta(days=31)
    assert await dokument.aufraeumen(town.context) == 1
    async with town.context.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(DokumentZeile)) == 1


async def test_what_must_be_signed_stands_on_the_page(town: Town) -> None:
    anna = await town.anna()
    dog = (await anna.get(await anna.open_draft("hundesteuer_anmelden"))).text
    assert "Unterschrift nötig" not in dog
    draft = await anna.open_draft("elterngeld")
    page = (await anna.get(draft)).text
    assert "Unterschrift nötig" in page
    sheet = re.search(rf"{draft}/unterschrift.pdf", page)
    assert sheet
    reader = PdfReader(io.BytesIO((await anna.get(sheet[0])).content))
    printed = "".join(one.extract_text() for one in reader.pages)
    for part in (
        "Zum Unterschreiben: Elterngeld",
        "Noch nicht abgegeben",
        "Unterschrift mit der Hand",
        "Schriftform",
    ):
        assert part in printed
    await prove(anna, draft)
    page = (await anna.get(draft)).text
    assert "Unterschrift nötig" not in page
    assert "§ 9a Abs. 5 OZG" in page


async def test_a_kept_document_serves_as_evidence_of_an_application(town: Town) -> None:
    anna = await town.anna()
    await keep(anna, art="wohnung")
    kept = await document_id(anna)
    draft = await anna.open_draft("wohnsitz_anmelden")
    page = (await anna.get(draft)).text
    assert f'<option value="{kept}">' in page
    act = f"{draft}/nachweise/wohnungsgeberbestaetigung/unterlage"
    version = first(r'name="version" value="(\d+)"', page)
    done = await anna.post(act, draft, version=version, dokument_id=kept)
    assert done.headers["location"].startswith(f"{draft}?meldung=beigelegt")
    page = (await anna.get(draft)).text
    assert "beleg.pdf" in page
    assert f'<option value="{kept}">' not in page, "it is used"
    assert (await anna.post(f"{PAGE}/{kept}/loeschen", PAGE)).status_code == 303
    page = (await anna.get(draft)).text
    assert "beleg.pdf" not in page, "what is deleted is no evidence any more"


async def test_neither_a_foreign_nor_an_expired_nor_an_unmarked_document_serves(town: Town) -> None:
    anna, bernd = await town.anna(), await town.bernd()
    await keep(anna, art="wohnung", gueltig_bis="2026-11-25")
    await keep(bernd, art="wohnung")
    foreign, own = await document_id(bernd), await document_id(anna)
    for service, evidence, document, days in (
        ("wohnsitz_anmelden", "wohnungsgeberbestaetigung", foreign, 0),
        ("aufenthaltserlaubnis", "pass", own, 0),
        ("wohnsitz_anmelden", "wohnungsgeberbestaetigung", own, 2),
    ):
        town.clock.now += timedelta(days=days)
        anna = await town.anna()
        draft = await anna.open_draft(service)
        version = first(r'name="version" value="(\d+)"', (await anna.get(draft)).text)
        act = f"{draft}/nachweise/{evidence}/unterlage"
        refused = await anna.post(act, draft, version=version, dokument_id=document)
        assert refused.status_code == 404, (service, days)
