"""What documents citizens keep, what each proves, and whether an upload needs a signature."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Unterlagenart:
    """A kind of document. `belegt`: master data that it proves; `kopie`: it is marked as a copy."""

    label: str
    belegt: tuple[str, ...] = ()
    kopie: bool = False


ARTEN: dict[str, Unterlagenart] = {
    "ausweis": Unterlagenart(
        "Kopie von Personalausweis oder Pass",
        (
            "familienname",
            "vornamen",
            "geburtsdatum",
            "geburtsort",
            "ausweisart",
            "ausweisnummer",
            "ausweis_gueltig_bis",
        ),
        kopie=True,
    ),
    "einkommen": Unterlagenart("Nachweis zum Einkommen", ("einkommen",)),
    "geburtsurkunde": Unterlagenart("Geburtsurkunde", ("geburtsdatum", "geburtsort")),
    "wohnung": Unterlagenart("Mietvertrag oder Wohnungsgeberbestätigung", ("anschrift",)),
    "vertretung": Unterlagenart("Vollmacht, Betreuerausweis oder Sorgerechtsnachweis"),
    "sonstiges": Unterlagenart("Andere Unterlage"),
}


def bezeichnung(art: str | None) -> str:
    """What a kept document is, in words.

    Rechtsgrundlage: keine; Anzeige für die Bürgerin.
    """
    return ARTEN[art].label if art in ARTEN else "Unterlage"


@dataclass(frozen=True)
class Unterschrift:
    """Whether something is to be signed. `was` says what and how; empty when nothing is."""

    noetig: bool
    grund: str
    recht: str
    was: str = ""


def unterschrift(*, schriftform: bool, vertrauen: str) -> Unterschrift:
    """Whether an application with its documents, handed in here, needs a signature on paper.

    Rechtsgrundlage: § 3a Abs. 3 VwVfG (Eingabe in ein Formular der Behörde mit Online-Ausweis), § 9a Abs. 5 OZG
    (Online-Formular mit Identitätsnachweis über das Nutzerkonto).

    Parameters
    ----------
    schriftform
        Whether the law of the service demands the written form.
    vertrauen
        Trust level of the session: `niedrig`, `substantiell` or `hoch`.
    """
    if not schriftform:
        return Unterschrift(
            False,
            "Für diese Leistung ist keine Schriftform vorgeschrieben. Sie müssen nichts unterschreiben.",
            "",
        )
    if vertrauen == "hoch":
        return Unterschrift(
            False,
            "Sie haben sich mit dem Online-Ausweis ausgewiesen. Das ersetzt Ihre Unterschrift.",
            "§ 3a Abs. 3 VwVfG, § 9a Abs. 5 OZG",
        )
    return Unterschrift(
        True,
        "Für diese Leistung ist Schriftform vorgeschrieben.",
        "§ 3a Abs. 3 VwVfG, § 9a Abs. 5 OZG",
        "Weisen Sie sich mit dem Online-Ausweis aus; dann brauchen Sie keine Unterschrift. Oder drucken Sie die Vorbereitung, "
        "unterschreiben Sie sie mit der Hand und geben Sie sie bei der Stelle ab.",
    )
