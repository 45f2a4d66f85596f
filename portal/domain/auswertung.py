"""Answers instead of papers: rules that turn a value into the one answer that an office needs. What they take stays here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

HAUSNUMMER = re.compile(r"\s+\d+\s*[a-zA-Z]?(?:\s*[-–/]\s*\d*\s*[a-zA-Z]?)?\s*$")
ERKLAERT = "erklaert"
BELEGT = "belegt"


@dataclass(frozen=True)
class Regel:
    """What people read of a rule. `nicht`: what the office does not learn."""

    name: str
    nicht: str


REGELN: Mapping[str, Regel] = {
    "einkommensstufe": Regel("Einkommensstufe", "den Betrag und den Steuerbescheid"),
    "parkzone": Regel("Wohnt in der Bewohnerparkzone", "mehr als Zone und Anschrift"),
    "haushaltsgroesse": Regel("Personen im Haushalt", "Namen und Geburtsdaten der anderen"),
    "volljaehrig": Regel("Mindestens 18 Jahre alt", "das Geburtsdatum"),
    "wohnt_in": Regel("Wohnt in der Stadt", "Straße und Hausnummer"),
}


def einkommensstufe(einkommen_cent: int, stufen: Sequence[tuple[int | None, str]]) -> str:
    """The band in which an income lies; an income on the border belongs to the lower band.

    Rechtsgrundlage: § 90 SGB VIII, §§ 50, 51 KiBiz; die Stufen stehen in der Satzung.

    Parameters
    ----------
    einkommen_cent
        Income of the family in a year, cents.
    stufen
        Bands in rising order: upper end in cents (None: open), name.

    Raises
    ------
    ValueError
        No band fits: the last one is not open.
    """
    for bis_cent, name in stufen:
        if bis_cent is None or einkommen_cent <= bis_cent:
            return name
    raise ValueError("the last band must be open")


def strasse(anschrift: str) -> str:
    """The street of "Straße Hausnummer, PLZ Ort", without regard to case.

    Rechtsgrundlage: keine; Zerlegung einer Anschrift.
    """
    return " ".join(HAUSNUMMER.sub("", anschrift.split(",")[0]).split()).casefold()


def ort(anschrift: str) -> str:
    """The place of "Straße Hausnummer, PLZ Ort", without regard to case.

    Rechtsgrundlage: keine; Zerlegung einer Anschrift.
    """
    words = anschrift.rpartition(",")[2].split()
    return " ".join(words[1:] if words and words[0].isdigit() else words).casefold()


def parkzone(anschrift: str, gemeinde: str, zonen: Mapping[str, Sequence[str]]) -> str | None:
    """The zone in which an address lies, None when it lies in none or in another town.

    Rechtsgrundlage: § 45 Abs. 1b StVO; die Zonen legt die Stadt fest.
    """
    if ort(anschrift) != gemeinde.casefold():
        return None
    street = strasse(anschrift)
    return next(
        (name for name, streets in zonen.items() if street in [one.casefold() for one in streets]), None
    )


def volljaehrig(geburtsdatum: date, heute: date, jahre: int = 18) -> bool:
    """Whether somebody has reached an age. Who is born on 29 February reaches it on 1 March.

    Rechtsgrundlage: § 187 Abs. 2 Satz 2, § 188 BGB (der Tag der Geburt zählt mit).
    """
    try:
        birthday = geburtsdatum.replace(year=geburtsdatum.year + jahre)
    except ValueError:
        birthday = date(geburtsdatum.year + jahre, 3, 1)
    return heute >= birthday


def haushaltsgroesse(weitere: int) -> int:
    """How many persons live in a household, the person herself counted.

    Rechtsgrundlage: keine; gezählt wird, was sie zu ihrem Haushalt angegeben hat.
    """
    return weitere + 1


def herkunft(vertrauen: str) -> str:
    """Whether a value counts as proved or as declared.

    Rechtsgrundlage: § 24 VwVfG: die Stelle kann trotzdem einen Nachweis verlangen.
    """
    return BELEGT if vertrauen == "hoch" else ERKLAERT
