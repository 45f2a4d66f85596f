"""German words as search and matching compare them: folded, without stop words, lightly stemmed."""

import re

from language.normalise import skeleton

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_SUFFIXES = ("ungen", "ung", "ern", "en", "em", "er", "es", "e", "n", "s")
_MINIMUM_STEM = 4
_PARTICLES = ("an", "ab", "um")
_PARTICLE = r"(?:an|ab|um|ein|aus)"
# "an- oder ummelden", "an-, um- oder abmelden"
_SHORTENED = re.compile(
    rf"\b(?P<first>(?:{_PARTICLE}-,?\s+(?:(?:oder|und|bzw\.?)\s+)?)+)(?P<last>{_PARTICLE})(?P<verb>\w{{3,}})",
    re.IGNORECASE,
)

# Function words, courtesy and the verbs of wishing: they say that something is wanted, not what.
_STOP_TEXT = """
aber alle allem allen alles als also am auch auf aus bei beim bekomme bekommen benötige beantrage beantragen
bin bis bitte brauche brauchen bräuchte da dabei dafür damit dank danke dann das dass dein deine dem den denn der
des dich die dies diese diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines er es etwas
euch euer für gar geben geht gehen gern gerne gibt grüße guten hab habe haben hallo hat hätte helfen hier hilfe
hi ich ihm ihn ihnen ihr ihre ihrem ihren im in ins ist ja jetzt kann kannst können könnte könnten kriege
mal man meine meinem meinen meiner meines mein mich mir mit möchte möchten muss müssen nach nen ne noch nochmal nun
nur oder ob schon sehr sein seine seinem seinen seiner sich sie sind so soll sollte tag tun über und uns unser
unsere unserem unseren unserer vom von vor war warum was weil welche welcher welches wenn wer werde werden wie
wieder will wir wird wo wollen wollte würde zu zum zur zwar freundlichen geehrte damen herren dazu bzw
kostet kosten koste gebühr gebühren unterlagen frist fristen dauert dauer lange termin zuständig öffnungszeiten
antrag stellen stelle beantragung machen mache gemacht
"""
_STOP = frozenset(skeleton(word) for word in _STOP_TEXT.split())


def stem(word: str) -> str:
    """Cut one inflectional ending from an already folded word; at least four letters stay."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _MINIMUM_STEM:
            return word[: -len(suffix)]
    return word


def content_words(text: str) -> list[str]:
    """Return the stems that carry meaning, in order, each once.

    A separated verb is joined again: "melde meinen Hund an" yields "anmeld" as well.
    """
    words = _WORD.findall(skeleton(text))
    stems = [stem(word) for word in words if word not in _STOP and (len(word) > 1 or word.isdigit())]
    if any(word.startswith("meld") for word in words):
        stems += [f"{particle}meld" for particle in _PARTICLES if particle in words[1:]]
    return list(dict.fromkeys(stem for stem in stems if stem not in _PARTICLES and stem != "meld"))


def variants(text: str) -> list[str]:
    """Spell a shortened enumeration out: "an- oder ummelden" is "anmelden" and "ummelden"; others stay as they are."""
    match = _SHORTENED.search(text)
    if match is None:
        return [text]
    particles = [*re.findall(rf"{_PARTICLE}(?=-)", match["first"], re.IGNORECASE), match["last"]]
    before, after = text[: match.start()], text[match.end() :]
    return [f"{before}{particle}{match['verb']}{after}" for particle in particles]
