"""The catalogue that a running portal works with. A broken one never takes the place of a working one."""

import asyncio
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar, cast

import structlog
from pydantic import ValidationError

from portal.catalogue.check import communes, inspect
from portal.catalogue.loader import BUILT_IN, Geladen, collect
from portal.catalogue.model import Katalog
from portal.catalogue.overlay import Ueberlagerung
from portal.catalogue.sources import CatalogueError, Fehler

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Katalogbestand:
    """Holds the catalogue in use and replaces it on demand.

    Parameters
    ----------
    roots
        As in `portal.catalogue.load`; the built-in one is always the first.
    kommune
        The town that runs this portal.
    demo
        With the invented offices.
    kopien
        Folder for a copy of the last sound catalogue; None keeps none.

    Raises
    ------
    CatalogueError
        The files cannot be loaded, and no copy of an earlier sound state exists.
    """

    def __init__(
        self, roots: Sequence[Path] = (), *, kommune: str, demo: bool = False, kopien: Path | None = None
    ) -> None:
        self._roots = (BUILT_IN, *roots)
        self._kommune = kommune
        self._demo = demo
        self._kopie = kopien / f"katalog-{self._kennung()}.json" if kopien else None
        self._derived: dict[object, object] = {}
        self._building = asyncio.Lock()
        self._towns: dict[str, Katalog] = {}
        self.ueberlagerungen: tuple[Ueberlagerung, ...] = ()
        """What editors changed and what is in use; none before `ersetzen` got some."""
        self.stand = 0
        """Number that the portal's database gave to the state in use."""
        self.geladen: Geladen | None = None
        """The catalogue in use with its tiers; None while a copy is in use."""
        self.fehler: list[Fehler] = []
        """Mistakes in the files; as long as there are any, the catalogue in use may be older than they are."""
        self.katalog = self._erster()

    def _kennung(self) -> str:
        """Tells copies of different installations apart."""
        named = "\n".join([*(str(root.resolve()) for root in self._roots), self._kommune, str(self._demo)])
        return hashlib.sha256(named.encode()).hexdigest()[:12]

    def _erster(self) -> Katalog:
        loaded, self.fehler = inspect(self._roots, kommune=self._kommune, demo=self._demo)
        if not self.fehler:
            self.geladen = loaded
            self._merken(loaded.katalog)
            return loaded.katalog
        log.error("catalogue_has_mistakes", mistakes=[str(f) for f in self.fehler[:20]])
        earlier = self._aus_der_kopie()
        if earlier is not None:
            return earlier
        if loaded.fehler:
            raise CatalogueError(loaded.fehler)
        self.geladen = loaded
        return loaded.katalog

    def lesen(self, ueberlagerungen: Sequence[Ueberlagerung] | None = None) -> tuple[Geladen, list[Fehler]]:
        """Read the files of all towns anew, without any effect: what they say, and their mistakes.

        Parameters
        ----------
        ueberlagerungen
            What editors changed; None for what is in use.
        """
        changes = self.ueberlagerungen if ueberlagerungen is None else ueberlagerungen
        loaded, mistakes = inspect(
            self._roots, kommune=self._kommune, demo=self._demo, ueberlagerungen=changes
        )
        for town in set(communes(self._roots)) - {self._kommune}:
            other = inspect(self._roots, kommune=town, demo=self._demo, ueberlagerungen=changes)
            mistakes = mistakes + other[1]
        return loaded, sorted(set(mistakes), key=lambda f: (f.datei, f.zeile, f.regel))

    def ersetzen(
        self, geladen: Geladen, fehler: list[Fehler], ueberlagerungen: Sequence[Ueberlagerung] | None = None
    ) -> bool:
        """Put what `lesen` gave in use, unless it has mistakes; says whether it did. Else all stays as it was."""
        self.fehler = fehler
        if fehler:
            return False
        self.geladen, self.katalog, self._derived, self._towns = geladen, geladen.katalog, {}, {}
        if ueberlagerungen is not None:
            self.ueberlagerungen = tuple(ueberlagerungen)
        self._merken(geladen.katalog)
        return True

    async def abgeleitet(self, build: Callable[[Katalog], T]) -> T:
        """What `build` makes of the catalogue in use: made once, and anew after the catalogue was replaced.

        It is made in a thread, so that only those wait who asked for it.
        """
        async with self._building:
            derived = self._derived
            if build not in derived:
                derived[build] = await asyncio.to_thread(build, self.katalog)
        return cast(T, derived[build])

    def fuer(self, ags: str) -> Katalog:
        """The catalogue of another town; of one without a folder what the tiers above it say.

        Not for another Land: its law is not ours, and only what EU and Bund say holds there.
        """
        if ags == self._kommune:
            return self.katalog
        land = "nrw" if ags.startswith("05") else "-"
        known = ags in communes(self._roots)
        key = ags if known else land
        if key not in self._towns:
            loaded = collect(
                self._roots,
                kommune=ags if known else "-",
                land=land,
                demo=self._demo,
                ueberlagerungen=self.ueberlagerungen,
            )
            self._towns[key] = loaded.katalog
        return self._towns[key]

    def _merken(self, katalog: Katalog) -> None:
        if self._kopie is None:
            return
        self._kopie.parent.mkdir(parents=True, exist_ok=True)
        new = self._kopie.with_suffix(f".{os.getpid()}.neu")
        new.write_text(katalog.model_dump_json(), encoding="utf-8")
        os.replace(new, self._kopie)

    def _aus_der_kopie(self) -> Katalog | None:
        if self._kopie is None or not self._kopie.exists():
            return None
        try:
            return Katalog.model_validate_json(self._kopie.read_text(encoding="utf-8"))
        except ValidationError:  # written by another version of the portal
            return None
