"""Editors' side of the catalogue: schema, provenance, every mistake by file, line and rule, new towns, reloading."""

import asyncio
import threading
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml

from portal.catalogue import (
    BUILT_IN,
    CatalogueError,
    Katalogbestand,
    NotYetValidError,
    check,
    check_all,
    communes,
    fees,
    json_schema,
    load,
)
from portal.catalogue.kommune import TownExistsError, new_commune
from portal.catalogue.schema import Art
from portal.domain.zustaendigkeit import Gemeinde
from tests.support.portal_world import HUND, write_catalogue

HUND_DATEI = "bund/leistungen/probe_hund.yml"
STADT_DATEI = "kommune/05513000/leistungen/probe_hund.yml"
KOPF = "id: probe_hund\nquelle: Stadt\nmarke: geprueft\ngueltig_ab: 2026-01-01\n"
LAGE_DATEI = "bund/lebenslagen/probelage.yml"
LAGE = """id: probelage
quelle: Test
marke: geprueft
gueltig_ab: 2025-01-01
name: Probelage
intro: Das ist zu tun.
schritte: [{leistung: probe_umzug}]
"""
AMT = "name: A, behoerde: S, telefon: '115'"
BELEGT = "quelle: Test, marke: geprueft, gueltig_ab: 2025-01-01"
HERNE = Gemeinde("05916000", "Herne", "Stadt Herne", "059160000000")
HEUTE = date(2026, 11, 24)


class _DatesAsText(yaml.SafeLoader):
    """As JSON Schema sees a file: dates are text."""


_DatesAsText.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in rules if not tag.endswith("timestamp")]
    for sign, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_catalogue(tmp_path / "katalog")


def put(root: Path, name: str, content: str | bytes) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("art", "pattern", "least"),
    [
        ("leistung", "**/leistungen/*.yml", 100),
        ("lebenslage", "**/lebenslagen/*.yml", 18),
        ("stellen", "**/stellen*.yml", 3),
        ("merkmale", "**/merkmale.yml", 1),
    ],
)
def test_every_file_of_the_catalogue_fits_the_published_schema(art: Art, pattern: str, least: int) -> None:
    schema = json_schema(art)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = list(BUILT_IN.glob(pattern))
    assert len(files) >= least
    for file in files:
        content = yaml.load(file.read_text(encoding="utf-8"), _DatesAsText)
        assert [(file.name, e.message) for e in validator.iter_errors(content)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "x", "farbe": "rot"},
        {"name": "ohne id"},
        {"id": "x", "marke": "vielleicht"},
        {"id": "x", "nr": "eins"},
    ],
)
def test_the_schema_refuses_what_no_file_may_say(wrong: dict[str, object]) -> None:
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(wrong)


@pytest.mark.parametrize(("art", "key"), [("lebenslage", "intro"), ("stellen", "telefon")])
def test_the_schema_knows_source_and_mark_of_life_situations_and_offices(art: Art, key: str) -> None:
    validator = jsonschema.Draft202012Validator(json_schema(art))
    head = {"id": "x", "quelle": "Gesetz", "marke": "geprueft", "gueltig_ab": "2026-01-01"}

    def fits(entry: dict[str, object]) -> bool:
        return validator.is_valid([entry] if art == "stellen" else entry)

    assert fits(head | {"herkunft": {key: {"marke": "stand_pruefen"}}})
    assert not fits(head | {"marke": "vielleicht"})
    assert not fits(head | {"herkunft": {"farbe": {"marke": "geprueft"}}})
    assert not fits(head | {"herkunft": {key: {"ebene": "bund"}}})


def test_one_key_may_have_another_source_than_its_file(root: Path) -> None:
    own = '\nleika: "99102013104000"\nherkunft: {leika: {quelle: Tabelle 2019, marke: stand_pruefen}}\n'
    put(root, HUND_DATEI, HUND + own)
    assert check([root]) == []
    origins = load([root]).leistungen["probe_hund"].herkunft
    assert (origins["leika"].quelle, origins["leika"].marke) == ("Tabelle 2019", "stand_pruefen")
    assert origins["leika"].gueltig_ab == date(2025, 1, 1)
    assert (origins["name"].quelle, origins["name"].marke) == ("Test", "geprueft")


