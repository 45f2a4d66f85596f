"""Short replies around the matter: greeting, thanks, goodbye, what the assistant is."""

from typing import ClassVar

from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech, button

_ANFANG = (
    button("Ich bin umgezogen", '/life_situation{"life_situation": "umzug"}'),
    button("Mit einem Menschen sprechen", "/human"),
)


class Antwortsatz(Faehigkeit):
    """One sentence of data/responses, nothing else; in a form the question comes again."""

    response: ClassVar[str]

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Say it."""
        gespraech.say(self.response)
        return []


class ActionGruss(Faehigkeit):
    """ "Guten Tag"."""

    action = "action_gruss"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Greet; at the beginning with the notice that this is a machine and with first buttons."""
        if gespraech.slot("entwurf"):
            gespraech.say("utter_gruss_kurz")
        else:
            gespraech.say("utter_gruss", buttons=_ANFANG)
        return []


class ActionDank(Antwortsatz):
    """ "Danke"."""

    action, response = "action_dank", "utter_dank"


class ActionAbschied(Faehigkeit):
    """ "Auf Wiedersehen"; what is open stays saved."""

    action = "action_abschied"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Say goodbye, and with an open application that it is kept."""
        gespraech.say("utter_abschied_gespeichert" if gespraech.slot("entwurf") else "utter_abschied")
        return []


class ActionMaschine(Antwortsatz):
    """ "Sind Sie ein Mensch?"."""

    action, response = "action_maschine", "utter_maschine"


class ActionPlauderei(Antwortsatz):
    """Small talk."""

    action, response = "action_plauderei", "utter_plauderei"


class ActionDatenschutz(Antwortsatz):
    """ "Was wissen Sie über mich?"."""

    action, response = "action_datenschutz", "utter_datenschutz"
