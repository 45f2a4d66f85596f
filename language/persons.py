"""Persons as citizens name them in a chat: after words that announce a name, or by a given name that is known."""

import re

from language.addresses import Place
from language.given_names import GIVEN_NAMES

_CAPITAL = "A-ZÀ-ÖØ-ÞĀĆČĎĐĘĚĞĠĪĶŁŃŇŐŘŚŞŠŤŮŰŹŻŽİ"
_NAME_PART = rf"[{_CAPITAL}][\w'’-]{{1,40}}"
_PARTICLE = (
    r"(?:von(?:\s+(?:und\s+zu|der|den|dem))?|van(?:\s+(?:der|den|de))?|zu|de(?:\s+(?:la|los|las))?|del|della|di|da|dos|du|la|le|ter|ten|"
    r"el|al|bin|ibn|abu)"
)
_NAME = rf"{_NAME_PART}(?:(?:\s+{_PARTICLE})?\s+{_NAME_PART}){{0,3}}"
_FULL_STOP_WORDS = (
    r"(?!(?:und|oder|aber|ich|wir|bin|ist|wohne|wohnt|komme|aus|in|im|mit|geboren|geb|von|hat|habe|möchte|moechte|brauche|will|"
    r"das|der|die|ein|eine|nicht|auch|hier|bei|mich|mir|er|sie|es|seit|meine?|straße|weg|jetzt|bitte|Sie|Dich|Euch|Dr|Prof|Herrn?|Frau|Familie|Eheleute)\b)"
)
_ANNOUNCED = (
    r"\b(?:[Ii]ch hei(?:ß|ss)e|[Mm]ein (?:voller |ganzer )?[Nn]ame (?:ist|lautet)|[Mm]ein [Nn]ame|(?:[Nn]ach|[Ff]amilien|[Gg]eburts|[Vv]or)?[Nn]ame\s*:|c/o|gez\.|[Hh]ier (?:ist|schreibt)"
    r"|(?:[Aa]ntragsteller(?:in)?|[Vv]ermieter(?:in)?|[Ww]ohnungsgeber(?:in)?|[Mm]it freundlichen Gr(?:ü|ue)(?:ß|ss)en|MfG|Gruß)\s*:?,?)"
)
_TITLE = r"(?:(?:[Ff]rau|[Hh]errn?|Hr\.|Fr\.|[Ff]amilie|Fam\.|Dr\.|Prof\.|med\.|Eheleute)\s+)*"
_INTRODUCED = re.compile(
    rf"(?:{_ANNOUNCED}|\b(?:[Ii]ch bin (?:die |der )?(?=(?:Frau|Herr)\b))|(?<![Hh]und )\b[Uu]nd hei(?:ß|ss)e|(?<!\w)(?=(?:[Ff]rau|[Hh]errn?|Hr\.|Fr\.|"
    rf"[Ff]amilie|Fam\.|Dr\.|Prof\.)\s+[{_CAPITAL}]))\s*{_TITLE}(?P<name>{_FULL_STOP_WORDS}(?:[A-ZÄÖÜ]\.[ -]?){{0,3}}{_NAME})"
)
_WITH_PARTICLE = re.compile(
    rf"(?:(?P<article>\b[Dd](?:ie|er|en|em)|\b\w*ein(?:e[nrm]?)?|\b(?:[Ii]hr|[Uu]nser|[Ss]ein)\w*)\s+)?\b(?:[Ff]rau|[Hh]errn?|[Ff]amilie|Hr\.|Fr\.|Fam\.)"
    rf"\s+(?:(?:Dr\.|Prof\.|med\.)\s+)*(?P<name>{_PARTICLE}\s+{_NAME})"
)
_INTRODUCED_LOOSELY = re.compile(
    rf"\b(?:ich hei(?:ß|ss)e|mein name (?:ist|lautet))\s+(?!(?:dr|prof|herr|frau)\b)(?P<name>{_FULL_STOP_WORDS}[\w'’-]{{2,30}}(?:\s+{_FULL_STOP_WORDS}[\w'’-]{{3,30}})?)",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"\b(?:[Mm]ann|[Ff]rau|[Tt]ochter|[Ss]ohn|[Kk]ind|[Bb]aby|[Mm]utter|[Vv]ater|[Vv]ermieter(?:in)?|[Ff]reund(?:in)?|[Bb]ruder|[Ss]chwester|[Oo]ma|"
    rf"[Oo]pa|[Ee]r|[Ss]ie|[Ww]ir|[Ss]oll)\s+(?:(?:soll|wird|jetzt|aber)\s+)?hei(?:ß|ss)(?:t|en)\s+{_TITLE}(?P<name>{_FULL_STOP_WORDS}{_NAME})"
)
_KIN = re.compile(
    r"\b(?:[Mm]ein|[Uu]nser|[Dd]ein|[Ii]hr|[Ss]ein|[Dd]er|[Dd]ie|[Dd]en|[Dd]em)\w*\s+(?:(?:kleine|große|älteste|jüngste)\w*\s+)?(?:Mann|Frau|Tochter|Sohn|Kind|"
    r"Baby|Mutter|Vater|Bruder|Schwester|Oma|Opa|Freund|Freundin|Partner|Partnerin|Enkel|Enkelin|Neffe|Nichte)\s+"
    rf"(?P<name>{_NAME})|\b(?:[Vv]orname|[Rr]ufname)(?:\s+(?:ist|lautet))?\s*:?\s*(?P<first>{_NAME_PART})"
)
_SEVERAL = re.compile(
    rf"\b(?:[Kk]inder|[Ss]öhne|[Tt]öchter|[Zz]willinge|[Ee]ltern|[Gg]eschwister)\s+(?:hei(?:ß|ss)en\s+)?"
    rf"(?P<names>{_NAME_PART}(?:\s*,\s*{_NAME_PART}){{0,5}}\s+und\s+{_NAME_PART})"
)
_NAME_LIKE = re.compile(_NAME)
_NO_SURNAMES = frozenset(
    {
        "ist",
        "und",
        "aus",
        "Straße",
        "Str",
        "Weg",
        "Platz",
        "Allee",
        "GmbH",
        "Schule",
        "Grundschule",
        "Kirche",
        "Gymnasium",
        "Realschule",
        "Gesamtschule",
        "Institut",
        "Universität",
        "Klinik",
        "Haus",
        "Stiftung",
        "Stadion",
    }
)


