"""Release of master data for one purpose and one recipient."""

from collections.abc import Mapping, Sequence

from rasa_sdk.events import SlotSet

from actions import entwurf, zustaendigkeit
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech
from actions.tuer import portal
from portal.client import DraftChangedError, NotFoundError, NotLoggedInError


async def freigeben(
    gespraech: Gespraech, fields: Sequence[str] | None, changes: Mapping[str, str | int | None]
) -> list[Event]:
    """Release fields of the version that was shown and take over what the citizen changed; None releases all."""
    draft_id, version = str(gespraech.slot("entwurf")), int(gespraech.slot("entwurf_version"))
    if fields is None:
        draft = await entwurf.laden(gespraech)
        fields = [field.id for field in draft.fields if field.state == "vorgeschlagen"]
    try:
        draft = await portal().release(
            gespraech.conversation_id,
            draft_id,
            freigeben=list(fields),
            aendern=dict(changes),
            version=version,
            key=gespraech.key("freigabe", draft_id),
        )
    except DraftChangedError as conflict:
        # What is released must be what was shown.
        gespraech.say("utter_freigabe_veraendert")
        return entwurf.merken(gespraech, conflict.draft)
    gespraech.say("utter_freigabe_danke" if fields else "utter_freigabe_keine")
    zustaendigkeit.im_antrag(gespraech, draft, None)
    return [*entwurf.merken(gespraech, draft), SlotSet("versuche", 0)]


async def widerrufen(gespraech: Gespraech) -> list[Event] | None:
    """Withdraw what was released in the open application; None if there is nothing of the kind."""
    draft_id = gespraech.slot("entwurf")
    if not draft_id:
        return None
    try:
        draft = await portal().withdraw_draft_release(
            gespraech.conversation_id, str(draft_id), key=gespraech.key("widerruf", str(draft_id))
        )
    except (NotFoundError, NotLoggedInError):
        return None
    gespraech.say("utter_freigabe_widerrufen", leistung=draft.name)
    return [*entwurf.merken(gespraech, draft), SlotSet("versuche", 0)]


class ActionFreigabe(Faehigkeit):
    """The card's answer: which fields, and what to change."""

    action = "action_freigabe"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Without values of the card (a plain "ja") everything that is proposed is released."""
        if not gespraech.slot("entwurf"):
            gespraech.say("utter_antrag_keiner")
            return []
        if gespraech.slot("frage_art") != "release":
            return []
        return await freigeben(
            gespraech, gespraech.values.get("freigeben"), gespraech.values.get("aendern") or {}
        )
