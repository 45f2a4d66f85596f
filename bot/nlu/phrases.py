"""Life situations, traits and aspects named in a message, by spaCy's PhraseMatcher over stems."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from language.normalise import clean, skeleton
from language.words import stem


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
            if not any(p.kind == kind and phrase.start < p.end and p.start < phrase.end for p in found):
                found.append(phrase)
        return sorted(found, key=lambda phrase: (phrase.start, phrase.end, phrase.kind))
