"""Is this message an answer to the question, and what does it say?

Gated by dialogue act and field type: a greeting is never a value, a question is answered first, and a value of the
field's type counts even when the words around it belong elsewhere. Whether a value is *allowed* is the portal's to say.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from rapidfuzz import fuzz, process, utils

from actions.gespraech import Gespraech
from actions.verneinung import bejaht
from language import numerals
from portal.client import FieldView

# Intents that are no answer, unless the message carries a value of the asked type.
ABSCHWEIFUNGEN = {
    "greet", "goodbye", "thanks", "cancel", "back", "repeat", "restart", "human", "complaint", "bot_challenge",
    "privacy", "status", "aspect", "life_situation", "service", "emergency", "chitchat", "out_of_scope",
}  # fmt: skip
# What was taken for this is an attempt all the same while it is short and no question: "vom Mond", ".".
FEHLVERSUCHE = {"out_of_scope"}
# What a free text may sound like and be the answer all the same: "Ich fliege morgen, und der Pass ist abgelaufen".
ANKLANG = {"service", "life_situation"}
KURZ_WOERTER = 4
# Wishes that win even over a value of the asked type.
VORRANG = {"emergency", "human", "cancel"}
FREITEXT = {"text", "name"}
# Written as they are; the portal checks and explains them.
ROH = {"plz", "licence_plate", "iban", "steuer_id", "email", "phone", "document_number"}
GEHEIM = {"iban": "iban", "steuer_id": "steuer_id", "document_number": "dokument"}
# Below these the intent is a guess, and the message counts as an answer: of a free text, and of any other question.
SICHER = 0.75
WAHRSCHEINLICH = 0.5
# How alike an option and what was written must be (0 to 100).
AEHNLICH = 85

_WUNSCH = re.compile(
    r"\b(?:auch noch|außerdem|zusätzlich|möchte\w*|will|wollen|brauch\w*|bräucht\w*|würd\w* gern\w*|hätt\w* gern\w*)\b"
)


@dataclass(frozen=True)
class Antwort:
    """One value for one field; `secret_ref` names a value that only the portal's vault knows."""

    field: str
    value: str | int | None
    secret_ref: str | None = None
    correction: bool = False


@dataclass(frozen=True)
class Unbrauchbar:
    """An attempt without a value of the asked type; `response` says what is needed."""

    response: str


def kommt_in_frage(gespraech: Gespraech) -> bool:
    """Whether the message may be an answer or a correction at all, whatever was asked."""
    if gespraech.is_payload:
        return gespraech.intent in {"inform", "correct"}
    if gespraech.slot("angebot") and gespraech.intent in {"affirm", "deny"}:
        return False
    return not (gespraech.intent in VORRANG and gespraech.confidence >= SICHER)


def lesen(gespraech: Gespraech, field: FieldView) -> Antwort | Unbrauchbar | None:
    """Read the message as an answer to `field`; see `kommt_in_frage` first.

    Returns
    -------
    Antwort, Unbrauchbar or None
        None means that the message is no answer, so another ability has to reply.
    """
    if gespraech.is_payload:
        value = gespraech.entity("value")
        if gespraech.intent != "inform" or value is None:
            return None
        return Antwort(str(gespraech.entity("field") or field.id), value)
    if (secret := _secret(gespraech, field)) is not None:
        return secret
    asks = gespraech.act == "question"
    needed = SICHER if field.type in FREITEXT else WAHRSCHEINLICH
    digresses = (
        gespraech.intent in ABSCHWEIFUNGEN
        and gespraech.confidence >= needed
        and not _fehlversuch(gespraech)
        and not _anklang(gespraech, field)
    )
    if field.type in FREITEXT:
        if asks or digresses:
            return None
        said = str(gespraech.entity("person") or gespraech.text).strip(" .!")
        return Antwort(field.id, said) if said else Unbrauchbar("utter_antrag_unklar_text")
    if asks:
        return None
    if (found := wert(gespraech, field)) is not None:
        return Antwort(field.id, found)
    if digresses:
        return None
    if field.type in ROH:
        return Antwort(field.id, gespraech.text)
    if field.type == "date" and gespraech.entity("date_range"):
        return Unbrauchbar("utter_antrag_tag_genau")
    return Unbrauchbar(f"utter_antrag_unklar_{field.type}")


