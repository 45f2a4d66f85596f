"""Public pages of how services run and of what the system stores; comments by anyone, votes by proved accounts."""

import re

import httpx
import pytest
from sqlalchemy import select

from portal.schema.kommentar import KommentarZeile
from portal.schema.redaktion import StimmeZeile
from portal.schema.tables import Base
from portal.services import kommentare, sitzung, verarbeitung
from tests.integration.portal_web.test_portal_editors import HUND, propose
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import Browser, Town

PAGE = f"/leistungen/{HUND}/ablauf"
COMMENTS = f"/leistungen/{HUND}/kommentare"


async def write(browser: Browser, text: str, **fields: str) -> httpx.Response:
    return await browser.post(COMMENTS, PAGE, text=text, **fields)


async def prove(town: Town, browser: Browser, trust: str = "substantiell") -> None:
    """Raise the trust of the browser's session, as a proved identity does."""
    now = town.clock()
    async with town.context.transaction() as session:
        view = await sitzung.find(session, browser.http.cookies["amtslotse_sitzung"], now)
        assert view
        await sitzung.raise_trust(session, view.sid, trust)


async def vote(browser: Browser, proposal: str, stimme: str = "dafuer") -> httpx.Response:
    return await browser.post(f"/vorschlaege/{proposal}/stimme", PAGE, stimme=stimme)


async def test_every_service_has_a_page_of_its_process(town: Town) -> None:
    browser = town.browser()
    for key, service in town.context.katalog.leistungen.items():
        answer = await browser.get(f"/leistungen/{key}/ablauf")
        assert answer.status_code == 200, key
        check_page(answer.text)
        for item in service.felder:
            assert item.label.split()[0] in answer.text, (key, item.id)
        assert "datetime" not in answer.text, key
        assert "None" not in answer.text, key
    assert (await browser.get("/leistungen/gibtsnicht/ablauf")).status_code == 404


async def test_the_page_says_who_does_what_with_which_data_by_which_law(town: Town) -> None:
    text = (await town.browser().get("/leistungen/wohnsitz_anmelden/ablauf")).text
    for words in (
        "Bürgerin oder Bürger",
        "Assistent (Maschine)",
        "Mensch im Chat",
        "BÜRGERcenter, Stadt Gelsenkirchen",
        "§ 17 Abs. 1 BMG",
        "innerhalb von zwei Wochen nach dem Einzug",
        "Vertrauensniveau „hoch“",
        "der Assistent entscheidet nichts",
        "nur wenn „Weitere Wohnung“: ja",
        "BMG, konsolidierte Fassung vom 19.08.2026",
        "19.08.2026",
        "kein rechtliches Veto",
        'role="img"',
    ):
        assert words in text, words


async def test_a_service_without_an_online_way_says_that_nothing_is_passed_on(town: Town) -> None:
    service = next(s for s in town.context.katalog.leistungen.values() if not s.online and s.felder)
    text = (await town.browser().get(f"/leistungen/{service.id}/ablauf")).text
    assert "es gibt nichts weiter" in text
    assert "bleibt in Ihrem Konto, bis Sie selbst abgeben" in text
    assert "genau einmal" not in text


async def test_anyone_may_comment_and_the_responsible_editor_answers(town: Town) -> None:
    anonymous = town.browser()
    sent = await write(anonymous, "Warum fragen Sie\nnach der Rasse?", schluessel="felder")
    assert sent.headers["location"] == f"{PAGE}?gesendet=kommentar#kommentare"
    public = (await anonymous.get(PAGE)).text
    check_page(public)
    assert "nach der Rasse?" in public
    assert "Ohne Anmeldung" in public
    assert "Redaktion Land NRW" in public
    land, city = await town.office("redaktion-land"), await town.office("redaktion-kommune")
    inbox = (await land.get("/redaktion")).text
    check_page(inbox)
    found = re.search(r'action="/redaktion/kommentare/([0-9a-f-]+)"', inbox)
    assert found
    path = f"/redaktion/kommentare/{found.group(1)}"
    assert "nach der Rasse?" not in (await city.get("/redaktion")).text
    assert (await city.post(path, "/redaktion", aktion="antworten", text="Wir?")).status_code == 404
    assert (await land.post(path, "/redaktion", aktion="antworten", text=" ")).status_code == 422
    done = await land.post(path, "/redaktion", aktion="antworten", text="Weil der Satz davon abhängt.")
    assert done.status_code == 303
    assert "Weil der Satz davon abhängt." in (await anonymous.get(PAGE)).text
    again = await land.post(path, "/redaktion", aktion="antworten", text="Noch etwas.")
    assert again.status_code == 409
    assert "nach der Rasse?" not in (await land.get("/redaktion")).text


