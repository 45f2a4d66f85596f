"""An office asks, the citizen answers: on her page or in the chat, and nobody else."""

import re

from sqlalchemy import select

from portal.domain.einwilligung import WORTLAUTE
from portal.schema.dokument import DokumentZeile
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.attack_files import picture
from tests.support.counter import DECISION, bind, decide, sent_by_mail
from tests.support.portal_town import Browser, Town
from tests.support.portal_world import PDF


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
    assert "Rückfrage offen" in (await office.get("/amt")).text
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
    assert "Rückfrage beantwortet" in (await office.get("/amt")).text
    shown = (await office.get(f"/amt/vorgaenge/{case}")).text
    check_page(shown)
    assert "35 cm" in shown
    assert "40 cm" not in shown
    assert "In Bearbeitung" in shown
    file = re.search(rf"/amt/vorgaenge/{case}/dokumente/[^\"]+", shown).group(0)  # type: ignore[union-attr]
    assert (await office.get(file)).content.startswith(b"\x89PNG")
    log = (await anna.get("/mein/protokoll")).text
    assert "Antwort auf eine Rückfrage" in log
    assert "Zur Antwort auf eine Rückfrage: hund.png" in log
    assert WORTLAUTE["rueckfrage"].text in log


async def test_a_file_sent_with_an_answer_is_hers_until_the_office_has_opened_it(
    town: Town, anna: Browser, office: Browser, case: str
) -> None:
    form = f"/amt/vorgaenge/{case}/rueckfrage"
    await office.post(form, form, frage="Ein Foto genügt.")
    start = (await anna.get("/mein")).text
    path = re.search(r"/mein/rueckfragen/[0-9a-f-]{36}", start).group(0)  # type: ignore[union-attr]
    asked = (await anna.get(path)).text
    assert WORTLAUTE["rueckfrage"].text in asked
    assert "Art. 6 Abs. 1 Buchst. c oder e DSGVO mit" in asked
    csrf = {"csrf": await anna.csrf(path)}
    await anna.http.post(path, data=csrf, files={"datei": ("hund.png", picture())})
    async with town.context.transaction() as session:
        (kept,) = await session.scalars(select(DokumentZeile.inhalt))
    assert b"PNG" not in kept
    link = re.search(
        rf"/amt/vorgaenge/{case}/dokumente/[^\"]+", (await office.get(f"/amt/vorgaenge/{case}")).text
    )
    back = re.search(
        r"/mein/dokumente/freigaben/[0-9a-f-]{36}/widerruf", (await anna.get("/mein/dokumente")).text
    )
    assert link
    assert back
    assert (await anna.post(back[0], "/mein/dokumente")).status_code == 303
    assert (await office.get(link[0])).status_code == 404


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
