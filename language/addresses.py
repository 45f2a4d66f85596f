"""Addresses and persons as citizens write them into a chat."""

import re
from dataclasses import dataclass
from typing import Literal

_WORD = (
    r"(?!(?:Woche|Monat|Jahr|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Stock)\b)"
    r"[A-ZÄÖÜ][a-zäöüßéA-ZÄÖÜ'.-]{0,40}"
)
_STREET_KIND = (
    r"(?i:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|ufer|damm|chaussee|steig|stieg|pfad|hof|markt|graben|wall|"
    r"promenade|berg|kamp|feld|busch|heide|park|garten|winkel|bogen|zeile)"
)
_STREET = (
    rf"(?:(?:{_WORD}[ -]){{0,3}}(?:{_WORD})?{_STREET_KIND}"
    rf"|(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den|Alter|Alte|Neuer|Neue) (?:{_WORD} ){{0,2}}{_WORD}"
    rf"|[a-zäöüß-]{{3,30}}(?:stra(?:ß|ss)e|str\.))"
)
_HOUSE = r"\d{1,4}\s?[a-zA-Z]?(?:\s?[-/]\s?\d{1,4}\s?[a-zA-Z]?)?(?![\w.])"
_PLACE = r"[A-ZÄÖÜ][a-zäöüß]+(?:[ -](?:[A-ZÄÖÜ][a-zäöüß]+|am|an|der|im|bei|ob|in|a\.|d\.))*"
_ADDRESS = re.compile(
    rf"(?<!\w)(?P<street>{_STREET})\s*(?P<house>{_HOUSE})(?:\s*,?\s*(?:in\s+)?(?:D-)?(?P<plz>\d{{5}})\s+(?P<place>{_PLACE})"
    rf"|\s*,?\s*in\s+(?P<only>{_PLACE})|\s*,\s*(?P<comma>{_PLACE}))?"
)
_NAME_PART = r"[A-ZÄÖÜÇŞİ][\w'’-]{1,40}"
_NAME = rf"(?:(?:Dr\.|Prof\.)\s+)*{_NAME_PART}(?:(?:\s+(?:von|van|de|der|den|zu|el|al|bin)){{0,2}}\s+{_NAME_PART}){{0,3}}"
_INTRODUCED = re.compile(
    rf"\b(?:[Ii]ch hei(?:ß|ss)e|[Mm]ein (?:voller )?(?:Name|name) (?:ist|lautet)|[Nn]ame\s*:|[Ii]ch bin (?:die |der )?(?:Frau|Herr)"
    rf"|[Ff]amilie|[Ff]rau|[Hh]errn?|[Uu]nd hei(?:ß|ss)e|hei(?:ß|ss)t)\s+(?P<name>{_NAME})"
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
        street = re.sub(r"(?i)(?<=\w)str\.?$", "straße", match["street"].strip())
        street = re.sub(r"(?i)(?<=[\s-])str\.?$", "Straße", street)
        house = re.sub(r"\s+", "", match["house"])
        place = match["place"] or match["only"] or match["comma"]
        tail = " ".join(part for part in (match["plz"], place) if part)
        value = f"{street[0].upper()}{street[1:]} {house}" + (f", {tail}" if tail else "")
        found.append(Place("address", match.start(), match.end(), value))
    return found


def find_persons(text: str) -> list[Place]:
    """Find names that the words before them announce ("ich heiße …", "Frau …")."""
    return [
        Place("person", match.start("name"), match.end("name"), match["name"])
        for match in _INTRODUCED.finditer(text)
    ]
