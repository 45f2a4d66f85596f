"""The rule that a payload must have been offered: clients press buttons, they do not program the assistant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]

CARD_TITLES = {
    "prefill": "Angaben freigegeben",
    "upload": "Unterlage hochgeladen",
    "summary": "Bestätigt",
    "feedback": "Rückmeldung gesendet",
}
"""What the log shows when a card's own control was used and no button named it."""


WAITING_TITLES = {
    "anliegen": "Anliegen hinterlassen",
    "rueckruf": "Rückruf vereinbart",
    "schreiben": "Antwort per E-Mail gewünscht",
}
"""What the log shows when somebody does not wait."""


@dataclass(frozen=True)
class Offer:
    """A payload that a message offered, with the text that the log shows when it is taken."""

    payload: str
    title: str


def offers_of(buttons: Iterable[Mapping[str, Json]], cards: Iterable[Mapping[str, Json]]) -> list[Offer]:
    """List everything that a message's buttons and cards offer; buttons first, because they carry a title."""
    offers = [
        Offer(str(button["payload"]), str(button["title"])) for button in buttons if button.get("payload")
    ]
    for card in cards:
        kind = str(card.get("type", ""))
        title = CARD_TITLES.get(kind, "Ausgewählt")
        if isinstance(card.get("payload"), str):
            offers.append(Offer(str(card["payload"]), title))
        if kind == "summary":
            offers.append(Offer("/change", "Angaben ändern"))
        if kind == "queue":
            for option in objects(card.get("options")):
                if isinstance(option.get("payload"), str):
                    chosen = WAITING_TITLES.get(str(option.get("id")), title)
                    offers.append(Offer(str(option["payload"]), chosen))
        for step in objects(card.get("steps")):
            if isinstance(step.get("payload"), str):
                offers.append(Offer(str(step["payload"]), str(step.get("name", title))))
    return offers


def objects(value: Json) -> list[Mapping[str, Json]]:
    """List the JSON objects of a list; anything else counts as an empty list."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def find_offer(payload: str, offers: Iterable[Offer]) -> Offer | None:
    """Find the offer of exactly this payload, character for character."""
    return next((offer for offer in offers if offer.payload == payload), None)
