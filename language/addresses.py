"""Addresses and persons as citizens write them into a chat."""

import re
from dataclasses import dataclass
from typing import Literal

from language.given_names import GIVEN_NAMES

_WORD = (
    r"(?!(?:Woche|Monat|Jahr|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonnabend|Sonntag|Januar|Februar|März|April|Mai|"
    r"Juni|Juli|August|September|Oktober|November|Dezember|Sommer|Winter|Herbst|Stock|Zimmer)(?!\w*(?i:stra(?:ß|ss)e|str\b|weg|platz))\w*)"
    r"[A-ZÄÖÜ][a-zäöüßéA-ZÄÖÜ'.-]{0,40}"
)
_STREET_KIND = (
    r"(?i:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|ufer|damm|chaussee|steig|stieg|pfad|hof|markt|graben|wall|"
    r"promenade|berg|kamp|feld|busch|heide|park|garten|winkel|bogen|zeile)"
)
_TOWN_STREET = (
    r"(?!(?:\w*e[rn]er|einer|meiner|deiner|seiner|keiner|ihrer|eurer|dieser|jener|jeder|welcher|neuer|alter|in der|der)\s)"
    r"[a-zäöüß-]{3,25}er\s(?:stra(?:ß|ss)e|str\.?|platz|allee|weg|ring|damm)"
)
"""A street named after a town, without capitals: "bochumer straße"."""
_STREET = (
    rf"(?:{_TOWN_STREET}|(?:{_WORD}[ -]){{0,3}}(?:{_WORD})?{_STREET_KIND}|(?:Stra(?:ß|ss)e|Platz|Allee|Weg) (?:des|der) (?:\d{{1,2}}\. [A-Z][a-zä]+|{_WORD})"
    rf"|(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den|Alter|Alte|Neuer|Neue) (?:(?:alten|neuen|kleinen|hohen|langen) )?(?:{_WORD} ){{0,2}}{_WORD}"
    rf"|[a-zäöüß-]{{3,30}}(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring))"
)
_HOUSE = r"\d{1,4}(?:\s?[a-zA-Z](?!\w))?(?:\s?[-/]\s?\d{1,4}(?:\s?[a-zA-Z](?!\w))?)?(?![\w.])"
_FLOOR = (
    r"(?:\s*,?\s*(?:\d{1,2}\.\s*(?:OG|Obergeschoss|Stock|Etage)|EG|DG|Erdgeschoss|Dachgeschoss|Hinterhaus|Wohnung\s+\d+)"
    r"(?:\s+(?:links|rechts|mitte))?(?=\s*,?\s*(?:D-)?\d{5}))?"
)
_PLACE = r"[A-ZÄÖÜ][a-zäöüß]+(?:[ -][A-ZÄÖÜ][a-zäöüß]+|[ -](?:am|an|an der|im|bei|ob|ob der|in|a\.|a\. d\.)[ -][A-ZÄÖÜ][a-zäöüß]+)*"
_ADDRESS = re.compile(
    rf"(?<!\w)(?P<street>{_STREET})\s*(?:(?:Nr\.?|Nummer|Hausnummer)\s*)?(?P<house>{_HOUSE}){_FLOOR}(?:\s*,?\s*(?:in\s+)?(?:D-)?(?P<plz>\d{{5}})(?:\s+(?P<place>{_PLACE}|[a-zäöüß]{{4,}}))?"
    rf"|\s*,?\s*in\s+(?P<only>{_PLACE})|\s*,\s*(?P<comma>{_PLACE}))?"
)
_NAME_PART = r"[A-ZÄÖÜÇŞİ][\w'’-]{1,40}"
_NAME = rf"{_NAME_PART}(?:(?:\s+(?:von|van|de|der|den|zu|el|al|bin)){{0,2}}\s+{_NAME_PART}){{0,3}}"
_FULL_STOP_WORDS = (
    r"(?!(?:und|oder|aber|ich|wir|bin|ist|wohne|wohnt|komme|aus|in|im|mit|geboren|geb|von|hat|habe|möchte|moechte|brauche|will|"
    r"das|der|die|ein|eine|nicht|auch|hier|bei|mich|mir|er|sie|es|seit|meine?|straße|weg|jetzt|bitte)\b)"
)
_ANNOUNCED = (
    r"\b(?:[Ii]ch hei(?:ß|ss)e|[Mm]ein (?:voller |ganzer )?[Nn]ame (?:ist|lautet)|[Mm]ein [Nn]ame|[Nn]ame\s*:|[Hh]ier (?:ist|schreibt)"
    r"|(?:[Aa]ntragsteller(?:in)?|[Vv]ermieter(?:in)?|[Ww]ohnungsgeber(?:in)?|[Mm]it freundlichen Gr(?:ü|ue)(?:ß|ss)en|MfG|Gruß)\s*:?,?)"
)
_TITLE = r"(?:(?:[Ff]rau|[Hh]errn?|Hr\.|Fr\.|[Ff]amilie|Fam\.|Dr\.|Prof\.|med\.|Eheleute)\s+)*"
_INTRODUCED = re.compile(
    rf"(?:{_ANNOUNCED}|\b(?:[Ii]ch bin (?:die |der )?(?=(?:Frau|Herr)\b))|(?<![Hh]und )\b[Uu]nd hei(?:ß|ss)e|(?<!\w)(?=(?:[Ff]rau|[Hh]errn?|Hr\.|Fr\.|"
    rf"[Ff]amilie|Fam\.|Dr\.|Prof\.)\s+[A-ZÄÖÜÇŞİ]))\s*{_TITLE}(?P<name>{_FULL_STOP_WORDS}{_NAME})"
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
        "Haus",
        "Stiftung",
        "Stadion",
    }
)


@dataclass(frozen=True)
class Place:
    """An address or a person found; an address reads "Straße Hausnummer, PLZ Ort" as far as it was given."""

    kind: Literal["address", "person"]
    start: int
    end: int
    value: str


def find_addresses(text: str) -> list[Place]:
    """Find streets with house numbers, with postal code and place where they follow."""
    found = []
    for match in _ADDRESS.finditer(text):
        place = match["place"] or match["only"] or match["comma"]
        tail = " ".join(part for part in (match["plz"], place) if part)
        value = f"{match['street'].strip()} {match['house'].strip()}" + (f", {tail}" if tail else "")
        found.append(Place("address", match.start(), match.end(), value))
    return found


def find_persons(text: str) -> list[Place]:
    """Find names: those that the words before them announce ("ich heiße …", "Frau …"), and given names with a surname.

    Titles and forms of address do not belong to the name.
    """
    found: list[Place] = []
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
