"""„Wer ist für mich zuständig?“ on the service's page, by form alone, and over the API."""

import pytest

from portal.services import orte, ortsliste
from tests.support.portal_town import Town

KOPF = "plz\tort\tags8\tars12\tdestatis_name_2017\tkreis\n"
DUESSELDORF = "40472\tDüsseldorf\t05111000\t051110000000\tDüsseldorf, Stadt\tDüsseldorf, Stadt\n"
RATINGEN = "40472\tRatingen\t05158028\t051580028028\tRatingen, Stadt\tMettmann\n"


async def import_places(town: Town, *rows: str) -> None:
    lines = [line.encode() for line in (KOPF, *rows)]
    async with town.context.transaction() as session:
        await orte.importieren(session, ortsliste.lesen(lines))


async def test_the_page_asks_for_the_plz_and_answers(town: Town) -> None:
    browser = town.browser()
    page = await browser.get("/leistungen/wohnsitz_anmelden")
    assert "Wer ist für mich zuständig?" in page.text
    assert "Wie lautet die Postleitzahl Ihrer Wohnung?" in page.text
    ours = (await browser.get("/leistungen/wohnsitz_anmelden?plz=45879")).text
    assert "Das machen wir" in ours
    assert "BÜRGERcenter, Stadt Gelsenkirchen" in ours
    theirs = (await browser.get("/leistungen/wohnsitz_anmelden?plz=44623")).text
    assert "Zuständig ist Stadt Herne: Stadtverwaltung, Stadt Herne. Kontakt: Telefon 115" in theirs
    assert "Stand prüfen" in theirs
    assert "Vorbereiten können Sie alles auch hier" in theirs


async def test_one_more_question_where_towns_share_a_plz(town: Town) -> None:
    await import_places(town, DUESSELDORF, RATINGEN)
    browser = town.browser()
    page = (await browser.get("/leistungen/wohnsitz_anmelden?plz=40472")).text
    assert "Diese Postleitzahl gehört zu mehreren Orten. Welcher ist es?" in page
    assert 'value="05158028"' in page
    answer = (await browser.get("/leistungen/wohnsitz_anmelden?plz=40472&ort=05158028")).text
    assert "Stadt Ratingen" in answer
    assert "Kreis" not in answer.partition("Stadt Ratingen")[2].partition("</")[0]


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (
            "kfz_ummelden",
            "Stadt Ratingen gehört zum Kreis. Zuständig ist wahrscheinlich Kreis Mettmann: Kreisverwaltung",
        ),
        ("fahrerlaubnis", "Zuständig ist wahrscheinlich Kreis Mettmann"),
        (
            "aufenthaltserlaubnis",
            "Je nach Größe der Gemeinde ist dafür stattdessen der Kreis zuständig: Kreis Mettmann.",
        ),
        ("hundesteuer_anmelden", "Zuständig ist Stadt Ratingen: Stadtverwaltung, Stadt Ratingen."),
    ],
)
async def test_in_a_town_of_a_kreis_the_likely_body_is_named_and_marked(
    town: Town, service: str, words: str
) -> None:
    await import_places(town, DUESSELDORF, RATINGEN)
    found = await town.browser().http.get(
        "/api/responsibility", params={"service": service, "plz": "40472", "ort": "05158028"}
    )
    text = found.json()["text"]
    assert words in text
    assert "115" in text
    assert "Stand prüfen" in text
    assert found.json()["office"]["mark"] == "stand_pruefen"


async def test_a_kreisfreie_stadt_does_the_tasks_of_a_kreis_itself(town: Town) -> None:
    await import_places(town, DUESSELDORF, RATINGEN)
    found = await town.browser().http.get(
        "/api/responsibility", params={"service": "kfz_ummelden", "plz": "40472", "ort": "05111000"}
    )
    assert found.json()["office"]["authority"] == "Stadt Düsseldorf"


async def test_where_the_place_does_not_matter_nothing_is_asked(town: Town) -> None:
    browser = town.browser()
    federal = (await browser.get("/leistungen/kindergeld")).text
    assert "Zuständig ist: Familienkasse, Bundesagentur für Arbeit" in federal
    assert 'name="plz"' not in federal


@pytest.mark.parametrize("plz", ["4587", "abcde", "458790", "<script>"])
async def test_a_wrong_plz_is_refused_beside_its_field(town: Town, plz: str) -> None:
    page = await town.browser().get(f"/leistungen/wohnsitz_anmelden?plz={plz}")
    assert page.status_code == 422
    assert "Eine Postleitzahl hat fünf Ziffern" in page.text
    assert '<script>"' not in page.text


async def test_the_api_says_the_same(town: Town) -> None:
    http = town.browser().http
    found = await http.get("/api/responsibility", params={"service": "wohnsitz_anmelden"})
    assert (found.json()["question"]["ask"], found.json()["office"]) == ("plz", None)
    found = await http.get("/api/responsibility", params={"service": "wohnsitz_anmelden", "plz": "44623"})
    body = found.json()
    assert (body["here"], body["place"]["ars"], body["office"]["authority"]) == (
        False,
        "059160000000",
        "Stadt Herne",
    )
    assert (body["office"]["phone"], body["office"]["mark"]) == ("115", "stand_pruefen")
    wrong = await http.get("/api/responsibility", params={"service": "wohnsitz_anmelden", "plz": "1"})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["field"]) == (
        422,
        "eingabe_ungueltig",
        "plz",
    )
    unknown = await http.get("/api/responsibility", params={"service": "erfunden", "plz": "45879"})
    assert unknown.status_code == 404


async def test_the_schema_is_published(town: Town) -> None:
    http = town.browser().http
    schema = (await http.get("/api/catalogue/schema.json")).json()
    assert schema["required"] == ["id"]
    assert (await http.get("/api/catalogue/schema.json?art=stellen")).json()["type"] == "array"
    assert (await http.get("/api/catalogue/schema.json?art=unsinn")).status_code == 422


async def test_only_the_operator_reloads(town: Town) -> None:
    http = town.browser().http
    assert (await http.post("/api/catalogue/reload")).status_code == 401
    wrong = await http.post("/api/catalogue/reload", headers={"Authorization": "Bearer actions"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "betrieb_unbekannt")
    right = await http.post("/api/catalogue/reload", headers={"Authorization": "Bearer portal"})
    assert right.json()["services"] == len(town.context.katalog.leistungen)
