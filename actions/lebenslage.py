"""A life situation: what has to be done, in which order, until when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rasa_sdk.events import SlotSet

from actions import karten, leistung, unklar, weiteres
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech, button, german
from actions.tuer import portal
from portal.client import Checklist, Source, Step

_VERNEINT = re.compile(r"\b(?:kein\w*|ohne)\s+(?:\w+\s+)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Zeitraum:
    """When it happened or will happen, as exactly as the citizen said it."""

    von: date
    bis: date

    def __str__(self) -> str:
        if self.von == self.bis:
            return f"am {german(self.von)}"
        return f"zwischen dem {german(self.von)} und dem {german(self.bis)}"


def zeitraum(gespraech: Gespraech) -> Zeitraum | None:
    """The day or range of days that the message names."""
    spoken = gespraech.entity("date_range") or gespraech.entity("date")
    if spoken is None:
        return None
    first, _, last = str(spoken).partition("/")
    try:
        return Zeitraum(date.fromisoformat(first), date.fromisoformat(last or first))
    except ValueError:
        return None


def zeile(step: Step, names: dict[str, str]) -> str:
    """One step in words, for clients without cards."""
    text = step.name
    if step.deadline:
        text += f": {step.deadline.text} ({step.deadline.law})"
        text += ", Stand prüfen" if step.deadline.mark == "stand_pruefen" else ""
    if after := [names[one] for one in step.depends_on if one in names]:
        text += f". {'Erst nach' if step.blocking else 'Am besten nach'}: {', '.join(after)}"
    return f"{text}. Schon erledigt" if step.done else text


def quelle(sources: Sequence[Source]) -> str:
    """Where the list comes from, each source with its mark where it is not checked."""
    return "; ".join(
        one.label + (" (Stand prüfen)" if one.mark == "stand_pruefen" else "") for one in sources
    )


def texte(checklist: Checklist) -> dict[str, Any]:
    """What must be done, and what only concerns some, as two lists."""
    names = {step.service: step.name for step in checklist.steps}
    must = [zeile(step, names) for step in checklist.steps if step.applies and not step.optional]
    may = [step.name for step in checklist.steps if not step.applies or step.optional]
    return {
        "intro": checklist.intro,
        "liste": "\n".join(f"{number}. {one}" for number, one in enumerate(must, 1)),
        "moeglich": f"\nNur falls es auf Sie zutrifft: {', '.join(may)}." if may else "",
        "hinweise": "".join(f"\n{one}" for one in checklist.notes),
        "quelle": quelle(checklist.sources),
    }


async def zeigen(gespraech: Gespraech, situation: str) -> list[Event]:
    """Show the checklist of a situation, made for what she has and has not; ask nothing."""
    has, without = _merkmale(gespraech)
    traits = [one for one in dict.fromkeys([*(gespraech.slot("merkmale") or []), *has]) if one not in without]
    checklist = await portal().checklist(gespraech.conversation_id, situation, traits=traits, without=without)
    if (when := zeitraum(gespraech)) is not None:
        future = when.bis > gespraech.today
        gespraech.say(
            "utter_lebenslage_kuenftig" if future else "utter_lebenslage_vergangen",
            lage=checklist.title,
            wann=when,
            ab=german(when.von),
        )
    due = [step for step in checklist.steps if step.applies and not step.optional and not step.done]
    # After what comes first by law, what she said herself (her dog) is offered before the rest.
    steps = [step.service for step in due[:1]]
    steps += [step.service for step in sorted(due[1:], key=lambda step: step.trait is None)]
    begin: list[Event] = []
    # The list comes last: a number that answers it in a messenger counts for the newest message only.
    if due and not gespraech.slot("entwurf"):
        first = due[0]
        start = button("Jetzt beginnen", f'/start{{"service": "{first.service}"}}')
        gespraech.say(
            "utter_lebenslage_beginnen",
            leistung=first.name,
            buttons=[start],
            card=karten.checkliste(checklist),
            **texte(checklist),
        )
        begin = [SlotSet("angebot", {"art": "beginnen", "leistung": first.service})]
    else:
        gespraech.say("utter_lebenslage_liste", card=karten.checkliste(checklist), **texte(checklist))
    listed = {step.service for step in checklist.steps}
    others = [one for one in await leistung.gemeint(gespraech) if one not in listed]
    return [
        SlotSet("lebenslage", situation),
        SlotSet("merkmale", traits),
        SlotSet("schritte", steps),
        *begin,
        *weiteres.parken(gespraech, others),
    ]


def _merkmale(gespraech: Gespraech) -> tuple[list[str], list[str]]:
    has: list[str] = []
    without: list[str] = []
    for trait, start in gespraech.entity_places("trait"):
        (without if _VERNEINT.search(gespraech.text[:start]) else has).append(str(trait))
    return has, without


class ActionLebenslage(Faehigkeit):
    """„Ich bin umgezogen und habe einen Hund.“"""

    action = "action_lebenslage"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Show the checklist of what was named, else of what is talked about."""
        situation = gespraech.entity("life_situation") or gespraech.slot("lebenslage")
        return await zeigen(gespraech, str(situation)) if situation else unklar.nachfragen(gespraech)
