"""The texts with which citizens consent, by version and language, and how long a consent lasts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

GILT = timedelta(days=180)
"""A release that was not used by then releases nothing any more; the citizen is asked again."""
SPRACHE = "de"
AKTUELL = "2026-11-2"

TEXTE: dict[tuple[str, str], str] = {
    ("2026-11-1", "de"): "Sie geben die genannten Angaben für diesen Zweck an diese Stelle frei.",
    ("2026-11-2", "de"): (
        "Sie geben die genannten Angaben für diesen Zweck an diese Stelle frei, bis der Vorgang abgegeben ist, höchstens 180 Tage. "
        "Sie können das jederzeit mit einem Klick widerrufen. Was dann schon bei der Stelle ist, bleibt dort."
    ),
}
"""Every text that was ever shown. A changed sentence is a new version; none is edited."""


@dataclass(frozen=True)
class Stand:
    """What decides how a consent stands. `zugestellt`: the case has arrived; `abgegeben`: it is on its way."""

    gueltig_bis: datetime | None
    widerrufen: datetime | None
    abgegeben: bool
    zugestellt: bool


def zustand(stand: Stand, jetzt: datetime) -> str:
    """`widerrufen`, `verwendet` (arrived at the office), `unterwegs`, `abgelaufen` or `gueltig`.

    Rechtsgrundlage: Art. 7 Abs. 3 DSGVO (Widerruf jederzeit; was bis dahin geschah, bleibt rechtmäßig).
    """
    if stand.widerrufen is not None:
        return "widerrufen"
    if stand.zugestellt:
        return "verwendet"
    if stand.abgegeben:
        return "unterwegs"
    if stand.gueltig_bis is not None and stand.gueltig_bis <= jetzt:
        return "abgelaufen"
    return "gueltig"
