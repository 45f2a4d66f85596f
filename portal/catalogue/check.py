"""Everything that can be wrong in a catalogue, listed with file, line and rule."""

import re
from collections.abc import Iterator, Sequence, Set
from pathlib import Path

from portal.catalogue.loader import BUILT_IN, Geladen, collect
from portal.catalogue.merge import Verschmolzen
from portal.catalogue.model import Katalog, Lebenslage, Leistung, Stelle
from portal.catalogue.overlay import Ueberlagerung
from portal.catalogue.sources import Fehler, Pfad

STAMMDATEN = frozenset(
    [
        "familienname",
        "geburtsname",
        "vornamen",
        "geburtsdatum",
        "geburtsort",
        "staatsangehoerigkeit",
        "geschlecht",
        "familienstand",
        "anschrift",
        "ausweisart",
        "ausweisnummer",
        "ausweis_gueltig_bis",
        "telefon",
        "email",
    ]
)
"""Ids of the master data that a field may be filled from."""

Fund = tuple[Pfad, str, str]
"""Where in the merged value, which rule, and in words."""


def check(
    roots: Sequence[Path] = (BUILT_IN,), *, kommune: str = "05513000", land: str = "nrw", demo: bool = False
) -> list[Fehler]:
    """List all mistakes of one town's catalogue, sorted by file and line; an empty list means that it is sound."""
    return inspect(roots, kommune=kommune, land=land, demo=demo)[1]


def check_all(roots: Sequence[Path] = (BUILT_IN,), *, demo: bool = False) -> list[Fehler]:
    """As `check`, for every town that has a folder."""
    towns = communes(roots) or ["-"]
    return sorted(
        {fehler for town in towns for fehler in check(roots, kommune=town, demo=demo)}, key=_reihenfolge
    )


def communes(roots: Sequence[Path]) -> list[str]:
    """The Amtliche Gemeindeschlüssel of all towns that have a folder."""
    return sorted({folder.name for root in roots for folder in root.glob("kommune/*") if folder.is_dir()})


def inspect(
    roots: Sequence[Path],
    *,
    kommune: str,
    land: str = "nrw",
    demo: bool = False,
    ueberlagerungen: Sequence[Ueberlagerung] = (),
) -> tuple[Geladen, list[Fehler]]:
    """Load what can be loaded of one town's catalogue, and list all its mistakes beside it."""
    loaded = collect(roots, kommune=kommune, land=land, demo=demo, ueberlagerungen=ueberlagerungen)
    found = list(loaded.fehler)
    for name, leistung in loaded.katalog.leistungen.items():
        found += _placed(
            loaded.leistungen[name], _service(loaded.katalog, leistung, loaded.leistungen.keys())
        )
    for name, lage in loaded.katalog.lebenslagen.items():
        found += _placed(loaded.lebenslagen[name], _situation(loaded.katalog, lage, loaded.leistungen.keys()))
    for name, stelle in loaded.katalog.stellen.items():
        found += _placed(loaded.stellen[name], _office(stelle))
    found += _one_rest(loaded)
    return loaded, sorted(set(found), key=_reihenfolge)


def _reihenfolge(fehler: Fehler) -> tuple[str, int, str]:
    return fehler.datei, fehler.zeile, fehler.regel


def _placed(whole: Verschmolzen, finds: Iterator[Fund]) -> list[Fehler]:
    return [Fehler(*whole.ort(pfad), regel, text) for pfad, regel, text in finds]


def _service(katalog: Katalog, leistung: Leistung, bekannt: Set[str]) -> Iterator[Fund]:
    """`bekannt`: every service that has a file, so that one mistake does not make others."""
    yield from _provenance(leistung)
    yield from _fields(leistung)
    known = {f.id for f in leistung.felder}
    for i, frist in enumerate(leistung.frist):
        counted = (frist.anzahl, frist.einheit, frist.ab)
        if any(counted) and not all(counted):
            yield ("frist", i), "frist", "„anzahl“, „einheit“ und „ab“ gehören zusammen."
        if frist.ab and known and frist.ab not in known:
            yield ("frist", i), "verweis", f"Die Frist läuft ab „{frist.ab}“, ein solches Feld gibt es nicht."
    if leistung.erklaerbar_ab and leistung.erklaerbar_ab not in known:
        yield ("erklaerbar_ab",), "verweis", f"„{leistung.erklaerbar_ab}“ ist kein Feld dieser Leistung."
    if leistung.zustaendig_nach and leistung.zustaendig_nach not in known:
        yield ("zustaendig_nach",), "verweis", f"„{leistung.zustaendig_nach}“ ist kein Feld dieser Leistung."
    if not leistung.stelle:
        yield ("id",), "empfaenger", f"Niemand empfängt „{leistung.name}“: „stelle“ fehlt auf jeder Ebene."
    elif leistung.stelle not in katalog.stellen:
        yield ("stelle",), "verweis", f"Die Stelle „{leistung.stelle}“ steht in keiner stellen.yml."
    if leistung.online and "online" not in leistung.wege:
        yield ("online",), "wege", "Es gibt einen Online-Weg, aber „online“ fehlt unter „wege“."
    for kind in ("vorher", "oft_zusammen"):
        for other in getattr(leistung.beziehungen, kind):
            if other not in bekannt:
                yield ("beziehungen", kind), "verweis", f"Die Leistung „{other}“ gibt es nicht."


