"""Reading catalogue files: YAML with the line of every value, and the folders of the four tiers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from portal.catalogue.model import Ebene

LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser reads the whole catalogue some ten times faster; without it the Python one gives the same."""

TIEFE = 12
"""How deep a file may nest; a file that refers to itself would nest for ever."""
Pfad = tuple[str | int, ...]
"""Where a value stands in its file: keys and positions from the top."""


@dataclass(frozen=True)
class Fehler:
    """One mistake in the catalogue: where, which rule, and in words."""

    datei: str
    zeile: int
    regel: str
    text: str

    def __str__(self) -> str:
        return f"{self.datei}:{self.zeile}: {self.regel}: {self.text}"


class CatalogueError(Exception):
    """The catalogue cannot be loaded. Its author corrects the files that `fehler` names."""

    def __init__(self, fehler: Sequence[Fehler]) -> None:
        super().__init__("\n".join(str(f) for f in fehler))
        self.fehler = list(fehler)


@dataclass(frozen=True)
class Quelldatei:
    """One parsed file."""

    name: str
    ebene: Ebene
    daten: object
    zeilen: dict[Pfad, int]

    def zeile(self, pfad: Pfad) -> int:
        """Line of the value, or of the nearest value above it that has one."""
        while pfad and pfad not in self.zeilen:
            pfad = pfad[:-1]
        return self.zeilen.get(pfad, 1)


@dataclass(frozen=True)
class Ordner:
    """One tier's folder."""

    ebene: Ebene
    pfad: Path


def tiers(roots: Sequence[Path], land: str, kommune: str) -> list[Ordner]:
    """The folders that hold for one town, from the highest tier to the lowest; absent ones are left out."""
    parts: list[tuple[Ebene, str]] = [
        ("eu", "eu"),
        ("bund", "bund"),
        ("land", f"land/{land}"),
        ("kommune", f"kommune/{kommune}"),
    ]
    return [Ordner(e, root / part) for e, part in parts for root in roots if (root / part).is_dir()]


def read(path: Path, ebene: Ebene) -> Quelldatei:
    """Parse one file.

    Raises
    ------
    CatalogueError
        The file is not UTF-8 or not YAML, uses a key twice, or refers to itself.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CatalogueError([Fehler(str(path), 1, "yaml", "Die Datei ist kein Text in UTF-8.")]) from error
    return parse(text, str(path), ebene)


def parse(text: str, name: str, ebene: Ebene) -> Quelldatei:
    """As `read`, from a text; `name` stands for the file in mistakes. Raises CatalogueError."""
    try:
        loader = LOADER(text)
    except yaml.YAMLError as error:
        raise CatalogueError([Fehler(name, 1, "yaml", "Der Text enthält Steuerzeichen.")]) from error
    try:
        node = loader.get_single_node()
        lines: dict[Pfad, int] = {}
        if node is not None:
            doubles = list(_walk(node, (), lines))
            if doubles:
                raise CatalogueError(
                    [
                        Fehler(name, line, "doppelt", f"Der Schlüssel „{key}“ steht zweimal.")
                        for key, line in doubles
                    ]
                )
        data = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CatalogueError([Fehler(name, line, "yaml", error.problem or "kein gültiges YAML")]) from error
    except yaml.YAMLError as error:
        raise CatalogueError([Fehler(name, 1, "yaml", "Die Datei enthält Steuerzeichen.")]) from error
    finally:
        loader.dispose()
    return Quelldatei(name, ebene, data, lines)


def _walk(node: yaml.Node, pfad: Pfad, lines: dict[Pfad, int]) -> Iterator[tuple[str, int]]:
    if len(pfad) > TIEFE:
        raise yaml.constructor.ConstructorError(None, None, "zu tief verschachtelt", node.start_mark)
    lines.setdefault(pfad, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "ein Schlüssel ist kein Wort", key.start_mark
                )
            if key.value in seen:
                yield key.value, line
            seen.add(key.value)
            lines[(*pfad, key.value)] = line
            yield from _walk(value, (*pfad, key.value), lines)
    elif node.tag == "tag:yaml.org,2002:timestamp":
        try:
            date.fromisoformat(node.value)
        except ValueError:
            problem = f"„{node.value}“ ist kein Tag im Kalender"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from None
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from _walk(value, (*pfad, position), lines)


def mapping(value: object) -> dict[str, object]:
    """`value` as a mapping with string keys, or an empty one."""
    return {str(k): v for k, v in value.items()} if isinstance(value, dict) else {}


def as_date(value: object) -> date | None:
    """`value` if it is a calendar date."""
    return value if isinstance(value, date) else None