def test_every_entry_of_a_joined_list_knows_who_said_what(root: Path) -> None:
    put(
        root,
        STADT_DATEI,
        KOPF + "felder:\n  - {id: chip, pflicht: true}\n  - {id: rasse, label: Rasse, typ: text}\n",
    )
    origins = load([root]).leistungen["probe_hund"].herkunft
    tiers = {key: origin.ebene for key, origin in origins.items() if key.startswith("felder.")}
    assert tiers["felder.familienname"] == tiers["felder.chip"] == "bund"
    assert tiers["felder.chip.pflicht"] == tiers["felder.rasse"] == "kommune"
    assert "felder.chip.typ" not in tiers


def test_an_office_knows_the_origin_of_each_value_and_the_demo_marks_only_what_it_invents(root: Path) -> None:
    demo = "quelle: erfunden, marke: stand_pruefen, gueltig_ab: 2026-11-24"
    put(root, "bund/stellen.demo.yml", f"- {{id: probeamt, telefon: '0209 555', {demo}}}\n")
    office = load([root], demo=True).stellen["probeamt"]
    origins = {key: (o.ebene, o.quelle, o.marke, o.gueltig_ab) for key, o in office.herkunft.items()}
    assert origins["telefon"] == ("bund", "erfunden", "stand_pruefen", date(2026, 11, 24))
    assert origins["anschrift"] == ("bund", "Test", "geprueft", date(2025, 1, 1))
    assert (office.marke, load([root]).stellen["probeamt"].marke) == ("stand_pruefen", "geprueft")


def test_one_value_of_an_office_may_have_another_source_than_its_entry(root: Path) -> None:
    own = "herkunft: {url: {quelle: Netz, marke: stand_pruefen}}"
    put(root, "bund/stellen.yml", f"- {{id: probeamt, {AMT}, url: 'https://amt.example', {BELEGT}, {own}}}\n")
    office = load([root]).stellen["probeamt"]
    assert (office.herkunft["url"].quelle, office.herkunft["telefon"].quelle) == ("Netz", "Test")
    assert office.marke == "stand_pruefen"


def test_a_step_that_a_town_adds_to_a_life_situation_knows_its_tier_and_source(root: Path) -> None:
    head = KOPF.replace("probe_hund", "probelage")
    path = put(
        root, "kommune/05513000/lebenslagen/probelage.yml", head + "schritte: [{leistung: probe_mehr}]\n"
    )
    put(root, "kommune/05513000/leistungen/probe_mehr.yml", HUND.replace("probe_hund", "probe_mehr"))
    origins = load([root]).lebenslagen["probelage"].herkunft
    assert (origins["schritte.probe_umzug"].ebene, origins["schritte.probe_umzug"].quelle) == ("bund", "Test")
    added = origins["schritte.probe_mehr"]
    assert (added.ebene, added.quelle, added.datei) == ("kommune", "Stadt", str(path))
    assert (origins["intro"].ebene, origins["intro"].marke) == ("bund", "geprueft")


def test_law_that_has_ended_is_no_law(root: Path) -> None:
    ended = "{betrag_cent: 0, text: kostenlos, gueltig_bis: 2026-06-30}"
    put(root, HUND_DATEI, HUND.replace("{betrag_cent: 0, text: kostenlos}", ended))
    service = load([root]).leistungen["probe_hund"]
    assert [f.text for f in fees(service, date(2026, 6, 30))] == ["kostenlos"]
    with pytest.raises(NotYetValidError):
        fees(service, date(2026, 7, 1))


