"""What of a conversation can be pressed or filled in on a page without JavaScript (docs/protocol/conversations.md, Cards)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handoff.domain.channel import choices_of
from handoff.domain.offers import Json, Offer, objects

FLOW = frozenset(
    {
        "login", "prefill", "question", "upload", "identity", "summary", "receipt", "proposal", "consent",
    }
)  # fmt: skip
"""Cards that move the application forward: a later one closes the earlier ones."""

BACK = Offer(payload="/back_to_bot", title="Zurück zum Assistenten")


@dataclass(frozen=True)
class Plain:
    """What is open now.

    Parameters
    ----------
    choices
        Buttons, each payload once.
    answers
        Answers to the open question that are sent as text.
    card
        The open card that needs more than a button.
    waiting
        The card of the queue, while the citizen waits.
    feedback
        The card that asks how it was, while it waits for an answer; it is open although the conversation is closed.
    """

    choices: tuple[Offer, ...] = ()
    answers: tuple[str, ...] = ()
    card: Mapping[str, Json] | None = None
    waiting: Mapping[str, Json] | None = None
    feedback: Mapping[str, Json] | None = None


def plain(messages: Sequence[Mapping[str, Json]], state: Mapping[str, Json]) -> Plain:
    """Find what is open: the buttons of the last message that has any, and the last card that moves the application.

    Parameters
    ----------
    messages
        As clients see them.
    state
        As clients see it.
    """
    choices: list[Offer] = []
    card: Mapping[str, Json] | None = None
    waiting: Mapping[str, Json] | None = None
    feedback: Mapping[str, Json] | None = None
    for message in messages:
        if message["author"] == "citizen":
            continue
        for one in objects(message.get("cards")):
            if one.get("type") in FLOW:
                card, choices = one, []
            if one.get("type") == "queue":
                waiting = one
            if one.get("type") == "feedback" and state.get("feedback"):
                feedback = one
        choices = choices_of(message) or choices
    if state["phase"] == "closed":
        return Plain(feedback=feedback)
    kind = None if card is None else card.get("type")
    if (
        kind == "prefill" and card is not None
    ):  # released with the fields that she chooses, not by a button alone
        choices = [one for one in choices if one.payload != card.get("payload")]
    if kind == "login" and state.get("bound"):
        card = None
    if kind == "consent" and card is not None and card.get("upload"):  # the file comes first, in the portal
        choices = [one for one in choices if not one.payload.startswith("/ask_release")]
    if state["phase"] in ("waiting", "clerk"):
        choices = [one for one in choices if one.payload != BACK.payload]
        choices += [BACK] if state.get("assistant") != "aus" else []
    if state["phase"] == "clerk":
        choices = [one for one in choices if not one.payload.startswith("/wait_")]
    titles = {one.title for one in choices}
    asked = card.get("field") if kind == "question" and card is not None else None
    options = objects(asked.get("options")) if isinstance(asked, Mapping) else []
    answers = tuple(str(one["label"]) for one in options if one.get("label") not in titles)
    waiting = waiting if state["phase"] == "waiting" else None
    return Plain(tuple(choices), answers, card, waiting, feedback)
