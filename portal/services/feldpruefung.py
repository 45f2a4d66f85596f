"""Check an answer against its field and show it to people. Refusals are German sentences that say what would fit."""

import re
from collections.abc import Callable
from datetime import date

import phonenumbers
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.de import idnr
from stdnum.exceptions import ValidationError

from portal.catalogue.model import Feld
from portal.domain import feldtypen
from portal.domain.feldtypen import UngueltigError
from portal.errors import InvalidInputError

Wert = str | int | None

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,24}")


class InvalidValueError(InvalidInputError):
    """The answer does not fit the field. The citizen answers again; nothing was changed."""

    code = "wert_ungueltig"


def pruefen(feld: Feld, wert: str | int, heute: date) -> str | int:
    """Give the answer in its stored form.

    Raises
    ------
    InvalidValueError
        It does not fit; `field` names the field.
    """
    try:
        if feld.typ in ("integer", "amount"):
            return feldtypen.ganzzahl(wert, feld.minimum, feld.maximum)
        return _text(feld, str(wert), heute)
    except UngueltigError as error:
        raise InvalidValueError(str(error), field=feld.id) from error


def _text(feld: Feld, wert: str, heute: date) -> str:
    if feld.typ == "text":
        return feldtypen.text(wert, feld.muster, feld.muster_hinweis)
    if feld.typ == "choice":
        return feldtypen.auswahl(wert, {o.id: o.label for o in feld.optionen})
    wert = _EINFACHE[feld.typ](wert)
    if feld.typ == "date":
        if "nicht_vor_1900" in feld.regeln:
            feldtypen.nicht_vor_1900(wert)
        if "nicht_zukuenftig" in feld.regeln:
            feldtypen.nicht_zukuenftig(wert, heute)
        if "nicht_vergangen" in feld.regeln:
            feldtypen.nicht_vergangen(wert, heute)
    return wert


def iban(wert: str) -> str:
    """An IBAN without spaces. Raises UngueltigError."""
    try:
        return str(IBAN(wert).compact)
    except SchwiftyException:
        raise UngueltigError(
            "Die IBAN stimmt nicht, vielleicht ist eine Ziffer vertauscht. Eine deutsche IBAN beginnt mit DE und hat 22 Stellen."
        ) from None


def _steuer_id(wert: str) -> str:
    try:
        return str(idnr.validate(wert))
    except ValidationError:
        raise UngueltigError(
            "Die Steuer-Identifikationsnummer stimmt nicht. Sie hat 11 Ziffern und steht zum Beispiel auf Ihrem Steuerbescheid."
        ) from None


def _telefon(wert: str) -> str:
    try:
        nummer = phonenumbers.parse(wert, "DE")
    except phonenumbers.NumberParseException:
        nummer = None
    if (
        nummer is None
        or phonenumbers.is_possible_number_with_reason(nummer) != phonenumbers.ValidationResult.IS_POSSIBLE
    ):
        raise UngueltigError("Das ist keine Telefonnummer, die ich erkenne. Ein Beispiel: 0209 1234567.")
    return phonenumbers.format_number(nummer, phonenumbers.PhoneNumberFormat.E164)


def _email(wert: str) -> str:
    if not EMAIL.fullmatch(wert.strip()):
        raise UngueltigError("Die E-Mail-Adresse ist nicht vollständig. Ein Beispiel: name@beispiel.de.")
    return wert.strip()


_EINFACHE: dict[str, Callable[[str], str]] = {
    "name": feldtypen.name,
    "date": feldtypen.datum,
    "yes_no": feldtypen.ja_nein,
    "address": feldtypen.anschrift,
    "plz": feldtypen.plz,
    "licence_plate": feldtypen.kennzeichen,
    "iban": iban,
    "steuer_id": _steuer_id,
    "email": _email,
    "phone": _telefon,
    "document_number": feldtypen.dokumentnummer,
}


def anzeige(feld: Feld, wert: Wert) -> str:
    """The value as people read it: German date, label of an option, euros."""
    if wert is None:
        return "keine Angabe"
    if feld.typ == "date":
        return date.fromisoformat(str(wert)).strftime("%d.%m.%Y")
    if feld.typ == "yes_no":
        return "Ja" if wert == "ja" else "Nein"
    if feld.typ == "choice":
        return next((o.label for o in feld.optionen if o.id == wert), str(wert))
    if feld.typ == "amount" and isinstance(wert, int):
        return euro(wert)
    if feld.typ == "iban":
        return " ".join(re.findall(".{1,4}", str(wert)))
    return str(wert)


def euro(betrag_cent: int) -> str:
    """Cents as people write euros: 1.234,50 €."""
    return f"{betrag_cent / 100:,.2f} €".translate(str.maketrans(",.", ".,"))


def verdeckt(wert: Wert) -> str:
    """The last characters of a sensitive value, at most three, the rest hidden."""
    text = str(wert)
    return "•••• " + text[-3:] if len(text) >= 6 else "••••"
