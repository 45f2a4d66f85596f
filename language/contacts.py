"""Everyday values in a text: mail, phone, licence plate, amount, postal code, time, number."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import phonenumbers

from language import numerals

Kind = Literal["email", "phone", "licence_plate", "amount", "plz", "time", "number"]

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
_MANY_DIGITS = re.compile(r"(?:\d[\s/().-]*){6}")
_PLATE = re.compile(
    r"(?<![\w-])(?P<district>[A-ZÄÖÜ]{1,3})(?P<gap>\s?[-:·•]\s?|\s)(?P<letters>[A-Z]{1,2})[\s-]?(?P<digits>[1-9]\d{0,3})"
    r"(?P<kind>[EH])?(?![\w-])"
)
_PLATE_IN_LOWER_CASE = re.compile(
    r"(?<![\w-])(?P<district>[a-zäöü]{1,3})(?P<gap>-)(?P<letters>[a-z]{1,2})[\s-]?(?P<digits>[1-9]\d{0,3})"
    r"(?P<kind>[eh])?(?![\w-])"
)
_PLATE_AS_NAMED = re.compile(
    r"(?:\A\W*|\b(?:kennzeichen|nummernschild|autonummer)\W+(?:ist\s+|lautet\s+)?)"
    r"(?P<plate>(?P<district>[a-zäöü]{1,3})\s(?P<letters>[a-z]{1,2})\s?(?P<digits>[1-9]\d{0,3})(?P<kind>[eh])?)\W*(?:\Z|\n)",
    re.IGNORECASE,
)
"""Small letters and blanks only ("ge ab 123"), where nothing else can be meant."""
_AMOUNT = re.compile(
    r"(?<![\w.,])(?P<euros>\d{1,3}(?:[. ']\d{3})+|\d{1,9})(?:[,.](?P<cents>\d{2}|-+|–)|,(?P<tenths>\d))?"
    r"(?:\s*(?P<many>tausend|tsd\.?|mio\.?|millionen?))?\s*(?:€|euros?\b|eur\b)(?:\s*(?P<late_cents>\d{2})\b(?![.,:/-]?\d|\s*(?:%|uhr|cent|€|euro|tage)))?"
    r"|(?<![\w.,])(?P<only_cents>\d{1,5})\s*(?:cent|ct)\b"
    r"|(?:€|\beur)\s?(?P<euros_after>\d{1,3}(?:[.']\d{3})+|\d{1,9})(?:,(?P<cents_after>\d{1,2}))?",
    re.IGNORECASE,
)
_SPOKEN_AMOUNT = re.compile(
    r"\b(?<!paar )(?<!mehrere )(?<!einige )(?P<words>[a-zäöüß]{3,40})\s+(?P<unit>euro|cent)\b(?:\s+(?P<late>[a-zäöüß]{3,20})\b)?",
    re.IGNORECASE,
)
_MANY = {"t": 1_000, "m": 1_000_000}
_MOST_CENTS_IN_WORDS = 99
_DATE_LIKE = re.compile(r"\(?\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]")
_PLZ = re.compile(
    r"(?:(?<![\d.,/-])|(?<=\bD-))\d{5}(?![\d.,]*\d)(?!\s*(?:€|euro|eur|km|m²|qm))", re.IGNORECASE
)
_OTHER_NUMBER = re.compile(
    r"(?:(?:bestell|kunden|vorgangs|rechnungs|auftrags|mitglieds|vertrags|zähler|zaehler|personal|ticket|antrags|matrikel|geschäfts|"
    r"geschaefts|fall|referenz|transaktions|artikel)-?(?:nummer|nr\.?|zeichen)|aktenzeichen|kassenzeichen|\baz\.?|"
    r"(?<!haus)(?:\b|\w)(?:nr\.|nummer)|code|pin|tan)\s*(?:ist\s+|lautet\s+)?:?\s*$",
    re.IGNORECASE,
)
_FIRST_PLZ, _LAST_PLZ = 1067, 99998
_HOURS = r"ein|eins|zwei|drei|vier|fünf|fuenf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwoelf"
_TIME = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?\s*(?:uhr|h)\b(?:\s*(?P<late>[0-5]\d)\b(?!\.))?"
    r"|\b(?P<hour_h>[01]?\d|2[0-3])h(?P<minute_h>[0-5]\d)\b"
    r"|\b(?P<hour_only>[01]?\d|2[0-3]):(?P<minute_only>[0-5]\d)\b"
    rf"|\b(?P<word_hour>{_HOURS})\s+uhr\b(?:\s+(?P<word_late>dreißig|dreissig|fünfzehn|fuenfzehn|[0-5]\d)\b)?"
    rf"|\b(?P<part>(?:fünf|fuenf|zehn)\s+(?:vor|nach)\s+halb|halb|dreiviertel|(?:viertel|fünf|fuenf|zehn|zwanzig)\s+(?:vor|nach))\s+(?P<spoken>{_HOURS}|1[0-2]|[1-9])\b"
    r"(?!\s*(?:jahr|monat|woche|tag|person|kind))(?:\s+uhr\b)?"
    rf"|\b(?:(?:um|gegen|kurz\s+nach|kurz\s+vor|zwischen|von)\s+)?(?<![\d.,-])(?P<first>1\d|2[0-3]|0?[6-9]|{_HOURS})\b"
    rf"(?=\s*(?:und|bis|-|–)\s*(?:1\d|2[0-4]|0?\d|{_HOURS})(?::\d\d)?\s*(?:uhr|h)\b)"
    rf"|\b(?P<before>5|10)\s+(?P<side>vor|nach)\s+(?P<at>1[0-2]|[1-9])\b(?!\s*(?:jahr|monat|woche|tag|person|kind)|[.:]\d)"
    rf"|\b(?:um|gegen)\s+(?P<midnight>mitternacht)\b"
    rf"|\b(?:um|gegen|punkt|schlag)\s+(?P<bare_word>{_HOURS})\b(?=\W*$|\s+(?:passt|geht|kann|w(?:ä|ae)re|habe?n?|komme)\b|[.,!?])"
    r"|\bum\s+(?P<bare>1\d|2[0-3]|[7-9])\b(?![.,:]?\d|\s*(?:%|€|euro|uhr|h\b|jahr|prozent))",
    re.IGNORECASE,
)
_LATER = re.compile(r"\s*(?:uhr\s+)?(?:am\s+)?(?:(?:nach)?mittags?|abends?)\b", re.IGNORECASE)
_LATER_BEFORE = re.compile(r"(?:(?:nach)?mittags?|abends?)\s+(?:(?:um|gegen|so|ca\.?)\s+)*$", re.IGNORECASE)
_LATE_MORNING = 11
_MINUTES = {
    "halb": -30, "dreiviertel": -15, "viertel vor": -15, "viertel nach": 15, "fünf vor halb": -35, "fuenf vor halb": -35,
    "zehn vor halb": -40, "fünf nach halb": -25, "fuenf nach halb": -25, "zehn nach halb": -20,
}  # fmt: skip
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
        yield Contact("email", match.start(), match.end(), match.group().lower())


def _amounts(text: str) -> Iterator[Contact]:
    for match in _AMOUNT.finditer(text):
        if match["only_cents"]:
            yield Contact("amount", match.start(), match.end(), int(match["only_cents"]))
            continue
        euros = re.sub(r"[. ']", "", match["euros"] or match["euros_after"])
        cents = match["cents"] or match["tenths"] or match["cents_after"] or match["late_cents"] or ""
        value = int(euros) * 100 + int(cents.strip("-–").ljust(2, "0"))
        value *= _MANY[match["many"][0].lower()] if match["many"] else 1
        yield Contact("amount", match.start(), match.end(), value)
    for match in _SPOKEN_AMOUNT.finditer(text):
        number = numerals.read(match["words"])
        if number is None:
            continue
        if match["unit"].lower() == "cent":
            yield Contact("amount", match.start(), match.end(), number)
            continue
        late = numerals.read(match["late"]) if match["late"] else None
        if late is None or late > _MOST_CENTS_IN_WORDS or match["late"].lower() in _ARTICLES:
            yield Contact("amount", match.start(), match.end("unit"), number * 100)
        else:
            yield Contact("amount", match.start(), match.end(), number * 100 + late)


def _plates(text: str) -> Iterator[Contact]:
    for match in (*_PLATE.finditer(text), *_PLATE_IN_LOWER_CASE.finditer(text)):
        plate = f"{match['district']}-{match['letters']} {match['digits']}{match['kind'] or ''}".upper()
        yield Contact("licence_plate", match.start(), match.end(), plate)
    for match in _PLATE_AS_NAMED.finditer(text):
        plate = f"{match['district']}-{match['letters']} {match['digits']}{match['kind'] or ''}".upper()
        yield Contact("licence_plate", match.start("plate"), match.end("plate"), plate)


def _phones(text: str) -> Iterator[Contact]:
    if not _MANY_DIGITS.search(text):
        return
    for match in phonenumbers.PhoneNumberMatcher(text, "DE"):
        if match.raw_string.lstrip().startswith(("0", "+", "(0", "(+")) and not _DATE_LIKE.match(
            match.raw_string
        ):
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            yield Contact("phone", match.start, match.end, number)


def _times(text: str) -> Iterator[Contact]:
    for match in _TIME.finditer(text):
        start = match.start()
        if match["part"]:
            minutes = _spoken_hour(match["spoken"]) * 60 + _shift(match["part"].lower())
            minutes = minutes % (12 * 60)
            minutes += 12 * 60 if minutes < _OFFICES_OPEN * 60 else 0
            hour, minute = divmod(minutes, 60)
        elif name := next((name for name in ("bare", "first", "bare_word") if match[name]), None):
            hour, minute, start = _spoken_hour(match[name]), 0, match.start(name)
        elif match["word_hour"]:
            late = (match["word_late"] or "0").lower()
            minute = int(late) if late.isdigit() else 30 if late.startswith("drei") else 15
            hour = _spoken_hour(match["word_hour"])
        elif match["before"]:
            shift = int(match["before"]) * (1 if match["side"].lower() == "nach" else -1)
            hour, minute = divmod((int(match["at"]) * 60 + shift) % (24 * 60), 60)
        elif match["midnight"]:
            hour, minute, start = 0, 0, match.start("midnight")
        else:
            hour = int(match["hour"] or match["hour_h"] or match["hour_only"]) % 24
            minute = int(match["minute"] or match["minute_h"] or match["minute_only"] or match["late"] or 0)
        if 0 < hour < _LATE_MORNING and (
            _LATER.match(text, match.end()) or _LATER_BEFORE.search(text, max(0, start - 30), start)
        ):
            hour += 12
        yield Contact("time", start, match.end(), f"{hour:02d}:{minute:02d}")


def _spoken_hour(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBER_WORDS[word.lower()]


def _shift(part: str) -> int:
    """Minutes before or after the hour: "halb", "viertel vor", "zehn nach"."""
    words = " ".join(part.split())
    if words in _MINUTES:
        return _MINUTES[words]
    number, side = words.split()
    minutes = {"zwanzig": 20, "zehn": 10}.get(number, 5)
    return minutes if side == "nach" else -minutes


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
