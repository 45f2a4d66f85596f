"""Locks the citizen's account after she has pressed the button. Opening it again is never the chat's."""

from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech
from actions.tuer import portal


class ActionSperren(Faehigkeit):
    """The button „Jetzt sperren“."""

    action = "action_sperren"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Lock; every session ends, this conversation's too."""
        await portal().lock_account(gespraech.conversation_id, key=gespraech.key("sperren"))
        gespraech.say("utter_sperre_fertig")
        return []
