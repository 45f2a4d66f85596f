"""Where an import writes, and what it reports in the end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from portal.catalogue import communes
from portal.catalogue.model import Ebene


@dataclass(frozen=True)
class Ziel:
    """Where an import writes: one tier of one catalogue folder."""

    root: Path
    ebene: Ebene = "kommune"
    kommune: str = "05513000"
    land: str = "nrw"
    stelle: str | None = None
    """The office that receives new services for which the file names none; None: the Behördennummer 115."""

    @property
    def teil(self) -> Path:
        """The tier's folder within a catalogue folder."""
        return {
            "eu": Path("eu"),
            "bund": Path("bund"),
            "land": Path("land", self.land),
            "kommune": Path("kommune", self.kommune),
        }[self.ebene]

    def andere(self) -> Iterator[Path]:
        """The folders of all other tiers and towns that there are."""
        for pattern in ("eu", "bund", "land/*", "kommune/*"):
            for folder in self.root.glob(pattern):
                if folder.is_dir() and folder.relative_to(self.root) != self.teil:
                    yield folder.relative_to(self.root)

    def kommunen(self, roots: Sequence[Path]) -> list[str]:
        """The towns for which what is written there holds."""
        return [self.kommune] if self.ebene == "kommune" else sorted({self.kommune, *communes(roots)})


@dataclass
class Bericht:
    """What an import did."""

    neu: int = 0
    geaendert: int = 0
    unveraendert: int = 0
    stellen: int = 0
    gesperrt: int = 0
    maengel: int = 0
    gesperrte_felder: set[str] = field(default_factory=set)
