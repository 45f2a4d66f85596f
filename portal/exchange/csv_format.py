"""CSV of services with their offices: UTF-8 with BOM, semicolons, RFC 4180, formulas neutralised."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import IO, cast

from portal.exchange.csv_cells import guard, join, split, unguard
from portal.exchange.errors import UnsafeFileError, WrongFormatError
from portal.exchange.records import (
    EIGEN,
    GUELTIGKEIT,
    LEIKA,
    STELLE_TEXTE,
    UNBEKANNTES_RECHT,
    Auszug,
    Fremdkennung,
    LeistungSatz,
    Mangel,
    Satz,
    StelleSatz,
    Werte,
    ZustaendigkeitSatz,
    betrag,
    nachweis,
    stelle_werte,
    tag,
    werte_von,
)

TEXTE = ("name", "kurz", "text", "hinweis", "leika", "finder", "sdg")
LISTEN = ("synonyme", "zielgruppe", "rechtsgrundlage", "wege")
SPALTEN = (
    "id",
    "nr",
    "leika",
    "name",
    "kurz",
    "text",
    "hinweis",
    "synonyme",
    "zielgruppe",
    "finder",
    "rechtsgrundlage",
    "gebuehr_cent",
    "gebuehr_text",
    "gebuehr_wenn",
    "gebuehr_ab",
    "gebuehr_bis",
    "frist_text",
    "frist_recht",
    "frist_wenn",
    "frist_ab",
    "frist_bis",
    "dauer",
    "wege",
    "persoenlich",
    "persoenlich_text",
    "rechtsbehelf",
    "rechtsbehelf_hinweis",
    "sensibel",
    "sdg",
    "nachweise",
    "gueltig_ab",
    "stelle",
    "stelle_name",
    "stelle_oeffnungszeiten",
    *(f"stelle_{key}" for key in STELLE_TEXTE),
)
BOM = b"\xef\xbb\xbf"
MAX_BYTES = 2 * 1024**3
"""Largest file that is read."""
MAX_LINE = 1024**2
"""Longest line in bytes; a line break within quotes begins a new one."""


class CsvLeser:
    """A CSV file as a sequence of records: for each row a service, its office if named, and their connection.

    The first row names the columns, in any order; `name` must be among them, unknown ones are ignored.

    Parameters
    ----------
    stream
        The file, binary, UTF-8 with or without BOM.
    read_bytes
        Called with the number of bytes after each line read: for a progress bar.

    Raises
    ------
    WrongFormatError
        While iterating: there is no header with the column `name`.
    UnsafeFileError
        While iterating: a line or the file exceeds a limit.
    """

    def __init__(self, stream: IO[bytes], read_bytes: Callable[[int], None] = lambda _: None) -> None:
        self._stream = stream
        self._read_bytes = read_bytes

    def __iter__(self) -> Iterator[Satz | Mangel]:
        rows = csv.reader(self._lines(), delimiter=";", strict=True)
        try:
            header = [name.strip().lower() for name in next(rows, [])]
        except csv.Error as error:
            raise WrongFormatError(f"Die erste Zeile ist kein lesbares CSV: {error}") from error
        if "name" not in header:
            raise WrongFormatError(
                "In der ersten Zeile fehlt die Spalte „name“. Erwartet wird UTF-8 mit Semikolon als Trennzeichen."
            )
        while True:
            position = f"Zeile {rows.line_num + 1}"
            try:
                row = next(rows, None)
            except csv.Error as error:
                yield Mangel(position, f"kein lesbares CSV: {error}")
                continue
            if row is None:
                return
            if any(cell.strip() for cell in row):
                yield from _records(header, row, position)

    def _lines(self) -> Iterator[str]:
        total = 0
        while line := self._stream.readline(MAX_LINE + 1):
            total += len(line)
            if len(line) > MAX_LINE or total > MAX_BYTES:
                raise UnsafeFileError(
                    f"Eine Zeile ist länger als {MAX_LINE // 1024} KiB oder die Datei größer als {MAX_BYTES // 1024**3} GiB."
                )
            self._read_bytes(len(line))
            text = line.removeprefix(BOM) if total == len(line) else line
            yield text.decode("utf-8", errors="surrogateescape")


def _records(header: Sequence[str], row: Sequence[str], position: str) -> Iterator[Satz | Mangel]:
    if len(row) != len(header):
        yield Mangel(position, f"Die Zeile hat {len(row)} Zellen, die Überschrift {len(header)}.")
        return
    if any("\udc80" <= sign <= "\udcff" for cell in row for sign in cell):
        yield Mangel(position, "Die Zeile ist nicht in UTF-8 geschrieben.")
        return
    cells = {name: unguard(cell).strip() for name, cell in zip(header, row, strict=True)}
    try:
        service = _service(cells, position)
    except ValueError as error:
        yield Mangel(position, str(error))
        return
    office = Fremdkennung(EIGEN, cells.get("stelle", ""))
    if office.text and cells.get("stelle_name"):
        werte: Werte = {key: cells.get(f"stelle_{key}") for key in ("name", *STELLE_TEXTE)}
        hours = split(cells.get("stelle_oeffnungszeiten", ""))
        werte["oeffnungszeiten"] = hours[0] if len(hours) == 1 else hours
        yield StelleSatz(position, office, _filled(werte))
    yield service
    if office.text and service.kennung:
        yield ZustaendigkeitSatz(position, service.kennung, office)


def _service(cells: dict[str, str], position: str) -> LeistungSatz:
    if not cells["name"]:
        raise ValueError("Die Spalte „name“ ist leer.")
    leika = cells.get("leika", "")
    if leika and not LEIKA.fullmatch(leika):
        raise ValueError(f"Der LeiKa-Schlüssel „{leika[:40]}“ hat nicht die Form 99 und zwölf Ziffern.")
    werte: Werte = {key: cells.get(key) for key in TEXTE}
    for key in LISTEN:
        werte[key] = [v for value in split(cells.get(key, "")) if (v := value.strip())]
    if number := cells.get("nr"):
        if not re.fullmatch(r"\d{1,6}", number, re.ASCII):
            raise ValueError(f"„{number[:40]}“ ist keine Nummer.")
        werte["nr"] = int(number)
    werte["gebuehr"] = [
        _filled({"text": g["text"], "wenn": g["wenn"]} | _days(g)) | {"betrag_cent": betrag(g["cent"])}
        for g in _parallel(cells, "gebuehr", ("text", "cent", "wenn", "ab", "bis"))
    ]
    werte["frist"] = [
        _filled(
            {
                "text": f["text"],
                "recht": f["recht"] or UNBEKANNTES_RECHT,
                "wenn": f["wenn"],
            }
            | _days(f)
        )
        for f in _parallel(cells, "frist", ("text", "recht", "wenn", "ab", "bis"))
    ]
    if cells.get("dauer"):
        werte["dauer"] = {"text": cells["dauer"]}
    if cells.get("persoenlich"):
        werte["persoenlich"] = {
            "noetig": _yes(cells, "persoenlich"),
            "text": cells.get("persoenlich_text", ""),
        }
    if cells.get("rechtsbehelf"):
        remark = cells.get("rechtsbehelf_hinweis")
        werte["rechtsbehelf"] = {"weg": cells["rechtsbehelf"]} | ({"hinweis": remark} if remark else {})
    if cells.get("sensibel"):
        werte["sensibel"] = _yes(cells, "sensibel")
    werte["nachweise"] = [nachweis(v) for value in split(cells.get("nachweise", "")) if (v := value.strip())]
    own_id = cells.get("id", "")
    return LeistungSatz(
        position,
        Fremdkennung(EIGEN, own_id) if own_id else None,
        _filled(werte),
        tag(cells["gueltig_ab"]) if cells.get("gueltig_ab") else None,
    )


def _parallel(cells: dict[str, str], prefix: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    lists = {name: split(cells.get(f"{prefix}_{name}", "")) for name in columns}
    count = len(lists["text"])
    if any(len(values) not in (0, count) for values in lists.values()):
        raise ValueError(f"Die Spalten „{prefix}_…“ haben verschieden viele Werte.")
    filled = {name: values or [""] * count for name, values in lists.items()}
    return [{name: values[i].strip() for name, values in filled.items()} for i in range(count)]


def _days(values: dict[str, str]) -> Werte:
    texts = (values["ab"], values["bis"])
    return {key: tag(text).isoformat() for key, text in zip(GUELTIGKEIT, texts, strict=True) if text}


def _yes(cells: dict[str, str], column: str) -> bool:
    if cells[column] not in ("ja", "nein"):
        raise ValueError(f"In der Spalte „{column}“ steht „{cells[column][:40]}“ statt „ja“ oder „nein“.")
    return cells[column] == "ja"


def _filled(werte: Werte) -> Werte:
    return {key: value for key, value in werte.items() if value not in (None, "", [])}


def write(auszug: Auszug, stream: IO[bytes], *, done: Callable[[int], None]) -> None:
    """Write one row a service. `done` is called with 1 after each; offices without a service are left out."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(SPALTEN)
    for leistung in auszug.leistungen:
        stelle = auszug.katalog.stellen.get(leistung.stelle or "")
        office = stelle_werte(stelle) if stelle else {}
        cells = _cells(werte_von(leistung)) | {"id": leistung.id, "stelle": leistung.stelle or ""}
        hours = office.pop("oeffnungszeiten", [])
        cells["stelle_oeffnungszeiten"] = join(hours if isinstance(hours, list) else [str(hours)])
        cells |= {f"stelle_{key}": str(value) for key, value in office.items()}
        writer.writerow([guard(cells.get(name, "")) for name in SPALTEN])
        done(1)
    text.detach()


