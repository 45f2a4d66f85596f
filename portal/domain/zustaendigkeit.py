"""Rules of local responsibility: what has to be asked, and which municipality a place belongs to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.feldtypen import ADRESSE


class Finder(StrEnum):
    """How the responsible municipality is found."""

    WOHNUNG = "W"
    EREIGNIS = "S"
    BETRIEB = "B"
    OBJEKT = "O"
    BELIEBIG = "X"


class Frage(StrEnum):
    """What has to be asked next."""

    PLZ = "plz"
    STRASSE = "strasse"
    ORT = "ort"


@dataclass(frozen=True)
class Gemeinde:
    """A municipality. `amtlich`: „Stadt Herne“; `kreis` is None where the town is its own Kreis."""

    ags: str
    name: str
    amtlich: str
    ars: str | None = None
    kreis: str | None = None


@dataclass(frozen=True)
class Ort:
    """The part of a municipality that has one PLZ. `strassen`: its streets there, empty where nobody listed them."""

    plz: str
    gemeinde: Gemeinde
    strassen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Zuordnung:
    """The municipality, or what has to be asked to find it. Neither: nobody knows this PLZ."""

    gemeinde: Gemeinde | None = None
    frage: Frage | None = None
    kandidaten: tuple[Gemeinde, ...] = ()


@dataclass(frozen=True)
class Anschrift:
    """The parts of an address that matter here."""

    strasse: str
    plz: str
    ort: str


def erste_frage(finder: Finder, *, ueberoertlich: bool) -> Frage | None:
    """What has to be asked before anything else: nothing where the place does not matter, else the PLZ.

    Rechtsgrundlage: § 3 VwVfG NRW (örtliche Zuständigkeit nach Wohnung, Betriebsstätte, Grundstück oder Anlass); § 5 EGovG (nur was erforderlich ist).
    """
    return None if ueberoertlich or finder is Finder.BELIEBIG else Frage.PLZ


def zuordnen(orte: Sequence[Ort], *, strasse: str | None = None, ort: str | None = None) -> Zuordnung:
    """Find the municipality among those that share a PLZ.

    Parameters
    ----------
    orte
        All places with the PLZ.
    strasse
        Street, with or without house number; decides where the streets are listed.
    ort
        AGS or name of a town, as the citizen said it.

    Rechtsgrundlage: keine; Zuordnung der Postleitzahl zur Gemeinde.
    """
    candidates = tuple(dict.fromkeys(place.gemeinde for place in orte))
    if not candidates:
        return Zuordnung()
    if len(candidates) == 1:
        return Zuordnung(candidates[0])
    if ort is not None:
        wanted_place = ort.strip().casefold()
        said = [g for g in candidates if wanted_place in (g.ags, g.name.casefold(), g.amtlich.casefold())]
        if len(said) == 1:
            return Zuordnung(said[0])
    if strasse is not None:
        wanted = strassenname(strasse)
        lying = [place.gemeinde for place in orte if wanted in map(strassenname, place.strassen)]
        if len(lying) == 1:
            return Zuordnung(lying[0])
    listed = all(place.strassen for place in orte)
    frage = Frage.STRASSE if listed and strasse is None else Frage.ORT
    return Zuordnung(frage=frage, kandidaten=tuple(sorted(candidates, key=lambda g: g.name)))


def strassenname(strasse: str) -> str:
    """A street's name in a form that can be compared: no house number, „Straße“ and „Str.“ alike.

    Rechtsgrundlage: keine; Vergleichsform.
    """
    name = re.sub(r"\s+\d.*$", "", strasse.strip())
    name = re.sub(r"stra(?:ß|ss)e\b|str\.(?=\s|$)|str\b", "str", name.casefold())
    return re.sub(r"[\s-]+", "", name)


def anschrift_teile(anschrift: str) -> Anschrift | None:
    """Street, PLZ and place of an address in its stored form, None if it has another.

    Rechtsgrundlage: keine; gespeicherte Form.
    """
    found = ADRESSE.match(anschrift)
    return Anschrift(found["strasse"], found["plz"], found["ort"].strip()) if found else None


def gemeinde_im_text(text: str, gemeinden: Iterable[Gemeinde]) -> Gemeinde | None:
    """The municipality whose name stands in a free text as words of its own; None where none or several do.

    The longest name counts: „Recklinghausen-Süd“ is in Recklinghausen, „Bad Salzuflen“ is not Salzuflen.

    Rechtsgrundlage: keine; Erkennung eines Ortsnamens.
    """
    found = [g for g in gemeinden if re.search(rf"(?<!\w){re.escape(g.name)}(?!\w)", text)]
    longest = {g for g in found if not any(g.name in o.name and g.name != o.name for o in found)}
    return longest.pop() if len(longest) == 1 else None


def kreis_amtlich(kreis: str) -> str:
    """The Kreis as an authority („Mettmann“ → „Kreis Mettmann“); a name that says what it is stays.

    Rechtsgrundlage: § 12 KrO NRW (Name des Kreises).
    """
    says_so = re.search(r"kreis|region", kreis, re.IGNORECASE) is not None
    return kreis if says_so else f"Kreis {kreis}"


def amtlicher_name(verzeichnisname: str, name: str) -> str:
    """The municipality's own name as an authority, from the directory's form („Herne, Stadt“ → „Stadt Herne“).

    Rechtsgrundlage: § 13 GO NRW (Name und Bezeichnung der Gemeinde).
    """
    addition = verzeichnisname.partition(",")[2].strip().casefold()
    if addition.endswith("stadt"):
        return f"Stadt {name}"
    if addition.endswith("gemeinde") or not addition:
        return f"Gemeinde {name}"
    return f"Verwaltung von {name}"
