"""Everyday values in a text: mail, phone, licence plate, amount, postal code, time, number."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import phonenumbers

Kind = Literal["email", "phone", "licence_plate", "amount", "plz", "time", "number"]

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
_MANY_DIGITS = re.compile(r"(?:\d[\s/().-]*){6}")
_PLATE = re.compile(
    r"(?<![\w-])(?P<district>[A-ZÄÖÜ]{1,3})(?P<gap>\s?-\s?|\s)(?P<letters>[A-Z]{1,2})[\s-]?(?P<digits>[1-9]\d{0,3})"
    r"(?P<kind>[EH])?(?![\w-])"
)
_PLATE_IN_LOWER_CASE = re.compile(
    r"(?<![\w-])(?P<district>[a-zäöü]{1,3})(?P<gap>-)(?P<letters>[a-z]{1,2})[\s-]?(?P<digits>[1-9]\d{0,3})"
    r"(?P<kind>[eh])?(?![\w-])"
)
_AMOUNT = re.compile(
    r"(?<![\w.,])(?P<euros>\d{1,3}(?:\.\d{3})+|\d{1,9})(?:,(?P<cents>\d{1,2}|-+))?\s*(?:€|euro\b|eur\b)"
    r"|(?:€|eur)\s?(?P<euros_after>\d{1,3}(?:\.\d{3})+|\d{1,9})(?:,(?P<cents_after>\d{1,2}))?",
    re.IGNORECASE,
)
_PLZ = re.compile(r"(?<![\d.,/-])\d{5}(?![\d.,]*\d)(?!\s*(?:€|euro|eur|km|m²|qm))", re.IGNORECASE)
_FIRST_PLZ, _LAST_PLZ = 1067, 99998
_TIME = re.compile(
    r"\b(?:um\s+)?(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?\s*(?:uhr|h)\b(?:\s*(?P<late>[0-5]\d)\b)?"
    r"|\b(?P<hour_only>[01]?\d|2[0-3]):(?P<minute_only>[0-5]\d)\b"
    r"|\bhalb\s+(?P<half>eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)\b",
    re.IGNORECASE,
)
_OFFICES_OPEN = 7
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
        yield Contact("email", match.start(), match.end(), match.group())


def _amounts(text: str) -> Iterator[Contact]:
    for match in _AMOUNT.finditer(text):
        euros = (match["euros"] or match["euros_after"]).replace(".", "")
        cents = (match["cents"] or match["cents_after"] or "").strip("-")
        yield Contact("amount", match.start(), match.end(), int(euros) * 100 + int(cents.ljust(2, "0")))


def _plates(text: str) -> Iterator[Contact]:
    for match in (*_PLATE.finditer(text), *_PLATE_IN_LOWER_CASE.finditer(text)):
        plate = f"{match['district']}-{match['letters']} {match['digits']}{match['kind'] or ''}".upper()
        yield Contact("licence_plate", match.start(), match.end(), plate)


def _phones(text: str) -> Iterator[Contact]:
    if not _MANY_DIGITS.search(text):
        return
    for match in phonenumbers.PhoneNumberMatcher(text, "DE"):
        if match.raw_string.lstrip().startswith(("0", "+", "(0", "(+")):
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
            yield Contact("phone", match.start, match.end, number)


def _times(text: str) -> Iterator[Contact]:
    for match in _TIME.finditer(text):
        if match["half"]:
            hour, minute = (_NUMBER_WORDS[match["half"].lower()] - 1) % 12, 30
            hour += 12 if hour < _OFFICES_OPEN else 0
        else:
            hour = int(match["hour"] or match["hour_only"]) % 24
            minute = int(match["minute"] or match["minute_only"] or match["late"] or 0)
        yield Contact("time", match.start(), match.end(), f"{hour:02d}:{minute:02d}")


def _postal_codes(text: str) -> Iterator[Contact]:
    for match in _PLZ.finditer(text):
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
