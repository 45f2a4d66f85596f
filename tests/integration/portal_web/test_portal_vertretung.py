"""Acting for others: with scope, proof and end; both parents; and everybody reads who acted for whom."""

import re

import pytest
from sqlalchemy import select

from portal.domain.einwilligung import WORTLAUTE
from portal.schema.benachrichtigung import BenachrichtigungZeile
from portal.schema.bescheid import RueckfrageZeile
from portal.schema.vertretung import VertretungZeile
from portal.services import sperre, zustellung
from tests.integration.portal_web.test_portal_applications import HUND
from tests.integration.portal_web.test_portal_gemeinsam import BERND, invite
from tests.integration.portal_web.test_portal_pages import check_page
from tests.integration.portal_web.test_portal_unterlagen import document_id, keep
from tests.support.portal_town import Browser, Town
from tests.support.vorgaenge import delivered_case

ANNA = "00000000-0000-4000-8000-000000000001"
PAGE = "/mein/vertretungen"
BIS = "2027-06-30"
PERSON = {"familienname": "Muster", "vornamen": "Erna", "geburtsdatum": "1950-02-01"}
ELTERN = {
    "familienname": "Beispiel",
    "vornamen": "Anna Maria",
    "geburtsdatum": "1990-04-17",
    "staatsangehoerigkeit": "deutsch",
    "familienstand": "ledig",
    "anschrift": "Beispielallee 3, 45879 Gelsenkirchen",
    "steuer_id": "65929970489",
    "kind_name": "Mia Beispiel",
    "kind_geburtsdatum": "2026-10-01",
    "monate": "Anna 1 bis 12, Bernd 13 und 14",
    "einkommen": "3.000",
    "arbeitet": "nein",
    "iban": "DE89 3704 0044 0532 0130 00",
}


async def both(town: Town) -> tuple[Browser, Browser]:
    anna, bernd = await town.anna(), await town.bernd()
    await anna.confirm()
    await bernd.confirm()
    return anna, bernd


def code_in(text: str) -> str:
    found = re.search(r'al-code"><strong>([\w-]+)<', text)
    assert found, "no code on the page"
    return found.group(1)


async def powered(town: Town, umfang: str = "*") -> tuple[Browser, Browser]:
    """Anna may act for Bernd."""
    anna, bernd = await both(town)
    given = await bernd.post(f"{PAGE}/vollmacht", PAGE, umfang=[umfang], gueltig_bis=BIS)
    check_page(given.text)
    answer = await anna.post(f"{PAGE}/einloesen", PAGE, code=code_in(given.text))
    assert answer.headers["location"] == f"{PAGE}?meldung=gespeichert"
    return anna, bernd


async def chosen(browser: Browser, draft: str) -> str:
    found = re.search(r'<option value="([0-9a-f-]{36})"', (await browser.get(draft)).text)
    assert found, "no power to choose"
    return found.group(1)


async def test_a_power_given_here_is_used_and_everybody_reads_who_acted_for_whom(town: Town) -> None:
    anna, bernd = await powered(town)
    check_page((await anna.get(PAGE)).text)
    assert "Wer für mich handelt" in (await bernd.get(PAGE)).text
    assert "Vollmacht" in (await bernd.get("/mein/postfach")).text
    draft = await anna.open_draft()
    answer = await anna.change(draft, "vertretung", vertretung_id=await chosen(anna, draft))
    assert answer.status_code == 303, answer.text
    page = (await anna.get(draft)).text
    check_page(page)
    assert "Anna Maria" not in page.split("Für wen handeln Sie?")[1], "her own data are not offered"
    for field, value in (PERSON | HUND).items():
        answer = await anna.change(draft, f"felder/{field}", wert=value)
        assert answer.status_code == 303, (field, answer.text)
    await finish(anna, draft)
    await zustellung.zustellen_faellige(town.context)
    office = await town.office("amt-steuern")
    case = re.search(r"/amt/vorgaenge/[0-9a-f-]{36}", (await office.get("/amt")).text)
    assert case
    seen = (await office.get(case.group(0))).text
    check_page(seen)
    assert "Anna Maria Beispiel handelt mit Vollmacht für" in seen
    assert "Posteingang der Stelle, PDF" not in (await bernd.get("/mein/protokoll")).text
    await office.get(f"{case.group(0)}/pdf")
    assert "Posteingang der Stelle, PDF" in (await bernd.get("/mein/protokoll")).text
    for browser in (anna, bernd):
        log = (await browser.get("/mein/protokoll")).text
        assert "in Vertretung" in log
        assert "handelt mit Vollmacht für" in log


