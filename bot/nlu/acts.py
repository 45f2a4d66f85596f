"""Dialogue acts by rule: danger, correction, negation, question. Cheap, exact, and the same on every turn."""

import re
from typing import Literal

Act = Literal["correction", "negation", "question"]

_DANGER = re.compile(
    r"""
    \b(?:es|bei\s+mir|wohnung|haus|kueche)\s+brennt\b | \bbrennt\s+(?:es|meine|unsere|die\s+kueche)
    | \bnotruf\b | \bkrankenwagen\b | \brettungswagen\b | \bbewusstlos | \batmet\s+nicht
    | \b(?:selbst|frei)(?:mord|toet|tod) | \bsuizid | \bbringe?\s+mich\s+um\b | \bmich\s+umbringen\b
    | \bwill\s+(?:nicht|nich|nimmer)\s*(?:mehr)?\s+leben\b | \bmoechte\s+(?:nicht\s+mehr\s+leben|sterben)\b
    | \bwill\s+sterben\b | \b(?:schlaegt|verpruegelt|wuergt|vergewaltigt|missbraucht)\s+(?:mich|uns|sie|mein) 
    | \b(?:mich|uns)\s+(?:verpruegelt|geschlagen|vergewaltigt|bedroht)\b | \bwerde\s+(?:\w+\s+){0,4}(?:bedroht|geschlagen|verfolgt)\b
    | \bherzinfarkt\b | \bschlaganfall\b | \beinbrecher\b | \bmit\s+(?:einem\s+)?messer\s+(?:bedroht|vor)
    | \bverblute | \bgasgeruch\b | \briecht\s+nach\s+gas\b
    """,
    re.VERBOSE,
)
_REPORTED = re.compile(r"(?:urkunde|versicherung|rente|reha|schwerbehind)")

_CORRECTION = re.compile(
    r"""
    ^\W*(?:nein|nee|ne|noe)\b\W+(?:\S+\s+){0,3}?(?:doch|sondern|es\s+(?:war|ist)|die|der|das|am|ich\s+mein|nicht)\b
    | \bkorrektur\b | \bkorrigier | \bsondern\b | \bich\s+mein(?:te|e)\b
    | \b(?:vertan|vertippt|verschrieben|verlesen)\b | \bdoch\s+(?:am|der|die|das|erst|schon|lieber)\b
    | \bstimmt\s+(?:so\s+)?nicht\b.*\b(?:ist|war|lautet|heisst)\b
    | ^\W*(?:die|der|das|mein|meine)\s+\w+(?:\s+\w+)?\s+(?:ist|lautet|heisst|war)\s+(?:aber\s+|doch\s+|eigentlich\s+)\S
    | \b(?:aender|berichtig)\w*\s+(?:\w+\s+){0,4}(?:auf|in|zu)\b | \b(?:war|ist)\s+falsch\b
    """,
    re.VERBOSE,
)
_STATED = re.compile(
    r"^\W*(?:die|der|das|mein|meine)\s+(?:neue\s+|alte\s+|richtige\s+)?"
    r"(?:hausnummer|strasse|postleitzahl|plz|adresse|anschrift|name|nachname|vorname|familienname|geburtsdatum|"
    r"einzugsdatum|datum|telefonnummer|nummer|iban|kontonummer|kennzeichen|rasse|e-?mail\w*)"
    r"\s+(?:ist|lautet|heisst|war)\b"
)
_NEGATION = re.compile(
    r"^\W*(?:nein|nee|ne|noe|nix|nicht|kein|keine|keinen|niemals|nope)\b|\b(?:habe?|brauche?|moechte|will)\s+(?:ich\s+)?"
    r"(?:das\s+)?(?:nicht|nich|kein\w*)\b"
)
_QUESTION_WORD = re.compile(
    r"^\W*(?:und\s+|aber\s+|also\s+|sag\s+mal\s+|ach\s+)?(?:was|wat|wie|wo|wann|wer|wen|wem|warum|wieso|weshalb|wozu|"
    r"wofuer|welche\w*|woher|wohin|bis\s+wann|ab\s+wann|wieviel\w*|muss\s+ich|kann\s+ich|kann\s+man|darf\s+ich|brauche?\s+ich|"
    r"gibt\s+es|geht\s+das|ist\s+das|sind\s+sie|bist\s+du|haben\s+sie|hast\s+du|koennen\s+(?:sie|wir)|kannst\s+du)\b"
)


def sounds_like_danger(folded: str) -> bool:
    """Whether a folded text speaks of present danger; help lines come before everything else then."""
    return bool(_DANGER.search(folded)) and not _REPORTED.search(folded)


def act(text: str, folded: str) -> Act | None:
    """The dialogue act of a message.

    A question is no answer, a correction changes an earlier answer, a negation says no to something.

    Parameters
    ----------
    text
        The message as written.
    folded
        The same through `language.normalise.fold`.
    """
    if text.rstrip(" !\"'“”)").endswith("?") or _QUESTION_WORD.search(folded):
        return "question"
    if _CORRECTION.search(folded) or _STATED.search(folded):
        return "correction"
    if _NEGATION.search(folded):
        return "negation"
    return None