def _cells(werte: Werte) -> dict[str, str]:
    def strings(key: str) -> list[str]:
        return [str(value) for value in cast(list[object], werte.get(key, []))]

    def column(key: str, part: str) -> str:
        values = [entry.get(part) for entry in cast(list[Werte], werte.get(key, []))]
        return join(["" if value is None else str(value) for value in values]) if any(values) else ""

    def inner(key: str, part: str) -> object:
        return cast(Werte, werte.get(key, {})).get(part)

    def yes_no(value: object) -> str:
        return "" if value is None else "ja" if value else "nein"

    cells = {key: str(werte.get(key, "")) for key in (*TEXTE, "nr")}
    cells |= {key: join(strings(key)) for key in LISTEN}
    fees = cast(list[Werte], werte.get("gebuehr", []))
    cells["gebuehr_cent"] = join(["" if f["betrag_cent"] is None else str(f["betrag_cent"]) for f in fees])
    cells |= {f"gebuehr_{part}": column("gebuehr", part) for part in ("text", "wenn")}
    cells |= {f"frist_{part}": column("frist", part) for part in ("text", "recht", "wenn")}
    for part, key in zip(("ab", "bis"), GUELTIGKEIT, strict=True):
        cells |= {f"{values}_{part}": column(values, key) for values in ("gebuehr", "frist")}
    cells["dauer"] = str(inner("dauer", "text") or "")
    cells["persoenlich"] = yes_no(inner("persoenlich", "noetig"))
    cells["persoenlich_text"] = str(inner("persoenlich", "text") or "")
    cells["rechtsbehelf"] = str(inner("rechtsbehelf", "weg") or "")
    cells["rechtsbehelf_hinweis"] = str(inner("rechtsbehelf", "hinweis") or "")
    cells["sensibel"] = yes_no(werte.get("sensibel"))
    cells["nachweise"] = join([str(n["label"]) for n in cast(list[Werte], werte.get("nachweise", []))])
    return cells