async def handed_in(town: Town) -> tuple[Browser, Browser, Browser, str]:
    """Anna has handed in for Bernd; gives both, the office, and the case's page there."""
    anna, bernd = await powered(town)
    draft = await anna.open_draft()
    await anna.change(draft, "vertretung", vertretung_id=await chosen(anna, draft))
    for field, value in (PERSON | HUND).items():
        await anna.change(draft, f"felder/{field}", wert=value)
    await finish(anna, draft)
    await zustellung.zustellen_faellige(town.context)
    office = await town.office("amt-steuern")
    case = re.search(r"/amt/vorgaenge/[0-9a-f-]{36}", (await office.get("/amt")).text)
    assert case
    return anna, bernd, office, case.group(0)


async def asked_back(town: Town, office: Browser, case: str) -> str:
    """The office asks; gives the path of the question's page."""
    asked = await office.post(f"{case}/rueckfrage", f"{case}/rueckfrage", frage="Wie groß ist der Hund?")
    assert asked.status_code == 303, asked.text
    async with town.context.transaction() as session:
        number = (await session.scalars(select(RueckfrageZeile.id))).one()
    return f"/mein/rueckfragen/{number}"


SATZ = "Anna Maria Beispiel handelt mit Vollmacht für"


def entries(log: str, kanal: str) -> list[str]:
    """The entries of a log's page that came by this way."""
    return [one for one in re.split(r"<li", log) if kanal in one]


async def everybody_reads(anna: Browser, bernd: Browser, kanal: str) -> None:
    for browser, who in ((anna, "Sie selbst"), (bernd, "Ihre Vertretung")):
        (entry,) = entries((await browser.get("/mein/protokoll")).text, kanal)
        assert SATZ in entry
        assert who in entry


async def test_what_she_does_after_handing_in_says_for_whom_in_both_logs_and_at_the_office(
    town: Town,
) -> None:
    anna, bernd, office, case = await handed_in(town)
    question = await asked_back(town, office, case)
    assert (await anna.post(question, question, antwort="40 cm")).status_code == 303
    await keep(anna, art="vertretung")
    own = case.replace("/amt/", "/mein/")
    document = await document_id(anna)
    released = await anna.post(
        f"/mein/dokumente/{document}/freigabe", "/mein/dokumente", vorgang_id=own.rsplit("/", 1)[1]
    )
    assert released.status_code == 303, released.text
    release = re.search(
        r"/mein/dokumente/freigaben/([0-9a-f-]{36})", (await anna.get("/mein/dokumente")).text
    )
    assert release
    assert (await anna.post(f"{release.group(0)}/widerruf", "/mein/dokumente")).status_code == 303
    for kanal in ("Unterlage im Portal freigegeben", "Unterlage im Portal widerrufen"):
        await everybody_reads(anna, bernd, kanal)
    for browser, who in ((anna, "Sie selbst"), (bernd, "Ihre Vertretung")):
        log = (await browser.get("/mein/protokoll")).text
        (entry,) = [
            one for one in re.split(r"<li", log) if "Antwort auf eine Rückfrage" in one and who in one
        ]
        assert SATZ in entry
    history = (await office.get(case)).text.split("Verlauf</h2>")[1]
    for act in ("Rückfrage beantwortet", "Unterlage freigegeben", "Unterlage zurückgenommen"):
        assert f"{act}" in history
    assert history.count(SATZ) == 3


