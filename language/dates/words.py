"""The words of German dates: months, weekdays, ordinals, and what tells past from future."""

import re
from datetime import date

from language import numerals

MONTHS = {
    "jan": 1, "jän": 1, "jae": 1, "feb": 2, "mär": 3, "mae": 3, "mar": 3, "mrz": 3, "apr": 4, "mai": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "okt": 10, "nov": 11, "dez": 12,
}  # fmt: skip
WEEKDAYS = {"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6}
ORDINALS = (
    "erst", "zweit", "dritt", "viert", "fünft", "sechst", "siebt", "acht", "neunt", "zehnt", "elft", "zwölft",
    "dreizehnt", "vierzehnt", "fünfzehnt", "sechzehnt", "siebzehnt", "achtzehnt", "neunzehnt", "zwanzigst",
    "einundzwanzigst", "zweiundzwanzigst", "dreiundzwanzigst", "vierundzwanzigst", "fünfundzwanzigst",
    "sechsundzwanzigst", "siebenundzwanzigst", "achtundzwanzigst", "neunundzwanzigst", "dreißigst", "einunddreißigst",
)  # fmt: skip
_FRACTIONS = {
    "anderthalb": 1.5, "eineinhalb": 1.5, "zweieinhalb": 2.5, "dreieinhalb": 3.5,
    "halben": 0.5, "halbes": 0.5, "dreiviertel": 0.75, "viertel": 0.25,
}  # fmt: skip
_ONE = frozenset({"einem", "einer", "eines", "nem", "ner", "'nem", "'ner"})

MONTH = (
    r"(?:jan(?:uar|ner)?|j(?:ä|ae)nner|feb(?:r?uar|er)?|m(?:ä|ae|a)rz|mrz|m(?:ä|ae)r|apr(?:il)?|mai|juni?|juno|juli?|aug(?:ust)?|"
    r"sept?(?:ember)?|okt(?:ober)?|nov(?:ember)?|dez(?:ember)?)"
)
WEEKDAY = r"(?:montag|dienstag|mitt?woch|don+erstag|freitag|samstag|sonnabend|sonntag)"
PART_OF_DAY = r"(?:(?:vor|nach)?mittag|morgen|fr(?:ü|ue)h|abend|nacht)"
SHORT_WEEKDAY = r"(?:mo|di|mi|do|fr|sa|so)"
NUMBER = r"(?:\d{1,3}(?:,\d)?|'?[a-zäöüß]{3,22})"
"""Digits, or a word that `amount_of` may know."""
ORDINAL = r"(?:" + "|".join(
    sorted((o.replace("ü", "(?:ü|ue)").replace("ö", "(?:ö|oe)").replace("ß", "(?:ß|ss)") for o in ORDINALS), key=len, reverse=True)
) + r")e[nr]?"  # fmt: skip
NEXT = r"(?:n(?:ä|ae|a)chste[nrsm]?|kommende[nrsm]?)"
LAST = r"(?:letzte[nrsm]?|vorige[nrsm]?|vergangene[nrsm]?)"
THIS = r"(?:diese[nrsm]?|laufende[nrsm]?)"
SECOND_NEXT = r"(?:ü|ue|u)bern(?:ä|ae|a)chste[nrsm]?"
SECOND_LAST = r"vorletzte[nrsm]?"
WHICH = rf"\b(?P<which>{NEXT}|{LAST}|{THIS}|{SECOND_NEXT}|{SECOND_LAST})"
YEAR = r"(?P<year>(?:19|20)\d{2}(?!\d)|'?\d{2}(?!\d|[:.]\d|\s*(?:uhr|h)\b))"
FULL_YEAR = r"(?:19|20)\d{2}(?![\d.,:]*\d|\s*(?:€|euro|uhr))"
YEAR_IN_WORDS = r"(?P<year>neunzehnhundert[a-zäöüß]*|zweitausend[a-zäöüß]*)"
DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
MONTH_DIGITS = r"(?P<month>0?[1-9]|1[0-2])"
LEAD = r"(?:am|zum|den|dem|seit|ab|vom|bis|der|doch|erst|schon|spätestens)"
LEAD_OF_A_DAY = r"(?:am|zum|den|dem|vom|doch)"
"""Before a number without a dot; "ab 16" may be an age."""
PART = r"(?:anfang|mitte|ende)"
UNTIL = r"(?:bis(?:\s+(?:zum|zu|einschlie(?:ß|ss)lich))?|-|–)"
NO_DATE_AFTER = (
    r"(?!\s*(?:stock|etage|og\b|obergeschoss|kind|klasse|person|hund|platz|mal\b|uhr|euro|€|%|lebensjahr|rate|mahnung|"
    r"antrag|versuch|halbjahr|quartal|semester|geburtstag|hochzeitstag|tag(?:e|s)?\b|woche|monat(?!s)|jahr|schritt|\d|-))"
)
NO_DATE_AFTER_THE = r"(?!\s*(?:termin|brief|bescheid|schreiben|anruf|wohnsitz|wohnung|name|vorname|pass\b|ausweis|teil\b|mieter|sohn|tochter))"
"""Nouns that "der 3." counts, while "am 3." before them is a day."""
NO_DATE_BEFORE = re.compile(
    r"(?:\b(?:aktenzeichen|az|kapitel|kap|abschnitt|abs|absatz|ziffer|ziff|punkt|artikel|art|version|v|anlage|tarifstelle|seite|tel|telefon|"
    r"(?:\w*n(?:umme)?r))\b\.?\s*:?\s*(?:lautet\s+|ist\s+)?|§§?\s*)(?:\w+[./-])*$"
)

MAYBE_DATE = re.compile(
    r"tag|woch|abend|monat|jahr|heut|gestern|morgen|quartal|jan|j(?:ä|ae)n|feb|m(?:ä|ae|a)r|mrz|apr|mai|jun|jul|aug|sep|okt|nov|dez|"
    r"erste|zweite|dritte|vierte|f(?:ü|ue)nfte|sechste|siebte|achte|neunte|zehnte|elfte|zw(?:ö|oe)lfte|zigste|(?:ß|ss)igste|"
    r"ostern|osterf|pfingst|weihnacht|fastnacht|advent|silvester|jahreswechsel|heilig|nikolaus|halloween|himmelfahrt|fronleichnam|"
    r"altweiber|sankt martin|(?:\bam|\bab|chste[nrsm]?|nde[nrsm]?|tzte[nrsm]?|diese[nrsm])\s+(?:mo|di|mi|do|fr|sa|so)\b"
)
"""A text in small letters without digits and without one of these names no day."""
PAST_WORDS = re.compile(
    r"\b(?:war|waren|wart|hatte\w*|wurde\w*|seit|damals|kam(?:en)?|bekam(?:en)?|zog(?:en)?|ging(?:en)?|gab|fand|starb|verlor|lief|stand|"
    r"(?:kauf|hol|mach|reich|schick|miete|stell|melde|beantrag|zahl|leg)ten?|letzte\w*|vorige\w*|"
    r"\w*ge(?:zogen|kauft|holt|boren|storben|kommen|macht|geben|reicht|meldet|mietet|heiratet|fangen|schickt|laufen|funden|trennt)|"
    r"\w*(?:verloren|verstorben|gestorben|passiert|beantragt|gestohlen))\b"
)
PERFECT = re.compile(
    r"(?=.*\b(?:bin|bist|sind|habe?|haben|hast|hat)\b)(?=.*\b(?:\w*ge(?!schlossen|(?:ö|oe)ffnet)\w{2,}(?:t|en)|\w{3,}iert|bekommen|erhalten|erledigt|verkauft)\b)",
    re.DOTALL,
)
ALREADY = re.compile(r"\b(?:schon|bereits)\b")
FUTURE_WORDS = re.compile(
    r"\b(?:werde|werden|wird|will|wollen|ziehe|ziehen|zieh|zieht|n(?:ä|ae)chste\w*|kommende\w*|demn(?:ä|ae)chst|bald|m(?:ö|oe)chten?|"
    r"heiraten|fliegen?|termin|geplant|sp(?:ä|ae)testens|soll\w*|k(?:ö|oe)nnte\w*|kann|kannst|k(?:ö|oe)nnen|passt|geht|darf|"
    r"br(?:ä|ae)uchte|brauche)\b"
)
TOWARDS = re.compile(r"\bab\b|(?<!bis )\bzum\b")


def amount_of(word: str) -> float:
    """The number that a word or digits say; ValueError where it is none."""
    if word[0].isdigit():
        return float(word.replace(",", "."))
    if word in _ONE:
        return 1
    number = _FRACTIONS.get(word) or numerals.read(word)
    if number is None:
        raise ValueError(word)
    return number


def month_number(word: str) -> int:
    """1 to 12, of digits or by the first three letters."""
    return int(word) if word.isdigit() else MONTHS[word[:3]]


def year_number(word: str, today: date) -> int:
    """Of two digits a year in the last ninety or next ten years; ValueError for words that name no year."""
    digits = word.lstrip("'")
    if not digits.isdigit():
        year = numerals.read(digits)
        if year is None:
            raise ValueError(word)
        return year
    if len(digits) == 4:
        return int(digits)
    year = 2000 + int(digits)
    return year if year <= today.year + 10 else year - 100


def weekday_number(word: str) -> int:
    """0 is Monday."""
    return WEEKDAYS["sa" if word == "sonnabend" else word[:2]]


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
