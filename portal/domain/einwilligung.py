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
class Komfort:
    """Something that the portal does for a citizen only if she consents (Art. 6 Abs. 1 Buchst. a DSGVO)."""

    titel: str
    felder: tuple[str, ...]
    version: str
    """The text that is shown now; an earlier version stays what it was for who agreed to it."""
    texte: dict[tuple[str, str], str]
    """Every text that was ever shown, by version and language."""
    folge: str
    """What a withdrawal does."""

    @property
    def text(self) -> str:
        """The sentence to agree to now."""
        return self.texte[self.version, SPRACHE]


KOMFORT = {
    "erinnerungen": Komfort(
        "Erinnerungen an Fristen und Termine",
        ("Fristen", "Termine"),
        "2026-11-1",
        {
            ("2026-11-1", "de"): (
                "Dieses Portal darf meine Fristen und Termine auswerten und mich an den Tagen, die ich wähle, auf meinem Weg "
                "erinnern. Im Hinweis steht nicht, worum es geht. Ich kann das jederzeit mit einem Klick widerrufen."
            )
        },
        "Nach dem Widerruf erinnert Sie niemand mehr. Ihre Fristen und Termine bleiben im Portal stehen.",
    ),
    "vorausfuellen": Komfort(
        "Frühere Antworten in neuen Anträgen anbieten",
        ("Antworten in früheren Anträgen",),
        "2026-11-1",
        {
            ("2026-11-1", "de"): (
                "Dieses Portal darf meine Antworten aus früheren Anträgen in neuen vorschlagen, damit ich sie nicht noch einmal "
                "eingebe. Verwendet wird ein Vorschlag erst, wenn ich ihn freigebe. Ich kann das jederzeit mit einem Klick widerrufen."
            )
        },
        "Nach dem Widerruf schlägt das Portal nichts mehr aus früheren Anträgen vor. Was Sie freigegeben haben, bleibt in seinem Antrag.",
    ),
}
"""What needs a consent of its own, by purpose."""


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
