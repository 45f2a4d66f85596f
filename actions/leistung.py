"""A wish for a service: its card, a choice between similar ones, and further wishes kept for later."""

import re
from collections.abc import Sequence

from rasa_sdk.events import SlotSet

from actions import auskunft, entwurf, karten, rechtsbehelf, termin, unklar, wahl, weiteres
from actions.faehigkeit import HILFE, Faehigkeit
from actions.gespraech import Event, Gespraech, button
from actions.tuer import portal
from actions.verneinung import bejaht, verneint

# Scores of the search (0 to 1): this one is meant; certainly meant; worth offering.
GEMEINT = 0.6
GEWISS = 0.75
MOEGLICH = 0.3
# So much better than the next one; less where the best is certain.
ABSTAND, ABSTAND_GEWISS = 0.15, 0.05
HOECHSTENS = 3
_TRENNER = re.compile(
    r"\b(?:und|sowie|außerdem|ausserdem|auch noch|dann noch|zusätzlich)\b|[,;.]", re.IGNORECASE
)


async def zeigen(gespraech: Gespraech, service: str) -> list[Event]:
    """Show what a service is, costs and needs, with the way to apply."""
    view = await portal().service(gespraech.conversation_id, service)
    gespraech.say(
        "utter_leistung_karte",
        card=karten.leistung(view),
        buttons=[
            button("Jetzt beantragen", "/start"),
            button("Was kostet das?", '/aspect{"aspect": "kosten"}'),
            button("Unterlagen", '/aspect{"aspect": "unterlagen"}'),
            button("Frist", '/aspect{"aspect": "frist"}'),
            *([termin.waehlen(service)] if view.appointment else []),
        ],
        name=view.name,
        kurz=view.short,
        stelle=", ".join(part for part in (view.office.name, view.office.authority) if part),
        kosten=auskunft.kosten(view),
        frist=view.deadline.text if view.deadline else "keine bekannt",
        daten=", ".join(view.data) or "keine",
        unterlagen=", ".join(one.label for one in view.documents) or "keine",
        hinweis=f"\nHinweis: {view.hint}" if view.hint else "",
        quelle=auskunft.quelle(view, "leistung"),
    )
    return [SlotSet("leistung", service), SlotSet("angebot", {"art": "beginnen", "leistung": service})]


async def gemeint(gespraech: Gespraech) -> list[str]:
    """Ids of the services that the message certainly names; each wish of an enumeration is looked up by itself."""
    if not gespraech.is_payload and verneint(gespraech.text):
        return await statt_verneinter(gespraech)
    named = [str(one) for one in gespraech.entities("service")]
    if not named and gespraech.hits:
        best, *others = (float(hit["score"]) for hit in gespraech.hits)
        distance = best - (others[0] if others else 0.0)
        if best >= GEMEINT and distance >= (ABSTAND_GEWISS if best >= GEWISS else ABSTAND):
            named = [str(gespraech.hits[0]["id"])]
    wishes = (
        [] if gespraech.is_payload else [one.strip() for one in _TRENNER.split(gespraech.text) if one.strip()]
    )
    for wish in wishes if len(wishes) > 1 else []:
        found = await portal().search(gespraech.conversation_id, wish, limit=1)
        named += [hit.id for hit in found if hit.score >= GEWISS]
    return list(dict.fromkeys(named))


async def statt_verneinter(gespraech: Gespraech) -> list[str]:
    """Services of „nicht Reisepass, Personalausweis“ without the denied one; empty where nothing else is named."""
    meant = bejaht(gespraech.text)
    if not meant:
        return []
    found = await portal().search(gespraech.conversation_id, meant, limit=1)
    denied = await portal().search(gespraech.conversation_id, verneint(gespraech.text), limit=1)
    return [hit.id for hit in found if hit.score >= GEMEINT and hit.id not in {one.id for one in denied}]


async def stattdessen(gespraech: Gespraech) -> list[Event] | None:
    """Show the service that is meant instead of a denied one; None if the message names none."""
    if gespraech.is_payload or not verneint(gespraech.text):
        return None
    wanted = await statt_verneinter(gespraech)
    return await zeigen(gespraech, wanted[0]) if wanted else None


def vorschlagen(gespraech: Gespraech, names: Sequence[tuple[str, str]]) -> list[Event]:
    """Ask which of two or three similar services is meant; the answer may name its place in the list."""
    if len(names) == 1:
        (one, name) = names[0]
        gespraech.say(
            "utter_leistung_vielleicht",
            buttons=[button(f"Ja, {name}", f'/service{{"service": "{one}"}}'), HILFE],
            name=name,
        )
        return [SlotSet("angebot", {"art": "zeigen", "leistung": one})]
    gespraech.say(
        "utter_leistung_welche",
        buttons=[button(name, f'/service{{"service": "{one}"}}') for one, name in names],
        liste="\n".join(f"{number}. {name}" for number, (_, name) in enumerate(names, 1)),
    )
    return [SlotSet("angebot", wahl.angebot(list(names)))]


class ActionLeistung(Faehigkeit):
    """A service was named or described."""

    action = "action_leistung"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Show it, park it while a form runs, or ask which one is meant."""
        if rechtsbehelf.gemeint(gespraech):
            return rechtsbehelf.erklaeren(gespraech)
        if (chosen := wahl.gewaehlt(gespraech)) is not None:
            return await zeigen(gespraech, chosen)
        wanted = await gemeint(gespraech)
        if gespraech.slot("entwurf"):
            return await self._park(gespraech, wanted)
        if not wanted:
            similar = [(str(h["id"]), str(h["name"])) for h in gespraech.hits if h["score"] >= MOEGLICH]
            if not similar:
                return unklar.nachfragen(gespraech)
            return vorschlagen(gespraech, similar[:HOECHSTENS])
        first, *more = wanted
        asked_before = (gespraech.slot("angebot") or {}).get("art") == "aspekt"
        if asked_before:
            events = await auskunft.beantworten(gespraech, first, gespraech.slot("angebot")["aspekte"])
        else:
            events = await zeigen(gespraech, first)
        if more:
            names = [(await portal().service(gespraech.conversation_id, one)).name for one in more]
            gespraech.say("utter_leistung_danach", liste=", ".join(f"„{name}“" for name in names))
        return events + weiteres.parken(gespraech, more)

    async def _park(self, gespraech: Gespraech, wanted: Sequence[str]) -> list[Event]:
        running = gespraech.slot("leistung")
        if wanted and not gespraech.is_payload and await self._denies(gespraech, running):
            gespraech.say("utter_leistung_gewechselt")
            return [*entwurf.loslassen(), *await zeigen(gespraech, wanted[0])]
        others = [one for one in wanted if one != running]
        if not others:
            return []
        names = [(await portal().service(gespraech.conversation_id, one)).name for one in others]
        gespraech.say("utter_leistung_geparkt", liste=", ".join(f"„{name}“" for name in names))
        return weiteres.parken(gespraech, others)

    async def _denies(self, gespraech: Gespraech, running: str | None) -> bool:
        denied = verneint(gespraech.text)
        if not denied:
            return False
        found = await portal().search(gespraech.conversation_id, denied, limit=1)
        return any(hit.id == running for hit in found)
