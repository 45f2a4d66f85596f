"""How far the citizen's cases are."""

from rasa_sdk.events import SlotSet

from actions import anmelden, entwurf
from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech, button, german
from actions.tuer import portal


async def zeigen(gespraech: Gespraech) -> list[Event]:
    """List what was handed in, and name the open application."""
    cases = await portal().cases(gespraech.conversation_id)
    if cases:
        lines = [
            f"• {case.name} ({case.office}): {case.status}"
            + (f", eingereicht am {german(case.delivered_at)}" if case.delivered_at else "")
            + (f", Zeichen {case.reference}" if case.reference else "")
            for case in cases
        ]
        gespraech.say("utter_status_liste", liste="\n".join(lines))
    else:
        gespraech.say("utter_status_keine")
    draft = None if gespraech.slot("entwurf") else await entwurf.falls_vorhanden(gespraech)
    if draft is None:
        return []
    gespraech.say(
        "utter_status_offen",
        leistung=draft.name,
        beantwortet=draft.progress.answered,
        gesamt=draft.progress.total,
        buttons=[button("Weitermachen", f'/start{{"service": "{draft.service}"}}')],
    )
    return [SlotSet("angebot", {"art": "leistung", "leistung": draft.service})]


class ActionStatus(Faehigkeit):
    """„Status meines Antrags“."""

    action = "action_status"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Only the citizen's own cases, so a login comes first."""
        if not gespraech.has_account:
            return anmelden.verlangen(gespraech, {"art": "status"})
        return await zeigen(gespraech)
