"""Master data in the citizen's hand: stated, corrected, deleted, taken over, taken away, and the account gone for good."""

import io
import json
import re
from datetime import timedelta

import pypdf
import pytest
from sqlalchemy import select, text, update

from portal.schema.konto import KontoRow
from portal.schema.tables import Base
from portal.schema.vorgang import ZustellungZeile
from portal.services import entwurf, protokoll, stammdaten, zustellung
from tests.integration.portal_web.test_portal_applications import HUND, fill, hand_in
from tests.integration.portal_web.test_portal_pages import check_page
from tests.integration.portal_web.test_portal_unterlagen import case_with_document, keep
from tests.support.portal_town import Browser, Town
from tests.support.portal_world import PDF

PAGE = "/mein/daten"
ANNA = "00000000-0000-4000-8000-000000000001"
KIND = {"vornamen": "Mia", "familienname": "Beispiel", "geburtsdatum": "2020-05-01", "beziehung": "kind"}


async def confirmed(town: Town) -> Browser:
    anna = await town.anna()
    await anna.confirm()
    return anna


async def test_a_value_is_stated_corrected_and_deleted(town: Town) -> None:
    anna = await confirmed(town)
    assert (await anna.post(f"{PAGE}/angaben", PAGE, feld="geburtsort", wert="Herne")).status_code == 303
    page = (await anna.get(PAGE)).text
    check_page(page)
    assert "Herne" in page
    assert "Ihre eigene Angabe" in page
    assert (await anna.post(f"{PAGE}/angaben/geburtsort/loeschen", PAGE)).status_code == 303
    page = (await anna.get(PAGE)).text
    assert "Herne" not in page.split('id="stammdaten"')[1]
    assert (await anna.post(f"{PAGE}/angaben/geburtsort/loeschen", PAGE)).status_code == 404


@pytest.mark.parametrize(
    ("feld", "wert"),
    [
        ("geburtsdatum", "morgen"),
        ("geburtsdatum", "2030-01-01"),
        ("anschrift", "irgendwo"),
        ("familienname", ""),
        ("auskunftssperre", "nein"),
        ("vertrauen", "hoch"),
        ("konto_id", "x"),
    ],
)
async def test_what_fits_no_field_changes_nothing(town: Town, feld: str, wert: str) -> None:
    anna = await confirmed(town)
    answer = await anna.post(f"{PAGE}/angaben", PAGE, feld=feld, wert=wert)
    assert answer.status_code == 422
    check_page(answer.text)


async def test_mass_assignment_changes_neither_trust_nor_source(town: Town) -> None:
    anna = await confirmed(town)
    await anna.post(
        f"{PAGE}/angaben",
        PAGE,
        feld="geburtsort",
        wert="Herne",
        vertrauen="hoch",
        quelle="online_ausweis",
        konto_id="00000000-0000-4000-8000-000000000002",
        stand="2000-01-01",
    )
    data = json.loads((await anna.get(f"{PAGE}/auskunft.json")).content)
    stated = next(d for d in data["stammdaten"] if d["angabe"] == "Geburtsort")
    assert (stated["vertrauen"], stated["herkunft"], stated["stand"]) == (
        "niedrig",
        "Ihre eigene Angabe",
        "2026-11-24",
    )


async def test_a_change_of_master_data_asks_for_the_second_factor(town: Town) -> None:
    bernd = await town.bernd()
    answer = await bernd.post(f"{PAGE}/angaben", PAGE, feld="geburtsort", wert="Herne")
    assert answer.status_code in (303, 401, 403)
    assert "Herne" not in (await bernd.get(PAGE)).text


async def test_a_change_of_the_household_asks_for_the_second_factor(town: Town) -> None:
    bernd = await town.bernd()
    answer = await bernd.post(f"{PAGE}/haushalt", PAGE, **KIND)
    assert answer.headers["location"].startswith("/mein/bestaetigen")
    assert "Mia" not in (await bernd.get(PAGE)).text


async def test_days_are_understood_as_the_page_asks_for_them(town: Town) -> None:
    anna = await confirmed(town)
    await anna.post(f"{PAGE}/angaben", PAGE, feld="geburtsdatum", wert="17.04.1990")
    assert "17.04.1990" in (await anna.get(PAGE)).text


