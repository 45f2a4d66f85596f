"""A human takes over: what the gateway needs to know, and what the citizen is told."""

import re

from rasa_sdk.events import SlotSet

from actions import entwurf, karten, rechtsbehelf
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech, button
from actions.tuer import portal
from portal.client import DraftView, PortalError

ALLGEMEIN = "Allgemeine Anfrage"
WEITERE = 4
"""Parked wishes that the summary names."""
STRAENGE = 3
"""So many matters at once make a chat complex: open services that belong to no common checklist, and the checklist."""
_RECHTSFRAGE = re.compile(
    r"\b(?:rechtlich\w*|rechtsfragen?|rechtsberatung|juristisch\w*|anw[aä]lt\w*|strafbar|gesetzlich)\b",
    re.IGNORECASE,
)
_ZU_SCHWER = re.compile(
    r"\b(?:kompliziert\w*|komplex\w*|schwierige[rsn]? fall|zu (?:schwer|schwierig)|überfordert)\b",
    re.IGNORECASE,
)


async def rufen(gespraech: Gespraech, reason: str, response: str) -> list[Event]:
    """Ask the gateway for a human (`uebergabe`) and say what happens and what is kept.

    Parameters
    ----------
    gespraech
        The turn.
    reason
        One of the gateway's reasons: `wunsch`, `nicht_verstanden`, `rechtsbehelf`, `beschwerde`, `notfall` and others;
        a wish about a sensitive service becomes `sensibel`, one that speaks of a remedy `rechtsbehelf`, one in a `schwierig` case
        `komplex`.
    response
        Sentence for the citizen.
    """
    topic: str | None = None
    known: str | None = None
    summary: list[str] = []
    try:
        draft = await entwurf.laden(gespraech) if gespraech.slot("entwurf") else None
        if draft is not None:
            topic, summary, known = draft.name, zusammenfassen(draft), draft.service
        elif service := gespraech.slot("leistung"):
            known = str(service)
        if known is not None:
            view = await portal().service(gespraech.conversation_id, known)
            topic = topic or view.name
            summary = summary or [f"Anliegen: {topic}"]
            reason = "sensibel" if view.sensitive and reason == "wunsch" else reason
        others = [one for one in gespraech.slot("wuensche") or [] if one != known][:WEITERE]
        if others:
            names = [(await portal().service(gespraech.conversation_id, one)).name for one in others]
            summary = [*summary, f"Weitere Anliegen: {', '.join(names)}"]
    except PortalError:
        # A human is needed all the more; the form stays in the portal.
        draft = None
    if reason == "wunsch" and rechtsbehelf.gemeint(gespraech):
        reason = rechtsbehelf.GRUND
    if reason == "wunsch" and schwierig(gespraech, known):
        reason = "komplex"
    gespraech.say(
        response,
        card=karten.warteschlange(reason, topic or ALLGEMEIN),
        buttons=[button("Zurück zum Assistenten", "/back_to_bot")],
        behalten="Ihr Antrag und alle Angaben bleiben gespeichert. " if gespraech.slot("entwurf") else "",
    )
    handoff = {"reason": reason, "topic": topic, "service": known, "summary": summary}
    return [SlotSet("uebergabe", handoff)]


def schwierig(gespraech: Gespraech, known: str | None) -> bool:
    """Whether the case is complex: she says so, is stuck in a form or asks about the law in one, or too much hangs together.

    Parameters
    ----------
    known
        The service of the form, else the one that is talked about.
    """
    if entwurf.festgefahren(gespraech):
        return True
    said = "" if gespraech.is_payload else gespraech.text
    if _ZU_SCHWER.search(said) or (gespraech.slot("entwurf") and _RECHTSFRAGE.search(said)):
        return True
    steps = set(gespraech.slot("schritte") or [])
    alone = {known, *(gespraech.slot("wuensche") or [])} - {None} - steps
    return len(alone) + bool(steps) >= STRAENGE


def zusammenfassen(draft: DraftView) -> list[str]:
    """The state of the form in three lines, without any value."""
    labels = [field.label for field in draft.fields if field.state in {"offen", "vorgeschlagen"}]
    labels += [one.label for one in draft.evidence if one.required and one.state == "offen"]
    lines = [
        f"Anliegen: {draft.name}",
        f"Beantwortet: {draft.progress.answered} von {draft.progress.total}",
    ]
    return [*lines, f"Offen: {', '.join(labels[:5])}"] if labels else lines


class ActionMensch(Faehigkeit):
    """„Ich möchte mit einem Menschen sprechen.“"""

    action = "action_mensch"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Call a human at once, without asking why."""
        offer = gespraech.slot("angebot") or {}
        # The button of an offer: a human is wanted for what the offer was made for.
        reason = str(offer.get("grund") or "wunsch") if offer.get("art") == "mensch" else "wunsch"
        return await rufen(gespraech, reason, "utter_mensch_gerufen")


class ActionBeschwerde(Faehigkeit):
    """The citizen complains: take it seriously, offer a human."""

    action = "action_beschwerde"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Offer, do not force."""
        gespraech.say("utter_mensch_beschwerde", buttons=[button("Mit einem Menschen sprechen", "/human")])
        return [SlotSet("angebot", {"art": "mensch", "grund": "beschwerde"})]
