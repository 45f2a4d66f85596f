"""The rules of local responsibility, and reading a table of places."""

from pathlib import Path

import pytest

from portal.catalogue.orte import built_in_places
from portal.domain.zustaendigkeit import (
    Finder,
    Frage,
    Gemeinde,
    Ort,
    amtlicher_name,
    anschrift_teile,
    erste_frage,
    gemeinde_im_text,
    strassenname,
    zuordnen,
)
from portal.services.ortsliste import Mangel, WrongTableError, lesen

KOELN = Gemeinde("05315000", "Köln", "Stadt Köln")
BERGISCH = Gemeinde(
    "05378004", "Bergisch Gladbach", "Stadt Bergisch Gladbach", kreis="Rheinisch-Bergischer Kreis"
)
BEIDE = [Ort("51467", KOELN), Ort("51467", BERGISCH)]
MIT_STRASSEN = [Ort("51467", KOELN, ("Domweg",)), Ort("51467", BERGISCH, ("Odenthaler Straße", "Domweg-Süd"))]
KOPF = b"plz\tort\tags8\tars12\tdestatis_name_2017\tkreis\n"
HERNE = b"44623\tHerne\t05916000\t059160000000\tHerne, Stadt\tHerne, Stadt\n"


@pytest.mark.parametrize(
    ("finder", "ueberoertlich", "frage"),
    [
        (Finder.WOHNUNG, False, Frage.PLZ),
        (Finder.EREIGNIS, False, Frage.PLZ),
        (Finder.BETRIEB, False, Frage.PLZ),
        (Finder.OBJEKT, False, Frage.PLZ),
        (Finder.BELIEBIG, False, None),
        (Finder.WOHNUNG, True, None),
    ],
)
def test_only_what_is_needed_is_asked(finder: Finder, ueberoertlich: bool, frage: Frage | None) -> None:
    assert erste_frage(finder, ueberoertlich=ueberoertlich) == frage


def test_one_town_needs_no_question_and_an_unknown_plz_has_none() -> None:
    assert zuordnen([Ort("50667", KOELN)]).gemeinde == KOELN
    nobody = zuordnen([])
    assert (nobody.gemeinde, nobody.frage) == (None, None)


@pytest.mark.parametrize("said", ["05378004", "bergisch gladbach ", "Stadt Bergisch Gladbach"])
def test_several_towns_need_one_more_question(said: str) -> None:
    open_ = zuordnen(BEIDE)
    assert (open_.frage, open_.kandidaten) == (Frage.ORT, (BERGISCH, KOELN))
    assert zuordnen(BEIDE, ort=said).gemeinde == BERGISCH
    assert zuordnen(BEIDE, ort="Bonn").frage is Frage.ORT


def test_the_street_is_asked_where_streets_are_listed() -> None:
    assert zuordnen(MIT_STRASSEN).frage is Frage.STRASSE
    assert zuordnen(MIT_STRASSEN, strasse="Odenthaler Str. 12a").gemeinde == BERGISCH
    assert zuordnen(MIT_STRASSEN, strasse="Unbekannter Weg").frage is Frage.ORT
    assert zuordnen(BEIDE, strasse="Odenthaler Str. 12a").frage is Frage.ORT


@pytest.mark.parametrize(
    "one", ["Hauptstraße 12a", "Hauptstr.", "haupt str", "Haupt-Strasse 3 b", "HAUPTSTRASSE"]
)
def test_streets_are_compared_as_people_write_them(one: str) -> None:
    assert strassenname(one) == "hauptstr"


def test_a_town_is_found_in_words_of_its_own() -> None:
    essen, bad = (
        Gemeinde("05113000", "Essen", "Stadt Essen"),
        Gemeinde("05766020", "Bad Essen", "Gemeinde Bad Essen"),
    )
    assert gemeinde_im_text("Krankenhaus in Essen", [essen, bad]) == essen
    assert gemeinde_im_text("Bad Essen", [essen, bad]) == bad
    assert gemeinde_im_text("Messendorf", [essen, bad]) is None
    assert gemeinde_im_text("zwischen Essen und Köln", [essen, KOELN]) is None


