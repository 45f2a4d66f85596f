"""One spelling for many: case, umlauts and their ASCII forms, control characters."""

import unicodedata

_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "'", "‘": "'", "´": "'", "`": "'"})
_TYPOGRAPHIC = str.maketrans({"–": "-", "—": "-", "‑": "-", "\u00ad": "", "\u200b": "", "\ufeff": ""})


def clean(text: str) -> str:
    """Replace control characters by spaces, without changing the length of the text.

    Returns
    -------
    str
        As long as `text`, so that offsets into one are offsets into the other.
    """
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c for c in text)


def fold(text: str) -> str:
    """Casefold and write umlauts in ASCII ("Grüße" and "GRUESSE" become "gruesse"); other accents are dropped."""
    folded = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHIC).casefold().translate(_FOLD)
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFD", folded)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("ı", "i")


def skeleton(text: str) -> str:
    """Fold, then join ae/oe/ue to a/o/u, so that "für", "fuer" and "fur" are one word.

    Some natural letter pairs fall together as well ("neue" becomes "neu"); that is harmless as long as both
    sides of a comparison went through this function.
    """
    return fold(text).replace("ae", "a").replace("oe", "o").replace("ue", "u")