async def test_a_fee_is_paid_and_an_exemption_asked_for_somebody_else(town: Town) -> None:
    anna, bernd = await powered(town)
    async with town.context.transaction() as session:
        power = await session.scalar(select(VertretungZeile.id))
    case = f"/amt/vorgaenge/{await delivered_case(town.context, ANNA, 'personalausweis', 'antrag', power)}"
    office = await town.office("amt-buergercenter")
    for text in ("Ausweis", "Foto"):
        await office.post(f"{case}/gebuehr", f"{case}/gebuehr", text=text, betrag="12,00", art="bescheid")
    fees = re.findall(r"/mein/gebuehren/[0-9a-f-]{36}", (await anna.get("/mein/gebuehren")).text)
    paid, waived = dict.fromkeys(fees)
    begun = await anna.post(f"{paid}/bezahlen", paid)
    reference = begun.headers["location"].split("referenz=")[1]
    await anna.http.post("/bezahlen/demo", data={"referenz": reference, "ausgang": "bezahlt"})
    await everybody_reads(anna, bernd, "Zahlung im Portal")
    reason = re.search(r'name="grund" value="([^"]+)"', (await anna.get(waived)).text)
    assert reason
    answer = await anna.post(f"{waived}/befreiung", waived, grund=reason.group(1), text="kleine Rente")
    assert answer.status_code == 303, answer.text
    await everybody_reads(anna, bernd, "Antrag auf Befreiung im Portal")
    history = (await office.get(case)).text.split("Verlauf</h2>")[1]
    assert f"Bezahlt: 12,00 €. {SATZ}" in history
    assert f"Befreiung von der Gebühr beantragt. {SATZ}" in history


async def test_without_the_power_nothing_more_is_done_for_the_other(town: Town) -> None:
    anna, bernd, office, case = await handed_in(town)
    question = await asked_back(town, office, case)
    power = re.search(rf"{PAGE}/([0-9a-f-]{{36}})/beenden", (await bernd.get(PAGE)).text)
    assert power
    await bernd.post(f"{PAGE}/{power.group(1)}/beenden", PAGE)
    refused = await anna.post(question, question, antwort="40 cm")
    assert (refused.status_code, "Diese Vertretung ist beendet" in refused.text) == (409, True)
    check_page(refused.text)
    await keep(anna, art="vertretung")
    own = case.rsplit("/", 1)[1]
    released = await anna.post(
        f"/mein/dokumente/{await document_id(anna)}/freigabe", "/mein/dokumente", vorgang_id=own
    )
    assert released.status_code == 409
    assert (
        "beantwortet"
        not in (await office.get(case)).text.split("Rückfragen</h2>")[1].split("Bescheide</h2>")[0]
    )


async def test_the_represented_persons_data_do_not_become_the_representatives(town: Town) -> None:
    anna, _, _, case = await handed_in(town)
    shown = (await anna.get(case.replace("/amt/", "/mein/"))).text
    assert SATZ in shown
    assert "In meine Daten übernehmen?" not in shown
    await anna.post("/mein/einwilligungen/komfort", "/mein/einwilligungen", zweck="vorausfuellen")
    own = (await anna.get(await anna.open_draft("wohngeld"))).text
    assert "Erna" not in own


async def finish(browser: Browser, draft: str) -> None:
    """Skip what is optional, then hand in."""
    for _ in range(8):
        found = re.search(
            r"/felder/(\w+)\"[^>]*>(?:(?!</form>).)*name=\"leer\"", (await browser.get(draft)).text, re.S
        )
        if found is None:
            break
        await browser.change(draft, f"felder/{found.group(1)}", leer="1")
    answer = await browser.change(draft, "abgabe", geprueft="1")
    assert answer.status_code == 303, answer.text


async def test_a_power_ends_at_once_for_both_sides(town: Town) -> None:
    anna, bernd = await powered(town)
    draft = await anna.open_draft()
    await anna.change(draft, "vertretung", vertretung_id=await chosen(anna, draft))
    power = re.search(rf"{PAGE}/([0-9a-f-]{{36}})/beenden", (await bernd.get(PAGE)).text)
    assert power
    assert (await bernd.post(f"{PAGE}/{power.group(1)}/beenden", PAGE)).status_code == 303
    assert (await bernd.post(f"{PAGE}/{power.group(1)}/beenden", PAGE)).status_code == 409
    for field, value in (PERSON | HUND).items():
        await anna.change(draft, f"felder/{field}", wert=value)
    for field in ("chipnummer", "iban"):
        await anna.change(draft, f"felder/{field}", leer="1")
    refused = await anna.change(draft, "abgabe", geprueft="1")
    assert (refused.status_code, "Diese Vertretung ist beendet" in refused.text) == (409, True)


