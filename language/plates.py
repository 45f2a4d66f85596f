"""Licence plates as citizens write them: "GE-AB 123", "ge ab 123", "Kennzeichen geab123"."""

import re
from collections.abc import Iterator

Reading = tuple[int, int, str]
"""Start and end in the text, and the plate as "GE-AB 123"."""

_DISTRICT_TEXT = """
ac b bi bm bn bo bot cas coe d dn dd du f ge gel gl gla gt gv h ham hb hf hh hs hx k kk kle kr l lev lip lp lün m mg mk ms oe olp pb
re s sg si su swm vie w waf wan wes wit
"""
_DISTRICTS = frozenset(_DISTRICT_TEXT.split())
"""Districts of North Rhine-Westphalia and of large towns, whose letters are no German word."""
_WORD_TEXT = "ab am an ca da du eg er es im in ja nr ob og so um wo zu"
_WORDS = frozenset(_WORD_TEXT.split())
_OTHER_SIGNS = r"(?!(?:SGB|BGB|ZPO|DIN[ -](?:A|EN|ISO))\b)"
_DIGITS = r"(?P<digits>[1-9]\d{0,3})"
_UPPER = re.compile(
    rf"(?<![\w-]){_OTHER_SIGNS}(?P<district>[A-ZÄÖÜ]{{1,3}})(?:\s?[-:·•]\s?|\s)(?P<letters>[A-Z]{{1,2}})[\s-]?"
    rf"{_DIGITS}(?:\s?(?P<kind>[EH]))?(?![\w-])"
)
_WITH_HYPHEN = re.compile(
    rf"(?<![\w-])(?P<district>[a-zäöü]{{1,3}})-(?!nr|(?:mo|di|mi|do|fr|sa|so)\b)(?P<letters>[a-z]{{1,2}})[\s-]?{_DIGITS}(?P<kind>[eh])?(?![\w-])",
    re.IGNORECASE,
)
_WITH_BLANK = re.compile(
    rf"(?<![\w-])(?P<district>[a-zäöü]{{1,3}})\s(?P<letters>[a-z]{{1,2}})\s?{_DIGITS}(?P<kind>[eh])?(?![\w-]|\s*(?:uhr|euro|€|jahre|tage))",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:\A\W*|(?P<label>kennzeichen|\b(?:nummernschild|autonummer))\W+(?:ist\s+|lautet\s+)?)"
    rf"(?P<plate>{_OTHER_SIGNS}(?:(?P<district>[a-zäöü]{{1,3}})\s(?P<letters>[a-z]{{1,2}})|(?P<joined>[a-zäöü]{{2,5}}))\s?{_DIGITS}(?P<kind>[eh])?)(?![\w-])"
    r"(?P<last>\W*(?:\Z|\n))?",
    re.IGNORECASE,
)
"""Where nothing else can be meant: after its name, or as the whole text."""


def find(text: str) -> Iterator[Reading]:
    """Every plate, the surer readings first; readings may overlap."""
    for pattern in (_UPPER, _WITH_HYPHEN):
        for match in pattern.finditer(text):
            yield match.start(), match.end(), _plate(match, match["district"], match["letters"])
    for match in _WITH_BLANK.finditer(text):
        district = match["district"].lower()
        if district in _DISTRICTS and (len(district) > 1 or match["letters"].lower() not in _WORDS):
            yield match.start(), match.end(), _plate(match, district, match["letters"])
    for match in _NAMED.finditer(text):
        district, letters = _parts(match)
        sure = match["label"] or (not match["joined"] and (district in _DISTRICTS or letters not in _WORDS))
        if letters and sure and match["last"] is not None:
            yield match.start("plate"), match.end("plate"), _plate(match, district, letters)


def _parts(match: re.Match[str]) -> tuple[str, str]:
    """District and letters; of "geab" by the longest district known."""
    joined = (match["joined"] or "").lower()
    if not joined:
        return match["district"].lower(), match["letters"].lower()
    known = (size for size in (3, 2, 1) if joined[:size] in _DISTRICTS and 0 < len(joined) - size < 3)
    size = next(known, len(joined))
    return joined[:size], joined[size:]


def _plate(match: re.Match[str], district: str, letters: str) -> str:
    return f"{district}-{letters} {match['digits']}{match['kind'] or ''}".upper()