async def test_household_members_come_and_go(town: Town) -> None:
    anna, bernd = await confirmed(town), await town.bernd()
    await bernd.confirm()
    assert (await anna.post(f"{PAGE}/haushalt", PAGE, **KIND)).status_code == 303
    page = (await anna.get(PAGE)).text
    check_page(page)
    member = page.split("/haushalt/")[1].split("/")[0]
    assert (await bernd.post(f"{PAGE}/haushalt/{member}/entfernen", PAGE)).status_code == 404
    wohngeld = await anna.open_draft("wohngeld")
    assert "Personen im Haushalt: <strong>2" in (await anna.get(wohngeld)).text
    assert (await anna.post(f"{PAGE}/haushalt/{member}/entfernen", PAGE)).status_code == 303
    assert "Mia" not in (await anna.get(PAGE)).text


@pytest.mark.parametrize(
    "change", [{"vornamen": ""}, {"geburtsdatum": "2030-01-01"}, {"geburtsdatum": "x"}, {"beziehung": "chef"}]
)
async def test_a_wrong_household_member_comes_back_as_typed(town: Town, change: dict[str, str]) -> None:
    anna = await confirmed(town)
    answer = await anna.post(f"{PAGE}/haushalt", PAGE, **(KIND | change))
    assert answer.status_code == 422
    assert 'value="Beispiel"' in answer.text


async def test_values_of_a_case_come_in_only_if_she_says_so(town: Town) -> None:
    anna = await confirmed(town)
    draft = await anna.open_draft()
    await fill(anna, draft, HUND)
    await anna.change(draft, "abgabe", geprueft="1")
    case = (await anna.get("/mein")).text.split("/mein/vorgaenge/")[1][:36]
    path = f"/mein/vorgaenge/{case}"
    await zustellung.zustellen_faellige(town.context)
    page = (await anna.get(path)).text
    check_page(page)
    assert "bisher: Musterstraße 12, 44787 Bochum (nachgewiesen; der Nachweis entfällt)" in page
    assert "Beispielallee" not in (await anna.get(PAGE)).text
    await anna.post(f"{path}/uebernehmen", path, felder=["anschrift", "vertrauen", "ausweisnummer"])
    page = (await anna.get(PAGE)).text
    assert "Beispielallee 3, 45879 Gelsenkirchen" in page
    assert "Ein abgegebener Antrag, von Ihnen übernommen" in page
    assert "In meine Daten übernehmen" not in (await anna.get(path)).text


async def test_everything_can_be_taken_away_as_json_and_pdf(town: Town) -> None:
    anna = await confirmed(town)
    await hand_in(town, anna)
    await keep(anna)
    await anna.post(f"{PAGE}/haushalt", PAGE, **KIND)
    data = json.loads((await anna.get(f"{PAGE}/auskunft.json")).content)
    assert {d["angabe"]: d["wert"] for d in data["stammdaten"]}["Familienname"] == "Beispiel"
    assert data["haushalt"][0]["vornamen"] == "Mia"
    assert data["vorgaenge"][0]["leistung"]["id"] == "hundesteuer_anmelden"
    assert data["unterlagen"][0]["filename"] == "beleg.pdf"
    assert {e["kind"] for e in data["protokoll"]} >= {"uebermittlung", "freigabe"}
    pdf = (await anna.get(f"{PAGE}/auskunft.pdf")).content
    words = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "Anna Maria" in words
    assert "Mia Beispiel" in words


async def test_a_deleted_account_is_gone_and_the_office_keeps_its_case(town: Town) -> None:
    anna = await confirmed(town)
    office = await town.office("amt-buergercenter")
    case, document = await case_with_document(town, anna)
    await keep(anna)
    await anna.post(f"{PAGE}/haushalt", PAGE, **KIND)
    page = await anna.get("/mein/konto/loeschen")
    check_page(page.text)
    unread = await anna.post("/mein/konto/loeschen", "/mein/konto/loeschen")
    assert unread.status_code == 422
    gone = await anna.post("/mein/konto/loeschen", "/mein/konto/loeschen", verstanden="1")
    assert gone.status_code == 200, gone.text
    check_page(gone.text)
    assert (await anna.get("/mein")).headers["location"].startswith("/anmelden")
    async with town.context.transaction() as session:
        assert await session.scalar(select(KontoRow.id).where(KontoRow.id == ANNA)) is None
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if column.name in ("konto_id", "fuer_konto"):
                    rows = await session.execute(select(table).where(column == ANNA))
                    assert rows.first() is None, table.name
        report = await protokoll.pruefen(session)
        assert (report.bruch, report.geloescht, report.ohne_schluessel) == (None, 1, 0)
        stored = await session.scalars(text("SELECT count(*) FROM dokument"))
        assert stored.one() == 1
    assert (await office.get(f"{case}/dokumente/{document}")).content == PDF
    assert "Beispielallee" in (await office.get(case)).text
    answer = await office.post(f"{case}/status", case, status="erledigt", text="")
    assert answer.status_code == 303