@pytest.mark.parametrize(
    ("listed", "name", "official"),
    [
        ("Herne, Stadt", "Herne", "Stadt Herne"),
        ("Herford, Hansestadt", "Herford", "Stadt Herford"),
        ("Hövelhof, Sennegemeinde", "Hövelhof", "Gemeinde Hövelhof"),
        ("Waldfeucht", "Waldfeucht", "Gemeinde Waldfeucht"),
        ("Wünnenberg, Kurort", "Wünnenberg", "Verwaltung von Wünnenberg"),
    ],
)
def test_official_names(listed: str, name: str, official: str) -> None:
    assert amtlicher_name(listed, name) == official


def test_an_address_gives_its_place() -> None:
    parts = anschrift_teile("Neuweg 5, 44623 Herne")
    assert parts is not None
    assert (parts.strasse, parts.plz, parts.ort) == ("Neuweg", "44623", "Herne")
    assert anschrift_teile("irgendwo") is None


def test_both_demo_towns_are_built_in() -> None:
    towns = {place.gemeinde.name: 0 for place in built_in_places()}
    for place in built_in_places():
        towns[place.gemeinde.name] += 1
    assert towns == {"Gelsenkirchen": 13, "Herne": 9}


def test_a_table_of_places_is_read() -> None:
    (place,) = lesen([b"\xef\xbb\xbf" + KOPF, HERNE, b"\n"])
    assert place == Ort("44623", Gemeinde("05916000", "Herne", "Stadt Herne", "059160000000"))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"4462\tHerne\t05916000\n", "keine Postleitzahl"),
        (b"44623\tHerne\t5916000\n", "kein Amtlicher Gemeindeschl"),
        (b"44623\tHerne\t99916000\n", "kein Amtlicher Gemeindeschl"),
        (b"44623\tHerne\t05916000\t051130000000\n", "passt nicht zum AGS"),
        (b"44623\t\t05916000\n", "Name des Ortes fehlt"),
        (b"44623\tHerne\n", "Nur 2 Spalten"),
        (b"44623\tH\xff\t05916000\n", "kein Text in UTF-8"),
        (HERNE, "stehen schon in Zeile 2"),
        (b"44625\tWanne\t05916000\t059160000000\tHerne, Stadt\n", "in Zeile 2 zu"),
        (b"x" * 100_001, "l\u00e4nger als"),
    ],
)
def test_a_bad_row_is_named_with_line_and_reason_and_the_rest_goes_on(row: bytes, reason: str) -> None:
    good = b"45879\tGelsenkirchen\t05513000\n"
    found = list(lesen([KOPF, HERNE, row, good]))
    lacks = [f for f in found if isinstance(f, Mangel)]
    assert [lack.zeile for lack in lacks] == [3]
    assert reason in lacks[0].grund
    assert len(found) == 3


@pytest.mark.parametrize("content", [[], [b"a\tb\n"], [b"plz;ort;ags8\n"]])
def test_a_file_of_another_kind_is_refused(content: list[bytes]) -> None:
    with pytest.raises(WrongTableError):
        list(lesen(content))


def test_the_reference_table_of_nrw_is_read_whole() -> None:
    source = Path(__file__).parents[4] / "shared/data/plz_ags.tsv"
    if not source.exists():
        pytest.skip("shared/data/plz_ags.tsv is not beside the project")
    with source.open("rb") as lines:
        found = list(lesen(lines))
    places = [f for f in found if isinstance(f, Ort)]
    assert len(places) == len(found) == 872
    assert len({p.gemeinde.ags for p in places}) == 396
    shared = {p.plz for p in places if sum(q.plz == p.plz for q in places) > 1}
    assert shared == {"33154", "33161", "40472", "40721", "51467", "52525", "52538"}
