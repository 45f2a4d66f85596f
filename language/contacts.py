"""Everyday values in a text: mail, phone, licence plate, amount, postal code, time, number."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import phonenumbers

from language import amounts, plates, times

Kind = Literal["email", "phone", "licence_plate", "amount", "plz", "time", "number"]

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
_MANY_DIGITS = re.compile(r"(?:\d[\s/().-]*){6}")
_MOBILE_WITHOUT_PLUS = re.compile(
    r"(?<![\w+./-])49[\s/-]{0,2}1[5-7]\d[\s/-]{0,2}\d(?:[\s/-]?\d){6,8}(?![\w/-])"
)
_FILE_NUMBER = re.compile(
    r"(?:aktenzeichen|\baz\.?|kassenzeichen|(?:kunden|vorgangs|rechnungs|bestell|ausweis)-?(?:nummer|nr\.?))\W*(?:ist\s+|lautet\s+)?$",
    re.IGNORECASE,
)
_DATE_LIKE = re.compile(r"\(?\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]")
_PLZ = re.compile(
    r"(?:(?<![\d.,/-])|(?<=\bD-)|(?<=\bDE-))\d{5}(?![\d.,]*\d)(?!\s*(?:€|euro|eur|km|m²|qm))", re.IGNORECASE
)
_OTHER_NUMBER = re.compile(
    r"(?:(?:bestell|kunden|vorgangs|rechnungs|auftrags|mitglieds|vertrags|zähler|zaehler|personal|ticket|antrags|matrikel|geschäfts|"
    r"geschaefts|fall|referenz|transaktions|artikel)-?(?:nummer|nr\.?|zeichen)|aktenzeichen|kassenzeichen|\baz\.?|"
    r"(?<!haus)(?:\b|\w)(?:nr\.|nummer)|code|pin|tan)\s*(?:ist\s+|lautet\s+)?:?\s*$",
    re.IGNORECASE,
)
_FIRST_PLZ, _LAST_PLZ = 1067, 99998
_NUMBER_WORDS = {
    "null": 0, "ein": 1, "eine": 1, "einen": 1, "einer": 1, "eins": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4,
    "fünf": 5, "fuenf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12,
    "zwoelf": 12,
}  # fmt: skip
_ARTICLES = frozenset({"ein", "eine", "einen", "einer"})
_NUMBER = re.compile(
    r"(?<![\w.,/-])\d{1,9}(?![\w.,/-]*\w)|\b(?:"
    + "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True))
    + r")\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Contact:
    """A value found: strings as one would write them, amounts in cents, numbers as int; `start` to `end` in the text."""

    kind: Kind
    start: int
    end: int
    value: str | int


def find(text: str) -> list[Contact]:
    """Find every value, in order; where two readings overlap the more specific one counts."""
    found: list[Contact] = []
    for reader in _READERS:
        for candidate in reader(text):
            if not any(candidate.start < other.end and other.start < candidate.end for other in found):
                found.append(candidate)
    return sorted(found, key=lambda item: item.start)


def _emails(text: str) -> Iterator[Contact]:
    for match in _EMAIL.finditer(text):
        yield Contact("email", match.start(), match.end(), match.group().lower())


def _amounts(text: str) -> Iterator[Contact]:
    for start, end, cents in amounts.find(text):
        yield Contact("amount", start, end, cents)


def _plates(text: str) -> Iterator[Contact]:
    for start, end, plate in plates.find(text):
        yield Contact("licence_plate", start, end, plate)


def _phones(text: str) -> Iterator[Contact]:
    if not _MANY_DIGITS.search(text):
        return
    for mobile in _MOBILE_WITHOUT_PLUS.finditer(text):
        yield Contact("phone", mobile.start(), mobile.end(), "+" + re.sub(r"\D", "", mobile.group()))
    for match in phonenumbers.PhoneNumberMatcher(text.replace("_", "-"), "DE"):
        if (
            match.raw_string.lstrip().startswith(("0", "+", "(0", "(+"))
            and not _DATE_LIKE.match(match.raw_string)
            and not _FILE_NUMBER.search(text, max(0, match.start - 40), match.start)
        ):
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            yield Contact("phone", match.start, match.end, number)


def _times(text: str) -> Iterator[Contact]:
    for start, end, value in times.find(text):
        yield Contact("time", start, end, value)


def _postal_codes(text: str) -> Iterator[Contact]:
    for match in _PLZ.finditer(text):
        if _OTHER_NUMBER.search(text, max(0, match.start() - 40), match.start()):
            continue
        if _FIRST_PLZ <= int(match.group()) <= _LAST_PLZ:
            yield Contact("plz", match.start(), match.end(), match.group())


def _numbers(text: str) -> Iterator[Contact]:
    for match in _NUMBER.finditer(text):
        word = match.group().lower()
        if word in _ARTICLES and len(text.split()) > 2:
            continue
        yield Contact(
            "number", match.start(), match.end(), int(word) if word.isdigit() else _NUMBER_WORDS[word]
        )


_READERS: tuple[Callable[[str], Iterator[Contact]], ...] = (
    _emails, _amounts, _plates, _phones, _times, _postal_codes, _numbers,
)  # fmt: skip
