"""Reading a table of places: one municipality and PLZ a line, tab-separated, with a header."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portal.domain.zustaendigkeit import Gemeinde, Ort, amtlicher_name

PFLICHTSPALTEN = ("plz", "ort", "ags8")
SPALTEN = (*PFLICHTSPALTEN, "ars12", "destatis_name_2017", "kreis", "strassen")
"""Columns that are read; `strassen` (separated by `;`) is optional, further ones are ignored."""
ZEILE_HOECHSTENS = 100_000
"""Bytes of the longest line that is read."""


class WrongTableError(ValueError):
    """The file is no table of places. Its text says what is missing; nothing was changed."""


@dataclass(frozen=True)
class Mangel:
    """A line that was not taken, and why."""

    zeile: int
    grund: str


def lesen(lines: Iterable[bytes]) -> Iterator[Ort | Mangel]:
    """Read the places of a file, line by line; a bad line becomes a Mangel and the rest goes on.

    Raises
    ------
    WrongTableError
        The header lacks a required column.
    """
    columns: dict[str, int] = {}
    towns: dict[str, tuple[Gemeinde, int]] = {}
    seen: dict[tuple[str, str], int] = {}
    for number, raw in enumerate(lines, start=1):
        if len(raw) > ZEILE_HOECHSTENS:
            yield Mangel(number, f"Die Zeile ist länger als {ZEILE_HOECHSTENS} Zeichen.")
            continue
        try:
            cells = raw.decode("utf-8-sig").rstrip("\r\n").split("\t")
        except UnicodeDecodeError:
            yield Mangel(number, "Die Zeile ist kein Text in UTF-8.")
            continue
        if not columns:
            columns = _header(cells)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) <= max(columns[name] for name in PFLICHTSPALTEN):
            yield Mangel(number, f"Nur {len(cells)} Spalten; es fehlen Angaben.")
            continue
        row = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
        reason = _mangel(row)
        if reason is None:
            place = _ort(row)
            earlier = towns.setdefault(place.gemeinde.ags, (place.gemeinde, number))
            double = seen.setdefault((place.plz, place.gemeinde.ags), number)
            if earlier[0] != place.gemeinde:
                reason = f"Der AGS {row['ags8']} gehört in Zeile {earlier[1]} zu „{earlier[0].amtlich}“."
            elif double != number:
                reason = f"PLZ und AGS stehen schon in Zeile {double}."
            else:
                yield place
        if reason is not None:
            yield Mangel(number, reason)
    if not columns:
        raise WrongTableError("Die Datei ist leer.")


def _header(cells: list[str]) -> dict[str, int]:
    names = [cell.strip() for cell in cells]
    missing = [name for name in PFLICHTSPALTEN if name not in names]
    if missing:
        raise WrongTableError(
            f"In der Kopfzeile fehlen diese Spalten: {', '.join(missing)}. Erwartet werden, durch Tabulatoren getrennt: "
            f"{', '.join(SPALTEN[:-1])}."
        )
    return {name: names.index(name) for name in SPALTEN if name in names}


def _mangel(row: dict[str, str]) -> str | None:
    ags, ars = row["ags8"], row.get("ars12", "")
    if not re.fullmatch(r"\d{5}", row["plz"], re.ASCII):
        return f"„{row['plz'][:20]}“ ist keine Postleitzahl aus fünf Ziffern."
    if not re.fullmatch(r"(0[1-9]|1[0-6])\d{6}", ags, re.ASCII):
        return f"„{ags[:20]}“ ist kein Amtlicher Gemeindeschlüssel aus acht Ziffern."
    if ars and not re.fullmatch(rf"{ags[:5]}\d{{4}}{ags[5:]}", ars, re.ASCII):
        return f"Der Regionalschlüssel „{ars[:20]}“ passt nicht zum AGS {ags}."
    if not row["ort"] or len(row["ort"]) > 120:
        return "Der Name des Ortes fehlt oder ist zu lang."
    return None


def _ort(row: dict[str, str]) -> Ort:
    ags = row["ags8"]
    listed = row.get("destatis_name_2017")
    own_kreis = ags.endswith("000")
    town = Gemeinde(
        ags=ags,
        name=row["ort"],
        amtlich=amtlicher_name(listed, row["ort"]) if listed else row["ort"],
        ars=row.get("ars12") or None,
        kreis=None if own_kreis else row.get("kreis") or None,
    )
    streets = tuple(s.strip() for s in row.get("strassen", "").split(";") if s.strip())
    return Ort(row["plz"], town, streets)
