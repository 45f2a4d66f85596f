"""The texts that citizens read before data flow, by version and language, and how long a consent lasts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

GILT = timedelta(days=180)
"""A release that was not used by then releases nothing any more; the citizen is asked again."""
SPRACHE = "de"


GILT_BERATUNG = timedelta(days=30)
"""How long a release to the office of a clerk in the chat holds."""


@dataclass(frozen=True)
class Wortlaut:
    """A text that citizens read before data of theirs go somewhere.

    Attributes
    ----------
    version
        Of the text that is shown now; an earlier one stays what it was for who read it.
    texte
        Every text that was ever shown, by version and language. A changed sentence is a new version; none is edited.
    """

    version: str
    texte: Mapping[tuple[str, str], str]

    @property
    def text(self) -> str:
        """The sentences that are shown now."""
        return self.texte[self.version, SPRACHE]


WORTLAUTE: Mapping[str, Wortlaut] = {
    "freigabe": Wortlaut(
        "2026-11-2",
        {
            ("2026-11-1", "de"): "Sie geben die genannten Angaben für diesen Zweck an diese Stelle frei.",
            ("2026-11-2", "de"): (
                "Sie geben die genannten Angaben für diesen Zweck an diese Stelle frei, bis der Vorgang abgegeben ist, höchstens 180 Tage. "
                "Sie können das jederzeit mit einem Klick widerrufen. Was dann schon bei der Stelle ist, bleibt dort."
            ),
        },
    ),
    "abgabe": Wortlaut(
        "2026-11-1",
        {
            ("2026-11-1", "de"): (
                "Mit Ihrer Bestätigung gehen diese Angaben und Unterlagen an die genannte Stelle. Sie bearbeitet sie nach dem genannten "
                "Recht und behält sie; eine Einwilligung braucht sie dafür nicht. Ändern können Sie sie hier danach nicht mehr."
            )
        },
    ),
    "unterlage": Wortlaut(
        "2026-11-1",
        {
            ("2026-11-1", "de"): (
                "Sie geben diese eine Unterlage für diesen Vorgang an diese Stelle frei. Sie können das zurücknehmen, bis die Stelle die "
                "Unterlage geöffnet hat. Danach gehört sie zum Vorgang und bleibt dort."
            )
        },
    ),
    "antwort": Wortlaut(
        "2026-11-1",
        {
            ("2026-11-1", "de"): (
                "Sie stellen genau diese eine Antwort aus und geben sie selbst weiter. Sie enthält Ihren Namen nicht und gilt 180 Tage. "
                "Zurückholen lässt sie sich danach nicht."
            )
        },
    ),
    "rueckfrage": Wortlaut(
        "2026-11-1",
        {
            ("2026-11-1", "de"): (
                "Ihre Antwort geht an die Stelle, die gefragt hat, und gehört dann zum Vorgang. Ändern können Sie sie danach nicht mehr."
            )
        },
    ),
    "beratung": Wortlaut(
        "2026-11-2",
        {
            ("2026-11-2", "de"): (
                "Sie geben das Genannte für diesen Zweck an diese Stelle frei, für 30 Tage oder bis Sie es zurücknehmen. Zurücknehmen können "
                "Sie es hier im Gespräch und unter „Einwilligungen“. Was die Stelle bis dahin gesehen hat, bleibt ihr bekannt."
            )
        },
    ),
    "weitergabe": Wortlaut(
        "2026-11-1",
        {
            ("2026-11-1", "de"): (
                "Wenn Sie zustimmen, liest die genannte Stelle, was Sie ausgewählt haben: das ganze Gespräch mit dem Stand des Antrags oder nur "
                "Ihr Anliegen. Zurückholen lässt sich das danach nicht. Stimmen Sie nicht zu, bleibt das Gespräch bei dieser Stelle."
            )
        },
    ),
    "vollmacht": Wortlaut(
        "2026-11-1",
        {
            ("2026-11-1", "de"): (
                "Wer den Code einlöst, erfährt Ihren Namen und darf bis zu diesem Tag in den gewählten Leistungen für Sie handeln. Ihre gespeicherten "
                "Daten sieht diese Person nicht. Was sie für Sie tut, steht in Ihrem Protokoll. Sie können die Vollmacht jederzeit beenden; "
                "was dann schon bei einer Stelle ist, bleibt dort."
            )
        },
    ),
    "elterncode": Wortlaut(
        "2026-11-1",
        {
            ("2026-11-1", "de"): (
                "Wer den Code hat, sieht eine Woche lang diesen Antrag mit Ihren Angaben; Nummern und Beträge sind verdeckt. Geben Sie ihn nur dem "
                "anderen Elternteil. Jeder Blick steht in Ihrem Protokoll. Ändern Sie den Antrag, gilt der Code nicht mehr."
            )
        },
    ),
    "mitzeichnung": Wortlaut(
        "2026-11-1",
        {
            ("2026-11-1", "de"): (
                "Der andere Elternteil erfährt, wie Sie entschieden haben. Bestätigen Sie, gehen Ihr Name und Ihre Erklärung mit dem Antrag an die "
                "genannte Stelle. Zurücknehmen können Sie das hier danach nicht."
            )
        },
    ),
    "gemeinsam": Wortlaut(
        "2026-11-1",
        {
            ("2026-11-1", "de"): (
                "Mit der Unterschrift bestätigen Sie, dass der Text stimmt. Die andere Person sieht Ihren Namen und den Text und behält "
                "das unterzeichnete Dokument. Ihre anderen Daten sieht sie nicht."
            )
        },
    ),
}
"""By the act for which they are read."""


@dataclass(frozen=True)
class Komfort:
    """Something that the portal does for a citizen only if she consents (Art. 6 Abs. 1 Buchst. a DSGVO)."""

    titel: str
    felder: tuple[str, ...]
    wortlaut: Wortlaut
    folge: str
    """What a withdrawal does."""


KOMFORT = {
    "erinnerungen": Komfort(
        "Erinnerungen an Fristen und Termine",
        ("Fristen", "Termine"),
        Wortlaut(
            "2026-11-1",
            {
                ("2026-11-1", "de"): (
                    "Dieses Portal darf meine Fristen und Termine auswerten und mich an den Tagen, die ich wähle, auf meinem Weg "
                    "erinnern. Im Hinweis steht nicht, worum es geht. Ich kann das jederzeit mit einem Klick widerrufen."
                )
            },
        ),
        "Nach dem Widerruf erinnert Sie niemand mehr. Ihre Fristen und Termine bleiben im Portal stehen.",
    ),
    "vorausfuellen": Komfort(
        "Frühere Antworten in neuen Anträgen anbieten",
        ("Antworten in früheren Anträgen",),
        Wortlaut(
            "2026-11-1",
            {
                ("2026-11-1", "de"): (
                    "Dieses Portal darf meine Antworten aus früheren Anträgen in neuen vorschlagen, damit ich sie nicht noch einmal "
                    "eingebe. Verwendet wird ein Vorschlag erst, wenn ich ihn freigebe. Ich kann das jederzeit mit einem Klick widerrufen."
                )
            },
        ),
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