async def test_whoever_is_logged_in_comments_without_her_name(town: Town) -> None:
    anna = await town.anna()
    assert (await write(anna, "Geht schnell.")).status_code == 303
    public = (await town.browser().get(PAGE)).text
    assert "Angemeldetes Konto" in public
    assert "Anna" not in public
    async with town.context.transaction() as session:
        row = await session.scalar(select(KommentarZeile))
    assert row
    assert row.konto_id


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "<b>fett</b> & <a href=//x>da</a>",
        "{{ 7777*7 }}",
    ],
)
async def test_markup_in_a_comment_is_only_text(town: Town, text: str) -> None:
    browser = town.browser()
    assert (await write(browser, text)).status_code == 303
    for page in (await browser.get(PAGE), await (await town.office("redaktion-kommune")).get("/redaktion")):
        check_page(page.text)
        assert text not in page.text or "{{" in text
        assert "54439" not in page.text
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 2001, "Meine IBAN ist DE89370400440532013000, bitte."])
async def test_what_may_not_be_published_comes_back(town: Town, text: str) -> None:
    answer = await write(town.browser(), text)
    assert answer.status_code == 422
    check_page(answer.text)
    assert text.strip() in answer.text
    async with town.context.transaction() as session:
        assert await session.scalar(select(KommentarZeile)) is None


async def test_a_flood_is_slowed_down_and_the_trace_of_its_sender_goes(town: Town) -> None:
    browser = town.browser()
    for number in range(kommentare.HOECHSTENS):
        assert (await write(browser, f"Nummer {number}")).status_code == 303
    refused = await write(browser, "Eine zu viel")
    assert refused.status_code == 429
    check_page(refused.text)
    assert "Eine zu viel" in refused.text
    assert (await write(await town.anna(), "Ich bin jemand anderes.")).status_code == 303
    town.clock.forward(minutes=16)
    assert (await write(browser, "Jetzt geht es")).status_code == 303
    async with town.context.transaction() as session:
        rows = list(await session.scalars(select(KommentarZeile)))
    assert [row.text for row in rows if row.absender] == ["Jetzt geht es"]
    assert not any("127.0.0.1" in str(vars(row)) for row in rows)


async def test_a_comment_from_a_foreign_page_is_refused(town: Town) -> None:
    browser = town.browser()
    await browser.get(PAGE)
    for csrf in ({}, {"csrf": "0" * 64}):
        answer = await browser.http.post(COMMENTS, data={"text": "Von anderswo", **csrf})
        assert answer.status_code == 403
    anna = await town.anna()
    assert (await anna.http.post(COMMENTS, data={"text": "Von anderswo"})).status_code == 403


async def test_a_removed_comment_shows_why_instead_of_its_text(town: Town) -> None:
    browser = town.browser()
    await write(browser, "Herr Soundso aus der Musterstraße ist schuld.")
    editor = await town.office("redaktion-kommune")
    found = re.search(r'action="(/redaktion/kommentare/[0-9a-f-]+)"', (await editor.get("/redaktion")).text)
    assert found
    silent = await editor.post(found.group(1), "/redaktion", aktion="entfernen", text="")
    assert silent.status_code == 422
    await editor.post(found.group(1), "/redaktion", aktion="entfernen", text="Nennt eine Person.")
    public = (await browser.get(PAGE)).text
    assert "Soundso" not in public
    assert "Nennt eine Person." in public
    twice = await editor.post(found.group(1), "/redaktion", aktion="entfernen", text="Noch einmal.")
    assert twice.status_code == 409
    assert (await editor.post("/redaktion/kommentare/x", "/redaktion", text="?")).status_code == 404


