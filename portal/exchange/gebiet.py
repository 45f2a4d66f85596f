"""Official area keys: whether an area covers a town."""

import re

KEY = re.compile(r"\d{2}|\d{3}|\d{5}|\d{8}|\d{12}", re.ASCII)
BLOCKS = ((0, 2), (2, 3), (3, 5), (5, 8))
"""Land, Regierungsbezirk, Kreis, Gemeinde within an AGS of 8 digits."""


def ars(ags: str) -> str:
    """The Amtlicher Regionalschlüssel (12 digits) of a municipality in Nordrhein-Westfalen.

    There are no Gemeindeverbände in NRW, so the key repeats the municipality's own number.

    Raises
    ------
    ValueError
        `ags` is no Amtlicher Gemeindeschlüssel of NRW.
    """
    if not re.fullmatch(r"05\d{6}", ags, re.ASCII):
        raise ValueError(f"„{ags}“ ist kein Amtlicher Gemeindeschlüssel in Nordrhein-Westfalen.")
    return f"{ags[:5]}0{ags[5:]}{ags[5:]}"


def covers(key: str, ags: str) -> bool:
    """Whether the area with this key (AGS, ARS or the first digits of one) holds the municipality `ags`.

    A key that ends in zeros stands for the whole area above: `05` and `05000000` are Nordrhein-Westfalen,
    `000000000000` is all of Germany.

    Raises
    ------
    ValueError
        `key` has not the form of an official key.
    """
    if not KEY.fullmatch(key):
        raise ValueError(f"„{key[:40]}“ ist kein amtlicher Schlüssel eines Gebiets.")
    short = key[:5] + key[9:] if len(key) == 12 else key
    blocks = [short[start:end] for start, end in BLOCKS if short[start:end]]
    while blocks and not blocks[-1].strip("0"):
        blocks.pop()
    return ags.startswith("".join(blocks)) if len(blocks) < len(BLOCKS) else ags == short
