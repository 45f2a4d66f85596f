"""German number words up to the millions: "zwölfhundert", "dreihundertfünfzig", "zweieinhalbtausend"."""

import re

from language.normalise import fold

_SMALL = {
    "null": 0, "ein": 1, "eins": 1, "eine": 1, "einen": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "fuenf": 5, "sechs": 6,
    "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwoelf": 12, "dreizehn": 13, "vierzehn": 14, "fuenfzehn": 15,
    "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19,
}  # fmt: skip
_TENS = {
    "zwanzig": 20, "dreissig": 30, "vierzig": 40, "fuenfzig": 50, "sechzig": 60, "siebzig": 70, "achtzig": 80, "neunzig": 90,
}  # fmt: skip
_SIZES = (("millionen", 1_000_000), ("million", 1_000_000), ("tausend", 1000), ("hundert", 100))
_HALVES = {"anderthalb": 1.5, "eineinhalb": 1.5, "zweieinhalb": 2.5, "dreieinhalb": 3.5, "viereinhalb": 4.5}
_COMPOUND_TENS = re.compile(rf"(?:(\w+)und)?({'|'.join(_TENS)})")


def read(word: str) -> int | None:
    """The number that a word names; None where it names none."""
    return _read(fold(word)) if word else None


def _read(word: str) -> int | None:
    for name, size in _SIZES:
        before, found, after = word.partition(name)
        if not found:
            continue
        many = _HALVES.get(before) or (_read(before) if before else 1)
        rest = _read(after.removeprefix("und")) if after else 0
        return None if many is None or rest is None else int(many * size) + rest
    if word in _SMALL:
        return _SMALL[word]
    match = _COMPOUND_TENS.fullmatch(word)
    if match is None:
        return None
    ones = _SMALL.get(match[1], 10) if match[1] else 0
    return _TENS[match[2]] + ones if ones < 10 else None
