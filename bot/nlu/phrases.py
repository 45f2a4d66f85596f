"""Life situations, traits and aspects named in a message, by spaCy's PhraseMatcher over stems."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from language.normalise import clean, skeleton
from language.words import stem

_OF_A_TOWN = re.compile(r"er$")
"""An adjective ("Kölner Dom"), unless the town's name ends so."""
_NO_PART = re.compile(
    r"(?:pass|karte|ticket|abo|app|card|fan|trip|reise|tour|treffen|ausweis|gutschein)s?$", re.IGNORECASE
)
"""What follows the name of a town without being a part of it ("Köln-Pass")."""


@dataclass(frozen=True)
class Phrase:
    """One phrase found: `kind` is the entity's name, `value` its id, `start` and `end` offsets in the text."""

    kind: str
    value: str
    start: int
    end: int


class PhraseFinder:
    """Finds designations whatever their case, umlaut spelling and inflection.

    Parameters
    ----------
    phrases
        For each entity name the ids, and for each id its designations.
    """

    def __init__(self, phrases: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        self._language = spacy.blank("de")
        self._matcher = PhraseMatcher(self._language.vocab, attr="NORM")
        self._towns = {
            skeleton(name): town for town, names in phrases.get("town", {}).items() for name in names
        }
        for kind, values in phrases.items():
            for value, designations in values.items():
                self._matcher.add(f"{kind}\t{value}", [self._doc(text) for text in designations])

    def _doc(self, text: str) -> Doc:
        doc = self._language.make_doc(clean(text))
        for token in doc:
            token.norm_ = stem(skeleton(token.text))
        return doc

    def find(self, text: str) -> list[Phrase]:
        """All phrases in order of their place; of overlapping ones of a kind only the longest."""
        found: list[Phrase] = []
        doc = self._doc(text)
        for key, start, end in sorted(self._matcher(doc), key=lambda match: (match[1] - match[2], match[1])):
            kind, _, value = self._language.vocab.strings[key].partition("\t")
            span = doc[start:end]
            phrase = Phrase(kind, value, span.start_char, span.end_char)
            if kind == "town" and _OF_A_TOWN.search(span.text) and skeleton(span.text) not in self._towns:
                continue
            if not any(p.kind == kind and phrase.start < p.end and p.start < phrase.end for p in found):
                found.append(phrase)
        found += self._towns_of_parts(doc) if "-" in text else ()
        return sorted(found, key=lambda phrase: (phrase.start, phrase.end, phrase.kind))

    def _towns_of_parts(self, doc: Doc) -> Iterator[Phrase]:
        """The town of "Gelsenkirchen-Buer"; the part itself is none."""
        for token in doc:
            head, hyphen, part = token.text.partition("-")
            town = self._towns.get(skeleton(head)) if hyphen else None
            if town and part.isalpha() and skeleton(part) not in self._towns and not _NO_PART.search(part):
                yield Phrase("town", town, token.idx, token.idx + len(head))
