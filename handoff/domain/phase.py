"""The conversation's state machine: bot → waiting → clerk → bot or closed."""

from enum import StrEnum

from handoff.errors import ConflictError


class Phase(StrEnum):
    """Who answers the citizen now."""

    BOT = "bot"
    WAITING = "waiting"
    CLERK = "clerk"
    CLOSED = "closed"


class Step(StrEnum):
    """What moves a conversation from one phase to another."""

    CALL_HUMAN = "call_human"
    BACK_TO_BOT = "back_to_bot"
    LEAVE_REQUEST = "leave_request"
    CLAIM = "claim"
    HAND_BACK = "hand_back"
    RELEASE = "release"
    CLOSE = "close"


TRANSITIONS: dict[tuple[Phase, Step], Phase] = {
    (Phase.BOT, Step.CALL_HUMAN): Phase.WAITING,
    (Phase.WAITING, Step.BACK_TO_BOT): Phase.BOT,
    (Phase.WAITING, Step.LEAVE_REQUEST): Phase.BOT,
    (Phase.WAITING, Step.CLAIM): Phase.CLERK,
    (Phase.CLERK, Step.BACK_TO_BOT): Phase.BOT,
    (Phase.CLERK, Step.HAND_BACK): Phase.BOT,
    (Phase.CLERK, Step.RELEASE): Phase.WAITING,
    (Phase.BOT, Step.CLOSE): Phase.CLOSED,
    (Phase.WAITING, Step.CLOSE): Phase.CLOSED,
    (Phase.CLERK, Step.CLOSE): Phase.CLOSED,
}


def move(phase: Phase, step: Step) -> Phase:
    """Give the phase after `step`.

    Raises
    ------
    ConflictError
        The step is impossible in this phase (409 `phase_unpassend`).
    """
    try:
        return TRANSITIONS[phase, step]
    except KeyError:
        raise ConflictError(
            "Das geht gerade nicht, weil sich die Unterhaltung inzwischen geändert hat. "
            "Bitte sehen Sie sich den aktuellen Stand an.",
            code="phase_unpassend",
        ) from None
