"""„der zweite“, „den vorläufigen“: the choice among the services that were offered last."""

import re

from actions.gespraech import Event, Gespraech
from actions.verneinung import bejaht
from language.words import content_words

ART = "wahl"
_STELLE = re.compile(r"\b(?:(?P<wort>erst|zweit|dritt|letzt)e[nrs]?|(?P<ziffer>[1-9]))\b", re.IGNORECASE)
_STELLEN = {"erst": 0, "zweit": 1, "dritt": 2, "letzt": -1}


def angebot(names: list[tuple[str, str]]) -> Event:
    """What the slot `angebot` keeps of services offered, as (id, name)."""
    return {"art": ART, "leistungen": [list(one) for one in names]}


def gewaehlt(gespraech: Gespraech) -> str | None:
    """Id of the service that the message picks by its place in the list or by a word that only its name has."""
    offer = gespraech.slot("angebot") or {}
    if offer.get("art") != ART or gespraech.is_payload or gespraech.entities("date"):
        return None
    offered = [(str(one), str(name)) for one, name in offer["leistungen"]]
    if place := _STELLE.search(gespraech.text):
        number = _STELLEN[place["wort"].lower()] if place["wort"] else int(place["ziffer"]) - 1
        return offered[number][0] if number < len(offered) else None
    said = set(content_words(bejaht(gespraech.text)))
    shared = sorted(((len(said & set(content_words(name))), one) for one, name in offered), reverse=True)
    if not shared or not shared[0][0] or (len(shared) > 1 and shared[0][0] == shared[1][0]):
        return None
    return shared[0][1]
