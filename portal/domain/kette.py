"""The chain of the disclosure log: each link is a hash over the one before it and over an encrypted entry.

The links are made of what is stored, not of what it says. So the chain can be checked without any key, and it stays whole
when a person's key is destroyed and her entries become unreadable.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

ANFANG = "0" * 64
"""What stands in front of the first link."""
LOESCHUNG = b"loeschung"
"""Content of the entry that says: this person was erased here. It is the only content that is not encrypted."""


@dataclass(frozen=True)
class Glied:
    """One link as it is stored. `inhaber`: random id that stands for a person; `inhalt`: encrypted bytes."""

    nummer: int
    inhaber: str
    inhalt: bytes
    kettenwert: str


@dataclass(frozen=True)
class Bruch:
    """Where the chain breaks first. `art`: fehlt, veraendert, abgeschnitten."""

    nummer: int
    art: str


def kettenwert(vorher: str, nummer: int, inhaber: str, inhalt: bytes) -> str:
    """Hash (hexadecimal SHA-256) of a link.

    Rechtsgrundlage: Art. 32 DSGVO (Sicherheit der Verarbeitung).
    """
    head = f"{vorher}\n{nummer}\n{inhaber}\n{len(inhalt)}\n".encode()
    return hashlib.sha256(head + inhalt).hexdigest()


class Pruefung:
    """A check that goes along the chain link by link, so that a long one need not be held in memory."""

    def __init__(self) -> None:
        self._vorher, self._erwartet = ANFANG, 1
        self.bruch: Bruch | None = None

    def weiter(self, glied: Glied) -> None:
        """Check the next link; after the first break nothing more is checked.

        Rechtsgrundlage: Art. 32 DSGVO (Sicherheit der Verarbeitung).
        """
        if self.bruch is not None:
            return
        if glied.nummer != self._erwartet:
            self.bruch = Bruch(self._erwartet, "fehlt")
        elif glied.kettenwert != kettenwert(self._vorher, glied.nummer, glied.inhaber, glied.inhalt):
            self.bruch = Bruch(glied.nummer, "veraendert")
        self._vorher, self._erwartet = glied.kettenwert, self._erwartet + 1

    def ende(self, kopf: tuple[int, str]) -> Bruch | None:
        """First break of the whole chain, None when it is whole.

        Rechtsgrundlage: Art. 32 DSGVO (Sicherheit der Verarbeitung).

        Parameters
        ----------
        kopf
            Number and hash of the last link, kept apart from the chain; (0, ANFANG) for an empty one.
        """
        if self.bruch is None and (self._erwartet - 1, self._vorher) != kopf:
            cut = self._erwartet <= kopf[0]
            self.bruch = Bruch(min(self._erwartet, kopf[0] + 1), "abgeschnitten" if cut else "veraendert")
        return self.bruch


def pruefen(glieder: Iterable[Glied], kopf: tuple[int, str]) -> Bruch | None:
    """First break of a chain, None when it is whole.

    Rechtsgrundlage: Art. 32 DSGVO (Sicherheit der Verarbeitung).

    Parameters
    ----------
    glieder
        All links in order of their numbers.
    kopf
        Number and hash of the last link, kept apart from the chain; (0, ANFANG) for an empty one.
    """
    check = Pruefung()
    for glied in glieder:
        check.weiter(glied)
    return check.ende(kopf)
