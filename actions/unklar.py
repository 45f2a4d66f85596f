"""What was not understood: rephrase once, then offer a human. Honest about what is none of our business."""

from rasa_sdk.events import SlotSet

from actions import rechtsbehelf, zustaendigkeit
from actions.faehigkeit import HILFE, Faehigkeit
from actions.gespraech import Event, Gespraech


def nachfragen(gespraech: Gespraech) -> list[Event]:
    """Ask for other words the first time, offer a human the second time."""
    times = int(gespraech.slot("unklar") or 0) + 1
    if times == 1:
        gespraech.say("utter_unklar_anders")
        return [SlotSet("unklar", times)]
    gespraech.say("utter_mensch_anbieten", buttons=[HILFE])
    return [SlotSet("unklar", times), SlotSet("angebot", {"art": "mensch", "grund": "nicht_verstanden"})]


class ActionUnklar(Faehigkeit):
    """Rasa's name for the last resort: no rule applies."""

    action = "action_default_fallback"
    understood = False

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Ask again in other words, unless it says where she lives."""
        return await zustaendigkeit.ergaenzen(gespraech) or nachfragen(gespraech)


class ActionAusserhalb(Faehigkeit):
    """Nothing that an office does."""

    action = "action_ausserhalb"
    understood = False

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Say so; the second time offer a human. A place that was asked for is no nonsense."""
        if (answered := await zustaendigkeit.ergaenzen(gespraech)) is not None:
            return answered
        if rechtsbehelf.gemeint(gespraech):
            return rechtsbehelf.erklaeren(gespraech)
        times = int(gespraech.slot("unklar") or 0) + 1
        gespraech.say("utter_unklar_ausserhalb")
        if times == 1:
            return [SlotSet("unklar", times)]
        gespraech.say("utter_mensch_anbieten", buttons=[HILFE])
        return [SlotSet("unklar", times), SlotSet("angebot", {"art": "mensch", "grund": "nicht_verstanden"})]