def _provenance(leistung: Leistung) -> Iterator[Fund]:
    for key in ("gebuehr", "frist"):
        for i, value in enumerate(getattr(leistung, key)):
            if value.gueltig_ab is None or not value.quelle or not value.marke:
                yield (key, i), "herkunft", "Quelle, Marke oder „gueltig_ab“ fehlt."
            elif value.gueltig_bis and value.gueltig_bis < value.gueltig_ab:
                yield (key, i), "herkunft", "„gueltig_bis“ liegt vor „gueltig_ab“."


def _office(stelle: Stelle) -> Iterator[Fund]:
    if not (stelle.kontakt or stelle.telefon or stelle.anschrift or stelle.url):
        yield ("id",), "kontakt", f"„{stelle.name}“ nennt keinen Kontakt, nicht einmal nach Funktion."


def _one_rest(loaded: Geladen) -> list[Fehler]:
    rest = [stelle.id for stelle in loaded.katalog.stellen.values() if stelle.auffang]
    return [
        Fehler(*loaded.stellen[other].ort(("auffang",)), "auffang", f"Auffangstelle ist schon „{rest[0]}“.")
        for other in rest[1:]
    ]


def _fields(leistung: Leistung) -> Iterator[Fund]:
    earlier: dict[str, int] = {}
    for i, feld in enumerate(leistung.felder):
        where = ("felder", i)
        if feld.nur_wenn and feld.nur_wenn.feld not in earlier:
            yield (*where, "nur_wenn"), "verweis", f"„{feld.nur_wenn.feld}“ ist kein früheres Feld."
        if feld.stammdatum and feld.stammdatum not in STAMMDATEN:
            yield (*where, "stammdatum"), "verweis", f"„{feld.stammdatum}“ gehört nicht zu den Stammdaten."
        if (feld.typ == "choice") != bool(feld.optionen):
            yield where, "optionen", "Optionen gehören zum Typ „choice“ und nur zu ihm."
        rule = feld.auswertung
        if rule and rule.aus not in ("eingabe", "haushalt") and rule.aus not in earlier:
            yield (*where, "auswertung"), "verweis", f"„{rule.aus}“ ist kein früheres Feld."
        if feld.muster:
            try:
                re.compile(feld.muster)
            except re.error as error:
                yield (*where, "muster"), "muster", f"Der reguläre Ausdruck ist ungültig: {error}."
            if not feld.muster_hinweis:
                yield (*where, "muster"), "muster", "Zu „muster“ gehört ein „muster_hinweis“."
        earlier[feld.id] = i
    for i, nachweis in enumerate(leistung.nachweise):
        if nachweis.nur_wenn and nachweis.nur_wenn.feld not in earlier:
            yield ("nachweise", i, "nur_wenn"), "verweis", f"„{nachweis.nur_wenn.feld}“ ist kein Feld."


def _situation(katalog: Katalog, lage: Lebenslage, bekannt: Set[str]) -> Iterator[Fund]:
    earlier: set[str] = set()
    for i, schritt in enumerate(lage.schritte):
        where = ("schritte", i)
        if schritt.leistung not in bekannt:
            yield (*where, "leistung"), "verweis", f"Die Leistung „{schritt.leistung}“ gibt es nicht."
        if schritt.merkmal and schritt.merkmal not in katalog.merkmale:
            yield (*where, "merkmal"), "verweis", f"Das Merkmal „{schritt.merkmal}“ gibt es nicht."
        for other in schritt.nach:
            if other not in earlier:
                yield (*where, "nach"), "reihenfolge", f"„{other}“ ist kein früherer Schritt."
        earlier.add(schritt.leistung)
