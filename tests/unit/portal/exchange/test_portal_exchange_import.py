"""Taking over: repeated imports, broken catalogues, locked keys, other towns, and what stays untouched."""

import csv
import fcntl
import io
import os
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from portal.catalogue import BUILT_IN, CatalogueError, check, load
from portal.exchange import BusyError, ExchangeError, Leser, Mangel, Satz, WrongFormatError, importer
from portal.exchange.csv_format import CsvLeser
from portal.exchange.gebiet import ars, covers
from portal.exchange.records import EIGEN, Fremdkennung, LeistungSatz
from tests.unit.portal.exchange.conftest import Import, message, module, office, responsible, service
from tests.unit.portal.exchange.test_portal_exchange_xzufi import peak_bytes

FULL = message(
    office(),
    service(extra=module("06", "Melden Sie den Hund an. Das geht schnell.") + module("07", "§ 1 HundG")),
    responsible(),
)
TOWN = Path("kommune/05513000")


def the_service(root: Path, *others: Path) -> tuple[str, dict[str, object]]:
    """The one imported service: its id and its file."""
    (path,) = root.glob("*/*/leistungen/*.yml")
    assert not check([*others, root])
    return path.stem, yaml.safe_load(path.read_text(encoding="utf-8"))


def test_a_foreign_service_with_its_office_is_usable_at_once(into: Callable[..., Import]) -> None:
    target = into()
    report = target.xzufi(FULL)
    assert (report.neu, report.stellen, target.reasons) == (1, 1, [])
    name, content = the_service(target.root)
    assert re.fullmatch(r"xz_l1_[0-9a-f]{8}", name)
    assert content["kurz"] == "Melden Sie den Hund an."
    assert (content["finder"], content["wege"]) == ("W", ["telefon"])
    assert (content["marke"], content["gueltig_ab"]) == ("stand_pruefen", date(2026, 11, 24))
    assert "gebuehr" not in content, "what the file does not say is not invented"
    katalog = load([target.root])
    stelle = katalog.stellen[str(katalog.leistungen[name].stelle)]
    assert (stelle.name, stelle.behoerde, stelle.kontakt) == ("Steueramt", "Steueramt", "Behördennummer 115")


def test_a_second_import_changes_no_byte_even_on_another_day(into: Callable[..., Import]) -> None:
    target = into()
    target.xzufi(FULL)
    before = target.files()
    stamps = {path: path.stat().st_mtime_ns for path in target.root.rglob("*.yml")}
    from portal.exchange.xzufi_read import XZuFiLeser

    report = target.run(XZuFiLeser(io.BytesIO(FULL)), stand=date(2027, 3, 1))
    assert (report.neu, report.geaendert, report.unveraendert, report.stellen) == (0, 0, 1, 0)
    assert target.files() == before
    assert {path: path.stat().st_mtime_ns for path in target.root.rglob("*.yml")} == stamps


def test_a_changed_value_is_taken_and_what_people_added_by_hand_stays(into: Callable[..., Import]) -> None:
    target = into()
    target.xzufi(FULL)
    name, content = the_service(target.root)
    path = target.root / TOWN / "leistungen" / f"{name}.yml"
    by_hand = content | {"quelle": "Redaktion", "felder": [{"id": "rasse", "label": "Rasse", "typ": "text"}]}
    path.write_text(yaml.safe_dump(by_hand, allow_unicode=True), encoding="utf-8")
    report = target.xzufi(FULL.replace("§ 1 HundG".encode(), "§ 2 HundG".encode()))
    assert (report.neu, report.geaendert) == (0, 1)
    _, after = the_service(target.root)
    assert after["rechtsgrundlage"] == ["§ 2 HundG"]
    assert (after["quelle"], after["felder"]) == ("Redaktion", by_hand["felder"])
    assert after["herkunft"]["rechtsgrundlage"]["quelle"] == "Test"  # type: ignore[index]


def test_bad_records_are_listed_and_good_ones_kept(into: Callable[..., Import]) -> None:
    target = into()
    content = message(
        office(), service("L1"), "<leistung/>", service("L2"), service("L1"), responsible("L1"), responsible("L2", "O9")
    )  # fmt: skip
    report = target.xzufi(content)
    assert (report.neu, report.maengel) == (1, 3)
    assert [m.position for m in target.maengel] == [
        "Satz 3 (Zeile 5)",
        "Satz 5 (Zeile 7)",
        "Satz 4 (Zeile 6)",
    ]
    assert "steht schon einmal: Satz 2" in target.reasons[1]
    assert "Stelle „O9“ steht weder in der Datei noch im Katalog" in target.reasons[2]


