"""Takes personal data out of a sentence before it is kept for learning or as a comment.

Names, addresses, numbers, dates and everything that looks like them are replaced by what they are. What no rule recognises may remain;
therefore a human reads every example before it is used.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from handoff.domain.anschrift import HIDDEN, without_addresses
from language import addresses, contacts, dates, persons, structured
from language.given_names import GIVEN_NAMES

PLACES = {"address": "Anschrift", "person": "Name"}
CONTACTS = {"email": "E-Mail", "phone": "Telefon", "licence_plate": "Kennzeichen", "plz": "Ort", "amount": "Betrag", "number": "Zahl"}  # fmt: skip
WORD = re.compile(r"[A-ZÄÖÜ][\w'’-]+")
DIGITS = re.compile(r"\S*[\d•]\S*")
"""What is left of numbers, with whatever sticks to them."""


class _Span(NamedTuple):
    start: int
    end: int
    what: str


def depersonalise(text: str, today: date) -> str:
    """Replace personal data, as in `Ich heiße [Name] und wohne [Anschrift].`

    Parameters
    ----------
    today
        The day from which dates in the text count.
    """
    done = 0
    parts: list[str] = []
    for span in sorted(_spans(text, today), key=lambda one: (one.start, -one.end)):
        if span.start >= done:
            parts += [text[done : span.start], f"[{span.what}]"]
            done = span.end
        elif span.end > done:
            done = span.end  # two readings overlap: what either covers goes
    text = "".join([*parts, text[done:]])
    text = without_addresses(text).replace(HIDDEN, "[Anschrift]")
    return DIGITS.sub(lambda match: match[0] if match[0].startswith("[") else "[Zahl]", text)


def _spans(text: str, today: date) -> Iterator[_Span]:
    for number in structured.find(text):
        yield _Span(number.start, number.end, "Nummer")
    for place in (*addresses.find_addresses(text), *persons.find_persons(text)):
        yield _Span(place.start, place.end, PLACES[place.kind])
    for contact in contacts.find(text):
        if contact.kind in CONTACTS:
            yield _Span(contact.start, contact.end, CONTACTS[contact.kind])
    for day in dates.find(text, today):
        if any(sign.isdigit() for sign in text[day.start : day.end]):
            yield _Span(day.start, day.end, "Datum")
    for word in WORD.finditer(text):
        if word[0].split("-")[0].lower() in GIVEN_NAMES:
            yield _Span(word.start(), word.end(), "Name")
