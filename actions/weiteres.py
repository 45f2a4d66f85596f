"""What comes next: parked wishes first, then the open steps of the life situation."""

from collections.abc import Sequence

from rasa_sdk.events import SlotSet

from actions.gespraech import Event, Gespraech, button
from actions.tuer import portal
from portal.client import PortalError

HOECHSTENS = 3


def parken(gespraech: Gespraech, services: Sequence[str]) -> list[Event]:
    """Remember wishes for later, each once."""
    parked = list(gespraech.slot("wuensche") or [])
    new = [one for one in services if one not in parked]
    return [SlotSet("wuensche", parked + new)] if new else []


async def anbieten(gespraech: Gespraech, erledigt: str) -> list[Event]:
    """Offer the next thing after `erledigt`; a plain "ja" starts the first one."""
    wishes = [one for one in gespraech.slot("wuensche") or [] if one != erledigt]
    steps = [one for one in gespraech.slot("schritte") or [] if one != erledigt]
    events: list[Event] = [SlotSet("wuensche", wishes), SlotSet("schritte", steps)]
    upcoming = list(dict.fromkeys(wishes + steps))[:HOECHSTENS]
    if not upcoming:
        gespraech.say("utter_weiteres_nichts")
        return events
    try:
        names = {one: (await portal().service(gespraech.conversation_id, one)).name for one in upcoming}
    except PortalError:
        # What was done before stays done and said; the offer can wait.
        return events
    gespraech.say(
        "utter_weiteres_anbieten",
        leistung=names[upcoming[0]],
        buttons=[button(name, f'/start{{"service": "{one}"}}') for one, name in names.items()],
    )
    return [*events, SlotSet("angebot", {"art": "leistung", "leistung": upcoming[0]})]
