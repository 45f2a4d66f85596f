"""Documents: tie an uploaded one to the application, or promise it for later."""

from rasa_sdk.events import SlotSet

from actions import entwurf
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech
from actions.tuer import portal
from portal.client import DraftChangedError, DraftView


async def beilegen(gespraech: Gespraech, document: str | None) -> list[Event]:
    """Tie the document to the evidence that was asked; None promises it for later."""
    draft = await entwurf.laden(gespraech)
    asked = next((one for one in draft.evidence if one.id == gespraech.slot("feld")), None)
    if asked is None:
        return entwurf.merken(gespraech, draft)
    try:
        new = await _put(gespraech, draft, asked.id, document)
    except DraftChangedError as conflict:
        new = await _put(gespraech, conflict.draft, asked.id, document, again=True)
    gespraech.say("utter_nachweis_danke" if document else "utter_nachweis_spaeter", nachweis=asked.label)
    return [*entwurf.merken(gespraech, new), SlotSet("versuche", 0)]


async def _put(
    gespraech: Gespraech, draft: DraftView, evidence: str, document: str | None, again: bool = False
) -> DraftView:
    return await portal().put_evidence(
        gespraech.conversation_id,
        draft.id,
        evidence,
        document=document,
        version=draft.version,
        key=gespraech.key("nachweis", evidence) + (":2" if again else ""),
    )


class ActionHochgeladen(Faehigkeit):
    """The upload card's answer, or the button of a document that she keeps."""

    action = "action_hochgeladen"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Without a document id nothing was uploaded; the card is shown again."""
        document = gespraech.values.get("dokument") or gespraech.entity("value")
        if not gespraech.slot("entwurf"):
            gespraech.say("utter_antrag_keiner")
            return []
        if not document:
            gespraech.say("utter_nachweis_fehlt")
            return []
        return await beilegen(gespraech, str(document))


class ActionSpaeter(Faehigkeit):
    """„Später nachreichen“; whether that is allowed is the portal's to say."""

    action = "action_spaeter"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Promise the document that is asked now."""
        if not gespraech.slot("entwurf"):
            gespraech.say("utter_antrag_keiner")
            return []
        return await beilegen(gespraech, None)
