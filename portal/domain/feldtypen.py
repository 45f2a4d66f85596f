"""Checks of answers that need nothing but the standard library. Each gives the value in its one stored form."""

import re
from datetime import date

JAHR_FRUEHESTENS = 1900
ADRESSE = re.compile(
    r"^(?P<strasse>[^\d,][^,]*?)\s+(?P<nummer>\d+\s*[a-zA-Z]?(?:\s*[-/]\s*\d+\s*[a-zA-Z]?)?)\s*,?\s+(?P<plz>\d{5})\s+(?P<ort>[^\d,]{2,})$"
)
DEUTSCHER_TAG = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
KENNZEICHEN = re.compile(r"^([A-ZÄÖÜ]{1,3})[\s-]+([A-Z]{1,2})[\s-]*([1-9]\d{0,3})([EH]?)$")


class UngueltigError(ValueError):
    """The answer does not fit its question. Its text is a German sentence that says what would fit."""


def datum(wert: str) -> str:
    """A real day as ISO date; also understood as people write it: 12.11.2026.

    Rechtsgrundlage: keine; gespeicherte Form (ISO 8601).
    """
    written = DEUTSCHER_TAG.fullmatch(wert.strip())
    try:
        if written:
            day, month, year = (int(part) for part in written.groups())
            return date(year, month, day).isoformat()
        return date.fromisoformat(wert.strip()).isoformat()
    except ValueError:
        raise UngueltigError(
            "Das habe ich nicht als Datum erkannt. Bitte nennen Sie Tag, Monat und Jahr, zum Beispiel 12.11.2026."
        ) from None


def nicht_vor_1900(wert: str) -> None:
    """Refuse dates before 1900: certainly a slip.

    Rechtsgrundlage: keine; Schutz vor Tippfehlern.
    """
    if date.fromisoformat(wert).year < JAHR_FRUEHESTENS:
        raise UngueltigError("Das Datum liegt vor dem Jahr 1900. Bitte prüfen Sie die Jahreszahl.")


def nicht_zukuenftig(wert: str, heute: date) -> None:
    """Refuse dates after today.

    Rechtsgrundlage: keine; die Frage gilt etwas, das schon geschehen ist.
    """
    if date.fromisoformat(wert) > heute:
        raise UngueltigError(
            "Das Datum liegt in der Zukunft. Bitte nennen Sie einen Tag, der schon war, oder heute."
        )


def nicht_vergangen(wert: str, heute: date) -> None:
    """Refuse dates before today.

    Rechtsgrundlage: keine; die Frage gilt etwas, das noch kommt.
    """
    if date.fromisoformat(wert) < heute:
        raise UngueltigError("Das Datum ist schon vorbei. Bitte nennen Sie heute oder einen späteren Tag.")


def ja_nein(wert: str) -> str:
    """`ja` or `nein`.

    Rechtsgrundlage: keine; gespeicherte Form.
    """
    klein = wert.strip().lower()
    if klein not in ("ja", "nein"):
        raise UngueltigError("Bitte antworten Sie mit Ja oder Nein.")
    return klein


def auswahl(wert: str, optionen: dict[str, str]) -> str:
    """The id of one of `optionen` (id → label); the label is understood too.

    Rechtsgrundlage: keine; gespeicherte Form.
    """
    gesucht = wert.strip().casefold()
    for kennung, label in optionen.items():
        if gesucht in (kennung.casefold(), label.casefold()):
            return kennung
    raise UngueltigError(f"Bitte wählen Sie eine dieser Möglichkeiten: {', '.join(optionen.values())}.")


