"""Say it again."""

from actions.faehigkeit import Faehigkeit
from actions.gespraech import Event, Gespraech


class ActionWiederholen(Faehigkeit):
    """„Wie bitte?“; in a form the question comes again by itself."""

    action = "action_wiederholen"

    async def handle(self, gespraech: Gespraech) -> list[Event]:
        """Repeat the last answer with its buttons and cards."""
        if gespraech.in_form:
            return []
        answers = gespraech.last_answers()
        if not answers:
            gespraech.say("utter_wiederholen_nichts")
        for answer in answers:
            gespraech.say_again(answer)
        return []