async def test_while_an_account_is_locked_its_powers_rest(town: Town) -> None:
    anna, _ = await powered(town)
    draft = await anna.open_draft()
    power = await chosen(anna, draft)
    await anna.change(draft, "vertretung", vertretung_id=power)
    for field, value in (PERSON | HUND).items():
        await anna.change(draft, f"felder/{field}", wert=value)
    for field in ("chipnummer", "iban"):
        await anna.change(draft, f"felder/{field}", leer="1")
    await sperre.sperren(town.context, BERND)
    assert "Solange ruht diese Vertretung" in (await anna.get(PAGE)).text
    other = await anna.open_draft("wohngeld")
    assert "Für wen handeln Sie?" not in (await anna.get(other)).text
    assert (await anna.change(other, "vertretung", vertretung_id=power)).status_code == 409
    refused = await anna.change(draft, "abgabe", geprueft="1")
    assert (refused.status_code, "Es wurde nichts abgegeben" in refused.text) == (409, True)
    async with town.context.transaction() as session:
        await sperre.entsperren(session, BERND)
    assert (await anna.change(draft, "abgabe", geprueft="1")).status_code == 303


async def test_a_lock_makes_every_open_code_void(town: Town) -> None:
    anna, bernd = await both(town)
    power = code_in((await bernd.post(f"{PAGE}/vollmacht", PAGE, umfang=["*"], gueltig_bis=BIS)).text)
    link = await invite(bernd)
    draft = await elterngeld(bernd)
    parent = await asked(bernd, draft)
    await sperre.sperren(town.context, BERND)
    async with town.context.transaction() as session:
        await sperre.entsperren(session, BERND)
    assert (await anna.post(f"{PAGE}/einloesen", PAGE, code=power)).status_code == 422
    assert (await anna.get(link)).status_code == 404
    assert (await anna.post("/mein/mitzeichnung", "/mein/mitzeichnung", code=parent)).status_code == 404


async def test_no_scope_is_chosen_for_her_and_none_is_given_by_mistake(town: Town) -> None:
    _, bernd = await both(town)
    assert "checked" not in (await bernd.get(PAGE)).text
    refused = await bernd.post(f"{PAGE}/vollmacht", PAGE, gueltig_bis=BIS)
    assert (refused.status_code, 'al-code"><strong>' in refused.text) == (422, False)
    assert re.search(r"<details[^>]* open>\s*<summary>Jemand soll für mich handeln", refused.text)
    given = await bernd.post(f"{PAGE}/vollmacht", PAGE, umfang=["wohngeld", "elterngeld"], gueltig_bis=BIS)
    assert code_in(given.text)


async def test_a_power_holds_for_its_scope_alone(town: Town) -> None:
    anna, _ = await powered(town, "wohngeld")
    assert "Für wen handeln Sie?" not in (await anna.get(await anna.open_draft())).text
    wohngeld = await anna.open_draft("wohngeld")
    power = await chosen(anna, wohngeld)
    draft = await anna.open_draft()
    refused = await anna.change(draft, "vertretung", vertretung_id=power)
    assert (refused.status_code, "gilt nicht für diese Leistung" in refused.text) == (409, True)
    town.clock.forward(days=300)
    anna = await town.anna()
    assert "Für wen handeln Sie?" not in (await anna.get(wohngeld)).text


