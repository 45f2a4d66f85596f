"""What a service's own page says beside its text: what comes first, whom to ask, and what nobody knows."""

from dataclasses import replace
from pathlib import Path

import pytest

from portal.catalogue.bestand import Katalogbestand
from portal.domain.rechtsbehelf import Weg
from portal.services import rechtsweg
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import Town

UNBEKANNT = "Öffnungszeiten: uns nicht bekannt, bitte unter 115 erfragen"


async def page(town: Town, service: str) -> str:
    text = (await town.browser().get(f"/leistungen/{service}")).text
    check_page(text)
    return text


@pytest.mark.parametrize(
    ("service", "first"),
    [("bewohnerparken", "wohnsitz_anmelden"), ("parkausweis_behinderte", "schwerbehinderung")],
)
async def test_what_the_law_wants_first_is_linked(town: Town, service: str, first: str) -> None:
    text = await page(town, service)
    assert f'<strong>Vorher nötig:</strong> <a class="kern-link" href="/leistungen/{first}">' in text
    seen = (await town.browser().http.get(f"/api/services/{service}")).json()
    assert seen["before"] == [{"id": first, "name": town.context.katalog.leistungen[first].name}]


async def test_where_nothing_comes_first_nothing_is_said(town: Town) -> None:
    assert "Vorher nötig" not in await page(town, "wohnsitz_anmelden")


async def test_an_office_is_named_with_whom_to_ask(town: Town) -> None:
    text = await page(town, "wohnberechtigungsschein")
    assert "Ansprechstelle: Sachbearbeitung Wohnberechtigung" in text
    answer = (await town.browser().get("/leistungen/wohnberechtigungsschein?plz=45879")).text
    assert "Kontakt: Sachbearbeitung Wohnberechtigung, " in answer


@pytest.mark.parametrize("service", ["kindergeld", "rente"])
async def test_hours_that_nobody_knows_are_said_to_be_unknown(town: Town, service: str) -> None:
    office = town.context.katalog.stellen[town.context.katalog.leistungen[service].stelle or ""]
    assert (UNBEKANNT in await page(town, service)) == (office.oeffnungszeiten is None)
    there = (await town.browser().get("/leistungen/wohnsitz_anmelden?plz=44623")).text
    assert UNBEKANNT in there


async def test_an_emergency_page_begins_with_the_number_to_call(town: Town) -> None:
    text = await page(town, "ausweisverlust")
    assert text.partition("</h1>")[2].partition("</p>")[0].strip().endswith("Danach melden Sie den Verlust.")
    assert "Rufen Sie sofort 116 116 an" in text.partition("</h1>")[2].partition("</p>")[0]


async def test_the_needed_trust_is_explained_and_marks_are_words(town: Town) -> None:
    text = await page(town, "baugenehmigung")
    assert "Vertrauensniveau „substantiell“ (bestätigte Identität, zum Beispiel BundID mit ELSTER)" in text
    assert "(aus Ihren Daten)" in text
    assert "Mit * markierte" not in text


async def test_how_people_put_it_is_not_read_out(town: Town) -> None:
    town_service = town.context.katalog.leistungen["ge_pass"]
    text = (await town.browser().get("/leistungen/ge_pass/ablauf")).text
    assert f"{len(town_service.synonyme)} Wörter für die Suche" in text
    assert "für Arme" not in text


VG = "Verwaltungsgericht Gelsenkirchen, Bahnhofsvorplatz 3, 45879 Gelsenkirchen (Stand prüfen)"


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("personalausweis", ("Klage (§ 74 VwGO, § 110 JustG NRW)", VG)),
        ("wohngeld", ("Widerspruch (§ 70 VwGO)", "Wohngeldstelle, Stadt Gelsenkirchen", VG)),
        ("elterngeld", ("Widerspruch (§ 84 SGG)", "Sozialgericht Gelsenkirchen (Stand prüfen)")),
        ("kindergeld", ("Einspruch", "Familienkasse, Bundesagentur für Arbeit", "Finanzgericht; welches")),
        ("geburtsurkunde", ("Antrag beim Amtsgericht", "Amtsgericht; welches", "keine allgemeine Frist")),
        ("briefwahl", ("in der Regel keinen Bescheid", "Gegen Fehler im Wählerverzeichnis")),
    ],
)
async def test_the_page_names_track_and_addressee_of_the_remedy(
    town: Town, service: str, words: tuple[str, ...]
) -> None:
    text = await page(town, service)
    remedy = text.partition("Wenn Sie nicht einverstanden sind")[2].partition("So läuft es ab")[0]
    assert [word for word in words if word not in remedy] == []


@pytest.mark.parametrize("service", ["wohngeld", "bewohnerparken"])
async def test_for_a_home_elsewhere_no_court_is_guessed(town: Town, service: str) -> None:
    text = await page(town, f"{service}?plz=44623")
    remedy = text.partition("Wenn Sie nicht einverstanden sind")[2].partition("So läuft es ab")[0]
    assert "Verwaltungsgericht; welches für Sie zuständig ist" in remedy
    assert "Gelsenkirchen" not in remedy
    assert ("Stadtverwaltung, Stadt Herne" in remedy) == (service == "wohngeld")


async def test_the_process_names_the_addressee_too(town: Town) -> None:
    text = (await town.browser().get("/leistungen/wohngeld/ablauf")).text
    assert f"Wohin: Wohngeldstelle, Stadt Gelsenkirchen. Danach: {VG}." in text


async def test_another_town_never_gets_our_court(town: Town, tmp_path: Path) -> None:
    roots = town.context.settings.catalogue_roots
    catalogue = Katalogbestand(roots, kommune="05916000", demo=True, kopien=tmp_path / "herne")
    herne = replace(town.context, bestand=catalogue)
    for way in Weg:
        said = rechtsweg.adressat(herne, way, "Stadtverwaltung"), rechtsweg.danach(herne, way) or ""
        assert "Gelsenkirchen" not in "".join(said)
    unknown = rechtsweg.adressat(herne, Weg.VG, "Stadtverwaltung")
    assert unknown.startswith("Verwaltungsgericht; welches für Sie zuständig ist")
    assert "115 (Stand prüfen)" in unknown