@pytest.mark.parametrize(
    ("name", "content", "rule", "line"),
    [
        (HUND_DATEI, HUND.replace("stelle: probeamt\n", ""), "empfaenger", 2),
        (HUND_DATEI, HUND.replace("marke: geprueft\n", ""), "herkunft", 2),
        (HUND_DATEI, HUND.replace("marke: geprueft", "marke: fast"), "herkunft", 4),
        (HUND_DATEI, HUND + "herkunft: {leika: {marke: geprueft}}\n", "herkunft", 21),
        (HUND_DATEI, HUND + "herkunft: {name: {farbe: rot}}\n", "herkunft", 21),
        (HUND_DATEI, HUND + "zustaendig_nach: schuhe\n", "verweis", 21),
        (HUND_DATEI, HUND.replace("gueltig_ab: 2025-01-01", "gueltig_ab: 2025-13-01"), "yaml", 5),
        (HUND_DATEI, b"\xff\xfe", "yaml", 1),
        (HUND_DATEI, "a: \x01\n", "yaml", 1),
        (HUND_DATEI, "a: &a [*a]\n", "yaml", 1),
        (HUND_DATEI, "? [a]\n: b\n", "yaml", 1),
        (HUND_DATEI, "", "form", 1),
        (HUND_DATEI, "- eins\n", "form", 1),
        ("bund/leistungen/probe_hund.yaml", "id: probe_hund\n", "datei", 1),
        ("bund/leistung/probe.yml", "id: probe\n", "datei", 1),
        ("bund/stellen.yml", "a: b\n", "form", 1),
        (LAGE_DATEI, LAGE.replace("quelle: Test\n", ""), "herkunft", 1),
        (LAGE_DATEI, LAGE.replace("marke: geprueft", "marke: fast"), "herkunft", 3),
        (LAGE_DATEI, LAGE.replace("gueltig_ab: 2025-01-01\n", ""), "herkunft", 1),
        (LAGE_DATEI, LAGE + "herkunft: {hinweise: {marke: geprueft}}\n", "herkunft", 8),
        ("bund/stellen.yml", f"- {{id: probeamt, name: Amt, behoerde: Stadt, {BELEGT}}}\n", "kontakt", 1),
        ("bund/stellen.yml", f"- {{id: a, {AMT}, {BELEGT}}}\n- {{id: b, {AMT}}}\n", "herkunft", 2),
        ("bund/stellen.yml", f"- {{id: a, {AMT}, {BELEGT}}}\n- id: b\n  marke: fast\n", "herkunft", 3),
        ("bund/stellen.demo.yml", "- {id: probeamt, telefon: '0209 555'}\n", "herkunft", 1),
        (
            "bund/stellen.yml",
            "- {id: probeamt, name: A, behoerde: S, telefon: '1'}\n- {id: probeamt, name: B, behoerde: S}\n",
            "doppelt",
            2,
        ),
    ],
)
def test_each_mistake_names_file_line_and_rule(
    root: Path, name: str, content: str | bytes, rule: str, line: int
) -> None:
    path = put(root, name, content)
    found = [(m.datei, m.zeile) for m in check([root], demo=True) if m.regel == rule]
    assert (str(path), line) in found, [str(m) for m in check([root], demo=True)]


def test_a_mistake_in_an_overridden_entry_is_found_where_it_stands(root: Path) -> None:
    path = put(root, STADT_DATEI, KOPF + "felder:\n  - id: seit\n    regeln: [unsinn]\n")
    assert [(m.datei, m.zeile) for m in check([root]) if m.regel == "form"] == [(str(path), 7)]


def test_the_built_in_catalogue_has_no_mistake_for_any_town() -> None:
    assert communes([BUILT_IN]) == ["05513000", "05916000"]
    assert [str(m) for m in check_all(demo=True)] == []


def test_herne_holds_only_what_differs_and_everything_is_received() -> None:
    herne = load(kommune="05916000")
    gelsenkirchen = load()
    assert set(gelsenkirchen.leistungen) - set(herne.leistungen) == {"ge_pass"}
    for service in herne.leistungen.values():
        office = herne.stellen[service.stelle or ""]
        local = service.herkunft["stelle"].ebene == "kommune"
        assert office.behoerde == "Stadt Herne" if local else office.marke == "stand_pruefen"
    rest = herne.leistungen["wohnsitz_anmelden"].stelle or ""
    assert (herne.stellen[rest].telefon, herne.stellen[rest].marke) == ("115", "stand_pruefen")
    assert herne.stellen[rest].anschrift is None
    assert herne.leistungen["hundesteuer_anmelden"].gebuehr == []
    assert herne.leistungen["wohnsitz_anmelden"].online is None


def test_a_new_town_is_what_the_command_makes_of_it(root: Path) -> None:
    (written,) = new_commune(root, HERNE, HEUTE)
    assert written.read_text(encoding="utf-8") == (BUILT_IN / "kommune/05916000/stellen.yml").read_text(
        "utf-8"
    )
    assert check((BUILT_IN, root), kommune="05916000") == []
    with pytest.raises(TownExistsError):
        new_commune(root, HERNE, HEUTE)


