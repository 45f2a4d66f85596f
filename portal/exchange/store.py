"""Where an import keeps what it has read until all of it is known: a file, so that memory does not grow."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from portal.exchange.gebiet import covers
from portal.exchange.records import (
    Fremdkennung,
    GebietSatz,
    LeistungSatz,
    Mangel,
    Satz,
    StelleSatz,
    Werte,
    ZustaendigkeitSatz,
)

TABLES = """
CREATE TABLE leistung (nr INTEGER PRIMARY KEY, position TEXT, agentur TEXT, text TEXT, id TEXT UNIQUE, daten TEXT, tag TEXT);
CREATE TABLE abgelehnt (text TEXT PRIMARY KEY);
CREATE TABLE stelle (nr INTEGER PRIMARY KEY, position TEXT, agentur TEXT, text TEXT, daten TEXT,
  oben_agentur TEXT, oben_text TEXT, nur_name INTEGER, UNIQUE (text, agentur));
CREATE TABLE zustaendigkeit (nr INTEGER PRIMARY KEY, position TEXT, l_agentur TEXT, l_text TEXT, s_agentur TEXT, s_text TEXT,
  g_agentur TEXT, g_text TEXT);
CREATE INDEX leistung_text ON leistung (text);
CREATE INDEX zustaendigkeit_leistung ON zustaendigkeit (l_text);
CREATE TABLE gebiet (agentur TEXT, text TEXT, schluessel TEXT, PRIMARY KEY (text, agentur));
"""


@dataclass(frozen=True)
class Gelesen:
    """One stored service and the catalogue id under which it goes."""

    position: str
    kennung: Fremdkennung | None
    id: str
    werte: Werte
    gueltig_ab: date | None


class Zwischenablage:
    """All records of one file, on disk."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + TABLES + "BEGIN;")

    def close(self) -> None:
        self._db.close()

    def add(self, satz: Satz, leistung_id: str = "") -> Mangel | None:
        """Keep one record; a service under its catalogue id. A second service of the same id is a `Mangel`."""
        if isinstance(satz, LeistungSatz):
            return self._add_service(satz, leistung_id)
        if isinstance(satz, StelleSatz):
            above = satz.oberhalb or Fremdkennung("", "")
            daten = json.dumps(satz.werte)
            self._db.execute(
                "INSERT OR REPLACE INTO stelle (position, agentur, text, daten, oben_agentur, oben_text, nur_name)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (satz.position, *satz.kennung, daten, *above, satz.nur_name),
            )
        elif isinstance(satz, ZustaendigkeitSatz):
            area = satz.gebiet or Fremdkennung("", "")
            self._db.execute(
                "INSERT INTO zustaendigkeit (position, l_agentur, l_text, s_agentur, s_text, g_agentur, g_text)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (satz.position, *satz.leistung, *satz.stelle, *area),
            )
        else:
            self._add_area(satz)
        return None

    def _add_service(self, satz: LeistungSatz, leistung_id: str) -> Mangel | None:
        kennung = satz.kennung or Fremdkennung("", "")
        day = satz.gueltig_ab.isoformat() if satz.gueltig_ab else None
        try:
            self._db.execute(
                "INSERT INTO leistung (position, agentur, text, id, daten, tag) VALUES (?, ?, ?, ?, ?, ?)",
                (satz.position, *kennung, leistung_id, json.dumps(satz.werte), day),
            )
        except sqlite3.IntegrityError:
            first = self._db.execute("SELECT position FROM leistung WHERE id = ?", (leistung_id,)).fetchone()
            return Mangel(satz.position, f"Die Leistung „{leistung_id}“ steht schon einmal: {first[0]}.")
        return None

    def _add_area(self, satz: GebietSatz) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO gebiet (agentur, text, schluessel) VALUES (?, ?, ?)",
            (*satz.kennung, satz.schluessel),
        )

    def refuse(self, kennung: Fremdkennung) -> None:
        """Remember a service that was refused, so that its responsibilities are not reported as well."""
        self._db.execute("INSERT OR IGNORE INTO abgelehnt (text) VALUES (?)", (kennung.text,))

    def services(self) -> Iterator[Gelesen]:
        """All services in the order of the file."""
        rows = self._db.execute("SELECT position, agentur, text, id, daten, tag FROM leistung ORDER BY nr")
        for position, agentur, text, leistung_id, daten, day in rows:
            kennung = Fremdkennung(agentur, text) if text else None
            yield Gelesen(
                position, kennung, leistung_id, json.loads(daten), date.fromisoformat(day) if day else None
            )

    def count(self) -> int:
        """How many services there are."""
        number: int = self._db.execute("SELECT count(*) FROM leistung").fetchone()[0]
        return number

    def offices(self) -> Iterator[StelleSatz]:
        """All offices in the order of the file, with the name of the unit above as `behoerde`."""
        rows = self._db.execute(
            "SELECT position, agentur, text, daten, oben_agentur, oben_text FROM stelle WHERE NOT nur_name ORDER BY nr"
        )
        for position, agentur, text, daten, *above in rows:
            werte: Werte = json.loads(daten)
            higher = self._office(Fremdkennung(*above)) if above[1] else None
            werte.setdefault("behoerde", (higher or werte)["name"])
            yield StelleSatz(position, Fremdkennung(agentur, text), werte)

    def _office(self, kennung: Fremdkennung) -> Werte | None:
        row = self._db.execute(
            "SELECT daten FROM stelle WHERE text = ? AND (agentur = ? OR ? = '' OR agentur = '') LIMIT 1",
            (kennung.text, kennung.agentur, kennung.agentur),
        ).fetchone()
        return json.loads(row[0]) if row else None

    def office_of(self, service: Fremdkennung, kommune: str) -> Fremdkennung | None:
        """The office that receives a service in a municipality; an area nearer to it wins.

        Raises
        ------
        ValueError
            The area of a responsibility is not known.
        """
        rows = self._db.execute(
            "SELECT z.s_agentur, z.s_text, z.g_text, (SELECT schluessel FROM gebiet g WHERE g.text = z.g_text"
            " AND (g.agentur = z.g_agentur OR z.g_agentur = '' OR g.agentur = '') LIMIT 1)"
            " FROM zustaendigkeit z WHERE z.l_text = ? AND (z.l_agentur = ? OR z.l_agentur = '' OR ? = '') ORDER BY z.nr",
            (service.text, service.agentur, service.agentur),
        )
        best: tuple[int, Fremdkennung] | None = None
        for agentur, text, area, stored in rows:
            key = stored or area
            if key and not covers(key, kommune):
                continue
            nearness = len(key.rstrip("0"))
            if best is None or nearness > best[0]:
                best = (nearness, Fremdkennung(agentur, text))
        return best[1] if best else None

    def unused_responsibilities(self) -> Iterator[Mangel]:
        """Responsibilities for services that the file does not hold."""
        rows = self._db.execute(
            "SELECT position, l_text FROM zustaendigkeit z WHERE NOT EXISTS (SELECT 1 FROM leistung l WHERE l.text = z.l_text)"
            " AND z.l_text NOT IN (SELECT text FROM abgelehnt)"
            " ORDER BY nr"
        )
        for position, text in rows:
            yield Mangel(position, f"Die Leistung „{text}“ dieser Zuständigkeit steht nicht in der Datei.")
