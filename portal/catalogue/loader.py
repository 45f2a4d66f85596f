"""Loading the catalogue of one town: collect the files of all roots, merge the tiers, validate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from portal.catalogue.merge import Verschmolzen, merge
from portal.catalogue.model import Katalog, Lebenslage, Leistung, Merkmal, Stelle
from portal.catalogue.overlay import Ueberlagerung, ueberlagert
from portal.catalogue.sources import CatalogueError, Fehler, Pfad, Quelldatei, mapping, read, tiers

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
    stellen: dict[str, Verschmolzen] = field(default_factory=dict)


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


def collect(
    roots: Sequence[Path],
    *,
    kommune: str,
    land: str,
    demo: bool,
    ueberlagerungen: Sequence[Ueberlagerung] = (),
) -> Geladen:
    """As `load`, but gives the mistakes back beside what could be loaded.

    Parameters
    ----------
    ueberlagerungen
        What editors changed; each counts only where its tier's word holds, and only for services that files describe.
    """
    folders = tiers(roots, land, kommune)
    fehler: list[Fehler] = []
    gebiete = {"eu": "eu", "bund": "bund", "land": land, "kommune": kommune}
    changes: dict[str, list[Ueberlagerung]] = {}
    for change in ueberlagerungen:
        if gebiete[change.ebene] == change.gebiet:
            changes.setdefault(change.leistung, []).append(change)

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
            if not isinstance(file.daten, dict):
                text = "Die Datei ist leer oder keine Zuordnung von Schlüsseln zu Werten."
                fehler.append(Fehler(file.name, 1, "form", text))
                continue
            own_id = str(file.daten.get("id"))
            if own_id != path.stem:
                text = f"Die Kennung „{own_id}“ muss heißen wie die Datei: „{path.stem}“."
                fehler.append(Fehler(file.name, file.zeile(("id",)), "kennung", text))
            groups.setdefault(path.stem, []).append(file)
        if kind is Leistung:
            for key in groups.keys() & changes.keys():
                try:
                    groups[key] = ueberlagert(groups[key], changes[key])
                except CatalogueError as error:
                    fehler.extend(error.fehler)
        return joined(groups, kind)

    def joined(
        groups: dict[str, list[Quelldatei]], kind: type[M]
    ) -> tuple[dict[str, M], dict[str, Verschmolzen]]:
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

    def listed(patterns: Sequence[str], kind: type[M]) -> tuple[dict[str, M], dict[str, Verschmolzen]]:
        groups: dict[str, list[Quelldatei]] = {}
        for _, file in (found for pattern in patterns for found in files(pattern)):
            own: set[str] = set()
            for row in _rows(file, fehler):
                entry = mapping(row.daten)
                key = str(entry.get("id"))
                if not entry or key in own:
                    rule, text = (
                        ("doppelt", f"Die Kennung „{key}“ steht zweimal.")
                        if entry
                        else ("form", "Kein Eintrag.")
                    )
                    fehler.append(Fehler(file.name, row.zeile(()), rule, text))
                    continue
                own.add(key)
                groups.setdefault(key, []).append(row)
        return joined(groups, kind)

    leistungen, leistung_orte = merged("leistungen/*.yml", Leistung)
    lebenslagen, lebenslage_orte = merged("lebenslagen/*.yml", Lebenslage)
    # "stellen.demo.yml" sorts before "stellen.yml": both patterns in this order let the demo's values win.
    stellen, stellen_orte = listed(("stellen.yml", "stellen.demo.yml") if demo else ("stellen.yml",), Stelle)
    merkmale, _ = listed(("merkmale.yml",), Merkmal)
    for folder in folders:
        fehler += _strays(folder.pfad)
    katalog = Katalog(
        leistungen=_received(leistungen, stellen),
        lebenslagen=lebenslagen,
        stellen=stellen,
        merkmale=merkmale,
    )
    return Geladen(katalog, fehler, leistung_orte, lebenslage_orte, stellen_orte)


def _rows(file: Quelldatei, fehler: list[Fehler]) -> list[Quelldatei]:
    """The entries of a list, each as a file of its own."""
    if isinstance(file.daten, list):
        lines: list[dict[Pfad, int]] = [{} for _ in file.daten]
        for (position, *inner), line in ((path, line) for path, line in file.zeilen.items() if path):
            lines[int(position)][tuple(inner)] = line
        return [replace(file, daten=row, zeilen=own) for row, own in zip(file.daten, lines, strict=True)]
    if file.daten is not None:
        fehler.append(Fehler(file.name, 1, "form", "Die Datei muss eine Liste sein."))
    return []


def _strays(folder: Path) -> Iterator[Fehler]:
    """Files that nobody would read, because their name is not one of the catalogue's."""
    for path in sorted(folder.rglob("*.y*ml")):
        inner = path.relative_to(folder).parts
        known = {"stellen.yml", "stellen.demo.yml", "merkmale.yml"}
        fits = inner[0] in ("leistungen", "lebenslagen") if len(inner) == 2 else path.name in known
        if len(inner) > 2 or not fits or path.suffix != ".yml":
            yield Fehler(str(path), 1, "datei", "Diese Datei liest niemand: Ordner oder Name passt nicht.")


def _received(services: dict[str, Leistung], offices: dict[str, Stelle]) -> dict[str, Leistung]:
    """Give the services without an office to the town's office that receives the rest, if it has one."""
    rest = next((office for office in offices.values() if office.auffang), None)
    if rest is None:
        return services
    return {
        key: service
        if service.stelle
        else service.model_copy(
            update={
                "stelle": rest.id,
                "herkunft": {**service.herkunft, "stelle": rest.herkunft["auffang"]},
            }
        )
        for key, service in services.items()
    }


def _validate(kind: type[M], data: dict[str, object], whole: Verschmolzen, fehler: list[Fehler]) -> M | None:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        for problem in error.errors():
            pfad = tuple(problem["loc"])
            name, line = whole.ort(pfad)
            if len(pfad) == 3 and pfad[0] == "herkunft":
                what = "fehlt" if problem["input"] is None else f"ist ungültig: {problem['input']}"
                found = Fehler(name, line, "herkunft", f"„{pfad[2]}“ {what}.")
            else:
                where = ".".join(str(part) for part in pfad)
                found = Fehler(name, line, "form", f"{where}: {problem['msg']}")
            if found not in fehler:
                fehler.append(found)
        return None