async def test_a_code_counts_once_a_week_long_and_not_for_oneself(town: Town) -> None:
    anna, bernd = await both(town)
    given = await bernd.post(f"{PAGE}/vollmacht", PAGE, umfang=["*"], gueltig_bis=BIS)
    code = code_in(given.text)
    assert (await bernd.post(f"{PAGE}/einloesen", PAGE, code=code)).status_code == 422
    assert (await anna.post(f"{PAGE}/einloesen", PAGE, code=code + "x")).status_code == 422
    assert (await anna.post(f"{PAGE}/einloesen", PAGE, code=code)).status_code == 303
    assert (await anna.post(f"{PAGE}/einloesen", PAGE, code=code)).status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"art": "koenig"},
        {"art": "organisation"},
        {"fuer": ""},
        {"umfang": ["erfunden"]},
        {"umfang": []},
        {"gueltig_bis": ""},
        {"gueltig_bis": "2020-01-01"},
        {"gueltig_bis": "2099-01-01"},
        {"art": "betreuung"},
        {"art": "vollmacht"},
    ],
)
async def test_a_power_without_name_scope_end_or_proof_is_refused(
    town: Town, change: dict[str, object]
) -> None:
    anna, _ = await both(town)
    power = {"art": "eltern", "fuer": "Mia Beispiel", "umfang": ["*"], "gueltig_bis": BIS}
    answer = await anna.post(PAGE, PAGE, **(power | change))
    assert answer.status_code == 422
    check_page(answer.text)


async def test_a_paper_power_names_its_document_and_a_foreign_one_proves_nothing(town: Town) -> None:
    anna, bernd = await both(town)
    power = {"art": "betreuung", "fuer": "Erna Muster", "umfang": ["*"], "gueltig_bis": BIS}
    await keep(bernd, art="vertretung")
    assert (await anna.post(PAGE, PAGE, dokument_id=await document_id(bernd), **power)).status_code == 404
    await keep(anna, art="vertretung")
    assert (await anna.post(PAGE, PAGE, dokument_id=await document_id(anna), **power)).status_code == 303
    assert "Unterlage beleg.pdf, SHA-256" in (await anna.get(PAGE)).text


async def test_foreign_powers_are_unknown(town: Town) -> None:
    anna, bernd = await both(town)
    power = {"art": "eltern", "fuer": "Mia Beispiel", "umfang": ["*"], "gueltig_bis": BIS}
    assert (await anna.post(PAGE, PAGE, **power)).status_code == 303
    own = re.search(rf"{PAGE}/([0-9a-f-]{{36}})/beenden", (await anna.get(PAGE)).text)
    assert own
    assert (await bernd.post(f"{PAGE}/{own.group(1)}/beenden", PAGE)).status_code == 404
    draft = await bernd.open_draft()
    answer = await bernd.change(draft, "vertretung", vertretung_id=own.group(1))
    assert answer.status_code == 404


async def elterngeld(browser: Browser) -> str:
    draft = await browser.open_draft("elterngeld")
    await browser.change(draft, "freigabe")
    for field, value in ELTERN.items():
        answer = await browser.change(draft, f"felder/{field}", wert=value)
        assert answer.status_code == 303, (field, answer.text)
    await browser.change(draft, "felder/anderer_elternteil", leer="1")
    for evidence in ("geburtsurkunde", "lohn"):
        await browser.change(draft, f"nachweise/{evidence}/spaeter")
    return draft


async def asked(browser: Browser, draft: str) -> str:
    return code_in((await browser.change(draft, "mitzeichnung")).text)


async def test_both_parents_declare_each_in_their_own_account(town: Town) -> None:
    anna, bernd = await both(town)
    draft = await elterngeld(anna)
    alone = await anna.change(draft, "abgabe", geprueft="1")
    assert (alone.status_code, "Beide Eltern müssen zustimmen" in alone.text) == (409, True)
    code = await asked(anna, draft)
    shown = await bernd.post("/mein/mitzeichnung", "/mein/mitzeichnung", code=code)
    check_page(shown.text)
    assert "Anna 1 bis 12" in shown.text
    assert "3704 0044" not in shown.text
    done = await bernd.post("/mein/mitzeichnung/entscheidung", "/mein/mitzeichnung", code=code, ja="1")
    assert done.headers["location"] == "/mein/mitzeichnung?meldung=bestaetigt"
    assert "hat diese Fassung" in (await anna.get(draft)).text
    async with town.context.transaction() as session:
        told = list(
            await session.scalars(
                select(BenachrichtigungZeile.anlass).where(BenachrichtigungZeile.konto_id == ANNA)
            )
        )
    assert told.count("neue_nachricht") == 1
    answer = await anna.change(draft, "abgabe", geprueft="1")
    assert answer.status_code == 303, answer.text
    assert "anderer Elternteil bestätigt" in (await bernd.get("/mein/protokoll")).text


