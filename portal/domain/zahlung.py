"""What may become of a payment, and when home delivery may be offered. An unknown outcome stays unknown."""

from dataclasses import dataclass
from enum import StrEnum


class Stand(StrEnum):
    """State of a payment; the names are those of FIT-Connect's payment information."""

    INITIAL = "INITIAL"
    """Begun, or unknown: never taken for paid."""
    BOOKED = "BOOKED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"


def folgestand(bisher: Stand, gemeldet: Stand) -> Stand:
    """The state after the provider reported one: booked money stays booked, nothing becomes unknown again.

    Rechtsgrundlage: § 362 BGB (Erfüllung mit der Leistung); Fachstandard XBezahldienste (Stand prüfen).
    """
    if bisher == Stand.BOOKED or gemeldet == Stand.INITIAL:
        return bisher
    return gemeldet


def erstattbar(bezahlt_cent: int, erstattet_cent: int, verlangt_cent: int) -> bool:
    """Whether this much may still be given back.

    Rechtsgrundlage: § 21 GebG NRW (Erstattung zu Unrecht gezahlter Gebühren; Stand prüfen).
    """
    return 0 < verlangt_cent <= bezahlt_cent - erstattet_cent


@dataclass(frozen=True)
class Lieferfragen:
    """What has to be asked before home delivery is offered; None: not answered yet."""

    anderer_ausweis: bool | None = None
    """A valid official photo ID besides the old document of the same kind, which is invalidated at the application."""
    gemeldet: bool | None = None
    """A registered address in Germany at which the courier can deliver."""
    persoenlich: bool | None = None
    """She herself can take it from the courier."""
    einwilligung: bool | None = None
    """She will consent at the authority."""


def lieferung_spricht_dagegen(fragen: Lieferfragen) -> tuple[str, ...]:
    """Why home delivery cannot be offered; empty when everything was answered with yes.

    Rechtsgrundlage: § 18 Abs. 2 und 3 PAuswV, § 17 PassV.
    """
    conditions = (
        (
            fragen.anderer_ausweis,
            "Sie brauchen einen anderen gültigen amtlichen Lichtbildausweis. Der alte Ausweis gilt ab dem Antrag nicht mehr.",
        ),
        (fragen.gemeldet, "Die Lieferung geht nur an Ihre Meldeanschrift in Deutschland."),
        (fragen.persoenlich, "Der Bote übergibt nur an Sie persönlich und prüft Ihren Ausweis."),
        (fragen.einwilligung, "Ohne Ihre Einwilligung in der Behörde wird nicht geliefert."),
    )
    return tuple(why for answer, why in conditions if not answer)
