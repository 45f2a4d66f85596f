"""Which data stay with the office that handles them, and which address nobody is shown."""

from collections.abc import Sequence
from enum import StrEnum


class Schutz(StrEnum):
    """Why a service's data do not leave their office without the citizen's consent."""

    SOZIALDATEN = "sozialdaten"
    STEUERDATEN = "steuerdaten"
    BESONDERS = "besonders"


SOZIALGESETZE = ("SGB", "WoGG", "BEEG", "KiBiz")
"""Laws by whose name social benefits are recognised, as the catalogue writes them."""
STEUERGESETZE = ("AO", "KAG", "GrStG", "GewStG")
"""Laws by whose name taxes and municipal charges are recognised, as the catalogue writes them."""
GRUNDLAGE: dict[Schutz, str] = {
    Schutz.SOZIALDATEN: "§ 35 SGB I, §§ 67 ff. SGB X",
    Schutz.STEUERDATEN: "§ 30 AO",
    Schutz.BESONDERS: "Art. 9 DSGVO",
}
ADRESSTYPEN = frozenset({"address", "plz"})
ADRESSDATEN = frozenset({"anschrift"})


def schutz(rechtsgrundlagen: Sequence[str], *, sensibel: bool) -> Schutz | None:
    """Tell which protection holds a service's data at their office; None without one.

    Rechtsgrundlage: § 35 SGB I, §§ 67 ff. SGB X (Sozialdaten); § 30 AO (Steuerdaten); Art. 9 DSGVO.

    Parameters
    ----------
    rechtsgrundlagen
        The service's laws in the catalogue's words, e.g. `§ 24 SGB VIII`.
    sensibel
        The catalogue calls the service especially confidential; treated as Art. 9, because what such an application says
        (health, origin, danger) is mostly of that kind.
    """
    words = {word.strip(",;()") for law in rechtsgrundlagen for word in law.split()}
    if words & set(SOZIALGESETZE):
        return Schutz.SOZIALDATEN
    if words & set(STEUERGESETZE):
        return Schutz.STEUERDATEN
    return Schutz.BESONDERS if sensibel else None


def anschrift_verdeckt(*, gesperrt: bool, typ: str, stammdatum: str | None) -> bool:
    """Tell whether a field is shown to nobody outside the register, because it can hold a protected address.

    Rechtsgrundlage: § 51 BMG.

    Parameters
    ----------
    gesperrt
        An Auskunftssperre holds for the person, or she has applied for one.
    typ, stammdatum
        The field's type and the master datum behind it, if any.
    """
    return gesperrt and (typ in ADRESSTYPEN or stammdatum in ADRESSDATEN)
