"""„nein, nicht Reisepass, Personalausweis“: which part of a message is denied, and which one is meant."""

import re

_VERNEINT = re.compile(
    r"\b(?:nicht|keine?n?m?r?)\s+(?:(?:de[nrm]|die|das|einen?|eine[rm]?|vom|beim|für)\s+)*"
    r"(?P<was>[^,.;]+?)\s*(?:[,;]\s*(?:sondern\s+)?|\bsondern\s+|$)",
    re.IGNORECASE,
)
_ABLEHNUNG = re.compile(r"^\s*(?:nein|nee?|nö|halt|stopp)\b[\s,.!]*(?:doch\s+)?", re.IGNORECASE)


def verneint(text: str) -> str:
    """The denied part: "Reisepass" of „nein, nicht Reisepass, Personalausweis“; empty without one."""
    found = _VERNEINT.search(text)
    return found["was"].strip() if found else ""


def bejaht(text: str) -> str:
    """What is left when the denied part and a leading no are gone: "Personalausweis"; the whole text without one."""
    if not verneint(text):
        return text
    return _ABLEHNUNG.sub("", _VERNEINT.sub(" ", text, count=1)).strip(" ,.!?")