async def test_what_is_read_before_giving_a_power_or_a_code_stands_on_the_page_and_in_the_log(
    town: Town,
) -> None:
    anna, bernd = await both(town)
    draft = await elterngeld(anna)
    assert WORTLAUTE["elterncode"].text in (await anna.get(draft)).text
    code = await asked(anna, draft)
    shown = await bernd.post("/mein/mitzeichnung", "/mein/mitzeichnung", code=code)
    assert WORTLAUTE["mitzeichnung"].text in shown.text
    await bernd.post("/mein/mitzeichnung/entscheidung", "/mein/mitzeichnung", code=code, ja="0")
    assert WORTLAUTE["vollmacht"].text in (await bernd.get(PAGE)).text
    await bernd.post(f"{PAGE}/vollmacht", PAGE, umfang=["*"], gueltig_bis=BIS)
    assert WORTLAUTE["elterncode"].text in (await anna.get("/mein/protokoll")).text
    log = (await bernd.get("/mein/protokoll")).text
    assert WORTLAUTE["mitzeichnung"].text in log
    assert WORTLAUTE["vollmacht"].text in log


async def test_the_other_parents_look_stands_in_the_log_and_the_code_ends_after_a_week(town: Town) -> None:
    anna, bernd = await both(town)
    code = await asked(anna, await elterngeld(anna))
    looked = "Der andere Elternteil, mit Ihrem Code"
    assert looked not in (await anna.get("/mein/protokoll")).text
    assert (await bernd.post("/mein/mitzeichnung", "/mein/mitzeichnung", code=code)).status_code == 200
    assert looked in (await anna.get("/mein/protokoll")).text
    town.clock.forward(days=7)
    bernd = await town.bernd()
    await bernd.confirm()
    late = await bernd.post("/mein/mitzeichnung", "/mein/mitzeichnung", code=code)
    assert (late.status_code, "älter als eine Woche" in late.text) == (422, True)
    late = await bernd.post("/mein/mitzeichnung/entscheidung", "/mein/mitzeichnung", code=code, ja="1")
    assert late.status_code == 422


async def test_a_change_after_the_confirmation_asks_again(town: Town) -> None:
    anna, bernd = await both(town)
    draft = await elterngeld(anna)
    code = await asked(anna, draft)
    await bernd.post("/mein/mitzeichnung/entscheidung", "/mein/mitzeichnung", code=code, ja="1")
    await anna.change(draft, "felder/monate", wert="Anna 1 bis 14")
    refused = await anna.change(draft, "abgabe", geprueft="1")
    assert refused.status_code == 409
    assert "Seit der letzten Anfrage" in refused.text
    old = await asked(anna, draft)
    await anna.change(draft, "felder/monate", wert="Anna 1 bis 13")
    assert (await bernd.post("/mein/mitzeichnung", "/mein/mitzeichnung", code=old)).status_code == 422


async def test_the_other_parent_may_refuse_and_nobody_confirms_for_herself(town: Town) -> None:
    anna, bernd = await both(town)
    draft = await elterngeld(anna)
    code = await asked(anna, draft)
    assert (await anna.post("/mein/mitzeichnung", "/mein/mitzeichnung", code=code)).status_code == 404
    await bernd.post("/mein/mitzeichnung/entscheidung", "/mein/mitzeichnung", code=code, ja="0")
    assert (await anna.change(draft, "abgabe", geprueft="1")).status_code == 409
    assert "nicht bestätigt" in (await anna.get("/mein/postfach")).text + (await anna.get(draft)).text
    again = await bernd.post("/mein/mitzeichnung/entscheidung", "/mein/mitzeichnung", code=code, ja="1")
    assert again.status_code == 422