def _fehlversuch(gespraech: Gespraech) -> bool:
    return _kurz(gespraech) and gespraech.intent in FEHLVERSUCHE


def _anklang(gespraech: Gespraech, field: FieldView) -> bool:
    """Whether it answers a free text although it names a service or what happened: a keyword, or no wish for another service."""
    if field.type not in FREITEXT or gespraech.intent not in ANKLANG:
        return False
    if _kurz(gespraech):
        return True
    another = gespraech.entity("service") != gespraech.slot("leistung")
    return field.type == "text" and not (another and _WUNSCH.search(gespraech.text.lower()))


def _kurz(gespraech: Gespraech) -> bool:
    return len(gespraech.text.split()) < KURZ_WOERTER and "?" not in gespraech.text


def wert(gespraech: Gespraech, field: FieldView) -> str | int | None:
    """The value of the field's type that the message carries, or None."""
    match field.type:
        case "date":
            return _tag(gespraech, field)
        case "yes_no":
            return _ja_nein(gespraech)
        case "choice":
            return _auswahl(bejaht(gespraech.text), field)
        case "integer":
            return _ganze_zahl(gespraech)
        case "amount":
            return _betrag(gespraech)
        case "address":
            return _text(gespraech.entity("address")) or _anschrift(gespraech.text)
        case "plz" | "licence_plate" | "iban" | "steuer_id" | "email" | "phone":
            return _text(gespraech.entity(field.type))
        case _:
            return None


def _secret(gespraech: Gespraech, field: FieldView) -> Antwort | None:
    kind = GEHEIM.get(field.type)
    for secret in gespraech.secrets:
        if kind and secret.get("kind") == kind:
            return Antwort(field.id, None, secret_ref=str(secret["ref"]))
    return None


def _text(value: object) -> str | None:
    return str(value).strip() or None if value is not None else None


def _tag(gespraech: Gespraech, field: FieldView) -> str | None:
    only_day = re.search(r"\b(?:am|zum|der|den)\s+(\d{1,2})\.(?!\s*(?:\d|[A-Za-zÄÖÜäöü]))", gespraech.text)
    if only_day and isinstance(field.value, str):
        # "nein, doch am 12.": month and year stay those of the day given before.
        try:
            return date.fromisoformat(field.value).replace(day=int(only_day[1])).isoformat()
        except ValueError:
            return None
    for value in gespraech.entities("date"):
        try:
            return date.fromisoformat(str(value)[:10]).isoformat()
        except ValueError:
            continue
    return None


def _ja_nein(gespraech: Gespraech) -> str | None:
    words = set(re.findall(r"\w+", gespraech.text.lower()))
    if gespraech.intent == "deny" or words & {"nein", "nö", "ne", "nee", "nicht", "kein", "keine", "keinen"}:
        return "nein"
    if gespraech.intent == "affirm" or words & {"ja", "jo", "jawohl", "doch", "klar"}:
        return "ja"
    return None


def _auswahl(text: str, field: FieldView) -> str | None:
    labels = {option.id: option.label for option in field.options}
    for option, label in labels.items():
        if re.search(rf"\b{re.escape(label.lower())}\b", text.lower()):
            return option
    best = process.extractOne(
        text, labels, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=AEHNLICH
    )
    return str(best[2]) if best else None


def _ganze_zahl(gespraech: Gespraech) -> int | None:
    for value in [*gespraech.entities("number"), *re.findall(r"\d+", gespraech.text)]:
        try:
            return int(value)
        except (TypeError, ValueError):
            continue
    return numerals.read(gespraech.text.strip(" .!").lower())


def _betrag(gespraech: Gespraech) -> int | None:
    """Cents; the recognised amount, else a number as Germans write it (1.234,56)."""
    amount: Any = gespraech.entity("amount")
    if amount is not None and str(amount).isdigit():
        return int(amount)
    written = re.search(r"\d[\d.]*(?:,\d{1,2})?", gespraech.text)
    if not written:
        return None
    euros, _, cents = written[0].partition(",")
    return int(euros.replace(".", "")) * 100 + int(cents.ljust(2, "0") or 0)


def _anschrift(text: str) -> str | None:
    """A text that looks like one: a street with a number, or a postal code with a place."""
    return text.strip(" .!") if re.search(r"[A-Za-zÄÖÜäöüß.-]{3,}\s+\d", text) else None
