"""Whom a remedy goes to: the office that decided, or the court that the town's catalogue names."""

from portal.context import PortalContext
from portal.domain.rechtsbehelf import WEGE, Gericht, Weg

UNBEKANNT = "welches für Sie zuständig ist, steht im Bescheid oder sagt die Behördennummer 115 (Stand prüfen)"


def adressat(context: PortalContext, weg: Weg, stelle: str, *, anderswo: bool = False) -> str:
    """Where the remedy is handed in. `stelle`: the office that decides, in words; `anderswo`: of another town."""
    court = WEGE[weg].adressat
    return _gericht(context, court, anderswo) if court else stelle


def danach(context: PortalContext, weg: Weg, *, anderswo: bool = False) -> str | None:
    """The court that comes when the office does not help; None where there is no such second step."""
    court = WEGE[weg].gericht
    return _gericht(context, court, anderswo) if court else None


def _gericht(context: PortalContext, court: Gericht, anderswo: bool) -> str:
    """The court of the town with its address; only its kind where nobody entered one, never another town's."""
    known = None if anderswo else context.katalog.stellen.get(court.stelle)
    if known is None:
        return f"{court.name}; {UNBEKANNT}"
    mark = "" if known.marke == "geprueft" else " (Stand prüfen)"
    return ", ".join(part for part in (known.name, known.anschrift) if part) + mark