def ganzzahl(wert: str | int, minimum: int | None, maximum: int | None) -> int:
    """A whole number within bounds.

    Rechtsgrundlage: keine; gespeicherte Form.
    """
    try:
        zahl = wert if isinstance(wert, int) else int(wert.strip())
    except ValueError:
        raise UngueltigError("Bitte nennen Sie eine ganze Zahl, zum Beispiel 2.") from None
    if (minimum is not None and zahl < minimum) or (maximum is not None and zahl > maximum):
        if minimum is not None and maximum is not None:
            raise UngueltigError(f"Bitte nennen Sie eine Zahl von {minimum} bis {maximum}.")
        grenze = f"mindestens {minimum}" if minimum is not None else f"höchstens {maximum}"
        raise UngueltigError(f"Die Zahl muss {grenze} sein.")
    return zahl


def plz(wert: str) -> str:
    """A German postcode: five digits.

    Rechtsgrundlage: keine; gespeicherte Form.
    """
    if not re.fullmatch(r"\d{5}", wert.strip()):
        raise UngueltigError("Eine Postleitzahl hat fünf Ziffern, zum Beispiel 45879.")
    return wert.strip()


def anschrift(wert: str) -> str:
    """An address as `Straße Hausnummer, PLZ Ort`.

    Rechtsgrundlage: keine; gespeicherte Form.
    """
    treffer = ADRESSE.match(" ".join(wert.split()))
    if treffer is None:
        raise UngueltigError(
            "Bitte nennen Sie Straße und Hausnummer, Postleitzahl und Ort, zum Beispiel: Musterstraße 1, 12345 Musterstadt."
        )
    teile = treffer.groupdict()
    return f"{teile['strasse']} {teile['nummer']}, {teile['plz']} {teile['ort'].strip()}"


def kennzeichen(wert: str) -> str:
    """A licence plate as `GE-AB 123`.

    Rechtsgrundlage: keine; gespeicherte Form.
    """
    treffer = KENNZEICHEN.match(" ".join(wert.upper().split()))
    if treffer is None:
        raise UngueltigError("Das ist kein deutsches Kennzeichen. Ein Beispiel: GE-AB 123.")
    ort, buchstaben, ziffern, zusatz = treffer.groups()
    return f"{ort}-{buchstaben} {ziffern}{zusatz}"


def name(wert: str) -> str:
    """A name: letters of any script, hyphen, apostrophe, dot and space.

    Rechtsgrundlage: keine; Zeichenvorrat nach DIN 91379 umfasst mehr, als hier verlangt wird.
    """
    sauber = " ".join(wert.split())
    if not sauber or len(sauber) > 120 or not all(z.isalpha() or z in " -'’.`,()" for z in sauber):
        raise UngueltigError(
            "Ein Name besteht aus Buchstaben, Bindestrichen und Leerzeichen. Bitte schreiben Sie ihn noch einmal."
        )
    return sauber


def text(wert: str, muster: str | None = None, muster_hinweis: str | None = None) -> str:
    """Free text of at most 2,000 characters, where given of the form `muster`.

    Rechtsgrundlage: keine; gespeicherte Form.
    """
    sauber = wert.strip()
    if not sauber:
        raise UngueltigError("Die Antwort ist leer. Bitte schreiben Sie ein paar Worte.")
    if len(sauber) > 2000:
        raise UngueltigError("Die Antwort ist zu lang: höchstens 2.000 Zeichen. Bitte kürzen Sie sie.")
    if muster is not None:
        kompakt = re.sub(r"\s+", "", sauber)
        for form in (sauber, kompakt):
            if re.fullmatch(muster, form):
                return form
        raise UngueltigError(muster_hinweis or "Die Antwort hat nicht die verlangte Form.")
    return sauber


def dokumentnummer(wert: str) -> str:
    """A number of an identity document: 6 to 12 letters and digits.

    Rechtsgrundlage: keine; Ausweise anderer Staaten haben andere Längen.
    """
    sauber = re.sub(r"[\s-]", "", wert).upper()
    if not re.fullmatch(r"[A-Z0-9]{6,12}", sauber):
        raise UngueltigError("Eine Ausweisnummer hat 6 bis 12 Buchstaben und Ziffern, ohne Sonderzeichen.")
    return sauber