async def test_an_account_is_not_deleted_while_a_case_is_on_its_way(town: Town) -> None:
    anna = await confirmed(town)
    draft = await anna.open_draft()
    await fill(anna, draft, HUND)
    await anna.change(draft, "abgabe", geprueft="1")
    await zustellung.zustellen_faellige(town.context)
    async with town.context.transaction() as session:
        later = town.clock() + timedelta(hours=1)
        await session.execute(update(ZustellungZeile).values(status="offen", naechster_versuch_utc=later))
    answer = await anna.post("/mein/konto/loeschen", "/mein/konto/loeschen", verstanden="1")
    assert (answer.status_code, "Es wurde nichts gelöscht" in answer.text) == (409, True)
    assert (await anna.get("/mein")).status_code == 200


async def test_what_has_expired_is_shown_as_such_and_not_offered_any_more(town: Town) -> None:
    anna = await town.anna()
    town.clock.now += timedelta(days=365 * 5)
    anna = await town.anna()
    page = (await anna.get("/mein/daten")).text
    assert "abgelaufen, wird nicht mehr vorgeschlagen" in page
    async with town.context.transaction() as session:
        draft = await entwurf.oeffnen(town.context, session, ANNA, "wohnsitz_anmelden", "hoch")
    offered = {field.id for field in draft.fields if field.state == "vorgeschlagen"}
    assert "familienname" in offered
    assert not {field.id for field in draft.fields if "ausweis" in field.id} & offered


async def test_a_document_that_proves_a_datum_is_named_beside_it(town: Town) -> None:
    anna = await town.anna()
    await anna.http.post(
        "/mein/dokumente",
        data={"csrf": await anna.csrf("/mein/dokumente"), "art": "wohnung"},
        files={"datei": ("vertrag.pdf", PDF)},
    )
    page = (await anna.get("/mein/daten")).text
    (entry,) = re.findall(r'<li id="d-anschrift">.*?</li>', page, re.DOTALL)
    assert "Unterlage dazu:" in entry
    assert "Mietvertrag oder Wohnungsgeberbestätigung" in entry
    assert page.count("Unterlage dazu:") == 1


@pytest.mark.parametrize(
    ("feld", "wert", "gespeichert"),
    [
        ("iban", "DE02 1203 0000 0000 2020 51", "DE02120300000000202051"),
        ("kennzeichen", "ge ab 123", "GE-AB 123"),
    ],
    ids=["iban", "kennzeichen"],
)
async def test_further_data_are_typed_and_offered_in_the_next_application(
    town: Town, feld: str, wert: str, gespeichert: str
) -> None:
    anna = await town.anna()
    await anna.confirm()
    wrong = await anna.post("/mein/daten/angaben", "/mein/daten", feld=feld, wert="?")
    assert wrong.status_code == 422
    done = await anna.post("/mein/daten/angaben", "/mein/daten", feld=feld, wert=wert)
    assert done.status_code == 303, done.text
    services = [
        service.id
        for service in town.context.katalog.leistungen.values()
        if any(one.wiederverwenden == feld and one.nur_wenn is None for one in service.felder)
    ]
    async with town.context.transaction() as session:
        stored = await stammdaten.load(session, ANNA)
        draft = await entwurf.oeffnen(town.context, session, ANNA, services[0], "niedrig")
        known = {
            one.id
            for one in town.context.katalog.leistungen[services[0]].felder
            if one.wiederverwenden == feld
        }
    assert stored[feld].wert == gespeichert
    assert {one.value for one in draft.fields if one.id in known} == {gespeichert}


async def test_the_log_has_pages(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.web.daten.SEITE", 2)
    anna = await town.anna()
    async with town.context.transaction() as session:
        for number in range(1, 6):
            await protokoll.eigene_aenderung(
                town.context, session, ANNA, [f"Angabe {number}"], "Probe", "Recht"
            )
    seen: list[str] = []
    path: str | None = "/mein/protokoll"
    while path:
        page = (await anna.get(path)).text
        seen += re.findall(r"Angabe \d", page)
        older = re.search(r"/mein/protokoll\?vor=\d+", page)
        path = older[0] if older else None
        assert len(seen) <= 5
    assert seen == [f"Angabe {number}" for number in (5, 4, 3, 2, 1)]
