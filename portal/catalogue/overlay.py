"""Single keys that a tier's editors changed, laid over that tier's files before the tiers are merged."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import yaml

from portal.catalogue.merge import JE_SCHLUESSEL, KOPF, VERBUNDEN, Verschmolzen, merge
from portal.catalogue.model import Ebene, Leistung, Marke
from portal.catalogue.sources import CatalogueError, Fehler, Pfad, Quelldatei, mapping, parse

EBENEN: tuple[Ebene, ...] = ("eu", "bund", "land", "kommune")
FEST = frozenset({"id", "nr", JE_SCHLUESSEL})
"""Keys that no editor changes: they tie files, tables and cases together."""
SCHLUESSEL: tuple[str, ...] = tuple(key for key in Leistung.model_fields if key not in FEST)
"""Keys that an editor may change, in the order of the model."""
TEXTE = frozenset(
    (
        "name",
        "kurz",
        "text",
        "hinweis",
        "leika",
        "finder",
        "zustaendig_nach",
        "kreisaufgabe",
        "erklaerbar_ab",
        "stelle",
        "sdg",
    )
)
"""Keys whose value is written as it stands; nothing written means no value."""
ZEILEN = frozenset(("synonyme", "zielgruppe", "rechtsgrundlage", "wege"))
"""Keys whose value is a list, written with one entry a line. All others are written as YAML."""
OHNE_ABGLEICH = frozenset(("synonyme", *FEST, *KOPF))
"""Keys for which a change above asks nothing below: a lower tier only adds synonyms."""
HOECHSTLAENGE = 20_000
"""Characters of one value."""


@dataclass(frozen=True)
class Ueberlagerung:
    """One key of one service as an editor of one tier wrote it, in place of what the tier's files say.

    Parameters
    ----------
    gebiet
        Where the tier's word holds: `eu`, `bund`, the Land (`nrw`) or the town's Amtlicher Gemeindeschlüssel.
    eingabe
        The value as written; `einlesen` says in which form.
    nummer
        Counts the versions of this key.
    """

    ebene: Ebene
    gebiet: str
    leistung: str
    schluessel: str
    eingabe: str
    quelle: str
    marke: Marke
    gueltig_ab: date
    nummer: int

    @property
    def datei(self) -> str:
        """Stands for a file's name, in provenance and mistakes."""
        return f"redaktion/{self.ebene}/{self.leistung}/{self.schluessel}/{self.nummer}"

    def quelldatei(self) -> Quelldatei:
        """This value as a file of its tier. Raises CatalogueError if it cannot be read."""
        wert, zeilen = einlesen(self.schluessel, self.eingabe, self.datei, self.ebene)
        head = {"quelle": self.quelle, "marke": self.marke, "gueltig_ab": self.gueltig_ab}
        return Quelldatei(
            self.datei, self.ebene, {"id": self.leistung, **head, self.schluessel: wert}, zeilen
        )


def einlesen(schluessel: str, eingabe: str, datei: str, ebene: Ebene) -> tuple[object, dict[Pfad, int]]:
    """What an editor wrote as a value, with the line of each part of it.

    Raises
    ------
    CatalogueError
        It is too long, is not YAML where YAML is asked for, or refers to itself.
    """
    if len(eingabe) > HOECHSTLAENGE:
        text = f"Der Wert ist länger als {HOECHSTLAENGE} Zeichen."
        raise CatalogueError([Fehler(datei, 1, "laenge", text)])
    text = eingabe.replace("\r\n", "\n").strip()
    if schluessel in TEXTE:
        return (f"{text}\n" if "\n" in text else text) or None, {}
    if schluessel in ZEILEN:
        lines = [(i, line.strip()) for i, line in enumerate(text.split("\n"), 1) if line.strip()]
        places: dict[Pfad, int] = {(schluessel, n): line for n, (line, _) in enumerate(lines)}
        return [value for _, value in lines], places
    if any(isinstance(event, yaml.AliasEvent) for event in _events(text)):
        raise CatalogueError(
            [Fehler(datei, 1, "yaml", "Verweise (*) innerhalb des Werts sind nicht erlaubt.")]
        )
    try:
        found = parse(text, datei, ebene)
    except CatalogueError as error:
        last = text.count("\n") + 1
        said = [
            replace(f, zeile=min(f.zeile, last), text=f"Das ist kein gültiges YAML: {f.text}")
            for f in error.fehler
            if f.regel == "yaml"
        ]
        raise CatalogueError(said or error.fehler) from error
    return found.daten, {(schluessel, *pfad): line for pfad, line in found.zeilen.items()}


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, yaml.SafeLoader)
    except yaml.YAMLError:  # `parse` says where and why
        return


