"""A value that nobody asked for: a place, something she has or has not, or a service instead of another."""

from actions import lebenslage, leistung, rechtsbehelf, wahl, zustaendigkeit
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech


async def verwerten(gespraech: Gespraech) -> list[Event] | None:
    """Use what the message says about the list or the service that is talked about; None if it says nothing."""
    if rechtsbehelf.gemeint(gespraech):
        return rechtsbehelf.erklaeren(gespraech)
    if gespraech.slot("entwurf"):
        return None
    if gespraech.slot("lebenslage") and gespraech.entities("trait"):
        return await lebenslage.zeigen(gespraech, str(gespraech.slot("lebenslage")))
    if (chosen := wahl.gewaehlt(gespraech)) is not None:
        return await leistung.zeigen(gespraech, chosen)
    if (instead := await leistung.stattdessen(gespraech)) is not None:
        return instead
    if gespraech.is_payload or not gespraech.hits or gespraech.hits[0]["score"] < leistung.GEWISS:
        return None
    wanted = await leistung.gemeint(gespraech)  # „Reisepass“, as into a search box
    return await leistung.zeigen(gespraech, wanted[0]) if wanted else None


class ActionAngabe(Faehigkeit):
    """A value that nobody asked for."""

    action = "action_angabe"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """In a form the open question comes first; outside it may say where she lives, else ask what it is for."""
        if (answered := await zustaendigkeit.ergaenzen(gespraech)) is not None:
            return answered
        if (used := await verwerten(gespraech)) is not None:
            return used
        gespraech.say("utter_unklar_angabe_im_antrag" if gespraech.slot("entwurf") else "utter_unklar_angabe")
        return []
