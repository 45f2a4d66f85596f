"""Loading, merging, dating and checking of catalogue files."""

import json
from datetime import date
from pathlib import Path

import pytest

from portal.catalogue import (
    BUILT_IN,
    CatalogueError,
    NotYetValidError,
    check,
    deadlines,
    export_for_search,
    fees,
    json_schema,
    load,
)
from tests.support.portal_world import HUND, write_catalogue


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_catalogue(tmp_path)


def put(root: Path, name: str, content: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


TOWN = "kommune/05513000/leistungen/probe_hund.yml"
HEAD = "id: probe_hund\nquelle: Stadt\nmarke: stand_pruefen\ngueltig_ab: 2026-01-01\n"


def test_a_lower_tier_overrides_joins_and_leaves_its_trace(root: Path) -> None:
    put(
        root,
        TOWN,
        HEAD
        + "kurz: Anders.\nsynonyme: [Wauwau]\nfelder:\n  - {id: chip, pflicht: true}\n  - {id: rasse, label: Rasse, typ: text}\n",
    )
    service = load([root]).leistungen["probe_hund"]
    assert service.kurz == "Anders."
    assert [f.id for f in service.felder] == ["familienname", "anschrift", "seit", "chip", "rasse"]
    chip = service.feld("chip")
    assert chip is not None
    assert (chip.pflicht, chip.typ) == (True, "text")
    assert (service.herkunft["kurz"].ebene, service.herkunft["kurz"].marke) == ("kommune", "stand_pruefen")
    assert service.herkunft["name"].ebene == "bund"


@pytest.mark.parametrize("key", ["leika", "rechtsgrundlage", "frist", "gebuehr"])
def test_a_town_may_not_change_what_is_locked(root: Path, key: str) -> None:
    put(root, "bund/leistungen/probe_hund.yml", HUND + '\nleika: "99102013104000"\n')
    value = {
        "leika": '"99102013070000"',
        "rechtsgrundlage": "[§ 1 Anders]",
        "frist": "[{text: bald, recht: Satzung}]",
        "gebuehr": "[{betrag_cent: 500, text: 5 €}]",
    }[key]
    put(root, TOWN, HEAD + f"{key}: {value}\n")
    mistakes = [m for m in check([root]) if m.regel == "gesperrt"]
    assert [(Path(m.datei).name, m.zeile) for m in mistakes] == [("probe_hund.yml", 5)]
    with pytest.raises(CatalogueError, match="gesperrt"):
        load([root])


def test_what_no_higher_tier_sets_a_town_may_set(root: Path) -> None:
    put(
        root,
        "bund/leistungen/probe_hund.yml",
        HUND.replace("gebuehr: [{betrag_cent: 0, text: kostenlos}]\n", ""),
    )
    put(root, TOWN, HEAD + "gebuehr: [{betrag_cent: 12900, text: 129 € im Jahr}]\n")
    fee = fees(load([root]).leistungen["probe_hund"], date(2026, 11, 24))[0]
    assert (fee.betrag_cent, fee.ebene, fee.marke) == (12900, "kommune", "stand_pruefen")


def test_amounts_hold_from_their_day_and_nothing_holds_before_the_first(root: Path) -> None:
    old, new = "{betrag_cent: 3700, text: alt}", "{betrag_cent: 4600, text: neu, gueltig_ab: 2026-02-07}"
    put(
        root,
        "bund/leistungen/probe_hund.yml",
        HUND.replace("[{betrag_cent: 0, text: kostenlos}]", f"[{old}, {new}]"),
    )
    service = load([root]).leistungen["probe_hund"]
    assert [f.text for f in fees(service, date(2026, 2, 6))] == ["alt"]
    assert [f.text for f in fees(service, date(2026, 2, 7))] == ["neu"]
    with pytest.raises(NotYetValidError):
        fees(service, date(2024, 12, 31))
    with pytest.raises(NotYetValidError):
        deadlines(service, date(2024, 12, 31))


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2026, 11, 24)])
def test_what_the_catalogue_does_not_know_is_unknown_on_every_day(root: Path, day: date) -> None:
    put(root, "bund/leistungen/probe_hund.yml", HUND.replace("[{betrag_cent: 0, text: kostenlos}]", "[]"))
    assert fees(load([root]).leistungen["probe_hund"], day) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("typ: date", "typ: datum"), "form"),
        (("finder: W", "finder: W\nfarbe: rot"), "form"),
        (("finder: W", "finder: W\nfinder: S"), "doppelt"),
        (("finder: W", "finder: [W"), "yaml"),
        (("id: probe_hund", "id: hund"), "kennung"),
        (("ab: seit", "ab: gestern"), "verweis"),
        (("stelle: probeamt", "stelle: unbekannt"), "verweis"),
        (("wege: [online]", "wege: [persoenlich]"), "wege"),
        (("stammdatum: anschrift", "stammdatum: schuhgroesse"), "verweis"),
        (("{id: chip,", "{id: seit,"), "doppelt"),
        (("finder: W", "finder: W\nbeziehungen: {vorher: [gibt_es_nicht]}"), "verweis"),
        (('muster: "[0-9]{15}"', 'muster: "[0-9"'), "muster"),
    ],
)
def test_each_mistake_is_listed_with_file_line_and_rule(
    root: Path, change: tuple[str, str], rule: str
) -> None:
    assert check([root]) == []
    put(root, "bund/leistungen/probe_hund.yml", HUND.replace(*change, 1))
    mistakes = check([root])
    assert rule in {m.regel for m in mistakes}
    assert all(m.datei.endswith(".yml") and m.zeile >= 1 for m in mistakes)


def test_invented_offices_are_loaded_in_the_demo_alone(root: Path) -> None:
    source = "quelle: erfunden, marke: stand_pruefen, gueltig_ab: 2026-01-01"
    put(root, "bund/stellen.demo.yml", f"- {{id: probeamt, telefon: '0209 555', {source}}}\n")
    assert load([root]).stellen["probeamt"].telefon is None
    assert load([root], demo=True).stellen["probeamt"].telefon == "0209 555"


def test_the_export_for_the_engine_is_plain_and_stable(root: Path) -> None:
    exported = export_for_search(load([root]))
    assert json.dumps(exported) == json.dumps(export_for_search(load([root])))
    assert [s["id"] for s in exported["services"]] == ["probe_hund", "probe_umzug"]
    assert exported["services"][0]["stelle"] == "Probeamt"
    assert exported["traits"] == [{"id": "probetier", "label": "Ein Probetier", "words": ["Probetier"]}]


def test_the_schema_names_every_key() -> None:
    assert {"id", "felder", "nachweise", "gebuehr", "frist"} <= set(json_schema()["properties"])  # type: ignore[call-overload]


def test_the_built_in_catalogue_loads_and_every_service_has_a_way() -> None:
    catalogue = load([BUILT_IN], demo=True)
    assert catalogue.leistungen
    assert all(s.wege for s in catalogue.leistungen.values())
