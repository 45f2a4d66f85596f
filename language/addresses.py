"""Addresses as citizens write them into a chat."""

import re
from dataclasses import dataclass
from typing import Literal

_WORD = (
    r"(?!(?:Woche|Monat|Jahr|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonnabend|Sonntag|Januar|Februar|März|April|Mai|"
    r"Juni|Juli|August|September|Oktober|November|Dezember|Sommer|Winter|Herbst|Stock|Zimmer)(?!\w*(?i:stra(?:ß|ss)e|str\b|weg|platz))\w*)"
    r"(?!(?:Tag|Haus|Raum|Alter|Punkt|Feld|Fall|Wert|Schnitt|Durchschnitt|Umkreis|Schalter|Gleis|Büro|Formular|Antrag|Termin|Kapitel|Abschnitt|Anlage|"
    r"Datei|Kasse|Haltestelle|Klasse|Wohnung|Bescheid|Amt|Liste|Karte|Zeit|Gruppe|Etage|Mail)\b)"
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
_SMALL_STREET = (
    r"(?:am|im|zum|auf dem|auf der|an der)\s[a-zäöüß]*(?:markt|garten|hof|berg|feld|graben|damm|ufer|park|wall|teich|bach|busch|kamp|winkel|heide|"
    r"wald|see|tor|brunnen)"
)
"""A street with its preposition, without capitals: "am markt"."""
_STREET = (
    rf"(?!(?i:feld|zeile|bogen|platz|weg|park|garten|berg|winkel)\s*\d)(?:{_TOWN_STREET}|{_SMALL_STREET}|(?:{_WORD}[ -]){{0,3}}(?:{_WORD})?{_STREET_KIND}|(?:Stra(?:ß|ss)e|Platz|Allee|Weg) (?:des|der) (?:\d{{1,2}}\. [A-Z][a-zä]+|{_WORD})"
    rf"|(?:Am|An der|An den|Hinter der|Hinter dem|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den|Alter|Alte|Neuer|Neue) (?:(?:alten|neuen|kleinen|hohen|langen) )?(?:{_WORD} ){{0,2}}{_WORD}"
    rf"|[a-zäöüß-]{{3,30}}(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring))"
)
_HOUSE = (
    r"\d{1,4}(?:\s?[a-zA-Z](?!\w))?(?:\s?½|\s1/2)?(?:\s?[-/+]\s?(?:\d{1,4}(?:\s?[a-zA-Z](?!\w))?|[a-zA-Z](?!\w)))?(?!\w|\.\s?[\w])"
    r"(?!\s*(?i:uhr|stunden?|minuten?|tagen?|wochen?|monaten?|jahren?|kilometer|km|meter|euro|€|parteien|personen|kindern?|leute|mal|prozent|%))"
)
_NUMBER = r"(?:,?\s*(?i:(?:(?:hs|haus)[. -]{0,2})?(?:nr\.?|nummer)|hausnummer):?\s*)?"
_FLOOR = (
    r"(?:\s*,?\s*(?:\d{1,2}\.\s*(?:OG|Obergeschoss|Stock|Etage)|EG|DG|Erdgeschoss|Dachgeschoss|Hinterhaus|Wohnung\s+\d+)"
    r"(?:\s+(?:links|rechts|mitte))?(?=\s*,?\s*(?:D-)?\d{5}))?"
)
_PLACE = r"[A-ZÄÖÜ][a-zäöüß]+(?:[ -][A-ZÄÖÜ][a-zäöüß]+|[ -](?:am|an|an der|im|bei|ob|ob der|in|a\.|a\. d\.)[ -][A-ZÄÖÜ][a-zäöüß]+)*"
_PLACE_BEFORE = r"[A-ZÄÖÜ][a-zäöüß]+(?:[ -](?:am|an|der|im|bei|ob|in)\b|[ -][A-ZÄÖÜ][a-zäöüß]+)*?"
_ADDRESS = re.compile(
    rf"(?<!\w)(?:(?:DE?-)?(?P<plz_before>\d{{5}})\s+(?P<place_before>{_PLACE_BEFORE})\s*,?\s+)?(?P<street>{_STREET})\s*{_NUMBER}(?P<house>{_HOUSE}){_FLOOR}(?:\s*,?\s*(?:in\s+|PLZ:?\s*)?(?:DE?-)?(?P<plz>\d{{5}})(?:\s*,?\s*(?:Ort:?\s*)?(?P<place>{_PLACE}|[a-zäöüß]{{4,}}))?"
    rf"|\s*,?\s*in\s+(?P<only>{_PLACE})|\s*,\s*(?P<comma>{_PLACE}))?"
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
        place = match["place"] or match["only"] or match["comma"] or match["place_before"]
        tail = " ".join(part for part in (match["plz"] or match["plz_before"], place) if part)
        value = f"{match['street'].strip()} {match['house'].strip()}" + (f", {tail}" if tail else "")
        found.append(Place("address", match.start(), match.end(), value))
    return found
