"""Both sides of the counter: an office asks and decides, the citizen answers and opens, each by its norm."""

import io
import re

import pytest
from icalendar import Calendar
from pypdf import PdfReader
from sqlalchemy import delete, select

from portal.schema.benachrichtigung import BenachrichtigungZeile
from portal.schema.stammdaten import StammdatumRow
from portal.services import benachrichtigung, bescheid, bindung, fristenblatt
from portal.services.token import citizen_session_of
from portal.services.versand import UnreachableRecipientError
from tests.integration.portal_web.test_portal_applications import PDF
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.attack_files import picture
from tests.support.portal_town import Browser, Town
from tests.support.vorgaenge import delivered_case

ANNA = "00000000-0000-4000-8000-000000000001"
DECISION = {
    "betreff": "Hundesteuerbescheid",
    "norm": "vwvfg_41_2a",
    "bescheiddatum": "2026-11-24",
    "belehrung": "WI",
    "empfaenger": "Stadt Gelsenkirchen, Abteilung Steuern",
    "wortlaut": "Gegen diesen Bescheid können Sie innerhalb eines Monats Widerspruch erheben.",
}


@pytest.fixture
async def office(town: Town) -> Browser:
    return await town.office("amt-steuern")


@pytest.fixture
async def anna(town: Town) -> Browser:
    return await town.anna()


@pytest.fixture
async def case(town: Town) -> str:
    return await delivered_case(town.context, ANNA)


async def decide(office: Browser, case: str, pdf: bytes | None = PDF, **values: str):
    """The office makes a decision known."""
    path = f"/amt/vorgaenge/{case}/bescheid"
    data = {"csrf": await office.csrf(path), **DECISION, **values}
    files = {"datei": ("bescheid.pdf", pdf)} if pdf is not None else {"datei": ("", b"")}
    return await office.http.post(path, data=data, files=files)


async def decision_of(anna: Browser) -> str:
    """The path of her newest decision, as her list of deadlines links it."""
    found = re.search(r"/mein/bescheide/[0-9a-f-]{36}", (await anna.get("/mein/fristen")).text)
    assert found, "no decision on the page"
    return found.group(0)


async def sent_by_mail(town: Town) -> str:
    await benachrichtigung.senden_faellige(town.context)
    return (await town.browser().get("/demo/ausgang")).text


