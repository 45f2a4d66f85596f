"""Loading the catalogue of one town: collect the files of all roots, merge the tiers, validate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from portal.catalogue.merge import Verschmolzen, merge
from portal.catalogue.model import Herkunft, Katalog, Lebenslage, Leistung, Merkmal, Stelle
from portal.catalogue.overlay import Ueberlagerung, ueberlagert
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
        values: dict[str, M] = {}
        wholes: dict[str, Verschmolzen] = {}
        for key, group in groups.items():
            if kind is Leistung and key in changes:
                try:
                    group = ueberlagert(group, changes[key])
                except CatalogueError as error:
                    fehler.extend(error.fehler)
            whole = wholes[key] = merge(group)
            fehler.extend(whole.fehler)
            extra = {"herkunft": whole.herkunft} if "herkunft" in kind.model_fields else {}
            value = _validate(kind, whole.daten | extra, whole, fehler)
            if value is not None:
                values[key] = value
        return values, wholes

    def listed(patterns: Sequence[str], kind: type[M]) -> tuple[dict[str, M], dict[str, Verschmolzen]]:
        entries: dict[str, dict[str, object]] = {}
        wholes: dict[str, Verschmolzen] = {}
        for _, file in (found for pattern in patterns for found in files(pattern)):
            own: set[str] = set()
            for position, row in enumerate(_rows(file, fehler)):
                entry = mapping(row)
                key = str(entry.get("id"))
                if not entry or key in own:
                    rule, text = (
                        ("doppelt", f"Die Kennung „{key}“ steht zweimal.")
                        if entry
                        else ("form", "Kein Eintrag.")
                    )
                    fehler.append(Fehler(file.name, file.zeile((position,)), rule, text))
                    continue
                own.add(key)
                entries[key] = {**entries.get(key, {}), **entry}
                for name in entry:
                    wholes.setdefault(key, Verschmolzen()).orte[(name,)] = (file, (position, name))
        valid = {key: _validate(kind, entry, wholes[key], fehler) for key, entry in entries.items()}
        return {key: value for key, value in valid.items() if value is not None}, wholes

    leistungen, leistung_orte = merged("leistungen/*.yml", Leistung)
    lebenslagen, lebenslage_orte = merged("lebenslagen/*.yml", Lebenslage)
    # "stellen.demo.yml" sorts before "stellen.yml": both patterns in this order let the demo's values win.
    stellen, stellen_orte = listed(("stellen.yml", "stellen.demo.yml") if demo else ("stellen.yml",), Stelle)
    merkmale, _ = listed(("merkmale.yml",), Merkmal)
    for folder in folders:
        fehler += _strays(folder.pfad)
    katalog = Katalog(
        leistungen=_received(leistungen, stellen, stellen_orte),
        lebenslagen=lebenslagen,
        stellen=stellen,
        merkmale=merkmale,
    )
    return Geladen(katalog, fehler, leistung_orte, lebenslage_orte, stellen_orte)


def _rows(file: Quelldatei, fehler: list[Fehler]) -> list[object]:
    if isinstance(file.daten, list):
        return file.daten
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


def _received(
    services: dict[str, Leistung], offices: dict[str, Stelle], places: dict[str, Verschmolzen]
) -> dict[str, Leistung]:
    """Give the services without an office to the town's office that receives the rest, if it has one."""
    rest = next((office for office in offices.values() if office.auffang), None)
    if rest is None:
        return services
    file = places[rest.id].orte[("auffang",)][0]
    origin = {
        "ebene": file.ebene,
        "datei": file.name,
        "quelle": rest.quelle,
        "marke": rest.marke,
        "gueltig_ab": rest.gueltig_ab,
        "gueltig_bis": rest.gueltig_bis,
    }
    return {
        key: service
        if service.stelle
        else service.model_copy(
            update={
                "stelle": rest.id,
                "herkunft": {**service.herkunft, "stelle": Herkunft.model_validate(origin)},
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
