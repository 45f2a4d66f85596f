"""Clock times: in digits and in words, alone and from one to another."""

import re
from collections.abc import Callable, Iterator

from language import numerals

Reading = tuple[int, int, str]
"""Start and end in the text, and the time as "HH:MM"."""

_HOURS = r"ein|eins|zwei|drei|vier|fünf|fuenf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwoelf"
_NO_UNIT = r"(?!\s*(?:jahr|monat|woche|tag|person|kind|stunde)|[.:]\d)"
_ENDS = (
    r"(?=\s*$|\s*[,;!?)]|\.(?:\s|$)|\s+(?:passt|geht|kann|könn|koenn|w(?:ä|ae)re|habe?n?|hätte|komm|bitte|oder|und|am|ist|bin|sind|"
    r"vorbei|zeit|frei)\b)"
)
_MINUTE_WORD = r"(?P<late>[0-5]\d\b(?!\.)|[a-zäöüß]{4,22}\b)"
_WITH_UHR = re.compile(
    rf"\b(?:(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?\s*|(?P<word>[a-zäöüß]{{3,18}})\s+)uhr\b(?:\s*{_MINUTE_WORD})?",
    re.IGNORECASE,
)
_WITH_H = re.compile(
    r"(?P<lead>\b(?:um|ab|bis|gegen|von|und|zwischen)\s+|[-–]\s?)?\b(?P<hour>[01]?\d|2[0-3])(?:h(?P<late>[0-5]\d)|(?:[:.](?P<minute>[0-5]\d))?\s*h)\b",
    re.IGNORECASE,
)
_WITH_COLON = re.compile(
    r"(?<![+:])(?:\b|(?<=\dt))(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?\b", re.IGNORECASE
)
_SPOKEN = re.compile(
    r"\b(?P<part>(?:fünf|fuenf|zehn)\s+(?:vor|nach)\s+halb|halb|dreiviertel|(?:viertel|fünf|fuenf|zehn|zwanzig)\s+(?:vor|nach))\s+"
    rf"(?P<hour>{_HOURS}|1[0-2]|[1-9])\b{_NO_UNIT}(?:\s+uhr\b)?",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"\b(?P<minutes>5|10)\s+(?P<side>vor|nach)\s+(?P<hour>1[0-2]|[1-9])\b{_NO_UNIT}", re.IGNORECASE
)
_FIRST_OF_TWO = re.compile(
    rf"(?<![\d.,-])\b(?P<hour>1\d|2[0-3]|0?[6-9]|{_HOURS})(?:[:.](?P<minute>[0-5]\d))?\b"
    rf"(?=\s*(?:und|bis|-|–)\s*(?:1\d|2[0-4]|0?\d|{_HOURS})(?:[:.]\d\d)?\s*(?:uhr|h)\b)",
    re.IGNORECASE,
)
_FROM_TO = re.compile(
    rf"\b(?:von\s+(?P<from>1\d|2[0-3]|0?[6-9]|{_HOURS})(?:[:.](?P<minute>[0-5]\d))?\s+bis"
    rf"|zwischen\s+(?P<between>1\d|2[0-3]|0?[6-9]|{_HOURS})\s+und)\s+(?P<to>1\d|2[0-4]|0?[1-9]|{_HOURS})\b(?:[:.](?P<to_minute>[0-5]\d))?"
    rf"{_NO_UNIT}{_ENDS}",
    re.IGNORECASE,
)
_OF_TIME = re.compile(
    r"^\W*$|tag|woch|morgen|heute?\b|mittag|früh|abend|geht|passt|kann|könn|koenn|termin|zeit|offen|öffnet|erreichbar|\d\.\s*$",
    re.IGNORECASE,
)
"""Words that make a clock time of "von neun bis elf", which may as well be ages."""
_WITH_DOT = re.compile(
    r"\b(?:(?:um|gegen)\s+(?P<hour>[01]?\d|2[0-3])\.(?P<minute>[0-5]\d)|(?:von|ab|bis|zwischen)\s+(?P<hour_from>[01]?\d|2[0-3])\.(?P<minute_from>00|1[3-9]|[2-5]\d))"
    r"(?![.,]?\d|\s*(?:€|euro|eur\b|%|prozent)|\.\S)",
    re.IGNORECASE,
)
_MIDNIGHT = re.compile(r"\b(?:um|gegen)\s+(?P<midnight>mitternacht)\b", re.IGNORECASE)
_BARE = re.compile(
    rf"\b(?:(?:um|gegen|punkt|schlag|kurz\s+vor|kurz\s+nach)\s+(?P<word>{_HOURS})\b{_ENDS}"
    r"|um\s+(?P<digits>1\d|2[0-3]|[7-9])\b(?![.,:]?\d|\s*(?:%|€|euro|uhr|h\b|jahr|prozent))"
    rf"|um\s+(?P<small>[1-6])\b{_ENDS}"
    rf"|(?:\w+tags?|heute?|morgen|früh|abends?|mittags?)\s+(?:erst\s+)?(?:ab|bis|vor|nach)\s+(?P<after_day>{_HOURS}|1\d|2[0-3]|[6-9])\b{_ENDS})",
    re.IGNORECASE,
)
_LATER = re.compile(r"\s*(?:uhr\s+)?(?:am\s+)?(?:(?:nach)?mittags?|abends?)\b", re.IGNORECASE)
_LATER_BEFORE = re.compile(
    r"(?:(?:nach)?mittags?|abends?)\s+(?:(?:um|gegen|so|ca\.?|von|ab)\s+)*$", re.IGNORECASE
)
_EARLY = re.compile(r"\s*(?:uhr\s+)?(?:morgens|fr(?:ü|ue)h|nachts)\b", re.IGNORECASE)
_EARLY_BEFORE = re.compile(
    r"(?:morgens|fr(?:ü|ue)h|nachts?)\s+(?:(?:um|gegen|so|ca\.?|von|ab)\s+)*$", re.IGNORECASE
)
_LATE_MORNING, _NOON, _DAY = 11, 12, 24
_OFFICES_OPEN = 7
"""A bare hour before this one is meant of the afternoon ("um drei")."""
_SHIFTS = {
    "halb": -30, "dreiviertel": -15, "viertel vor": -15, "viertel nach": 15, "fünf vor halb": -35, "fuenf vor halb": -35,
    "zehn vor halb": -40, "fünf nach halb": -25, "fuenf nach halb": -25, "zehn nach halb": -20,
}  # fmt: skip
_SHORTEST_MINUTES_IN_WORDS = 10
_MAYBE = re.compile(
    r"\d|uhr|halb|viertel|mitternacht|um |gegen|punkt|schlag|von |zwischen|vor |nach |bis |ab ", re.IGNORECASE
)


