"""Loading the catalogue of one town: collect the files of all roots, merge the tiers, validate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from portal.catalogue.merge import Verschmolzen, merge
from portal.catalogue.model import Katalog, Lebenslage, Leistung, Merkmal, Stelle
from portal.catalogue.sources import CatalogueError, Fehler, Quelldatei, mapping, read, tiers

BUILT_IN = Path(__file__).parent
"""The catalogue that comes with the portal."""

M = TypeVar("M", bound=BaseModel)


@dataclass
class Geladen:
    """A loaded catalogue with all mistakes that loading found and, for later checks, where its values stand."""

    katalog: Katalog
    fehler: list[Fehler] = field(default_factory=list)
    leistungen: dict[str, Verschmolzen] = field(default_factory=dict)
    lebenslagen: dict[str, Verschmolzen] = field(default_factory=dict)


def load(
    roots: Sequence[Path] = (BUILT_IN,), *, kommune: str = "05513000", land: str = "nrw", demo: bool = False
) -> Katalog:
    """Load the catalogue of one town.

    Parameters
    ----------
    roots
        Folders with the tiers `eu`, `bund`, `land/<land>`, `kommune/<ags>`. Later roots add services or, file by
        file, override earlier ones within a tier.
    kommune
        Amtlicher Gemeindeschlüssel.
    demo
        Also load `stellen.demo.yml`, the invented offices of the demo town.

    Raises
    ------
    CatalogueError
        A file is malformed or a service lacks something. It names each file, line and rule.
    """
    loaded = collect(roots, kommune=kommune, land=land, demo=demo)
    if loaded.fehler:
        raise CatalogueError(loaded.fehler)
    return loaded.katalog


def collect(roots: Sequence[Path], *, kommune: str, land: str, demo: bool) -> Geladen:
    """As `load`, but gives the mistakes back beside what could be loaded."""
    folders = tiers(roots, land, kommune)
    fehler: list[Fehler] = []

    def files(pattern: str) -> Iterator[tuple[Path, Quelldatei]]:
        for folder in folders:
            for path in sorted(folder.pfad.glob(pattern)):
                try:
                    yield path, read(path, folder.ebene)
                except CatalogueError as error:
                    fehler.extend(error.fehler)

    def merged(pattern: str, kind: type[M]) -> tuple[dict[str, M], dict[str, Verschmolzen]]:
        groups: dict[str, list[Quelldatei]] = {}
        for path, file in files(pattern):
            own_id = str(mapping(file.daten).get("id"))
            if own_id != path.stem:
                text = f"Die Kennung „{own_id}“ muss heißen wie die Datei: „{path.stem}“."
                fehler.append(Fehler(file.name, file.zeile(("id",)), "kennung", text))
            groups.setdefault(path.stem, []).append(file)
        values: dict[str, M] = {}
        wholes: dict[str, Verschmolzen] = {}
        for key, group in groups.items():
            whole = wholes[key] = merge(group)
            fehler.extend(whole.fehler)
            extra = {"herkunft": whole.herkunft} if "herkunft" in kind.model_fields else {}
            value = _validate(kind, whole.daten | extra, whole, fehler)
            if value is not None:
                values[key] = value
        return values, wholes

    def listed(patterns: Sequence[str], kind: type[M]) -> dict[str, M]:
        entries: dict[str, dict[str, object]] = {}
        wholes: dict[str, Verschmolzen] = {}
        for _, file in (found for pattern in patterns for found in files(pattern)):
            rows = file.daten if isinstance(file.daten, list) else []
            for position, row in enumerate(rows):
                entry = mapping(row)
                key = str(entry.get("id"))
                entries[key] = {**entries.get(key, {}), **entry}
                for name in entry:
                    wholes.setdefault(key, Verschmolzen()).orte[(name,)] = (file, (position, name))
        valid = {key: _validate(kind, entry, wholes[key], fehler) for key, entry in entries.items()}
        return {key: value for key, value in valid.items() if value is not None}

    leistungen, leistung_orte = merged("leistungen/*.yml", Leistung)
    lebenslagen, lebenslage_orte = merged("lebenslagen/*.yml", Lebenslage)
    # "stellen.demo.yml" sorts before "stellen.yml": both patterns in this order let the demo's values win.
    stellen = listed(("stellen.yml", "stellen.demo.yml") if demo else ("stellen.yml",), Stelle)
    merkmale = listed(("merkmale.yml",), Merkmal)
    katalog = Katalog(leistungen=leistungen, lebenslagen=lebenslagen, stellen=stellen, merkmale=merkmale)
    return Geladen(katalog, fehler, leistung_orte, lebenslage_orte)


def _validate(kind: type[M], data: dict[str, object], whole: Verschmolzen, fehler: list[Fehler]) -> M | None:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        for problem in error.errors():
            name, line = whole.ort(tuple(problem["loc"]))
            where = ".".join(str(part) for part in problem["loc"])
            fehler.append(Fehler(name, line, "form", f"{where}: {problem['msg']}"))
        return None