async def test_a_question_reaches_her_and_its_answer_the_office(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    asked = await office.post(
        f"/amt/vorgaenge/{case}/rueckfrage",
        f"/amt/vorgaenge/{case}/rueckfrage",
        frage="Wie hoch ist der Hund?\nEin Foto genügt.",
        bis="2026-11-29",
    )
    assert asked.headers["location"].endswith("?meldung=gefragt")
    outbox = await sent_by_mail(town)
    assert "Eine Stelle hat eine Rückfrage" in outbox
    assert "Hund" not in outbox
    start = (await anna.get("/mein")).text
    assert "Rückfrage beantworten: Hundesteuer anmelden" in start
    assert "bis 29.11.2026" in start, "a Sunday that the office set stays"
    path = re.search(r"/mein/rueckfragen/[0-9a-f-]{36}", start).group(0)  # type: ignore[union-attr]
    check_page((await anna.get(path)).text)
    empty = await anna.post(path, path, antwort="  ")
    assert empty.status_code == 422
    answer = await anna.http.post(
        path,
        data={"csrf": await anna.csrf(path), "antwort": "35 cm"},
        files={"datei": ("hund.png", picture())},
    )
    assert answer.headers["location"].endswith("?meldung=beantwortet")
    again = await anna.http.post(path, data={"csrf": await anna.csrf("/mein/daten"), "antwort": "40 cm"})
    assert again.status_code == 409
    shown = (await office.get(f"/amt/vorgaenge/{case}")).text
    check_page(shown)
    assert "35 cm" in shown
    assert "40 cm" not in shown
    assert "In Bearbeitung" in shown
    file = re.search(r"/amt/vorgaenge/[^\"]+/datei", shown).group(0)  # type: ignore[union-attr]
    assert (await office.get(file)).content.startswith(b"\x89PNG")
    log = (await anna.get("/mein/protokoll")).text
    assert "Antwort auf eine Rückfrage" in log
    assert "Datei zur Antwort auf eine Rückfrage" in log


async def test_questions_that_cannot_be_asked_come_back(office: Browser, case: str) -> None:
    path = f"/amt/vorgaenge/{case}/rueckfrage"
    for values in (
        {"frage": " "},
        {"frage": "x" * 4001},
        {"frage": "?", "bis": "2026-11-24"},
        {"frage": "?", "bis": "morgen"},
    ):
        answer = await office.post(path, path, **values)
        assert answer.status_code == 422, values
        assert "Das wurde nicht übernommen" in answer.text


async def test_a_foreign_office_neither_asks_nor_decides(town: Town, case: str) -> None:
    other = await town.office("amt-buergercenter")
    csrf = await other.csrf("/amt")
    for path in ("rueckfrage", "bescheid"):
        assert (await other.get(f"/amt/vorgaenge/{case}/{path}")).status_code == 404
        answer = await other.http.post(
            f"/amt/vorgaenge/{case}/{path}",
            data={"csrf": csrf, "frage": "?", **DECISION},
            files={"datei": ("b.pdf", PDF)},
        )
        assert answer.status_code == 404


async def test_a_decision_for_abruf_is_opened_by_an_announced_act_alone(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    assert (await decide(office, case)).headers["location"].endswith("?meldung=bescheid")
    assert "Ein Bescheid liegt für Sie bereit" in await sent_by_mail(town)
    path = await decision_of(anna)
    post = re.search(r"/mein/postfach/[0-9a-f-]{36}", (await anna.get("/mein/postfach")).text).group(0)  # type: ignore[union-attr]
    assert f'href="{path}">Zur Seite</a>' in (await anna.get(post)).text
    page = await anna.get(path)
    check_page(page.text)
    assert "04.12.2026" in page.text, "ten days after the notice"
    assert "Widerspruch" not in page.text.split("<main")[1].split("Was im Bescheid steht")[0]
    refused = await anna.get(f"{path}/datei")
    assert refused.status_code == 409
    assert not refused.content.startswith(b"%PDF")
    assert (await anna.post(f"{path}/oeffnen", path)).status_code == 422
    town.clock.forward(days=1)
    anna, office = await town.anna(), await town.office("amt-steuern")
    opened = await anna.post(f"{path}/oeffnen", path, verstanden="ja")
    assert opened.headers["location"] == f"{path}?meldung=geoeffnet"
    assert (await anna.get(f"{path}/datei")).content == PDF
    after = (await anna.get(path)).text
    check_page(after)
    assert "Bekanntgabe am 26.11.2026, weil: Tag nach dem Abruf (§ 41 Abs. 2a VwVfG)." in after
    assert "28.12.2026" in after, "case 13 of the fact sheet"
    assert "Stadt Gelsenkirchen, Abteilung Steuern" in after
    assert "Hier können Sie nichts einlegen." in after
    assert "müssen Sie trotzdem zuerst bezahlen" in after
    assert "geöffnet" in (await office.get(f"/amt/vorgaenge/{case}")).text


async def test_ten_days_unfetched_end_it_and_tell_the_office_and_her(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    await decide(office, case)
    await benachrichtigung.senden_faellige(town.context)
    path = await decision_of(anna)
    town.clock.forward(days=7)
    await bescheid.ueberwachen(town.context)
    await bescheid.ueberwachen(town.context)
    async with town.context.transaction() as session:
        reminders = await session.scalars(
            select(BenachrichtigungZeile).where(BenachrichtigungZeile.anlass == "bescheid_erinnerung")
        )
        assert len(reminders.all()) == 1
    town.clock.forward(days=3)
    assert await bescheid.ueberwachen(town.context) == 0, "the tenth day itself still counts"
    town.clock.forward(days=1)
    anna = await town.anna()
    late = await anna.post(f"{path}/oeffnen", path, verstanden="ja")
    assert late.status_code == 409
    assert await bescheid.ueberwachen(town.context) == 1
    assert await bescheid.ueberwachen(town.context) == 0
    page = (await anna.get(path)).text
    assert "Dieser Bescheid kommt auf anderem Weg" in page
    assert "es läuft keine Frist" in page
    assert (await anna.get(f"{path}/datei")).status_code == 409
    assert "Bescheid kommt auf anderem Weg" in (await anna.get("/mein/postfach")).text
    office = await town.office("amt-steuern")
    inbox = (await office.get("/amt")).text
    check_page(inbox)
    assert "Auf anderem Weg bekannt geben" in inbox
    form = re.search(r"/amt/bescheide/[0-9a-f-]+/ersetzt", inbox).group(0)  # type: ignore[union-attr]
    done = await office.post(form, "/amt")
    assert done.headers["location"] == f"/amt/vorgaenge/{case}/bescheid"
    assert "Auf anderem Weg bekannt geben" not in (await office.get("/amt")).text


async def test_the_notice_goes_out_the_same_day_whatever_the_quiet_hours(
    town: Town, office: Browser, case: str
) -> None:
    town.clock.forward(hours=12.5)
    night = await town.office("amt-steuern")
    await decide(night, case)
    assert "Ein Bescheid liegt für Sie bereit" in await sent_by_mail(town)


async def test_a_notice_that_reaches_nobody_ends_the_provision(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    await decide(office, case, norm="ozg_9")

    class Closed:
        async def senden(self, hinweis) -> None:
            raise UnreachableRecipientError

    await benachrichtigung.senden_faellige(town.context, {"mail": Closed()})  # type: ignore[dict-item]
    assert await bescheid.ueberwachen(town.context) == 1
    assert "Auf anderem Weg bekannt geben" in (await office.get("/amt")).text


@pytest.mark.parametrize(
    ("norm", "dated", "safe", "possible"),
    [
        pytest.param("ozg_9", "2026-11-24", "28.12.2026", None, id="OZG: 28.11. + 1 Monat"),
        pytest.param(
            "ao_122a", "2026-11-24", "28.12.2026", "30.12.2026", id="AO: Sa 28. rollt auf Mo 30.11."
        ),
        pytest.param(
            "sgbx_37_2a", "2026-11-24", "28.12.2026", None, id="SGB X: vierter Tag nach dem Hinweis"
        ),
    ],
)
async def test_the_other_portal_norms_count_from_the_provision_opened_or_not(
    town: Town,
    anna: Browser,
    office: Browser,
    case: str,
    norm: str,
    dated: str,
    safe: str,
    possible: str | None,
) -> None:
    await decide(office, case, norm=norm, bescheiddatum=dated)
    await sent_by_mail(town)
    await bescheid.ueberwachen(town.context)
    path = await decision_of(anna)
    before = (await anna.get(path)).text
    await anna.post(f"{path}/oeffnen", path, verstanden="ja")
    after = (await anna.get(path)).text
    for page in (before, after):
        assert f"<strong>{safe}</strong>" in page
        assert ("Möglicherweise bis" in page) == (possible is not None)
        assert possible is None or possible in page
    assert "Das Öffnen ändert an der Frist nichts" in before


async def test_a_letter_is_only_noted_and_its_deadline_counts_from_its_date(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    missing = await decide(office, case, None, norm="post_ao")
    assert (missing.status_code, "Aufgabe zur Post" in missing.text) == (422, True)
    await decide(office, case, None, norm="post_ao", aufgabe="2026-11-25")
    page = (await anna.get(await decision_of(anna))).text
    assert "<strong>28.12.2026</strong>" in page
    assert "30.12.2026" in page


async def test_a_decision_with_a_mistake_comes_back_and_nothing_is_provided(
    town: Town, office: Browser, case: str
) -> None:
    for values in (
        {"norm": "brieftaube"},
        {"norm": ""},
        {"betreff": " "},
        {"bescheiddatum": ""},
        {"bescheiddatum": "24.11."},
        {"bescheiddatum": "2027-01-01"},
        {"bescheiddatum": "2026-11-01"},
        {"belehrung": ""},
        {"belehrung": "WI", "monate": "0"},
        {"belehrung": "WI", "monate": "ja"},
        {"norm": "pzu", "aufgabe": "2026-11-01"},
        {"daten_ausweis_gueltig_bis": "irgendwann"},
        {"daten_anschrift": "nirgends"},
        {"daten_ausweisnummer": "1"},
    ):
        answer = await decide(office, case, **values)
        assert answer.status_code == 422, values
        assert "Das wurde nicht übernommen" in answer.text
    async with town.context.transaction() as session:
        assert await bescheid.liste(town.context, session, ANNA) == []


async def test_what_is_no_pdf_is_no_decision(office: Browser, case: str) -> None:
    for pdf, status in ((None, 422), (b"<html>", 415), (b"%PDF" + b"0" * 25 * 1024 * 1024, 413)):
        assert (await decide(office, case, pdf)).status_code == status


async def test_who_wants_paper_gets_no_decision_in_the_postbox(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    page = "/mein/benachrichtigungen"
    await anna.confirm()
    await anna.post(page, page, ruhe_von="22:00", ruhe_bis="07:00", bescheide="papier")
    refused = await decide(office, case)
    assert (refused.status_code, "möchte Bescheide auf Papier" in refused.text) == (409, True)
    assert (await decide(office, case, None, norm="post_ao", aufgabe="2026-11-24")).status_code == 303


async def test_who_cannot_be_told_gets_no_decision_in_the_postbox(
    town: Town, office: Browser, case: str
) -> None:
    async with town.context.transaction() as session:
        await session.execute(
            delete(StammdatumRow).where(
                StammdatumRow.konto_id == ANNA, StammdatumRow.feld.in_(("telefon", "email"))
            )
        )
    assert (await decide(office, case)).status_code == 409


async def test_a_belehrung_that_disagrees_sends_her_to_a_human_and_shows_both(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    await decide(
        office, case, norm="ozg_9", belehrung="VG", empfaenger="Verwaltungsgericht Gelsenkirchen", monate="3"
    )
    page = (await anna.get(await decision_of(anna))).text
    assert "Bitte einen Menschen fragen" in page
    assert "Der Bescheid nennt „Klage“, üblich ist hier „Widerspruch“." in page
    assert "Rechtsbehelf laut Bescheid" in page
    assert "Widerspruch (§ 70 VwGO) an: Abteilung Steuern" in page
    assert "<strong>28.12.2026</strong>" in page, "three months in print do not lengthen the safe date"
    assert "Bitte einen Menschen fragen" in (await anna.get("/mein/fristen")).text


async def test_values_of_a_decision_become_master_data_only_by_her_word(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    brought = {
        "ausweis_gueltig_bis": "2036-11-24",
        "familienname": "Neumann",
        "anschrift": "Neuweg 1, 45879 Gelsenkirchen",
    }
    await decide(office, case, norm="ozg_9", **{f"daten_{feld}": wert for feld, wert in brought.items()})
    path = await decision_of(anna)
    unconfirmed = await anna.post(f"{path}/daten", path, felder=["familienname"])
    assert unconfirmed.headers["location"].startswith("/mein/bestaetigen")
    await anna.confirm()
    early = await anna.post(f"{path}/daten", path, felder=["ausweis_gueltig_bis"])
    assert early.status_code == 409
    assert "24.11.2036" not in (await anna.get("/mein/daten")).text
    await anna.post(f"{path}/oeffnen", path, verstanden="ja")
    assert "24.11.2036" in (await anna.get(path)).text
    assert "24.11.2036" not in (await anna.get("/mein/daten")).text
    await anna.post(f"{path}/daten", path, felder=["ausweis_gueltig_bis", "familienname", "telefon"])
    shown = (await anna.get("/mein/daten")).text
    assert ("24.11.2036" in shown, "Neumann" in shown, "Neuweg" in shown) == (True, True, False)
    assert "Aus einem Bescheid übernommen" in (await anna.get("/mein/protokoll")).text
    assert "von Ihnen übernommen" in shown
    assert "In Ihre Stammdaten übernehmen" not in (await anna.get(path)).text


async def test_values_of_a_decision_that_she_does_not_choose_are_dropped(
    anna: Browser, office: Browser, case: str
) -> None:
    await decide(office, case, norm="ozg_9", daten_familienname="Neumann")
    path = await decision_of(anna)
    await anna.post(f"{path}/oeffnen", path, verstanden="ja")
    await anna.confirm()
    answer = await anna.post(f"{path}/daten", path)
    assert answer.headers["location"].endswith("meldung=verworfen")
    assert "Neumann" not in (await anna.get(path)).text
    assert "Neumann" not in (await anna.get("/mein/daten")).text


async def test_the_draft_is_unsent_and_names_addressee_and_forms(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    await decide(office, case, norm="ozg_9")
    path = await decision_of(anna)
    draft = await anna.get(f"{path}/entwurf.pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(draft.content)).pages)
    for part in (
        "NICHT VERSANDT",
        "Widerspruch",
        "24.11.2026",
        "Abteilung Steuern",
        "28.12.2026",
        "Unterschrift",
        "Beispiel",
    ):
        assert part in text
    before = (await office.get(f"/amt/vorgaenge/{case}")).text
    assert "Widerspruch" not in before.split("Verlauf")[1], "the office hears nothing of a draft"


async def test_her_own_letter_is_computed_and_kept(town: Town, anna: Browser) -> None:
    form = "/mein/fristen/brief"
    check_page((await anna.get(form)).text)
    answer = await anna.post(
        form, form, leistung="wohngeld", bescheiddatum="2026-11-23", weg="post_sgbx", rechtsbehelf="WI"
    )
    assert answer.status_code == 303, answer.text
    page = (await anna.get(answer.headers["location"])).text
    check_page(page)
    assert "<strong>28.12.2026</strong>" in page
    unknown = await anna.post(form, form, leistung="wohngeld", bescheiddatum="2026-11-23")
    assert "<strong>23.12.2026</strong>" in (await anna.get(unknown.headers["location"])).text
    settled = await anna.post(f"{unknown.headers['location']}/erledigt", unknown.headers["location"])
    assert settled.status_code == 303
    assert "erledigt am" in (await anna.get("/mein/fristen")).text


async def test_a_letter_with_a_mistake_comes_back_as_it_was_filled_in(anna: Browser) -> None:
    form = "/mein/fristen/brief"
    good = {"leistung": "wohngeld", "bescheiddatum": "2026-11-23", "empfaenger": "Stadt"}
    for values in (
        {"bescheiddatum": "2026-12-24"},
        {"bescheiddatum": ""},
        {"bescheiddatum": "gestern"},
        {"weg": "ozg_9"},
        {"beginn": "2026-11-01"},
        {"zugang": "2027-11-01"},
    ):
        answer = await anna.post(form, form, **good | values)
        assert answer.status_code == 422, values
        assert 'value="Stadt"' in answer.text


async def test_an_unknown_service_has_no_letter(anna: Browser) -> None:
    form = "/mein/fristen/brief"
    answer = await anna.post(form, form, leistung="gibt_es_nicht", bescheiddatum="2026-11-23")
    assert answer.status_code == 404


async def test_documents_and_slow_offices_stand_among_the_deadlines(town: Town, anna: Browser) -> None:
    entries = (await anna.get("/mein/fristen")).text
    assert "Personalausweis erneuern" in entries
    assert "28.02.2031" in entries
    assert "Personalausweis erneuern" not in (await anna.get("/mein")).text, "more than a year away"


async def test_reminders_go_out_once_on_the_chosen_days(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    page = "/mein/benachrichtigungen"
    await anna.confirm()
    await anna.post(page, page, ruhe_von="22:00", ruhe_bis="07:00", erinnern=["14", "1"])
    await decide(office, case, norm="ozg_9")
    town.clock.forward(days=19)
    assert await fristenblatt.erinnern(town.context) == 0
    sent = []
    for _ in range(17):
        town.clock.forward(days=1)
        sent.append(await fristenblatt.erinnern(town.context) + await fristenblatt.erinnern(town.context))
    assert sent.count(1) == 2
    assert sent.index(1) == 0, "fourteen days before 28 December"
    assert sent[13] == 1, "one day before"
    assert "Erinnerung an eine Frist" in await sent_by_mail(town)


async def test_the_calendar_file_names_them_and_the_address_does_not(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    await decide(office, case, norm="ozg_9")
    own = Calendar.from_ical((await anna.get("/mein/fristen/fristen.ics")).content)
    names = [str(event["summary"]) for event in own.walk("VEVENT")]
    assert "Frist: Widerspruch möglich: Hundesteuer anmelden" in names
    await anna.confirm()
    made = await anna.post("/mein/fristen/kalender", "/mein/fristen")
    address = re.search(r"http://portal\.test(/kalender/[\w-]{43}\.ics)", made.text).group(1)  # type: ignore[union-attr]
    assert address not in (await anna.get("/mein/fristen")).text, "shown once"
    feed = await town.browser().get(address)
    events = Calendar.from_ical(feed.content).walk("VEVENT")
    assert len(events) == len(names)
    assert {str(event["summary"]) for event in events} == {"Eine Frist endet (Amtslotse)"}
    for personal in ("Hund", "Anna", "Beispiel", "Widerspruch", "Ausweis"):
        assert personal not in feed.text
    revoke = re.search(
        r"/mein/fristen/kalender/[0-9a-f-]{36}/widerrufen", (await anna.get("/mein/fristen")).text
    ).group(0)  # type: ignore[union-attr]
    await anna.post(revoke, "/mein/fristen")
    assert (await town.browser().get(address)).status_code == 404


async def test_a_guessed_calendar_address_gives_nothing(town: Town) -> None:
    assert (await town.browser().get("/kalender/geraten.ics")).status_code == 404


async def test_no_more_than_five_calendar_addresses(anna: Browser) -> None:
    await anna.confirm()
    for _ in range(5):
        assert (await anna.post("/mein/fristen/kalender", "/mein/fristen")).status_code == 200
    assert (await anna.post("/mein/fristen/kalender", "/mein/fristen")).status_code == 409


async def bind(town: Town, browser: Browser, conversation: str, konto: str = ANNA) -> None:
    """Tie a conversation to the session of this browser."""
    csrf = (await browser.get("/api/session")).json()["csrf"]
    token = (await browser.http.post("/api/session/token", headers={"X-CSRF-Token": csrf})).json()["token"]
    async with town.context.transaction() as session:
        await bindung.binden(
            town.context, session, conversation, konto, citizen_session_of(town.context, token)
        )


async def test_the_chat_sees_deadlines_and_answers_the_question(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    await decide(office, case, norm="ozg_9")
    form = f"/amt/vorgaenge/{case}/rueckfrage"
    await office.post(form, form, frage="Wie hoch ist der Hund?")
    await bind(town, anna, "c")
    headers = {"Authorization": "Bearer actions", "X-Conversation": "c"}
    http = town.browser().http
    running = (await http.get("/api/dialog/deadlines", headers=headers)).json()
    assert [one["end"] for one in running if "Widerspruch" in one["name"]] == ["2026-12-28"]
    (asked,) = (await http.get("/api/dialog/inquiries", headers=headers)).json()
    path = f"/api/dialog/inquiries/{asked['id']}/answer"
    for key, status in (("k1", 200), ("k1", 200), ("k2", 409)):
        answer = await http.post(path, headers=headers | {"Idempotency-Key": key}, json={"text": "35 cm"})
        assert answer.status_code == status, answer.text
    assert "beantwortet 24.11.2026 im Chat" in (await office.get(f"/amt/vorgaenge/{case}")).text
    bernd = await town.bernd()
    await bind(town, bernd, "d", konto="00000000-0000-4000-8000-000000000002")
    foreign = await http.post(
        path, headers=headers | {"X-Conversation": "d", "Idempotency-Key": "k3"}, json={"text": "x"}
    )
    assert foreign.status_code == 404