def find(text: str) -> Iterator[Reading]:
    """Every reading of a clock time, the surer ones first; readings may overlap."""
    if not _MAYBE.search(text):
        return
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            yield from read(match)


def _with_uhr(m: re.Match[str]) -> Iterator[Reading]:
    hour = int(m["hour"]) if m["hour"] else _number(m["word"])
    if hour is None or hour > _DAY:
        return
    late = _number(m["late"]) if m["late"] else None
    if late is None or (not m["late"].isdigit() and not _SHORTEST_MINUTES_IN_WORDS <= late < 60):
        late, end = 0, m.start() + len(re.split(r"(?<=uhr)", m.group(), maxsplit=1, flags=re.IGNORECASE)[0])
    else:
        end = m.end()
    yield _reading(m, m.start(), end, hour % _DAY, int(m["minute"] or late))


def _with_h(m: re.Match[str]) -> Iterator[Reading]:
    hour = int(m["hour"])
    minute = m["minute"] or m["late"]
    if minute or m["lead"] or hour >= _OFFICES_OPEN:  # "2 h" is how long something takes
        yield _reading(m, m.start("hour"), m.end(), hour, int(minute or 0))


def _in_digits(m: re.Match[str]) -> Iterator[Reading]:
    name = "hour" if m["hour"] else "hour_from"
    minute = m["minute"] or m["minute_from"] if name == "hour_from" else m["minute"]
    yield _reading(m, m.start(name), m.end(), int(m[name]), int(minute))