def als_eingabe(schluessel: str, wert: object) -> str:
    """A value in the form in which an editor writes it; the inverse of `einlesen`."""
    if wert is None:
        return ""
    if schluessel in TEXTE:
        return str(wert).strip()
    if schluessel in ZEILEN and isinstance(wert, list):
        return "\n".join(str(entry) for entry in wert)
    dumped = yaml.safe_dump(wert, allow_unicode=True, sort_keys=False, width=100)
    return dumped.removesuffix("...\n").strip()


def ueberlagert(files: Sequence[Quelldatei], changes: Sequence[Ueberlagerung]) -> list[Quelldatei]:
    """The files of one service, highest tier first, with the editors' values in place of their tier's own.

    Raises
    ------
    CatalogueError
        A value cannot be read.
    """
    result: list[Quelldatei] = []
    for ebene in EBENEN:
        own = [change for change in changes if change.ebene == ebene]
        keys = {change.schluessel for change in own}
        result += [_ohne(file, keys) if keys else file for file in files if file.ebene == ebene]
        result += [change.quelldatei() for change in own]
    return result


def _ohne(file: Quelldatei, keys: set[str]) -> Quelldatei:
    data = {key: value for key, value in mapping(file.daten).items() if key not in keys}
    if JE_SCHLUESSEL in data:
        rest = {key: value for key, value in mapping(data[JE_SCHLUESSEL]).items() if key not in keys}
        data[JE_SCHLUESSEL] = rest
    return replace(file, daten=data)


@dataclass(frozen=True)
class Abgleich:
    """A tier's own value beside what the tiers above it say: when that changes, somebody looks at it again."""

    ebene: Ebene
    leistung: str
    schluessel: str
    wert_sha256: str
    eltern_sha256: str
    eltern_ebene: Ebene


def eigener_wert(whole: Verschmolzen, ebene: Ebene, schluessel: str) -> object:
    """What a tier by itself says of a key, as written in its files; None if nothing."""
    return _geschrieben(_von(whole, (ebene,)), schluessel)


def eigene_herkunft(whole: Verschmolzen, ebene: Ebene, schluessel: str) -> Mapping[str, object]:
    """Source, mark and validity that a tier's own files give a key; empty if they do not name it."""
    return merge(_von(whole, (ebene,))).herkunft.get(schluessel, {})


def wert_darueber(whole: Verschmolzen, ebene: Ebene, schluessel: str) -> object:
    """What the tiers above say of a key; None if nothing."""
    return _geschrieben(_von(whole, EBENEN[: EBENEN.index(ebene)]), schluessel)


def geltender_wert(whole: Verschmolzen, schluessel: str) -> object:
    """What all tiers together say of a key; None if nothing."""
    return _geschrieben(_von(whole, EBENEN), schluessel)


def _geschrieben(files: Sequence[Quelldatei], schluessel: str) -> object:
    if schluessel in VERBUNDEN:
        return merge(files).daten.get(schluessel)
    allowed = merge(files).orte.get((schluessel,))
    return mapping(allowed[0].daten).get(schluessel) if allowed else None


def abgleiche(leistungen: Mapping[str, Verschmolzen]) -> Iterator[Abgleich]:
    """Every value of a tier that stands over a value from above."""
    for name, whole in leistungen.items():
        for position, ebene in enumerate(EBENEN[1:], 1):
            own_files = _von(whole, (ebene,))
            if not own_files:
                continue
            own, above = merge(own_files), merge(_von(whole, EBENEN[:position]))
            for key in own.daten.keys() & above.daten.keys() - OHNE_ABGLEICH:
                origin = above.herkunft[key]["ebene"]
                yield Abgleich(
                    ebene,
                    name,
                    key,
                    _sha256(own.daten[key]),
                    _sha256(_betroffen(above.daten[key], own.daten[key])),
                    next(e for e in EBENEN if e == origin),
                )


def _von(whole: Verschmolzen, tiers: Sequence[Ebene]) -> list[Quelldatei]:
    return [file for file in whole.dateien.values() if file.ebene in tiers]


def _betroffen(above: object, own: object) -> object:
    """Of a list that is joined by id only the entries that the lower tier names."""
    ids = {mapping(entry).get("id") for entry in own} if isinstance(own, list) else set()
    if isinstance(above, list) and ids - {None}:
        return [entry for entry in above if mapping(entry).get("id") in ids]
    return above


def _sha256(value: object) -> str:
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
