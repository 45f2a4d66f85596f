"""How a socket command is declared and run: every one names its auth rule, every error becomes one frame."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import ModuleType
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from handoff.context import HandoffContext
from handoff.domain.message import Object
from handoff.domain.people import Citizen, Staff
from handoff.errors import HandoffError, InvalidInputError, LoginNeededError
from handoff.live.feed import Feed
from handoff.services import access, queue, team
from handoff.services.limiter import Limiter

logger = logging.getLogger(__name__)


class Rule(Enum):
    """Who may use a command; checked anew at every call."""

    HANDLE_AT_WRITE = "held the handle when it connected; it is checked again in the transaction that writes"
    HANDLE = "holds the handle (and, if the conversation is bound, came with its account's token)"
    STAFF = "works in the console"
    OWN_CHAT = "has claimed the chat"
    IN_CHAT = "has claimed the chat, or was invited as its second clerk"
    IN_CHAT_OR_LEAD = "is in the chat, or leads its office"


class Body(BaseModel):
    """A command's body; unknown keys are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")


class ChatBody(Body):
    """The body of a command about one chat."""

    chat: str


@dataclass(frozen=True)
class CitizenPass:
    """What a citizen's connection proved."""

    handle: str
    citizen: Citizen | None
    address: str
    access: access.Access
    """As it was when the connection began."""


@dataclass(frozen=True)
class StaffPass:
    """What a clerk's connection proved."""

    staff: Staff
    until: datetime
    """When the token ends; the console connects again with a new one before."""


@dataclass(frozen=True)
class Desk:
    """What all commands share."""

    context: HandoffContext
    feed: Feed
    handles: Limiter
    addresses: Limiter


@dataclass(frozen=True)
class CitizenCall:
    """A citizen's command, allowed by its rule."""

    desk: Desk
    sid: str
    access: access.Access
    entry: CitizenPass


@dataclass(frozen=True)
class StaffCall:
    """A clerk's command, allowed by its rule. `conversation_id` is empty for commands about no chat."""

    desk: Desk
    sid: str
    staff: Staff
    until: datetime
    conversation_id: str


Handler = Callable[[Any, Any], Awaitable[Object | None]]
"""Takes the call and its parsed body; gives the acknowledgement."""


@dataclass(frozen=True)
class Command:
    """A declared command."""

    event: str
    rule: Rule
    body: type[Body]
    handler: Handler


def command(event: str, rule: Rule, body: type[Body] = Body) -> Callable[[Handler], Command]:
    """Declare a socket command."""
    return lambda handler: Command(event, rule, body, handler)


def commands_of(module: ModuleType) -> list[Command]:
    """List the commands that a module declares."""
    return [item for item in vars(module).values() if isinstance(item, Command)]


async def run(command: Command, desk: Desk, sid: str, entry: CitizenPass | StaffPass, data: object) -> object:
    """Check the rule, parse the body, call the use case. Every error becomes `{error: {code, message}}`."""
    try:
        body = _parse(command.body, data)
        call = await _allow(command.rule, desk, sid, entry, body)
        return await command.handler(call, body)
    except HandoffError as error:
        return {"error": error.body()}
    except Exception:  # the process's edge: one connection's fault must not end the others
        logger.exception("socket command %s failed", command.event)
        return {"error": HandoffError(UNEXPECTED).body()}


RECONNECT = (
    "Ihre Anmeldung muss erneuert werden. Die Konsole verbindet sich dazu neu. Es wurde nichts geändert."
)
UNEXPECTED = (
    "Das hat wegen eines Fehlers bei uns nicht geklappt. Was Sie vorher gesendet haben, ist gespeichert. "
    "Bitte versuchen Sie es gleich noch einmal."
)


async def _allow(
    rule: Rule, desk: Desk, sid: str, entry: CitizenPass | StaffPass, body: Body
) -> CitizenCall | StaffCall:
    if isinstance(entry, CitizenPass):
        if rule is Rule.HANDLE_AT_WRITE:
            return CitizenCall(desk, sid, entry.access, entry)
        assert rule is Rule.HANDLE  # noqa: S101  # the namespaces' commands are apart; a test walks them
        return CitizenCall(desk, sid, await access.check(desk.context, entry.handle, entry.citizen), entry)
    if desk.context.clock() >= entry.until:
        raise LoginNeededError(RECONNECT)
    if rule is Rule.STAFF:
        return StaffCall(desk, sid, entry.staff, entry.until, "")
    assert isinstance(body, ChatBody)  # noqa: S101
    if rule is Rule.OWN_CHAT:
        conversation_id = await queue.own(desk.context, body.chat, entry.staff)
    else:
        or_lead = rule is Rule.IN_CHAT_OR_LEAD
        conversation_id = await team.inside(desk.context, body.chat, entry.staff, or_lead=or_lead)
    return StaffCall(desk, sid, entry.staff, entry.until, conversation_id)


def _parse(model: type[Body], data: object) -> Body:
    try:
        return model.model_validate({} if data is None else data)
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InvalidInputError(
            "Die Anfrage ist unvollständig oder ungültig.", field=field or None
        ) from error
