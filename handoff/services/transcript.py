"""A conversation as a readable text, for people who want to keep it. Numbers stay masked, as the log has them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from handoff.domain.channel_text import in_words
from handoff.domain.message import BERLIN
from handoff.domain.offers import Json
from handoff.storage import log

HEAD = """Gespräch mit Amtslotse
Gespeichert am {at}
Nummern von Ausweis, Konto und Steuer-ID sind verdeckt.
"""
NAMES = {log.CITIZEN: "Sie", log.SYSTEM: "Hinweis"}


def speaker(message: Mapping[str, Json]) -> str:
    """Say who speaks, and whether it is a human or a program."""
    sender = message.get("sender")
    if isinstance(sender, Mapping):
        return f"{sender['function']}, {sender['office']} (Mensch)"
    return NAMES.get(str(message["author"]), "Assistent (Computerprogramm)")


def moment(at: datetime | str) -> str:
    """`23.11.2026, 10:05 Uhr`, German time; `at` may be in ISO form."""
    return (
        (datetime.fromisoformat(at) if isinstance(at, str) else at)
        .astimezone(BERLIN)
        .strftime("%d.%m.%Y, %H:%M Uhr")
    )


def transcript(messages: Iterable[Mapping[str, Json]], origin: str, at: datetime) -> str:
    """Give everything that was said, in its order.

    Parameters
    ----------
    messages
        As clients see them.
    origin
        Address of the portal, for pages that messages name.
    at
        When it is written.
    """
    said = (f"{speaker(one)}, {moment(str(one['at']))}:\n{in_words(one, origin, None)}\n" for one in messages)
    return "\n".join((HEAD.format(at=moment(at)), *said))
