"""Short commands that are typed instead of pressed: skip, later, help, go on. Only whole messages count."""

import re

from rasa_sdk.events import SlotSet

from actions import entwurf, karten, nachweis, ueberspringen
from actions.gespraech import Event, Gespraech

UEBERSPRINGEN = {
    "überspringen",
    "ueberspringen",
    "auslassen",
    "weglassen",
    "keine angabe",
    "frage überspringen",
}
SPAETER = {
    "später",
    "spaeter",
    "später nachreichen",
    "nachreichen",
    "ich reiche es später nach",
    "habe ich noch nicht",
}
HILFE = {
    "hilfe",
    "hilfe bitte",
    "was bedeutet das",
    "was heißt das",
    "was ist gemeint",
    "erklären",
    "verstehe ich nicht",
}
_ZWECK = re.compile(
    r"^(?:und\s+)?(?:warum|wieso|weshalb|wozu|wofür|wofuer)\b.*\b(?:das|die|diese|den|es|ihr|sie)\b"
    r"|^muss ich (?:das|die|den|es)\b.*\b(?:angeben|sagen|beantworten|nennen|ausfüllen)\b",
    re.IGNORECASE,
)
_BEDEUTUNG = re.compile(
    r"^(?:was|welche[rnsm]?|wie)\b.*\b(?:meinen|meinst|gemeint|bedeutet|heißt|versteht)\b|^was (?:ist|sind)\b",
    re.IGNORECASE,
)
WEITER = {"weiter", "weitermachen", "fortsetzen", "weiter bitte"}


# Where each of these words is a command to what was asked, whatever else it may mean elsewhere.
_GILT = ((UEBERSPRINGEN, {"field", "identity"}), (SPAETER, {"evidence"}), (HILFE, {"field"}))


def gemeint(gespraech: Gespraech) -> bool:
    """Whether the whole message is a command to what was asked."""
    said, asked = _gesagt(gespraech), gespraech.slot("frage_art")
    return any(said in words and asked in kinds for words, kinds in _GILT)


async def ausfuehren(gespraech: Gespraech) -> list[Event] | None:
    """Obey a command that fits what was asked; None if the message is none."""
    said = _gesagt(gespraech)
    asked = gespraech.slot("frage_art")
    if gemeint(gespraech):
        if said in UEBERSPRINGEN:
            return await ueberspringen.auslassen(gespraech)
        if said in SPAETER:
            return await nachweis.beilegen(gespraech, None)
        return [SlotSet("versuche", max(1, int(gespraech.slot("versuche") or 0)))]
    if asked == "field" and _ZWECK.search(said):
        return await _zweck(gespraech)
    if asked == "field" and _BEDEUTUNG.search(said) and await _nennt_die_frage(gespraech):
        return [SlotSet("versuche", max(1, int(gespraech.slot("versuche") or 0)))]
    if said in WEITER:
        return []
    return None


def _gesagt(gespraech: Gespraech) -> str:
    return gespraech.text.lower().strip(" .!?")


async def _zweck(gespraech: Gespraech) -> list[Event]:
    """„Warum wollen Sie das wissen?“: whom the answer goes to, on which basis, and whether it may be left out."""
    draft = await entwurf.laden(gespraech)
    field = entwurf.gefragt(gespraech, draft)
    if field is None:
        return []
    gespraech.say(
        "utter_antrag_zweck",
        feld=field.label,
        leistung=draft.name,
        stelle=karten.empfaenger(draft),
        grundlage=draft.legal_basis,
        pflicht="Ohne sie ist der Antrag nicht vollständig."
        if field.required
        else "Sie ist freiwillig: Mit „Überspringen“ lassen Sie sie weg.",
    )
    return []


async def _nennt_die_frage(gespraech: Gespraech) -> bool:
    field = entwurf.gefragt(gespraech, await entwurf.laden(gespraech))
    words = set(re.findall(r"[a-zäöüß]{4,}", gespraech.text.lower()))
    return field is not None and bool(
        words & set(re.findall(r"[a-zäöüß]{4,}", f"{field.label} {field.question or ''}".lower()))
    )
