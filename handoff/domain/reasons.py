"""Why a human is wanted, how urgent that is, and what it takes to help."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Reason(StrEnum):
    """The reasons for a handoff. The engine names one; an unknown word counts as `wunsch`."""

    NOTFALL = "notfall"
    SENSIBEL = "sensibel"
    RECHTSBEHELF = "rechtsbehelf"
    BESCHWERDE = "beschwerde"
    KOMPLEX = "komplex"
    STOERUNG = "stoerung"
    NICHT_VERSTANDEN = "nicht_verstanden"
    WUNSCH = "wunsch"


@dataclass(frozen=True)
class Urgency:
    """What a reason means for the queue."""

    label: str
    head_start: timedelta
    """So much longer it counts as having waited. Bounded, so whoever waits longer than that overtakes everybody."""
    skill: str | None = None
    """What a clerk should have learnt, if somebody on duty has."""


URGENCIES: dict[Reason, Urgency] = {
    Reason.NOTFALL: Urgency("Notfall", timedelta(hours=1)),
    Reason.SENSIBEL: Urgency("Sensibles Thema", timedelta(minutes=5), "sensibel"),
    Reason.RECHTSBEHELF: Urgency("Rechtsbehelf", timedelta(minutes=3), "rechtsbehelf"),
    Reason.BESCHWERDE: Urgency("Beschwerde", timedelta(minutes=3), "beschwerde"),
    Reason.STOERUNG: Urgency("Störung", timedelta(minutes=2)),
    Reason.NICHT_VERSTANDEN: Urgency("Nicht verstanden", timedelta(minutes=1)),
    Reason.KOMPLEX: Urgency("Schwieriger Fall", timedelta(minutes=1)),
    Reason.WUNSCH: Urgency("Wunsch", timedelta(0)),
}


def reason_of(word: str | None) -> Reason:
    """Read the engine's word for a reason."""
    try:
        return Reason(word or "")
    except ValueError:
        return Reason.WUNSCH


def urgency(word: str | None) -> Urgency:
    """Give what a reason means for the queue."""
    return URGENCIES[reason_of(word)]
