"""Acting for others: kinds of power, what each needs, and whether one holds for a service today."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

ALLES = "*"


@dataclass(frozen=True)
class Vertretungsart:
    """A kind of power. `beleg`: a document must prove it when it was not given or checked here."""

    label: str
    satz: str
    beleg: bool


ARTEN: Mapping[str, Vertretungsart] = {
    "eltern": Vertretungsart("Elternteil", "als Elternteil für", beleg=False),
    "betreuung": Vertretungsart("Rechtliche Betreuung", "als Betreuerin oder Betreuer für", beleg=True),
    "vollmacht": Vertretungsart("Vollmacht", "mit Vollmacht für", beleg=True),
    "organisation": Vertretungsart("Organisation", "für die Organisation", beleg=True),
}


@dataclass(frozen=True)
class Handeln:
    """Who acts for whom. `satz`: "Anna handelt mit Vollmacht für Bernd"; `fuer_konto`: the account of the person acted for."""

    satz: str
    paket: Mapping[str, object] = field(default_factory=dict)
    """The same for the package, with proof and end."""
    fuer_konto: str | None = None


@dataclass(frozen=True)
class Macht:
    """What decides whether a power holds."""

    umfang: Collection[str]
    gueltig_bis: date | None
    beendet: bool
    gesperrt: bool = False
    """One of the two accounts is locked: the power rests until it is open again."""


def hindernis(macht: Macht, leistung: str, heute: date) -> str | None:
    """Why a power does not hold for a service today: `beendet`, `abgelaufen`, `gesperrt`, `umfang`; None when it holds.

    Rechtsgrundlage: Umfang und Ende stehen in der Vollmacht; für Organisationen § 3 Abs. 3 OZG.
    """
    if macht.beendet:
        return "beendet"
    if macht.gueltig_bis is not None and macht.gueltig_bis < heute:
        return "abgelaufen"
    if macht.gesperrt:
        return "gesperrt"
    if ALLES not in macht.umfang and leistung not in macht.umfang:
        return "umfang"
    return None
