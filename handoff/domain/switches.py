"""What is switched off, and what that means for a turn and its answer. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from handoff.domain.message import Body, Object
from handoff.domain.offers import objects

FLOW_PAYLOADS = ("/start", "/release", "/uploaded", "/confirm", "/change")
"""Buttons that carry the current application on."""
FLOW_CARDS = frozenset({"prefill", "question", "upload", "identity", "summary"})
"""Cards that carry the current application on; they do not name its service's id."""


class Kind(StrEnum):
    """How much is switched off."""

    SERVICE = "dienst"
    TOPIC = "thema"
    ASSISTANT = "assistent"


@dataclass(frozen=True)
class Switch:
    """One thing that is off.

    Parameters
    ----------
    title
        What it is called to citizens; empty for the assistant.
    services
        Ids of the catalogue; none for the assistant.
    notice
        The lead's sentence, in plain German.
    """

    id: str
    kind: Kind
    title: str
    services: frozenset[str]
    notice: str


def assistant(switches: Iterable[Switch]) -> Switch | None:
    """Find the switch of the whole assistant."""
    return next((one for one in switches if one.kind is Kind.ASSISTANT), None)


def of_service(switches: Iterable[Switch], service: str | None) -> Switch | None:
    """Find the switch that holds for a service."""
    return next((one for one in switches if service is not None and service in one.services), None)


def service_in(payload: str | None) -> str | None:
    """Read the service that a button names, as in `/start{"service": "hundesteuer_anmelden"}`."""
    if payload is None or "{" not in payload:
        return None
    try:
        values = json.loads(payload[payload.index("{") :])
    except ValueError:
        return None
    service = values.get("service") if isinstance(values, dict) else None
    return service if isinstance(service, str) else None


def carries_on(payload: str | None) -> bool:
    """Tell whether a button carries the current application on, whichever that is."""
    return payload is not None and payload.split("{", 1)[0] in FLOW_PAYLOADS


def flows(replies: Iterable[Body]) -> bool:
    """Tell whether an answer carries the current application on, so that one must ask which service that is."""
    return any(card.get("type") in FLOW_CARDS for body in replies for card in body.cards)


def about(replies: Sequence[Body], switches: Sequence[Switch], current: str | None) -> Switch | None:
    """Find the switch of the service that an answer is about.

    Parameters
    ----------
    current
        Service of the current application, if the answer carries it on.
    """
    if (found := of_service(switches, current)) is not None:
        return found
    for body in replies:
        for card in body.cards:
            if card.get("type") == "service":
                found = of_service(switches, str(card.get("service")))
                if found is not None:
                    return found
    named = {service for body in replies for service in _named(body)}
    if named and all(of_service(switches, service) is not None for service in named):
        return of_service(switches, next(iter(sorted(named))))
    return None


def without(body: Body, switches: Sequence[Switch]) -> Body:
    """Take out of a reply the ways to services that are off; a checklist keeps the step and says why it rests."""
    buttons = [
        one for one in body.buttons if of_service(switches, service_in(_text(one.get("payload")))) is None
    ]
    return replace(body, buttons=buttons, cards=[_resting(card, switches) for card in body.cards])


def _named(body: Body) -> set[str]:
    found = {service_in(_text(button.get("payload"))) for button in body.buttons}
    return {service for service in found if service is not None}


def _resting(card: Object, switches: Sequence[Switch]) -> Object:
    if card.get("type") != "checklist":
        return card
    steps: list[Object] = []
    for step in objects(card.get("steps")):
        switch = of_service(switches, _text(step.get("service")))
        resting: Object = {} if switch is None else {"payload": None, "note": switch.notice}
        steps.append({**step, **resting})
    return {**card, "steps": steps}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
