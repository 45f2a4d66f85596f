"""CSV: what is written is safe and comes back as it was; what is bad is named."""

import contextlib
import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalogue import load
from portal.catalogue.model import Katalog
from portal.exchange import ExchangeError, Mangel, UnsafeFileError, WrongFormatError, export_records
from portal.exchange.csv_cells import FORMULA, guard, join, split, unguard
from portal.exchange.csv_format import MAX_LINE, SPALTEN, CsvLeser, write
from portal.exchange.records import LeistungSatz, StelleSatz, ZustaendigkeitSatz
from tests.unit.portal.exchange.conftest import Import

CELLS = st.text(
    alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40
) | st.sampled_from(["=1+1", "'=x", "''", "+49 209", "-", "@a", "\t=1", 'a";"b', "a\r\nb", "|", "\\", "\\|"])


def exported(katalog: Katalog) -> bytes:
    stream = io.BytesIO()
    write(export_records(katalog, kommune="05513000"), stream, done=lambda _: None)
    return stream.getvalue()


def read(content: bytes | str) -> list[object]:
    raw = content.encode() if isinstance(content, str) else content
    return list(CsvLeser(io.BytesIO(raw)))


@settings(deadline=None, max_examples=60)
@given(CELLS)
def test_a_guarded_cell_is_no_formula_and_comes_back(cell: str) -> None:
    assert not guard(cell).startswith(FORMULA)
    assert unguard(guard(cell)) == cell


@settings(deadline=None, max_examples=60)
@given(st.lists(CELLS, min_size=1, max_size=5).filter(lambda values: values != [""]))
def test_joined_values_come_back(values: list[str]) -> None:
    assert split(join(values)) == values


@settings(deadline=None, max_examples=60)
@given(st.lists(CELLS.map(str.strip).filter(bool), min_size=3, max_size=3))
def test_any_text_survives_a_file(katalog: Katalog, texts: list[str]) -> None:
    changed = katalog.leistungen["hundesteuer_anmelden"]
    changed = changed.model_copy(update={"kurz": texts[0], "text": texts[1], "synonyme": texts[2:]})
    alone = Katalog(leistungen={"hundesteuer_anmelden": changed}, lebenslagen={}, stellen={}, merkmale={})
    (satz,) = [r for r in read(exported(alone)) if isinstance(r, LeistungSatz)]
    lines = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    got = [satz.werte["kurz"], satz.werte["text"], *satz.werte["synonyme"]]  # type: ignore[misc]
    assert [str(text).replace("\r\n", "\n").replace("\r", "\n") for text in got] == lines


def test_the_file_has_a_bom_semicolons_and_rfc_4180_lines(katalog: Katalog) -> None:
    content = exported(katalog)
    assert content.startswith(b"\xef\xbb\xbfid;nr;leika;name;")
    text = content.decode("utf-8-sig")
    assert text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    assert rows[0] == list(SPALTEN)
    assert {len(row) for row in rows} == {len(SPALTEN)}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_a_row_gives_office_service_and_their_connection() -> None:
    office, service, connection = read(
        "id;name;stelle;stelle_name;stelle_telefon\nhund;Hund anmelden;steuern;Steueramt;'+49 209 1\n"
    )
    assert isinstance(office, StelleSatz)
    assert office.werte == {"name": "Steueramt", "telefon": "+49 209 1"}
    assert isinstance(service, LeistungSatz)
    assert (service.position, service.werte) == ("Zeile 2", {"name": "Hund anmelden"})
    assert isinstance(connection, ZustaendigkeitSatz)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a;b;c", "Zeile 2: Die Zeile hat 3 Zellen, die Überschrift 6."),
        (";;;;;x", "Die Spalte „name“ ist leer."),
        ("Hund;99;;;;", "Der LeiKa-Schlüssel „99“ hat nicht die Form 99 und zwölf Ziffern."),
        ("Hund;;zwei;eins;;", "„zwei“ ist kein Betrag in Cent."),
        ("Hund;;1|2;eins;;", "Die Spalten „gebuehr_…“ haben verschieden viele Werte."),
        ("Hund;;;;vielleicht;", "In der Spalte „sensibel“ steht „vielleicht“ statt „ja“ oder „nein“."),
        ("Hund;;;;;gestern", "„gestern“ ist kein Datum der Form JJJJ-MM-TT."),
    ],
)
def test_a_bad_row_is_named_and_the_next_one_is_read(row: str, reason: str) -> None:
    bad, good = read(f"name;leika;gebuehr_cent;gebuehr_text;sensibel;gueltig_ab\n{row}\nKatze;;;;;\n")
    assert isinstance(bad, Mangel)
    assert reason in str(bad)
    assert isinstance(good, LeistungSatz)
    assert good.position == "Zeile 3"


def test_a_row_that_is_not_utf_8_is_named() -> None:
    bad, good = read(b"name\n" + "Gewässer\n".encode("latin-1") + "Gewässer\n".encode())
    assert str(bad) == "Zeile 2: Die Zeile ist nicht in UTF-8 geschrieben."
    assert isinstance(good, LeistungSatz)


def test_a_quote_that_never_ends_swallows_no_memory() -> None:
    records = read("name\nHund\n" + '"Katze\n' + "Maus\n" * 100)
    assert isinstance(records[0], LeistungSatz)
    assert "kein lesbares CSV" in str(records[-1])


@pytest.mark.parametrize("content", ["", "\n", "id,name\n1,Hund\n", "titel;kurz\n"])
def test_a_file_without_the_column_name_is_refused(content: str) -> None:
    with pytest.raises(WrongFormatError, match=r"Spalte „name“|kein lesbares"):
        read(content)


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=200))
def test_no_bytes_bring_the_reader_down(content: bytes) -> None:
    with contextlib.suppress(ExchangeError):
        read(b"name;leika;gebuehr_text;gebuehr_cent;nachweise\n" + content)


def test_an_endless_line_is_refused() -> None:
    with pytest.raises(UnsafeFileError, match="länger als"):
        read(b"name\n" + b"x" * (MAX_LINE + 1))


def test_a_catalogue_survives_csv(katalog: Katalog, into: Callable[..., Import]) -> None:
    first = exported(katalog)
    target = into()
    report = target.csv(first)
    assert (report.neu, report.maengel) == (len(katalog.leistungen), 0)
    assert exported(load([target.root])) == first