def _spoken(m: re.Match[str]) -> Iterator[Reading]:
    minutes = ((_number(m["hour"]) or 0) * 60 + _shift(m["part"].lower())) % (_NOON * 60)
    yield _reading(m, m.start(), m.end(), *divmod(minutes, 60), bare=True)


def _before(m: re.Match[str]) -> Iterator[Reading]:
    shift = int(m["minutes"]) * (1 if m["side"].lower() == "nach" else -1)
    yield _reading(m, m.start(), m.end(), *divmod((int(m["hour"]) * 60 + shift) % (_DAY * 60), 60))


def _first_of_two(m: re.Match[str]) -> Iterator[Reading]:
    yield _reading(m, m.start(), m.end(), _number(m["hour"]) or 0, int(m["minute"] or 0))


def _from_to(m: re.Match[str]) -> Iterator[Reading]:
    if not _OF_TIME.search(m.string[max(0, m.start() - 40) : m.start()]):
        return
    name = "from" if m["from"] else "between"
    first, last = _number(m[name]) or 0, _number(m["to"]) or 0
    early = first < _OFFICES_OPEN
    if early and not first < last <= _OFFICES_OPEN:
        return
    later = last <= first or early
    first, last = first + _NOON * early, last + _NOON * later
    if first < last <= _DAY:
        start = m.start(name)
        yield start, m.end("minute") if m["minute"] else m.end(name), f"{first:02d}:{m['minute'] or '00'}"
        yield m.start("to"), m.end(), f"{last % _DAY:02d}:{m['to_minute'] or '00'}"


def _midnight(m: re.Match[str]) -> Iterator[Reading]:
    yield m.start("midnight"), m.end(), "00:00"


def _bare(m: re.Match[str]) -> Iterator[Reading]:
    name = next(name for name in ("word", "digits", "small", "after_day") if m[name])
    yield _reading(m, m.start(name), m.end(), _number(m[name]) or 0, 0, bare=True)


def _reading(
    m: re.Match[str], start: int, end: int, hour: int, minute: int, *, bare: bool = False
) -> Reading:
    """Of the afternoon where the words beside it say so, or for a bare hour where no words say otherwise."""
    text, before = m.string, max(0, start - 30)
    if 0 < hour < _LATE_MORNING and (_LATER.match(text, end) or _LATER_BEFORE.search(text, before, start)):
        hour += _NOON
    elif bare and hour < _OFFICES_OPEN:
        early = _EARLY.match(text, end) or _EARLY_BEFORE.search(text, before, start)
        hour += 0 if early else _NOON
    return start, end, f"{hour:02d}:{minute:02d}"


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() else numerals.read(word)


def _shift(part: str) -> int:
    """Minutes before or after the hour: "halb", "viertel vor", "zehn nach"."""
    words = " ".join(part.split())
    if words in _SHIFTS:
        return _SHIFTS[words]
    number, side = words.split()
    minutes = {"zwanzig": 20, "zehn": 10}.get(number, 5)
    return minutes if side == "nach" else -minutes


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Reading]]], ...] = (
    (_WITH_UHR, _with_uhr), (_WITH_H, _with_h), (_WITH_COLON, _first_of_two), (_SPOKEN, _spoken), (_BEFORE, _before),
    (_FIRST_OF_TWO, _first_of_two), (_FROM_TO, _from_to), (_WITH_DOT, _in_digits), (_MIDNIGHT, _midnight), (_BARE, _bare),
)  # fmt: skip
