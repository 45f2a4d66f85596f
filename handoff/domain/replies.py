"""Canned replies: texts with placeholders that are filled from the chat."""

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
KNOWN = {
    "funktion": "Ihre Funktion",
    "stelle": "Ihre Stelle",
    "leistung": "Name der Leistung",
    "gebuehr": "Kosten laut Katalog",
    "frist": "Frist laut Katalog",
    "zustaendig": "zuständige Stelle laut Katalog",
    "aktenzeichen": "Aktenzeichen",
}
"""Every placeholder, with what it stands for."""


def unknown(text: str) -> list[str]:
    """List the placeholders of a text that nobody can fill, in their order."""
    return [name for name in PLACEHOLDER.findall(text) if name not in KNOWN]


def fill(text: str, values: Mapping[str, str | None]) -> tuple[str, list[str]]:
    """Fill in what is known.

    Returns
    -------
    tuple
        The text, where what is not known stands as `[Kosten laut Katalog]`; and the names of those gaps.
    """
    gaps: list[str] = []

    def put(match: re.Match[str]) -> str:
        value = values.get(match[1])
        if value:
            return value
        gaps.append(match[1])
        return f"[{KNOWN.get(match[1], match[1])}]"

    return PLACEHOLDER.sub(put, text), gaps
