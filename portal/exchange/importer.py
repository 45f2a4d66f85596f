"""Taking records over into a catalogue folder: checked first, then replaced file by file."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import cast

import yaml

from portal.catalogue import CatalogueError, check, load
from portal.catalogue.merge import JE_SCHLUESSEL, KOPF
from portal.catalogue.model import Katalog
from portal.catalogue.model import Stelle as StelleModell
from portal.catalogue.sources import LOADER
from portal.exchange.errors import BusyError, ExchangeError
from portal.exchange.folding import head_of, office_entry, service_file, service_id
from portal.exchange.proof import Pruefung
from portal.exchange.records import LeistungSatz, Leser, Mangel, Werte
from portal.exchange.store import Gelesen, Zwischenablage
from portal.exchange.target import Bericht, Ziel

REST_OFFICE: Werte = {
    "id": "behoerdennummer_115",
    "name": "Behördennummer 115",
    "behoerde": "Behördennummer 115",
    "telefon": "115",
    "kontakt": "Behördennummer 115",
}
"""Receives imported services of which nobody said who does: the 115 knows whom to ask."""
BATCH = 250
"""How many changed services are checked together."""
DUMPER: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def import_records(
    records: Leser,
    ziel: Ziel,
    *,
    roots: Sequence[Path],
    source: str,
    stand: date,
    report: Callable[[Mangel], None],
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Bericht:
    """Take over all records that are sound, and report the others.

    Nothing is replaced before every file has passed `portal.catalogue.check` together with the catalogue around it;
    then offices are replaced before services, each file atomically, so that a stop at any moment leaves a catalogue
    that passes. Memory does not grow with the number of services.

    Parameters
    ----------
    records
        The file being read.
    ziel
        The tier to write to.
    roots
        The other catalogue folders that hold for the town, without the target's.
    source
        Where the values come from, for their provenance.
    stand
        First day of validity of values that name none.
    report
        Gets each record that is not taken over.
    progress
        Gets the number of services done and of all, while they are checked.

    Raises
    ------
    CatalogueError
        The catalogue around the import is broken already, or would be broken outside of the imported services.
    ExchangeError
        The file cannot be read at all, or another import is running.
    """
    kommune, land = ziel.kommune, ziel.land
    roots = [root for root in roots if root.resolve() != ziel.root.resolve()]
    base = load(roots, kommune=kommune, land=land)
    if mistakes := [m for town in ziel.kommunen(roots) for m in check(roots, kommune=town, land=land)]:
        raise CatalogueError(mistakes)
    ziel.root.mkdir(parents=True, exist_ok=True)
    with _alone(ziel.root), tempfile.TemporaryDirectory(prefix=".import-", dir=ziel.root) as name:
        store = Zwischenablage(Path(name, "saetze.db"))
        try:
            return _Lauf(store, Path(name), ziel, roots, base, source, stand, report, progress).run(records)
        finally:
            store.close()


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    with (root / ".import.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(
                "Gerade läuft ein anderer Import. Bitte warten Sie, bis er fertig ist."
            ) from error
        yield


@dataclass
class _Lauf:
    store: Zwischenablage
    folder: Path
    ziel: Ziel
    roots: Sequence[Path]
    base: Katalog
    source: str
    stand: date
    report: Callable[[Mangel], None]
    progress: Callable[[int, int], None]
    bericht: Bericht = field(default_factory=Bericht)
    rest: str | None = None
    """The office for services without one; None where the catalogue has an office that takes the rest."""
    rest_used: bool = False
    stellen: Path | None = None
    """The new `stellen.yml`, None if it stays; `stellen_mit_rest` has the office for the rest as well."""
    stellen_mit_rest: Path | None = None

    def run(self, records: Leser) -> Bericht:
        self._read(records)
        offices = self._offices()
        ready = self.folder / "bereit"
        ready.mkdir()
        pruefung = Pruefung(self.folder / "pruefung", self.roots, self.ziel)
        pruefung.bad({}, self.stellen_mit_rest)
        total, done = self.store.count(), 0
        changed = self._changed(offices, ready)
        while batch := list(islice(changed, BATCH)):
            waiting = {record.id: (record, new) for record, new in batch if new is not None}
            while waiting:
                bad = pruefung.bad({key: ready / f"{key}.yml" for key in waiting}, self.stellen_mit_rest)
                if not bad:
                    break
                for key, mistake in bad.items():
                    (ready / f"{key}.yml").unlink()
                    self._refuse(Mangel(waiting.pop(key)[0].position, f"{mistake.regel}: {mistake.text}"))
            self.bericht.neu += sum(new is True for _, new in waiting.values())
            self.bericht.geaendert += sum(new is False for _, new in waiting.values())
            done += len(batch)
            self.progress(done, total)
        self.bericht.stellen += self.rest_used and self.stellen_mit_rest != self.stellen
        self._replace(self.stellen_mit_rest if self.rest_used else self.stellen, ready)
        return self.bericht

    def _refuse(self, mangel: Mangel) -> None:
        self.bericht.maengel += 1
        self.report(mangel)

    def _read(self, records: Leser) -> None:
        by_leika: dict[str, str] = {}
        for service in self.base.leistungen.values():
            if service.leika:
                by_leika[service.leika] = "" if service.leika in by_leika else service.id
        by_leika = {leika: name for leika, name in by_leika.items() if name}
        known = set(self.base.leistungen)
        for record in records:
            problem: Mangel | None
            if isinstance(record, Mangel):
                problem = record
            elif isinstance(record, LeistungSatz):
                try:
                    problem = self.store.add(record, service_id(record, by_leika, known))
                except ValueError as error:
                    problem = Mangel(record.position, str(error))
                    if record.kennung:
                        self.store.refuse(record.kennung)
            else:
                problem = self.store.add(record)
            if problem:
                self._refuse(problem)
        for problem in self.store.unused_responsibilities():
            self._refuse(problem)

    def _offices(self) -> set[str]:
        """Write the new `stellen.yml` to the folder if it changes; give the ids of all offices."""
        path = self.ziel.root / self.ziel.teil / "stellen.yml"
        entries = {str(entry["id"]): entry for entry in cast(list[Werte], _loaded(path) or [])}
        head = head_of(self.source, None, self.stand)
        for record in self.store.offices():
            try:
                office_id = record.kennung.als_kennung()
                known = self.base.stellen.get(office_id)
                entry = office_entry(office_id, record.werte, known, entries.get(office_id, {}), head)
                if entry:
                    own = {k: v for k, v in entry.items() if k not in (*KOPF, JE_SCHLUESSEL)}
                    StelleModell.model_validate((known.model_dump() if known else {}) | own)
                    entries[office_id] = entry
                    self.bericht.stellen += 1
            except ValueError as error:
                self._refuse(Mangel(record.position, str(error).splitlines()[0]))
        offices = {*entries, *self.base.stellen}
        if self.bericht.stellen:
            self.stellen = self.stellen_mit_rest = self._staged("stellen", entries)
        self.rest = self._rest(offices)
        if self.rest and self.rest not in offices:
            entries[self.rest] = REST_OFFICE | head
            self.stellen_mit_rest = self._staged("stellen_mit_rest", entries)
        return offices

    def _staged(self, name: str, entries: dict[str, Werte]) -> Path:
        path = self.folder / name / "stellen.yml"
        path.parent.mkdir()
        _dump(list(entries.values()), path)
        return path

    def _rest(self, offices: set[str]) -> str | None:
        if self.ziel.stelle:
            if self.ziel.stelle not in offices:
                raise ExchangeError(
                    f"Die Stelle „{self.ziel.stelle}“ steht weder in der Datei noch im Katalog."
                )
            return self.ziel.stelle
        if any(office.auffang for office in self.base.stellen.values()):
            return None
        return str(REST_OFFICE["id"])

    def _changed(self, offices: set[str], ready: Path) -> Iterator[tuple[Gelesen, bool | None]]:
        """Each service, its new file written to `ready`; True if it is new, False if changed, None if neither."""
        for record in self.store.services():
            try:
                stelle = self._office_of(record, offices)
            except ValueError as error:
                self._refuse(Mangel(record.position, str(error)))
                continue
            path = self.ziel.root / self.ziel.teil / "leistungen" / f"{record.id}.yml"
            existing = cast(Werte, _loaded(path) or {})
            base = self.base.leistungen.get(record.id)
            if stelle is None and base is None and "stelle" not in existing and self.rest:
                stelle, self.rest_used = self.rest, True
            content, locked = service_file(
                record,
                stelle,
                base,
                existing,
                kommune=self.ziel.ebene == "kommune",
                head=head_of(self.source, record.gueltig_ab, self.stand),
            )
            if locked:
                self.bericht.gesperrt += 1
                self.bericht.gesperrte_felder.update(locked)
            if content is None:
                self.bericht.unveraendert += 1
                yield record, None
                continue
            _dump(content, ready / path.name)
            yield record, not existing and record.id not in self.base.leistungen

    def _office_of(self, record: Gelesen, offices: set[str]) -> str | None:
        if record.kennung is None:
            return None
        office = self.store.office_of(record.kennung, self.ziel.kommune)
        if office is None:
            return None
        office_id = office.als_kennung()
        if office_id not in offices:
            raise ValueError(
                f"Die zuständige Stelle „{office.text}“ steht weder in der Datei noch im Katalog."
            )
        return office_id

    def _replace(self, stellen: Path | None, ready: Path) -> None:
        target = self.ziel.root / self.ziel.teil
        (target / "leistungen").mkdir(parents=True, exist_ok=True)
        if stellen:
            os.replace(stellen, target / "stellen.yml")
        with os.scandir(ready) as entries:
            for entry in entries:
                os.replace(entry.path, target / "leistungen" / entry.name)


def _loaded(path: Path) -> object:
    if not path.exists():
        return None
    return yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506  # a safe loader, in C


def _dump(content: object, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(content, file, DUMPER, allow_unicode=True, sort_keys=False, width=110)