def find_persons(text: str) -> list[Place]:
    """Find names: those that the words before them announce ("ich heiße …", "Frau …"), and given names with a surname.

    Titles and forms of address do not belong to the name.
    """
    found: list[Place] = []
    for match in _WITH_PARTICLE.finditer(text):
        if not match["article"]:  # "die Frau von der Stadt" is no name
            _add(found, match.start("name"), match["name"])
    for pattern in (_INTRODUCED, _CALLED, _INTRODUCED_LOOSELY):
        for match in pattern.finditer(text):
            _add(found, match.start("name"), match["name"])
    for match in _KIN.finditer(text):
        group = "name" if match["name"] else "first"
        if match[group].split()[0].split("-")[0].lower() in GIVEN_NAMES:
            _add(found, match.start(group), match[group])
    for match in _SEVERAL.finditer(text):
        for one in re.finditer(_NAME_PART, match["names"]):
            if one.group().split("-")[0].lower() in GIVEN_NAMES:
                _add(found, match.start("names") + one.start(), one.group())
    for match in _NAME_LIKE.finditer(text):
        words = match.group().split()
        while words and words[0].split("-")[0].lower() not in GIVEN_NAMES:
            words = words[1:]
        if len(words) > 1 and not any(word.strip(".") in _NO_SURNAMES for word in words):
            name = match.group()[match.group().index(words[0]) :]
            _add(found, match.start() + match.group().index(words[0]), name)
    return sorted(found, key=lambda place: place.start)


def _add(found: list[Place], start: int, name: str) -> None:
    name = name.rstrip(".-'’")
    end = start + len(name)
    if name and not any(start < other.end and other.start < end for other in found):
        found.append(Place("person", start, end, name))
