"""Editors' values for single keys: laid over their tier's files, locked keys respected, compared with what stands above."""

from datetime import date
from pathlib import Path

import pytest

from portal.catalogue import CatalogueError
from portal.catalogue.bestand import Katalogbestand
from portal.catalogue.check import inspect
from portal.catalogue.overlay import Ueberlagerung, abgleiche, als_eingabe, einlesen
from tests.support.portal_world import write_catalogue

TOWN = "05513000"
OWN = """
id: probe_hund
quelle: Stadt
marke: stand_pruefen
gueltig_ab: 2026-01-01
kurz: Von der Stadt.
synonyme: [Wauwau]
felder: [{id: chip, pflicht: true}]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_catalogue(tmp_path)
    path = tmp_path / f"kommune/{TOWN}/leistungen/probe_hund.yml"
    path.parent.mkdir(parents=True)
    path.write_text(OWN, encoding="utf-8")
    return tmp_path


def change(key: str, text: str, tier: str = "kommune", **values: object) -> Ueberlagerung:
    place = {"eu": "eu", "bund": "bund", "land": "nrw", "kommune": TOWN}[tier]
    values = {"gebiet": place, "leistung": "probe_hund"} | values
    given: dict[str, object] = {
        "quelle": "Beschluss",
        "marke": "geprueft",
        "gueltig_ab": date(2026, 11, 1),
        "nummer": 1,
    }
    return Ueberlagerung(ebene=tier, schluessel=key, eingabe=text, **(given | values))  # type: ignore[arg-type]


def loaded(root: Path, *changes: Ueberlagerung):  # type: ignore[no-untyped-def]
    return inspect([root], kommune=TOWN, ueberlagerungen=changes)


def test_a_value_stands_in_place_of_the_tiers_own(root: Path) -> None:
    found, mistakes = loaded(root, change("kurz", "Neu."), change("synonyme", "Bello\nHasso"))
    service = found.katalog.leistungen["probe_hund"]
    assert mistakes == []
    assert service.kurz == "Neu."
    assert service.synonyme == ["Bello", "Hasso"]
    assert service.herkunft["kurz"].quelle == "Beschluss"
    assert service.herkunft["kurz"].datei == "redaktion/kommune/probe_hund/kurz/1"


def test_a_value_of_a_higher_tier_lies_below_the_lower_ones(root: Path) -> None:
    found, _ = loaded(root, change("kurz", "Vom Bund.", "bund"), change("text", "Text des Landes.", "land"))
    service = found.katalog.leistungen["probe_hund"]
    assert (service.kurz, service.text) == ("Von der Stadt.", "Text des Landes.")
    assert service.herkunft["text"].ebene == "land"


def test_a_joined_list_of_the_tier_is_replaced_and_joined_again(root: Path) -> None:
    found, mistakes = loaded(root, change("felder", "[{id: chip, label: Chip des Hundes}]"))
    chip = found.katalog.leistungen["probe_hund"].feld("chip")
    assert mistakes == []
    assert chip
    assert (chip.label, chip.pflicht) == ("Chip des Hundes", False)


@pytest.mark.parametrize("key", ["rechtsgrundlage", "gebuehr", "frist"])
def test_locked_keys_stay_locked(root: Path, key: str) -> None:
    found, mistakes = loaded(root, change(key, "[]" if key != "rechtsgrundlage" else "§ 1 Anders"))
    assert [m.regel for m in mistakes] == ["gesperrt"]
    assert found.katalog.leistungen["probe_hund"].rechtsgrundlage == ["Probesatzung"]


def test_the_word_of_another_town_does_not_count_here(root: Path) -> None:
    found, _ = loaded(root, change("kurz", "Aus Herne.", gebiet="05916000"))
    assert found.katalog.leistungen["probe_hund"].kurz == "Von der Stadt."


def test_a_service_that_no_file_describes_cannot_be_changed(root: Path) -> None:
    assert loaded(root, change("kurz", "?", leistung="gibtsnicht"))[1] == []


@pytest.mark.parametrize(
    ("key", "text", "rule", "line"),
    [
        ("dauer", "{text: [", "yaml", 1),
        ("dauer", "text: a\ntext: b", "doppelt", 2),
        ("felder", "- &a {id: b}\n- *a", "yaml", 1),
        ("felder", "- id: chip\n  typ: farbe", "form", 2),
        ("name", "x" * 20_001, "laenge", 1),
        ("beziehungen", "vorher:\n  - gibtsnicht", "verweis", 1),
        ("gebuehr", "- {betrag_cent: -5, text: minus}", "gesperrt", 1),
    ],
)
def test_mistakes_name_the_rule_and_the_line_of_what_was_written(
    root: Path, key: str, text: str, rule: str, line: int
) -> None:
    mistakes = [m for m in loaded(root, change(key, text))[1] if m.datei.startswith("redaktion/")]
    assert (mistakes[0].regel, mistakes[0].zeile) == (rule, line)
    assert mistakes[0].datei == f"redaktion/kommune/probe_hund/{key}/1"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kurz", "Ein Satz."),
        ("text", "Zwei\nZeilen.\n"),
        ("hinweis", None),
        ("synonyme", ["a b", "c: d", "- e"]),
        ("dauer", {"text": "ja: nein", "gueltig_ab": date(2026, 1, 1)}),
        ("felder", [{"id": "a", "optionen": [{"id": "b", "label": "B"}]}]),
        ("sensibel", True),
    ],
)
def test_what_is_shown_reads_back_as_the_same(key: str, value: object) -> None:
    assert einlesen(key, als_eingabe(key, value).replace("\n", "\r\n"), "x", "land")[0] == value


def test_references_inside_a_value_are_refused() -> None:
    with pytest.raises(CatalogueError, match="Verweise"):
        einlesen("felder", "a: &x [1]\nb: [*x, *x]", "x", "land")


def test_comparison_sees_a_changed_parent_and_only_what_the_child_names(root: Path) -> None:
    def pairs(*changes: Ueberlagerung) -> dict[str, str]:
        whole = loaded(root, *changes)[0].leistungen
        return {p.schluessel: p.eltern_sha256 for p in abgleiche(whole) if p.leistung == "probe_hund"}

    before = pairs()
    assert set(before) == {"kurz", "felder"}
    assert pairs(change("kurz", "Neu vom Bund.", "bund"))["kurz"] != before["kurz"]
    added = "- {id: rasse, label: Rasse, typ: text}"
    assert pairs(change("felder", added, "land"))["felder"] == before["felder"]
    assert pairs(change("felder", "- {id: chip, label: Anders}", "land"))["felder"] != before["felder"]


def test_a_refused_reading_leaves_the_catalogue_in_use(root: Path) -> None:
    stock = Katalogbestand([root], kommune=TOWN)
    before = stock.katalog
    broken = [change("kurz", "")]
    assert stock.ersetzen(*stock.lesen(broken), broken) is False
    assert stock.katalog is before
    assert stock.ueberlagerungen == ()
    sound = [change("kurz", "Neu.")]
    assert stock.ersetzen(*stock.lesen(sound), sound) is True
    assert stock.katalog.leistungen["probe_hund"].kurz == "Neu."
    assert stock.ersetzen(*stock.lesen()) is True
    assert stock.katalog.leistungen["probe_hund"].kurz == "Neu."
