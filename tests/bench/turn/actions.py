"""The one action of both sides: repeats what it was told, at once or after 50 ms."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

SLOW = "Bitte langsam: "
"""A message that begins so is answered after `DELAY_S`."""
DELAY_S = 0.05


class Repeat(Action):
    """Answers with the message."""

    def name(self) -> str:
        return "action_repeat"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        text = str(tracker.latest_message.get("text"))
        if text.startswith(SLOW):
            await asyncio.sleep(DELAY_S)
        dispatcher.utter_message(text=f"Sie sagten: {text}")
        return []
