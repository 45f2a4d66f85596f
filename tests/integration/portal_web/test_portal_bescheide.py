"""Decisions: an office makes them known, the citizen opens them, each by its norm."""

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import delete, select

from portal.schema.benachrichtigung import BenachrichtigungZeile
from portal.schema.stammdaten import StammdatumRow
from portal.services import benachrichtigung, bereitstellung, bescheid
from portal.services.versand import UnreachableRecipientError
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.counter import ANNA, decide, decision_of, sent_by_mail
from tests.support.portal_town import Browser, Town
from tests.support.portal_world import PDF


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
    early = await anna.post(f"{path}/oeffnen", path, verstanden="ja")
    assert early.headers["location"].startswith("/mein/bestaetigen")
    await anna.confirm()
    assert (await anna.post(f"{path}/oeffnen", path)).status_code == 422
    town.clock.forward(days=1)
    anna, office = await town.anna(), await town.office("amt-steuern")
    await anna.confirm()
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
    await bereitstellung.ueberwachen(town.context)
    await bereitstellung.ueberwachen(town.context)
    async with town.context.transaction() as session:
        reminders = await session.scalars(
            select(BenachrichtigungZeile).where(BenachrichtigungZeile.anlass == "bescheid_erinnerung")
        )
        assert len(reminders.all()) == 1
    town.clock.forward(days=3)
    assert await bereitstellung.ueberwachen(town.context) == 0, "the tenth day itself still counts"
    town.clock.forward(days=1)
    anna = await town.anna()
    await anna.confirm()
    late = await anna.post(f"{path}/oeffnen", path, verstanden="ja")
    assert late.status_code == 409
    assert await bereitstellung.ueberwachen(town.context) == 1
    assert await bereitstellung.ueberwachen(town.context) == 0
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
    assert await bereitstellung.ueberwachen(town.context) == 1
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
    await bereitstellung.ueberwachen(town.context)
    path = await decision_of(anna)
    before = (await anna.get(path)).text
    await anna.confirm()
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
    await anna.confirm()
    await anna.post(f"{path}/oeffnen", path, verstanden="ja")
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
