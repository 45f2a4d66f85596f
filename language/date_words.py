"""The words of German dates: months, weekdays, numbers, ordinals, and what tells past from future."""

import re
from datetime import date

MONTHS = {
    "jan": 1, "jän": 1, "jae": 1, "feb": 2, "mär": 3, "mae": 3, "mar": 3, "mrz": 3, "apr": 4, "mai": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "okt": 10, "nov": 11, "dez": 12,
}  # fmt: skip
WEEKDAYS = {"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6}
NUMBERS = {
    "ein": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "fünf": 5, "fuenf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "zwoelf": 12, "vierzehn": 14,
    "fünfzehn": 15, "fuenfzehn": 15, "zwanzig": 20, "dreißig": 30, "dreissig": 30,
}  # fmt: skip
FEASTS = {
    "silvester": (31, 12), "neujahr": (1, 1), "heiligabend": (24, 12), "nikolaus": (6, 12), "halloween": (31, 10),
    "allerheiligen": (1, 11),
}  # fmt: skip
ORDINALS = (
    "erst", "zweit", "dritt", "viert", "fünft", "sechst", "siebt", "acht", "neunt", "zehnt", "elft", "zwölft",
    "dreizehnt", "vierzehnt", "fünfzehnt", "sechzehnt", "siebzehnt", "achtzehnt", "neunzehnt", "zwanzigst",
    "einundzwanzigst", "zweiundzwanzigst", "dreiundzwanzigst", "vierundzwanzigst", "fünfundzwanzigst",
    "sechsundzwanzigst", "siebenundzwanzigst", "achtundzwanzigst", "neunundzwanzigst", "dreißigst", "einunddreißigst",
)  # fmt: skip

MONTH = (
    r"(?:jan(?:uar|ner)?|j(?:ä|ae)nner|feb(?:ruar|er)?|m(?:ä|ae|a)rz|mrz|m(?:ä|ae)r|apr(?:il)?|mai|juni?|juno|juli?|aug(?:ust)?|"
    r"sept?(?:ember)?|okt(?:ober)?|nov(?:ember)?|dez(?:ember)?)"
)
WEEKDAY = r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)s?"
NUMBER = (
    r"(?:\d{1,3}|ein(?:e[rmns]?)?|nem|ner|zwei|zwo|drei|vier|f(?:ü|ue)nf|sechs|sieben|acht|neun|zehn|elf|"
    r"zw(?:ö|oe)lf|vierzehn|f(?:ü|ue)nfzehn|zwanzig|drei(?:ß|ss)ig)"
)
ORDINAL = r"(?:" + "|".join(
    sorted((o.replace("ü", "(?:ü|ue)").replace("ö", "(?:ö|oe)").replace("ß", "(?:ß|ss)") for o in ORDINALS), key=len, reverse=True)
) + r")e[nr]?"  # fmt: skip
NEXT = r"(?:n(?:ä|ae|a)chste[nrsm]?|kommende[nrsm]?)"
LAST = r"(?:letzte[nrsm]?|vorige[nrsm]?|vergangene[nrsm]?)"
THIS = r"(?:diese[nrsm]?|laufende[nrsm]?)"
SECOND_NEXT = r"(?:ü|ue)bern(?:ä|ae|a)chste[nrsm]?"
SECOND_LAST = r"vorletzte[nrsm]?"
WHICH = rf"\b(?P<which>{NEXT}|{LAST}|{THIS}|{SECOND_NEXT}|{SECOND_LAST})"
YEAR = r"(?P<year>(?:19|20)\d{2}|'?\d{2}(?!\d))"
DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
LEAD = r"(?:am|zum|den|dem|seit|ab|vom|bis|der|doch|erst|schon|spätestens)"
NO_DATE_AFTER = r"(?!\s*(?:stock|etage|og\b|obergeschoss|kind|klasse|person|hund|platz|mal\b|uhr|euro|€|%|lebensjahr|\d|-))"

PAST_WORDS = re.compile(
    r"\b(?:war|waren|hatte\w*|wurde\w*|seit|letzte\w*|vorige\w*|\w*ge(?:zogen|kauft|holt|boren|storben|kommen|macht|geben|reicht|meldet|"
    r"mietet|heiratet|fangen|schickt|laufen)|\w*(?:verloren|verstorben|gestorben|passiert|bekommen|erhalten|beantragt|gestohlen))\b"
)
HELPING_WORDS = re.compile(r"\b(?:bin|habe|hab|haben|schon|bereits)\b")
FUTURE_WORDS = re.compile(
    r"\b(?:werde|werden|wird|will|wollen|ziehe|ziehen|zieh|ab|n(?:ä|ae)chste\w*|kommende\w*|demn(?:ä|ae)chst|bald|m(?:ö|oe)chten?|"
    r"heiraten|fliegen?|termin|geplant|sp(?:ä|ae)testens|soll\w*|k(?:ö|oe)nnte\w*)\b"
)


def amount_of(word: str) -> int:
    """The number that a word or digits say; an unknown word is one ("einem")."""
    if word.isdigit():
        return int(word)
    return NUMBERS.get(word, 1)


def month_number(word: str) -> int:
    """1 to 12, by the first three letters."""
    return MONTHS[word[:3]]


def year_number(word: str, today: date) -> int:
    """Of two digits a year in the last ninety or next ten years."""
    digits = word.lstrip("'")
    if len(digits) == 4:
        return int(digits)
    year = 2000 + int(digits)
    return year if year <= today.year + 10 else year - 100


def weekday_number(word: str) -> int:
    """0 is Monday."""
    return WEEKDAYS[word[:2]]


def how_far_on(word: str) -> int:
    """How many weeks, months or years on: "nächste" is 1, "letzte" -1, "diese" 0."""
    patterns = {2: SECOND_NEXT, 1: NEXT, -1: LAST, -2: SECOND_LAST}
    return next((shift for shift, pattern in patterns.items() if re.match(pattern, word)), 0)


def ordinal_number(word: str) -> int:
    """ "dritten" is 3; ValueError where it is none."""
    plain = re.sub(r"e[nr]?$", "", word).replace("ue", "ü").replace("oe", "ö").replace("ss", "ß")
    for number, ordinal in enumerate(ORDINALS, start=1):
        if plain in (ordinal, ordinal.replace("ß", "ss")):
            return number
    raise ValueError(word)
