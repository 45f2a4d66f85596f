"""Corrections of any earlier answer: which field is meant, and what is its new value?"""

import re
from collections.abc import Sequence

from actions import antwort, entwurf
from actions.antwort import Antwort
from actions.gespraech import Gespraech
from portal.client import DraftView, FieldView

# Words for a part of an address, and where that part stands in "Straße Hausnummer, PLZ Ort".
_HAUSNUMMER = re.compile(r"\bhausnummer\b\D*(\d+\s?[a-z]?)\b", re.IGNORECASE)
_POSTLEITZAHL = re.compile(r"\b(?:plz|postleitzahl)\b\D*(\d{5})\b", re.IGNORECASE)
_STRASSE = re.compile(
    r"\bstra(?:ß|ss)e\b\s+(?:ist|heißt|lautet)\s+(?:nicht .*?,? sondern )?(.+)", re.IGNORECASE
)


def lesen(
    gespraech: Gespraech, draft: DraftView, asked: FieldView | None, history: Sequence[str]
) -> Antwort | None:
    """Read the message as a correction of an earlier answer.

    Parameters
    ----------
    gespraech
        The turn.
    draft
        The running application.
    asked
        The field asked now; it is no earlier answer.
    history
        Ids of answered fields, oldest first.

    Returns
    -------
    Antwort or None
        `value` None means: this field, but its new value has to be asked.
    """
    if gespraech.is_payload:
        return _payload(gespraech, draft, asked)
    corrects = gespraech.act == "correction"
    newest_first = {field_id: -place for place, field_id in enumerate(history, 1)}
    given = [field for field in entwurf.gegeben(draft) if field != asked]
    given.sort(key=lambda field: newest_first.get(field.id, 0))
    named = genannt(gespraech.text, given)
    if (part := _teil_der_anschrift(gespraech.text, named, given)) is not None:
        return part
    digresses = gespraech.intent in antwort.ABSCHWEIFUNGEN - {"chitchat", "out_of_scope"}
    if gespraech.act == "question" or (digresses and not (corrects and named)):
        return None
    if named is not None:
        value = _wert(gespraech, named)
        return Antwort(named.id, value, correction=True) if corrects or value is not None else None
    if not corrects:
        return None
    by_id = {field.id: field for field in given}
    for field_id in reversed(history):
        field = by_id.get(field_id)
        if field and field.type != "yes_no" and (value := antwort.wert(gespraech, field)) is not None:
            return Antwort(field.id, value, correction=True)
    return None


def genannt(text: str, fields: Sequence[FieldView]) -> FieldView | None:
    """The field whose label or id stands in the text as a word of its own; the longest label wins."""
    words = _klein(text)
    for field in sorted(fields, key=lambda one: -len(one.label)):
        for name in (field.label, field.id.replace("_", " ")):
            if re.search(rf"(?<!\w){re.escape(_klein(name))}(?!\w)", words):
                return field
    return None


def _klein(text: str) -> str:
    for umlaut, plain in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}.items():
        text = text.lower().replace(umlaut, plain)
    return text


def _payload(gespraech: Gespraech, draft: DraftView, asked: FieldView | None) -> Antwort | None:
    """A button of an earlier question, or the choice of what to change."""
    field = entwurf.feld(draft, gespraech.entity("field"))
    if field is None or field == asked:
        return None
    value = gespraech.entity("value") if gespraech.intent == "inform" else None
    return Antwort(field.id, value, correction=True)


def _wert(gespraech: Gespraech, field: FieldView) -> str | int | None:
    if field.type not in antwort.FREITEXT | antwort.ROH:
        return antwort.wert(gespraech, field)
    if (value := antwort.wert(gespraech, field)) is not None:
        return value
    said = re.search(
        r"\b(?:ist|lautet|heißt|sondern|doch|richtig:)\s+(?:nicht .+?,? sondern )?"
        r"(?:(?:doch|eigentlich|jetzt|nun|aber|wohl)\s+)*(.+)$",
        gespraech.text,
    )
    return said[1].strip(" .!") if said else None


def _teil_der_anschrift(text: str, named: FieldView | None, given: Sequence[FieldView]) -> Antwort | None:
    """„die Hausnummer ist 12a“ changes one part of the address that was given."""
    addresses = [field for field in given if field.type == "address" and isinstance(field.value, str)]
    field = named if named in addresses else next(iter(addresses), None)
    if field is None:
        return None
    street, _, place = str(field.value).partition(", ")
    if number := _HAUSNUMMER.search(text):
        street = re.sub(r"\s+\d.*$", "", street) + " " + number[1].replace(" ", "")
    elif postcode := _POSTLEITZAHL.search(text):
        place = f"{postcode[1]} {place.partition(' ')[2]}".strip()
    elif name := _STRASSE.search(text):
        new = name[1].strip(" .!")
        old_number = re.search(r"\s+\d.*$", street)
        street = new if re.search(r"\d", new) else new + (old_number[0] if old_number else "")
    else:
        return None
    return Antwort(field.id, f"{street}, {place}" if place else street, correction=True)
