"""A citizen with an account and complete master data, who walks the main path over HTTP."""

import itertools
from pathlib import Path

from tests.support.citizen import Citizen, Message, card, cards
from tests.support.town import Town

HELLO = (
    "Hallo, ich bin letzte Woche nach Gelsenkirchen gezogen und habe einen Hund. Was muss ich alles machen?"
)
ANSWERS = {
    "einzugsdatum": "am 16.11.2026",
    "neue_anschrift": "Ahstraße 12, 45879 Gelsenkirchen",
    "weitere_wohnung": "nein",
    "mitziehende": "nein",
    "wohnungsgeber": "Wohnbau Beispiel GmbH, Musterweg 1, 45879 Gelsenkirchen",
}
DOG = {
    "hund_name": "Bello",
    "rasse": "Labrador-Mischling",
    "hund_geburt": "am 3. Mai 2024",
    "hund_seit": "am 12.11.2026",
    "herkunft": "Beim Umzug mitgebracht",
    "anzahl_hunde": "1",
    "chipnummer": "überspringen",
    "iban": "DE89 3704 0044 0532 0130 00",
}
NUMBERS = itertools.count(1)


class Person(Citizen):
    """A citizen with an account of her own."""

    def __init__(self, town: Town) -> None:
        super().__init__(town.origin)
        self.name = f"buergerin-{next(NUMBERS)}"
        self.password = town.new_citizen(self.name)

    def enter(self) -> list[Message]:
        """Log in with the conversation; give what the assistant says then."""
        last = self.seen[-1]["seq"] if self.seen else 0
        self.log_in(self.name, self.password)
        return self.read(after=last)

    def start(self, service: str) -> list[Message]:
        """From the first message to the prefill card."""
        self.say(HELLO)
        self.press(f'/service{{"service": "{service}"}}')
        self.press("/start")
        return self.enter()

    def release_all(self, messages: list[Message]) -> list[Message]:
        """Release everything that the portal knows."""
        offered = card(messages, "prefill")
        known = [one["id"] for one in offered["fields"] if one["state"] == "vorhanden"]
        return self.press("/release", {"freigeben": known, "aendern": {}})

    def answer_all(self, messages: list[Message], answers: dict[str, str] = ANSWERS) -> list[Message]:
        """Answer question after question; a question that comes twice fails."""
        asked = None
        while questions := cards(messages, "question"):
            assert questions[-1]["field"]["id"] != asked, f"{answers[asked]!r} was no answer to {asked}"
            asked = questions[-1]["field"]["id"]
            messages = self.say(answers[asked])
        return messages

    def prove(self, messages: list[Message]) -> list[Message]:
        """Prove her identity with the demo's eID and come back."""
        last = self.seen[-1]["seq"]
        self.prove_identity(card(messages, "identity")["url"])
        return self.read(after=last)


def attach(person: Person, messages: list[Message], path: Path) -> list[Message]:
    """Upload a file for the newest upload card."""
    document = person.upload(card(messages, "upload"), path)
    return person.press("/uploaded", {"dokument": document["id"]})


def read_until(person: Citizen, kind: str) -> Message:
    """The next card of this type, however many messages come before it."""
    while True:
        found = cards(person.read(), kind)
        if found:
            return found[-1]


def read_again(person: Citizen) -> list[Message]:
    """What a client reads that asks again until the assistant has answered."""
    messages = person.read()
    while not any(message["author"] == "bot" for message in messages):
        messages = person.read()
    return messages
