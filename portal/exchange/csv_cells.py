"""Cells of a CSV file: several values in one cell, and formulas made harmless."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet may take for a formula, in the full-width form too."""
_GUARDED = (*FORMULA, "'")


def guard(cell: str) -> str:
    """`cell` as it is written: an apostrophe before what a spreadsheet might compute, or before an apostrophe."""
    return f"'{cell}" if cell.startswith(_GUARDED) else cell


def unguard(cell: str) -> str:
    """What `guard` was given; a cell written by others loses no apostrophe that is its own."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_GUARDED) else cell


def join(values: list[str]) -> str:
    """Several values in one cell, separated by `|`; in a value `|` and the backslash get a backslash before them."""
    return "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)


def split(cell: str) -> list[str]:
    """What `join` was given. An empty cell is no value at all."""
    if not cell:
        return []
    values, current, escaped = [], "", False
    for sign in cell:
        if escaped:
            current, escaped = current + sign, False
        elif sign == "\\":
            escaped = True
        elif sign == "|":
            values.append(current)
            current = ""
        else:
            current += sign
    values.append(current + ("\\" if escaped else ""))
    return values
