"""Small XZuFi and CSV files, and a run of an import whose reports are kept."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from portal.catalogue import BUILT_IN, load
from portal.catalogue.model import Katalog
from portal.exchange import Bericht, Leser, Mangel, Ziel, import_records
from portal.exchange.csv_format import CsvLeser
from portal.exchange.xzufi_read import XZuFiLeser

NAMESPACE = "http://xoev.de/schemata/xzufi/2_2_0"
STAND = date(2026, 11, 24)


def message(*records: str, head: str = "") -> bytes:
    """An XZuFi message around the records."""
    inner = "\n".join(f"<schreibe>{record}</schreibe>" for record in records)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<transfer.operation.040501 xmlns="{NAMESPACE}"'
        f' xzufiVersion="2.2.0">\n{inner}\n</transfer.operation.040501>\n'
    ).encode()


def module(code: str, text: str, language: str = "de") -> str:
    """A text module; its code stands in no namespace, as in real files."""
    return (
        f'<modulText><inhalt languageCode="{language}">{text}</inhalt>'
        f'<leikaTextmodul><code xmlns="">{code}</code></leikaTextmodul></modulText>'
    )


def service(identifier: str = "L1", name: str = "Hundesteuer anmelden", extra: str = "") -> str:
    """A service of another system."""
    return f'<leistung><id schemeAgencyID="land">{identifier}</id>{extra}{module("02", name)}</leistung>'


def office(identifier: str = "O1", name: str = "Steueramt", extra: str = "") -> str:
    """An office of another system."""
    return (
        f'<organisationseinheit><id schemeAgencyID="land">{identifier}</id>{extra}'
        f'<name><name languageCode="de">{name}</name></name></organisationseinheit>'
    )


def responsible(service_id: str = "L1", office_id: str = "O1", area: str = "055130000000") -> str:
    """An office receives a service in an area."""
    return (
        f'<zustaendigkeitTransferObjekt><uebergeordnetesObjektID schemeAgencyID="land">{office_id}'
        f"</uebergeordnetesObjektID><zustaendigkeit><id>z</id>"
        f'<leistungID schemeAgencyID="land">{service_id}</leistungID><gebietID>{area}</gebietID>'
        "</zustaendigkeit></zustaendigkeitTransferObjekt>"
    )


@dataclass
class Import:
    """Imports into one folder, and everything that was refused."""

    root: Path
    roots: Sequence[Path] = ()
    maengel: list[Mangel] = field(default_factory=list)

    def xzufi(self, content: bytes, **ziel: str) -> Bericht:
        return self.run(XZuFiLeser(io.BytesIO(content)), **ziel)

    def csv(self, content: bytes | str, **ziel: str) -> Bericht:
        raw = content.encode() if isinstance(content, str) else content
        return self.run(CsvLeser(io.BytesIO(raw)), **ziel)

    def run(self, reader: Leser, stand: date = STAND, **ziel: str) -> Bericht:
        self.maengel.clear()
        return import_records(
            reader,
            Ziel(self.root, **ziel),  # type: ignore[arg-type]
            roots=self.roots,
            source="Test",
            stand=stand,
            report=self.maengel.append,
        )

    @property
    def reasons(self) -> list[str]:
        return [str(mangel) for mangel in self.maengel]

    def files(self) -> dict[str, bytes]:
        """All files of the folder, with their content."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and path.name != ".import.lock"
        }


@pytest.fixture
def into(tmp_path: Path) -> Callable[..., Import]:
    """Make an import into `tmp_path/ziel`, beside other catalogue folders."""
    return lambda *roots: Import(tmp_path / "ziel", roots)


@pytest.fixture(scope="session")
def katalog() -> Katalog:
    """The catalogue that comes with the portal."""
    return load([BUILT_IN])