def test_an_office_named_by_the_town_comes_before_the_one_for_the_rest(root: Path) -> None:
    new_commune(root, HERNE, HEUTE)
    put(root, "kommune/05916000/leistungen/probe_hund.yml", KOPF + "stelle: probeamt\n")
    put(root, HUND_DATEI, HUND.replace("stelle: probeamt\n", ""))
    herne = load([root], kommune="05916000")
    assert herne.leistungen["probe_hund"].stelle == "probeamt"
    put(root, "kommune/05916000/leistungen/probe_hund.yml", KOPF)
    assert load([root], kommune="05916000").leistungen["probe_hund"].stelle == "stadtverwaltung"


def test_only_one_office_receives_the_rest(root: Path) -> None:
    new_commune(root, HERNE, HEUTE)
    path = root / "kommune/05916000/stellen.yml"
    path.write_text(path.read_text("utf-8") + path.read_text("utf-8").replace("stadtverwaltung", "zweite"))
    assert "auffang" in {m.regel for m in check([root], kommune="05916000")}


def bestand(root: Path, copies: Path | None = None) -> Katalogbestand:
    return Katalogbestand([root], kommune="05513000", kopien=copies)


def test_a_reload_takes_over_what_is_sound_and_keeps_the_old_otherwise(root: Path) -> None:
    held = bestand(root)
    put(
        root,
        HUND_DATEI,
        HUND.replace("Probehund anmelden", "Hund anmelden").replace("finder: W", "finder: Z"),
    )
    assert not held.ersetzen(*held.lesen())
    assert held.katalog.leistungen["probe_hund"].name == "Probehund anmelden"
    assert [m.regel for m in held.fehler] == ["form"]
    put(root, HUND_DATEI, HUND.replace("Probehund anmelden", "Hund anmelden"))
    assert held.ersetzen(*held.lesen())
    assert held.katalog.leistungen["probe_hund"].name == "Hund anmelden"
    assert held.fehler == []


async def test_what_was_made_of_a_catalogue_is_made_anew_after_a_reload(root: Path) -> None:
    def names(katalog):  # type: ignore[no-untyped-def]
        return {s.name for s in katalog.leistungen.values()}

    held = bestand(root)
    assert await held.abgeleitet(names) is await held.abgeleitet(names)
    put(root, HUND_DATEI, HUND.replace("Probehund anmelden", "Hund anmelden"))
    held.ersetzen(*held.lesen())
    assert "Hund anmelden" in await held.abgeleitet(names)


async def test_others_are_served_while_something_is_made_of_the_catalogue(root: Path) -> None:
    begun, served = threading.Event(), threading.Event()
    made: list[bool] = []

    def slow(katalog):  # type: ignore[no-untyped-def]
        begun.set()
        made.append(served.wait(timeout=10))
        return katalog

    held = bestand(root)
    waiting = [asyncio.create_task(held.abgeleitet(slow)) for _ in range(3)]
    await asyncio.to_thread(begun.wait, 10)
    served.set()
    assert len({id(one) for one in await asyncio.gather(*waiting)}) == 1
    assert made == [True]


def test_a_mistake_in_another_town_stops_a_reload_too(root: Path) -> None:
    held = bestand(root)
    put(root, "kommune/05999999/leistungen/probe_hund.yml", KOPF + "stelle: niemand\n")
    assert not held.ersetzen(*held.lesen())


def test_a_start_with_broken_files_uses_the_last_sound_state(root: Path, tmp_path: Path) -> None:
    bestand(root, tmp_path / "kopien")
    put(root, HUND_DATEI, "finder: [")
    held = bestand(root, tmp_path / "kopien")
    assert held.katalog.leistungen["probe_hund"].name == "Probehund anmelden"
    assert held.fehler
    with pytest.raises(CatalogueError):
        bestand(root)


def test_a_copy_that_cannot_be_read_is_no_copy(root: Path, tmp_path: Path) -> None:
    bestand(root, tmp_path / "kopien")
    (copy,) = (tmp_path / "kopien").iterdir()
    copy.write_text("{}")
    put(root, HUND_DATEI, "finder: [")
    with pytest.raises(CatalogueError):
        bestand(root, tmp_path / "kopien")


def test_another_town_is_loaded_with_its_own_folder_or_with_the_law_above_it(root: Path) -> None:
    held = bestand(root)
    assert held.fuer("05513000") is held.katalog
    assert held.fuer("05916000").stellen["stadtverwaltung"].behoerde == "Stadt Herne"
    assert "buergercenter" not in held.fuer("05911000").stellen
    assert "hundesteuer_anmelden" in held.fuer("05911000").leistungen
    assert "hundesteuer_anmelden" not in held.fuer("14612000").leistungen
