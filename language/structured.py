"""Numbers that identify a person: IBAN, Steuer-IdNr, serial numbers of identity documents. Kept libraries check them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from schwifty import IBAN
from stdnum.de import idnr
from stdnum.iso7064 import mod_97_10

Kind = Literal["iban", "steuer_id", "dokument"]

_BETWEEN = r"[\s./_,–-]{0,3}"
"""What people put between the digits of a number."""
_IBAN = re.compile(
    rf"(?<![A-Za-z0-9])(?=(?P<iban>[A-Za-z]\s?[A-Za-z][\s-]{{0,2}}\d\s?\d(?:{_BETWEEN}[A-Za-z0-9]){{11,30}}))"
)
_STEUER_ID = re.compile(rf"(?<![\d+])(?=(?P<number>[1-9](?:{_BETWEEN}\d){{10}})(?!\d|[/-]\d))")
_AS_ISSUED = re.compile(r"\d{11}|\d\d(?:\s\d{3}){3}")
_AFTER_A_DIGIT = re.compile(r"\d[\s/.-]$")
_TAX = re.compile(r"steuer|id-?nr|identifikation", re.IGNORECASE)
# Serial numbers use no vowels and none of B, D, Q, S (they could be read as digits or words).
_SERIAL = re.compile(
    r"(?<![A-Za-z0-9])([CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8})(?:[ ]?(\d)D?)?(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_WEIGHTS = (7, 3, 1)
_SHORTEST_IBAN = 15
_DIGITS_OF_A_SERIAL = 3


@dataclass(frozen=True)
class Structured:
    """A number found: `value` without spaces and in capitals, at `start` to `end` of the text."""

    kind: Kind
    start: int
    end: int
    value: str


def find(text: str) -> list[Structured]:
    """Find every valid IBAN, Steuer-IdNr and document number, in order and without overlap."""
    found: list[Structured] = []
    for candidate in (*_ibans(text), *_steuer_ids(text), *_serials(text)):
        if not any(candidate.start < other.end and other.start < candidate.end for other in found):
            found.append(candidate)
    return sorted(found, key=lambda item: item.start)


def mask(kind: Kind, value: str) -> str:
    """What may be shown of a number: enough to recognise one's own, too little to use it."""
    if kind == "iban":
        return f"{value[:2]}•• •••• {value[-4:]}"
    return f"•••• {value[-3:]}"


def check_digit(serial: str) -> int:
    """Check digit of a machine-readable travel document (ICAO Doc 9303, weights 7-3-1)."""
    return sum(int(char, 36) * _WEIGHTS[i % 3] for i, char in enumerate(serial)) % 10


def _ibans(text: str) -> Iterator[Structured]:
    for match in _IBAN.finditer(text):
        written = match["iban"]
        for end in range(len(written), _SHORTEST_IBAN - 1, -1):
            following = written[end : end + 1]
            if not written[end - 1].isalnum() or (following.isalnum() and written[end - 1].isalnum()):
                continue
            number = re.sub(r"[^A-Za-z0-9]", "", written[:end]).upper()
            if mod_97_10.is_valid(number[4:] + number[:4]) and IBAN(number, allow_invalid=True).is_valid:
                yield Structured("iban", match.start(), match.start() + end, number)
                break


def _steuer_ids(text: str) -> Iterator[Structured]:
    for match in _STEUER_ID.finditer(text):
        start, end = match.span("number")
        after_a_digit = _AFTER_A_DIGIT.search(text, max(0, start - 2), start)
        one_of_its_own = text[start - 1 : start].isspace() and _AS_ISSUED.fullmatch(match["number"])
        if ("," in match["number"] or (after_a_digit and not one_of_its_own)) and not _TAX.search(
            text, max(0, start - 60), start
        ):
            continue  # the end of a longer number, or several numbers
        value = re.sub(r"\D", "", match["number"])
        if idnr.is_valid(value):
            yield Structured("steuer_id", start, end, value)


def _serials(text: str) -> Iterator[Structured]:
    for match in _SERIAL.finditer(text):
        serial, check = match.group(1).upper(), match.group(2)
        if sum(char.isdigit() for char in serial) < _DIGITS_OF_A_SERIAL:
            continue
        if check is None or int(check) == check_digit(serial):
            yield Structured("dokument", match.start(), match.end(), serial)
