"""Checking changed files together with the catalogue around them, before they replace anything."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from portal.catalogue import CatalogueError, check
from portal.catalogue.sources import Fehler
from portal.exchange.target import Ziel


class Pruefung:
    """A folder in which changed files are checked together with all other catalogue folders."""

    def __init__(self, folder: Path, roots: Sequence[Path], ziel: Ziel) -> None:
        self._folder, self._roots, self._ziel = folder, roots, ziel

    def bad(self, files: dict[str, Path], stellen: Path | None) -> dict[str, Fehler]:
        """The first mistake of each service among `files` (id → file).

        Raises
        ------
        CatalogueError
            A mistake stands outside of these services.
        """
        shutil.rmtree(self._folder, ignore_errors=True)
        for teil in self._ziel.andere():
            own, copy = self._ziel.root / teil, self._folder / teil
            (copy / "leistungen").mkdir(parents=True)
            self._show([own / "stellen.yml"], copy)
            self._show([own / "leistungen" / f"{name}.yml" for name in files], copy / "leistungen")
        target = self._folder / self._ziel.teil
        (target / "leistungen").mkdir(parents=True)
        self._show([stellen or self._ziel.root / self._ziel.teil / "stellen.yml"], target)
        self._show(files.values(), target / "leistungen")
        found: dict[str, Fehler] = {}
        elsewhere: list[Fehler] = []
        roots = [*self._roots, self._folder]
        for town in self._ziel.kommunen(roots):
            for mistake in check(roots, kommune=town, land=self._ziel.land):
                path = Path(mistake.datei)
                if path.parent.name == "leistungen" and path.stem in files:
                    found.setdefault(path.stem, mistake)
                else:
                    elsewhere.append(mistake)
        if elsewhere:
            raise CatalogueError(elsewhere)
        return found

    @staticmethod
    def _show(paths: Iterable[Path], folder: Path) -> None:
        for path in paths:
            if path.exists():
                (folder / path.name).symlink_to(path.resolve())
