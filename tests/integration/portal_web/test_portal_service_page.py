"""What a service's own page says beside its text: what comes first, whom to ask, and what nobody knows."""

import pytest

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
