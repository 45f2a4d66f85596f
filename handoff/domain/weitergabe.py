"""Who outside the office may see a conversation: nobody without the citizen's yes or a law that allows it."""

import re
from enum import StrEnum

LAW = re.compile(r"(§|\bArt\.|\bArtikel\b)\s*§?\s*\d")


class Scope(StrEnum):
    """What another office sees of what was before."""

    ALL = "alles"
    TOPIC = "anliegen"
    """Only what it is about; nothing that was said or filled in before."""


class Way(StrEnum):
    """How a conversation may be given on."""

    FREE = "frei"
    """The same office: nothing is disclosed."""
    LAW = "recht"
    """A stated legal basis allows it; the citizen is told."""
    ASK = "fragen"
    """The citizen decides in the chat."""


def states_a_law(legal_basis: str) -> bool:
    """Tell whether a text names a paragraph or an article."""
    return LAW.search(legal_basis) is not None


def way(*, same_office: bool, protected: bool, legal_basis: str) -> Way:
    """Decide how a conversation may go on.

    Parameters
    ----------
    protected
        It may hold Sozialdaten (§ 35 SGB I, §§ 67 ff. SGB X), Steuerdaten (§ 30 AO) or data under Art. 9 DSGVO: they stay with
        their office, whatever a clerk states, unless the citizen agrees.
    legal_basis
        What the clerk states; counts only if it names a law.
    """
    if same_office:
        return Way.FREE
    if legal_basis and states_a_law(legal_basis) and not protected:
        return Way.LAW
    return Way.ASK
