"""Short replies around the matter: greeting, thanks, goodbye, what the assistant is."""

from actions import einwilligung, entwurf, freigabe
from actions.faehigkeit import HILFE, Faehigkeit
from actions.gespraech import Event, Gespraech, button
from actions.tuer import portal
from portal.client import NotLoggedInError

_ANFANG = (
    button("Ich bin umgezogen", '/life_situation{"life_situation": "umzug"}'),
    button("Mit einem Menschen sprechen", "/human"),
)
HILFERUFE = {"hilfe", "hilfe bitte", "bitte hilfe", "ich brauche hilfe", "help"}
"""Calls for help that say nothing of danger, in lower case."""


class ActionGruss(Faehigkeit):
    """„Guten Tag“."""

    action = "action_gruss"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Greet; at the beginning with the notice that this is a machine and with first buttons."""
        if gespraech.slot("entwurf"):
            gespraech.say("utter_gruss_kurz")
        else:
            gespraech.say("utter_gruss", buttons=_ANFANG)
        return []


class ActionDank(Faehigkeit):
    """„Danke“."""

    action = "action_dank"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Say it; in a form the question comes again."""
        gespraech.say("utter_dank")
        return []


class ActionAbschied(Faehigkeit):
    """„Auf Wiedersehen“; what is open stays saved."""

    action = "action_abschied"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Say goodbye; an open application is kept and asks nothing more."""
        if gespraech.slot("entwurf"):
            gespraech.say("utter_abschied_gespeichert")
            return entwurf.loslassen()
        gespraech.say("utter_abschied")
        return []


class ActionMaschine(Faehigkeit):
    """„Sind Sie ein Mensch?“."""

    action = "action_maschine"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Say it; a bare call for help also gets the help lines, in case it was meant so."""
        if gespraech.text.lower().strip(" .!?") in HILFERUFE:
            gespraech.say("utter_hilfe", buttons=[HILFE])
        else:
            gespraech.say("utter_maschine")
        return []


class ActionPlauderei(Faehigkeit):
    """Small talk."""

    action = "action_plauderei"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Say it; in a form the question comes again."""
        gespraech.say("utter_plauderei")
        return []


async def ueber_mich(gespraech: Gespraech) -> None:
    """What lies about the citizen and who got or saw which of it; without an account, how it is in general."""
    if not gespraech.has_account:
        gespraech.say("utter_datenschutz")
        return
    try:
        data = await portal().data_overview(gespraech.conversation_id)
    except NotLoggedInError:
        gespraech.say("utter_datenschutz")
        return
    gespraech.say(
        "utter_datenschutz_ueberblick",
        angaben=", ".join(data.fields) or "noch keine",
        unterlagen=data.documents,
        freigaben=data.consents,
        zuletzt="\n".join(data.recent) or "Bisher hat niemand Daten von Ihnen bekommen oder angesehen.",
    )


class ActionDatenschutz(Faehigkeit):
    """„Was wissen Sie über mich?“."""

    action = "action_datenschutz"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Say it; in a form the question comes again. „Freigabe widerrufen“ in an open application is done at once."""
        if einwilligung.will_widerrufen(gespraech.text):
            done = await freigabe.widerrufen(gespraech)
            if done is not None:
                return done
        await ueber_mich(gespraech)
        return []
