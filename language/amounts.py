"""Sums of money, in digits and in words, as integer cents."""

import re
from collections.abc import Iterator

from language import numerals

Reading = tuple[int, int, int]
"""Start and end in the text, and the sum in cents."""

_CURRENCY = r"(?:€|euros?\b|eur\b)"
_AMOUNT = re.compile(
    r"(?<![\w.,])(?P<euros>\d{1,3}(?:[. ']\d{3})+|\d{1,9})(?:[,.](?P<cents>\d{2}|-+|–)|,(?P<tenths>\d))?"
    rf"(?:\s*(?P<many>tausend|tsd\.?|mio\.?|millionen?|k))?\s*{_CURRENCY}"
    r"(?:\s+(?:und\s+)?(?P<and_cents>\d{1,2})\s*(?:cents?|ct)\b|\s*(?P<late_cents>\d{2})\b(?![.,:/-]?\d|\s*(?:%|uhr|cent|€|euro|tage))"
    r"|\s+(?P<late_word>[a-zäöüß]{4,20})\b)?"
    r"|(?<![\w.,])(?P<only_cents>\d{1,5})\s*(?:cents?|ct)\b"
    r"|(?:€|\beur)\s?(?P<euros_after>\d{1,3}(?:[.']\d{3})+|\d{1,9})(?:,(?P<cents_after>\d{1,2}|-+|–))?",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"(?<![\w.,])(?P<number>\d{1,3}(?:[,.]\d)?)\s?k\b", re.IGNORECASE)
_OF_MONEY_BEFORE = re.compile(
    r"(?:verdien|gehalt|einkommen|lohn|miete|kost|rente|zahl|brutto|netto)\w*\W(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
_OF_MONEY_AFTER = re.compile(
    r"\s*(?:im\s+(?:monat|jahr)|monatlich|jährlich|brutto|netto|warm|kalt)\b", re.IGNORECASE
)
_SPOKEN = re.compile(
    r"(?<=[a-zäöüß])\s+(?P<unit>€|euros?\b|cents?\b)(?:\s+(?:und\s+)?(?P<and_cents>[a-zäöüß]{3,20})\s+cents?\b|\s+(?P<late>[a-zäöüß]{3,20})\b)?",
    re.IGNORECASE,
)
_WORDS_BEFORE = re.compile(r"\b[a-zäöüß]{3,40}(?:\s[a-zäöüß]{3,40}){0,3}$", re.IGNORECASE)
_ABOUT = frozenset({"paar", "mehrere", "einige"})
_MANY = {"t": 1_000, "k": 1_000, "m": 1_000_000}
_FEWEST_CENTS_IN_WORDS, _MOST_CENTS = 10, 99


def find(text: str) -> Iterator[Reading]:
    """Every sum with its currency, and "2,5k" where the words beside it speak of money."""
    yield from _in_digits(text)
    yield from _in_words(text)
    for match in _THOUSANDS.finditer(text):
        if _OF_MONEY_AFTER.match(text, match.end()) or _OF_MONEY_BEFORE.search(
            text, max(0, match.start() - 60), match.start()
        ):
            yield match.start(), match.end(), round(float(match["number"].replace(",", ".")) * 100_000)


def _in_digits(text: str) -> Iterator[Reading]:
    for m in _AMOUNT.finditer(text):
        if m["only_cents"]:
            yield m.start(), m.end(), int(m["only_cents"])
            continue
        euros = re.sub(r"[. ']", "", m["euros"] or m["euros_after"])
        cents = m["cents"] or m["tenths"] or m["cents_after"] or m["late_cents"] or ""
        value = int(euros) * 100 + int(cents.strip("-–").ljust(2, "0"))
        value *= _MANY[m["many"][0].lower()] if m["many"] else 1
        value += int(m["and_cents"] or 0)
        end = m.end()
        if m["late_word"]:
            late = _cents(m["late_word"])
            end = m.end() if late else m.start("late_word") - 1
            value += late
        yield m.start(), len(text[:end].rstrip()), value


def _in_words(text: str) -> Iterator[Reading]:
    for m in _SPOKEN.finditer(text):
        before = _WORDS_BEFORE.search(text, max(0, m.start() - 80), m.start())
        named = _last_number(before.group()) if before else None
        if named is None:
            continue
        number, length = named
        start = m.start() - length
        if m["unit"].lower().startswith("cent"):
            yield start, m.end("unit"), number
        elif (m["and_cents"] and (cents := numerals.read(m["and_cents"])) and cents <= _MOST_CENTS) or (
            m["late"] and (cents := _cents(m["late"]))
        ):
            yield start, m.end(), number * 100 + cents
        else:
            yield start, m.end("unit"), number * 100


def _last_number(words: str) -> tuple[int, int] | None:
    """The number that the last words say ("zwei hundert"), and how many characters they take."""
    parts = words.split()
    for first in range(len(parts)):
        number = numerals.read("".join(parts[first:]))
        if number is not None:
            vague = first > 0 and parts[first - 1].lower() in _ABOUT
            return None if vague else (number, len(" ".join(parts[first:])))
    return None


def _cents(word: str) -> int:
    """Cents of "zwei Euro zwanzig"; 0 where the word is none."""
    cents = numerals.read(word) or 0
    return cents if _FEWEST_CENTS_IN_WORDS <= cents <= _MOST_CENTS else 0