async def test_old_comments_are_on_further_pages(town: Town) -> None:
    async with town.context.transaction() as session:
        for number in range(kommentare.SEITE + 1):
            town.clock.forward(minutes=1)
            session.add(
                KommentarZeile(
                    id=f"k{number}",
                    thema=f"leistung:{HUND}",
                    ebene="kommune",
                    text=f"Kommentar Nr. {number}.",
                    angemeldet=False,
                    am_utc=town.clock(),
                )
            )
    browser = town.browser()
    first, last = (await browser.get(PAGE)).text, (await browser.get(f"{PAGE}?seite=2")).text
    assert "Kommentar Nr. 20." in first
    assert "Kommentar Nr. 0." not in first
    assert "Kommentar Nr. 0." in last
    assert "Kommentar Nr. 0." in (await browser.get(f"{PAGE}?seite=99")).text
    assert (await browser.get(f"{PAGE}?seite=0")).status_code == 422


async def test_a_proved_account_votes_once(town: Town) -> None:
    proposal = await propose(town)
    anna = await town.anna()
    assert "Identität nachweisen" in (await anna.get(PAGE)).text
    unproved = await vote(anna, proposal)
    assert unproved.status_code == 403
    await prove(town, anna)
    check_page((await anna.get(PAGE)).text)
    assert (await vote(anna, proposal, "vielleicht")).status_code == 422
    assert (await vote(anna, proposal)).headers["location"] == f"{PAGE}?gesendet=stimme#vorschlaege"
    twice = await vote(anna, proposal, "dagegen")
    assert twice.status_code == 409
    bernd = await town.bernd()
    await prove(town, bernd, "hoch")
    await vote(bernd, proposal, "dagegen")
    page = (await anna.get(PAGE)).text
    assert "<strong>1</strong> dafür, <strong>1</strong> dagegen" in page
    assert "Sie haben abgestimmt." in page
    assert "kein rechtliches Veto" in page
    async with town.context.transaction() as session:
        rows = list(await session.scalars(select(StimmeZeile)))
    assert len({row.stimmrecht for row in rows}) == 2


async def test_another_session_of_the_same_account_has_no_second_vote(town: Town) -> None:
    proposal = await propose(town)
    for expected in (303, 409):
        anna = await town.anna()
        await prove(town, anna)
        assert (await vote(anna, proposal)).status_code == expected


async def test_votes_end_with_the_decision_and_stay_beside_the_answer(town: Town) -> None:
    proposal = await propose(town)
    anna = await town.anna()
    await prove(town, anna)
    await vote(anna, proposal)
    editor = await town.office("redaktion-land")
    await editor.post(
        f"/redaktion/vorschlaege/{proposal}",
        "/redaktion",
        aktion="ablehnen",
        antwort="Das Gesetz sagt es anders.",
    )
    page = (await anna.get(PAGE)).text
    assert "Abstimmung: 1 dafür, 0 dagegen." in page
    assert "Das Gesetz sagt es anders." in page
    bernd = await town.bernd()
    await prove(town, bernd)
    assert (await vote(bernd, proposal)).status_code == 409


async def test_nobody_votes_without_a_login_or_on_nothing(town: Town) -> None:
    proposal = await propose(town)
    anonymous = await town.browser().http.post(f"/vorschlaege/{proposal}/stimme", data={"stimme": "dafuer"})
    assert anonymous.headers["location"].startswith("/anmelden")
    anna = await town.anna()
    await prove(town, anna)
    assert (await vote(anna, "gibtsnicht")).status_code == 404


async def test_the_description_of_the_processing_names_every_table_and_is_open_to_comment(town: Town) -> None:
    browser = town.browser()
    text = (await browser.get("/datenschutz/verarbeitung")).text
    check_page(text)
    for table in Base.metadata.tables.values():
        assert f"Spalten der Tabelle „{table.name}“" in text
    assert "noch nicht beschrieben" not in text
    assert "/datenschutz/verarbeitung" in (await browser.get("/datenschutz")).text
    path = "/datenschutz/verarbeitung"
    sent = await browser.post(f"{path}/kommentare", path, text="Wie lange <b>bleibt</b> das?")
    assert sent.status_code == 303
    assert "Wie lange &lt;b&gt;bleibt&lt;/b&gt; das?" in (await browser.get(path)).text
    empty = await browser.post(f"{path}/kommentare", path, text="")
    assert empty.status_code == 422
    check_page(empty.text)
    assert "Wie lange" in (await (await town.office("redaktion-kommune")).get("/redaktion")).text


def test_every_table_has_a_described_purpose_and_every_description_a_table() -> None:
    assert set(verarbeitung.ZWECKE) == set(Base.metadata.tables)