def test_a_value_that_the_catalogue_does_not_allow_costs_only_its_record(into: Callable[..., Import]) -> None:
    target = into()
    head = "id;name;finder;stelle;stelle_name\n"
    report = target.csv(head + "hund;Hund;W;amt;Amt\nkatze;Katze;Mond;amt;Amt\nMaus!;Maus;W;amt;Amt\n")
    assert (report.neu, report.maengel) == (1, 2)
    assert target.reasons[0].startswith("Zeile 4: „Maus!“ ist keine Kennung")
    assert target.reasons[1].startswith("Zeile 3: form: finder")
    assert [p.name for p in (target.root / TOWN / "leistungen").iterdir()] == ["hund.yml"]


def test_a_broken_catalogue_around_it_stops_the_import(tmp_path: Path, into: Callable[..., Import]) -> None:
    broken = tmp_path / "kaputt/bund/leistungen/hund.yml"
    broken.parent.mkdir(parents=True)
    broken.write_text("id: hund\nname: Hund\n", encoding="utf-8")
    target = into(tmp_path / "kaputt")
    with pytest.raises(CatalogueError, match=r"hund\.yml"):
        target.xzufi(FULL)
    assert not target.root.exists()


def test_a_file_of_another_format_leaves_everything_as_it_was(into: Callable[..., Import]) -> None:
    target = into()
    target.xzufi(FULL)
    before = target.files()
    with pytest.raises(WrongFormatError):
        target.xzufi(b"name;kurz\nHund;x\n")
    assert target.files() == before


class Stopping(Leser):
    """A file that fails while it is read, after some good records."""

    def __iter__(self) -> Iterator[Satz | Mangel]:
        yield LeistungSatz("Satz 1", Fremdkennung(EIGEN, "hund"), {"name": "Hund"})
        raise OSError("Lesefehler")


def test_a_failure_in_the_middle_leaves_everything_as_it_was(into: Callable[..., Import]) -> None:
    target = into()
    target.xzufi(FULL)
    before = target.files()
    with pytest.raises(OSError, match="Lesefehler"):
        target.run(Stopping())
    assert target.files() == before


