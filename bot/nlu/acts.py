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
    | \bverblute | \bgasgeruch\b | \briecht\s+(?:\w+\s+){0,3}nach\s+gas\b | \btritt\s+gas\s+aus | \b(?:hier|et|uns)\s+brennt
    | \b(?:in|steht\s+in)\s+flammen\b | \bfeuer\s+(?:gefangen|im|in|bei)\b | ^\W*(?:hilfe\W+)?feuer\W*$ | \bfeuerwehr\s+(?:schnell|bitte|rufen)
    | \b(?:krieg|kriege|bekomme|bekommt|kriegt)\s+(?:\w+\s+){0,2}(?:keine|kaum)\s+(?:noch\s+|mehr\s+)?luft | \berstickt\b(?!\s+in)
    | \b(?:nicht\s+(?:mehr\s+)?ansprechbar|ohnmaechtig|ueberdosis|herzstillstand|regungslos|bewegungslos)\b
    | \b(?:tabletten|waschmittel|putzmittel|gift|reiniger)\s+(?:\w+\s+){0,2}(?:geschluckt|verschluckt|getrunken|gegessen)\b
    | \b(?:umzubringen|umbringen\s+will|das\s+leben\s+nehmen|nehme\s+mir\s+das\s+leben|selbst\s+verletz\w+|verletze\s+mich\s+selbst)\b
    | \b(?:tu|tue|tut|antun|an)\b.{0,15}\bmir\s+(?:et)?was\s+an\b | \b(?:mir|sich)\s+(?:et)?was\s+an(?:tun|zutun)\b | \btut\s+sich\s+was\s+an\b
    | \b(?:mag|will|wui|moecht|moechte)\s+(?:\w+\s+){0,2}(?:nicht|nich|nit|net|ned|nimmer|nimma|nemme)\s*(?:mehr\s+)?(?:leben|aufwachen)\b
    | \bmehr\s+zu\s+leben\b
    | \b(?:waere?|waer)\s+(?:\w+\s+)?(?:lieber\s+)?tot\b | \blieber\s+tot\b | \bkein(?:en)?\s+sinn\s+mehr\s+im\s+leben\b | \bkeinen\s+ausweg\b
    | \bspringe?\s+(?:jetzt|von|gleich)\b.*|\bvor\s+(?:den|einen)\s+zug\b | \b(?:lauert|stalkt|verfolgt)\s+mi(?:r|ch)\b
    | \b(?:haut|pruegelt|misshandelt|tritt|schlaet|schlaegt)\s+(?:mich|mi|meine?|unsere?|die\s+kinder|das\s+kind|seine)\b
    | \bmich\b.{0,25}\b(?:geschlagen|verpruegelt|misshandelt|missbraucht|vergewaltigt|ueberfallen|gewuergt|eingesperrt)\b
    | \b(?:droht|gedroht)\b.{0,30}\b(?:umzubringen|abzustechen|toeten|schlagen)\b | \bmorddrohung | \bbringt\s+mich\s+um\b | \bfrauenhaus
    | \b(?:bricht|brechen)\s+(?:gerade\s+)?(?:jemand\s+)?(?:bei\s+\w+\s+)?ein\b | \beingebrochen\b.{0,20}\b(?:gerade|jetzt)\b | \bgerade\b.{0,25}\beingebrochen\b
    | \bhat\s+(?:ein\s+)?(?:messer|ne\s+pistole|eine\s+(?:pistole|waffe))\b | \b(?:schlag|messerstech|schiesser)erei\b
    | \bnotarzt\b | \bgiftnotruf\b | \btelefonseelsorge\b | \bkrisentelefon\b | \blebensgefahr\b | \bin\s+gefahr\b 
    | ^\W*(?:sos|🆘|110|112|feuerwehr|polizei|seelsorge|bereitschaftsarzt|notrufnummern?|atemnot|atemstillstand|vergiftung|einbruch|einbrecher|ueberfall|gasleck
      |bombe|explosion|kreislaufkollaps|ich\s+sterbe)(?:\W+(?:bitte|schnell|sofort|jetzt|hilfe|anrufen|rufen|nummer))*\W*$
    | \bpolizei\s+(?:rufen|schnell|sofort)\b | \b(?:ruf\w*|brauche?)\s+(?:\w+\s+){0,2}(?:die\s+)?(?:polizei|feuerwehr)\b
    | \baerztlich\w*\s+bereitschaftsdienst\b | \b(?:116\s?117|116\s?016|116\s?111)\b
    """,
    re.VERBOSE,
)
_REPORTED = re.compile(
    r"(?:urkunde|versicherung|rente\b|reha\b|schwerbehind|fuehrungszeugnis|feuerwehrausweis|freiwillige\w*\s+feuerwehr|sperre\b|pflege"
    r"|\bfinanziell|ausbildung\b|(?:nach|seit)\s+(?:\w+\s+)?(?:schlaganfall|herzinfarkt)"
    r"|hatte\s+(?:\w+\s+){0,3}(?:schlaganfall|herzinfarkt)|herzinfarkt\s+vor\b)"
)

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