def test_a_stop_while_replacing_leaves_a_sound_catalogue(
    into: Callable[..., Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = into()
    replaced: list[str] = []

    def replace(source: str, destination: Path) -> None:
        if len(replaced) == 2:
            raise KeyboardInterrupt
        os.rename(source, destination)
        replaced.append(Path(destination).name)

    monkeypatch.setattr(importer.os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        target.csv(
            "id;name;stelle;stelle_name\n" + "".join(f"hund_{i};Hund {i};amt_{i};Amt {i}\n" for i in range(5))
        )
    assert replaced[0] == "stellen.yml", "offices come before the services that name them"
    assert check([target.root]) == []
    assert len(load([target.root]).leistungen) == 1


def test_two_imports_at_once_do_not_mix(into: Callable[..., Import]) -> None:
    target = into()
    target.root.mkdir()
    with (target.root / ".import.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BusyError, match="anderer Import"):
            target.xzufi(FULL)
    assert target.xzufi(FULL).neu == 1


LOCKED = "id;name;leika;rechtsgrundlage;hinweis\nwohnsitz_anmelden;Wohnsitz an- oder ummelden;;§ 99 Anders;{hint}\n"


def test_a_town_may_not_change_what_is_locked_but_the_rest_counts(into: Callable[..., Import]) -> None:
    target = into(BUILT_IN)
    report = target.csv(LOCKED.format(hint="Bringen Sie alle Ausweise mit."))
    assert (report.geaendert, report.gesperrt, report.gesperrte_felder) == (1, 1, {"rechtsgrundlage"})
    name, content = the_service(target.root, BUILT_IN)
    assert (name, set(content)) == (
        "wohnsitz_anmelden",
        {"id", "quelle", "marke", "gueltig_ab", "hinweis"},
    )
    merged = load([BUILT_IN, target.root]).leistungen[name]
    assert merged.hinweis == "Bringen Sie alle Ausweise mit."
    assert merged.rechtsgrundlage == load([BUILT_IN]).leistungen[name].rechtsgrundlage


def test_a_key_of_the_catalogue_finds_the_service_that_is_there(into: Callable[..., Import]) -> None:
    key = "<referenzLeiKa><code>99115005104000</code></referenzLeiKa>"
    target = into(BUILT_IN)
    target.xzufi(message(service("L7", "Anmeldung einer Wohnung", key)))
    name, content = the_service(target.root, BUILT_IN)
    assert (name, content["name"]) == ("wohnsitz_anmelden", "Anmeldung einer Wohnung")


def test_a_higher_tier_is_checked_for_every_town(into: Callable[..., Import]) -> None:
    target = into(BUILT_IN)
    report = target.csv(
        "id;name;rechtsgrundlage;stelle;stelle_name\nland_hund;Hund;§ 1 LHundG NRW;amt;Amt\n", ebene="land"
    )
    assert report.neu == 1
    for town in ("05513000", "05916000"):
        assert "land_hund" in load([BUILT_IN, target.root], kommune=town).leistungen


@pytest.mark.parametrize(
    ("area", "received"),
    [("055130000000", True), ("05513", True), ("05513000", True), ("05", True), ("059160000000", False), ("09", False)],
)  # fmt: skip
def test_only_offices_of_this_town_receive(area: str, received: bool, into: Callable[..., Import]) -> None:
    target = into(BUILT_IN)
    target.xzufi(message(office(), service(), responsible(area=area)))
    _, content = the_service(target.root, BUILT_IN)
    assert (content["stelle"] != "behoerdennummer_115") is received


def test_a_service_without_an_office_is_received_by_the_115(into: Callable[..., Import]) -> None:
    target = into()
    target.csv("id;name\nhund;Hund\n")
    katalog = load([target.root])
    assert katalog.stellen[str(katalog.leistungen["hund"].stelle)].telefon == "115"
    assert target.csv("id;name\nhund;Hund\n").unveraendert == 1


def test_a_changed_value_of_an_office_names_the_file_as_its_source_and_the_rest_keeps_its_own(
    into: Callable[..., Import],
) -> None:
    target = into()
    head = "id;name;stelle;stelle_name;stelle_telefon\n"
    target.csv(f"{head}hund;Hund;amt;Amt;0209 1\n")
    path = target.root / TOWN / "stellen.yml"
    (entry,) = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump([entry | {"quelle": "Redaktion", "marke": "geprueft"}]), encoding="utf-8")
    assert target.csv(f"{head}hund;Hund;amt;Amt;0209 2\n").stellen == 1
    origins = load([target.root]).stellen["amt"].herkunft
    assert (origins["name"].quelle, origins["name"].marke) == ("Redaktion", "geprueft")
    assert (origins["telefon"].quelle, origins["telefon"].marke) == (entry["quelle"], "stand_pruefen")
    assert origins["telefon"].gueltig_ab == entry["gueltig_ab"]


def test_another_office_may_be_named_for_them(into: Callable[..., Import]) -> None:
    target = into(BUILT_IN)
    target.csv("id;name\nhund;Hund\n", stelle="stadtverwaltung")
    assert load([BUILT_IN, target.root]).leistungen["hund"].stelle == "stadtverwaltung"
    assert not (target.root / TOWN / "stellen.yml").exists()
    with pytest.raises(ExchangeError, match="Stelle „keine“"):
        target.csv("id;name\nhund;Hund\n", stelle="keine")


def test_the_nearer_office_wins_and_areas_may_be_defined_in_the_file(into: Callable[..., Import]) -> None:
    area = '<gebiet><id>g1</id><schluessel>05513000</schluessel><bezeichnung languageCode="de">GE</bezeichnung></gebiet>'
    target = into()
    target.xzufi(
        message(
            office("O1", "Stadtamt"), office("O2", "Landesamt"), service(),
            responsible(office_id="O1", area="g1"), responsible(office_id="O2", area="05"), area,
        )
    )  # fmt: skip
    katalog = load([target.root])
    (leistung,) = katalog.leistungen.values()
    assert katalog.stellen[str(leistung.stelle)].name == "Stadtamt"


def test_an_unknown_area_costs_its_service(into: Callable[..., Import]) -> None:
    target = into(BUILT_IN)
    target.xzufi(message(office(), service(), responsible(area="Atlantis")))
    assert target.reasons == ["Satz 2 (Zeile 4): „Atlantis“ ist kein amtlicher Schlüssel eines Gebiets."]


def test_a_responsibility_for_nothing_is_named(into: Callable[..., Import]) -> None:
    target = into(BUILT_IN)
    target.xzufi(message(office(), service(), responsible("L8")))
    assert "Die Leistung „L8“ dieser Zuständigkeit steht nicht in der Datei." in target.reasons[0]


def test_the_unit_above_is_the_authority(into: Callable[..., Import]) -> None:
    above = '<uebergeordneteOrganisationseinheitID schemeAgencyID="land">O0</uebergeordneteOrganisationseinheitID>'
    target = into()
    target.xzufi(
        message(office("O1", "Steueramt", above), office("O0", "Stadt Probe"), service(), responsible())
    )
    stellen = {s.name: s.behoerde for s in load([target.root]).stellen.values()}
    assert stellen == {"Steueramt": "Stadt Probe", "Stadt Probe": "Stadt Probe"}


def test_a_long_name_is_shortened_and_found_whole(into: Callable[..., Import]) -> None:
    long = "Erteilung einer Ausnahmegenehmigung zum Halten besonders großer Hunde in Mietwohnungen"
    target = into()
    target.csv(f"id;name;stelle;stelle_name\nhund;{long};amt;Amt\n")
    _, content = the_service(target.root)
    assert len(str(content["name"])) <= 60
    assert str(content["name"]).endswith("…")
    assert content["synonyme"] == [long]


def test_identifiers_of_two_senders_are_two_services() -> None:
    ids = {Fremdkennung(agency, text).als_kennung() for agency in ("a", "b") for text in ("1", "1.", "é", "")}
    assert len(ids) == 8
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,79}", name) for name in ids)
    assert Fremdkennung("a", "1").als_kennung() == Fremdkennung("a", "1").als_kennung()


def test_keys_of_areas() -> None:
    assert (ars("05513000"), ars("05758012")) == ("055130000000", "057580012012")
    assert covers("057580012012", "05758012")
    assert not covers("057580012012", "05758016")
    assert covers("057700000000", "05770004")
    assert not covers("057700000000", "05774004")
    assert covers("000000000000", "05513000")
    for wrong in ("", "5513", "abcde"):
        with pytest.raises(ValueError, match="kein amtlicher Schlüssel"):
            covers(wrong, "05513000")
    with pytest.raises(ValueError, match="Nordrhein-Westfalen"):
        ars("09162000")


def test_memory_does_not_grow_with_the_number_of_services(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "BATCH", 50)

    def run(count: int) -> int:
        head = b"id;name;text;stelle;stelle_name\n"
        rows = b"".join(b"hund_%d;Hund %d;%s;amt;Amt\n" % (i, i, b"Text " * 40) for i in range(count))
        target = Import(tmp_path / str(count))
        return peak_bytes(lambda: target.run(CsvLeser(io.BytesIO(head + rows))))

    small = run(50)
    assert run(500) < small * 1.5


def test_a_table_of_thousands_of_real_services(tmp_path: Path, into: Callable[..., Import]) -> None:
    source = Path(__file__).parents[5] / "shared/data/services.tsv"
    if not source.exists():
        pytest.skip("shared/data/services.tsv is not beside the project")
    table = tmp_path / "services.csv"
    with (
        source.open(encoding="utf-8", newline="") as read,
        table.open("w", encoding="utf-8-sig", newline="") as made,
    ):
        writer = csv.writer(made, delimiter=";")
        writer.writerow(["id", "leika", "name", "text", "synonyme", "rechtsgrundlage"])
        rows = [
            [re.sub(r"\W+", "_", r["service_id"]).lower()[:80], r["leika_key"], r["name_common"] or r["name_official"],
             r["description"], r["synonyms"], r["legal_basis"]]
            for r in list(csv.DictReader(read, delimiter="\t"))[::8]
        ]  # fmt: skip
        writer.writerows(rows)
    target = into(BUILT_IN)
    report = target.csv(table.read_bytes())
    assert report.neu + report.maengel == len(rows)
    assert report.neu > 0.95 * len(rows), target.reasons[:20]
    assert check([BUILT_IN, target.root]) == []
    assert target.csv(table.read_bytes()).unveraendert == report.neu
